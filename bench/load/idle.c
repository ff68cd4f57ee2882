/* Connections that say nothing after CONNECT, and subscribers that come and go. */
#include "load.h"
#include <stdio.h>
#include <stdlib.h>

static enum role idle(int i)
{
	(void)i;
	return IDLE;
}

static enum role subscriber(int i)
{
	(void)i;
	return SUBSCRIBER;
}

void hold(void)
{
	links = calloc(opt.links, sizeof *links);
	long before = peer_rss_kb();
	double seconds = links_open(opt.links, idle);
	for (uint64_t end = now_ns() + opt.settle * 1e9; now_ns() < end;) link_poll(50);
	long grown = peer_rss_kb() - before;
	int alive = 0;
	for (int i = 0; i < opt.links; i++) alive += links[i].state == READY;
	printf("{\"done\":%d,\"seconds\":%.4f,\"grownKb\":%ld,\"lost\":%d}\n", alive, seconds, grown, opt.links - alive);
}

void churn(void)
{
	links = calloc(opt.links, sizeof *links);
	int done = 0;
	for (int round = 0; round < opt.rounds; round++) {
		links_open(opt.links, subscriber);
		for (int i = 0; i < opt.links; i++) {
			if (links[i].state != READY) continue;
			done++;
			put_disconnect(&links[i]);
			link_flush(&links[i]);
			link_drop(&links[i]);
		}
	}
	printf("{\"done\":%d,\"lost\":%d}\n", done, opt.links * opt.rounds - done);
}
