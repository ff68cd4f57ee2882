/* Connections that come and go: connect, CONNECT, CONNACK, DISCONNECT, close, `opt.links` of them at once. */
#include "load.h"
#include <stdio.h>
#include <stdlib.h>

void storm(void)
{
	links = calloc(opt.links, sizeof *links);
	for (int i = 0; i < opt.links; i++) links[i].state = DEAD;
	uint64_t *born = calloc(opt.links, sizeof *born);
	uint64_t start = now_ns(), from = start + opt.warm_up * 1e9, to = from + opt.seconds * 1e9, now, done = 0, before = 0;
	double own = 0, theirs = 0;
	bool measuring = false;
	while ((now = now_ns()) < to) {
		if (!measuring && now >= from) {
			measuring = true;
			before = done;
			own = self_cpu();
			theirs = peer_cpu();
		}
		for (int i = 0; i < opt.links; i++) {
			struct link *l = &links[i];
			if (l->state == READY) {
				time_add(now_ns() - born[i]);
				done++;
				put_disconnect(l);
				link_flush(l);
				link_drop(l);
			}
			if (l->state == DEAD) {
				born[i] = now_ns();
				link_start(l, IDLE, 0);
			}
		}
		link_poll(20);
	}
	printf("{\"done\":%llu,\"seconds\":%.4f,\"peerCpu\":%.5f,\"selfCpu\":%.5f,\"p50Ms\":%.4f,\"p99Ms\":%.4f,\"lost\":%d,\"cut\":0}\n",
	       (unsigned long long)(done - before), (now - from) / 1e9, peer_cpu() - theirs, self_cpu() - own, time_ms(.5),
	       time_ms(.99), count.failed);
}
