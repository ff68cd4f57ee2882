/* Publishers and subscribers in a closed loop, measured after a warm-up; afterwards what is on its way must arrive. */
#include "load.h"
#include <stdio.h>
#include <stdlib.h>

enum { ARRIVE_S = 10 };

static enum role role_of(int i)
{
	return i < opt.subscribers ? SUBSCRIBER : PUBLISHER;
}

static bool may_send(const struct link *l, uint64_t start, uint64_t now)
{
	if (opt.qos && l->inflight >= opt.window) return false;
	if (count.expected - count.received >= (uint64_t)opt.outstanding) return false;
	return !opt.rate || count.sent < (now - start) / 1e9 * opt.rate;
}

/* Lets every publisher send up to a batch, within all the limits; who comes first goes round. Returns whether any sent. */
static bool publish_all(uint64_t start, uint64_t now)
{
	static int first;
	bool any = false;
	int from = first;
	for (int k = 0; k < opt.publishers; k++) {
		int i = (from + k) % opt.publishers, n = 0;
		struct link *l = &links[opt.subscribers + i];
		if (l->state != READY || l->want_out) continue;
		for (; n < opt.batch && may_send(l, start, now); n++) put_publish(l);
		if (n) {
			any = true;
			first = i + 1;
			link_flush(l);
		}
		if (count.expected - count.received >= (uint64_t)opt.outstanding) break;
	}
	return any;
}

void traffic(void)
{
	int n = opt.publishers + opt.subscribers;
	for (int j = 0; j < opt.subscribers; j++) fan_out[j % opt.topics]++;
	links = calloc(n, sizeof *links);
	links_open(n, role_of);
	if (count.ready < n) exit(1);

	uint64_t start = now_ns(), now, received = 0;
	double own = 0, theirs = 0;
	bool measuring = false;
	timed_from = start + opt.warm_up * 1e9;
	timed_to = timed_from + opt.seconds * 1e9;
	while ((now = now_ns()) < timed_to) {
		if (!measuring && now >= timed_from) {
			measuring = true;
			timed_from = now;
			received = count.received;
			own = self_cpu();
			theirs = peer_cpu();
		}
		link_poll(publish_all(start, now) ? 0 : opt.rate ? 1 : 20);
	}
	double seconds = (now - timed_from) / 1e9;
	received = count.received - received;
	own = self_cpu() - own;
	theirs = peer_cpu() - theirs;
	for (uint64_t end = now + ARRIVE_S * 1000000000ull; count.received < count.expected && now_ns() < end;) link_poll(20);
	int alive = 0;
	for (int i = 0; i < n; i++) alive += links[i].state == READY;
	printf("{\"done\":%llu,\"seconds\":%.4f,\"peerCpu\":%.5f,\"selfCpu\":%.5f,\"p50Ms\":%.4f,\"p99Ms\":%.4f,\"lost\":%lld,\"cut\":%d}\n",
	       (unsigned long long)received, seconds, theirs, own, time_ms(.5), time_ms(.99),
	       (long long)(count.expected - count.received), n - alive);
}
