/*
 * Modes (-m):
 *   traffic  P publishers and S subscribers on T topics: publisher i publishes to topic i mod T, subscriber j
 *            subscribes to topic j mod T. A closed loop, so that no broker is pushed into dropping: a publisher stops at
 *            -w unacknowledged messages (QoS 1 and 2), and all of them stop while -W deliveries are outstanding. With -r
 *            the load comes at that rate, under the same two limits.
 *   storm    connect, wait for CONNACK, DISCONNECT, close, again.
 *   hold     opens -N connections that say nothing more, and looks at the peer's memory.
 *   churn    -R times: -N subscribers of topic 0 come and go.
 *
 * The result is one line of JSON. CPU is in seconds of one core during the measured time; where self is close to the
 * measured time, this generator and not the broker was the limit.
 */
#define _GNU_SOURCE
#include "load.h"
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct options opt = {
	.mode = "traffic", .host = "127.0.0.1", .server_name = "localhost", .port = 1883,
	.publishers = 1, .subscribers = 1, .topics = 1, .payload = 256, .version = 4,
	.window = 100, .outstanding = 2000, .batch = 64, .links = 50, .opening = 50, .rounds = 1,
	.warm_up = 0.7, .seconds = 1.5, .settle = 2,
};
struct counts count;
int fan_out[65536];
uint64_t timed_from, timed_to;

/* Histogram of nanoseconds: powers of two, 32 linear steps in each. */
enum { STEPS = 32, POWERS = 64 };
static uint64_t histogram[POWERS * STEPS], timed;

uint64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + t.tv_nsec;
}

void die(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

void time_add(uint64_t ns)
{
	int power = 63 - __builtin_clzll(ns | STEPS);
	histogram[power * STEPS + ((ns >> (power - 5)) & (STEPS - 1))]++;
	timed++;
}

double time_ms(double quantile)
{
	uint64_t wanted = quantile * timed, n = 0;
	for (int i = 0; i < POWERS * STEPS; i++)
		if ((n += histogram[i]) > wanted)
			return (((uint64_t)(STEPS + i % STEPS) << (i / STEPS)) / STEPS) / 1e6;
	return 0;
}

static void usage(void)
{
	die("usage: load -m traffic|storm|hold|churn [options]\n"
	    "  -h ADDRESS -p PORT   broker (127.0.0.1:1883)   -V 4|5    protocol version (4)\n"
	    "  -P N  -S N  -T N     publishers, subscribers, topics (1)\n"
	    "  -q QOS  -b BYTES     QoS (0), payload (256)\n"
	    "  -t SECS  -u SECS     measured time (1.5), warm-up before it (0.7)\n"
	    "  -w N                 unacknowledged messages per publisher, QoS 1 and 2 (100)\n"
	    "  -W N                 outstanding deliveries in all (2000)\n"
	    "  -B N                 packets per write (64)    -r RATE   messages/s (as fast as possible)\n"
	    "  -d                   subscribers with a session that lasts\n"
	    "  -N COUNT             storm: at once (50); hold, churn: connections\n"
	    "  -R COUNT             churn: rounds (1)         -s SECS   hold: settle (2)\n"
	    "  -c N                 connections being opened at once (50)\n"
	    "  -U USER  -K PASSWORD\n"
	    "  -E CAFILE            TLS, checked against it   -H NAME   server name (localhost)\n"
	    "  -x PID[,PID...]      the broker's processes, for CPU and memory");
}

static void read_options(int argc, char **argv)
{
	for (int o; (o = getopt(argc, argv, "m:h:p:V:P:S:T:q:b:t:u:w:W:B:r:dN:R:s:c:U:K:E:H:x:")) != -1;)
		switch (o) {
		case 'm': opt.mode = optarg; break;
		case 'h': opt.host = optarg; break;
		case 'p': opt.port = atoi(optarg); break;
		case 'V': opt.version = atoi(optarg); break;
		case 'P': opt.publishers = atoi(optarg); break;
		case 'S': opt.subscribers = atoi(optarg); break;
		case 'T': opt.topics = atoi(optarg); break;
		case 'q': opt.qos = atoi(optarg); break;
		case 'b': opt.payload = atoi(optarg); break;
		case 't': opt.seconds = atof(optarg); break;
		case 'u': opt.warm_up = atof(optarg); break;
		case 'w': opt.window = atoi(optarg); break;
		case 'W': opt.outstanding = atoi(optarg); break;
		case 'B': opt.batch = atoi(optarg); break;
		case 'r': opt.rate = atol(optarg); break;
		case 'd': opt.durable = true; break;
		case 'N': opt.links = atoi(optarg); break;
		case 'R': opt.rounds = atoi(optarg); break;
		case 's': opt.settle = atof(optarg); break;
		case 'c': opt.opening = atoi(optarg); break;
		case 'U': opt.user = optarg; break;
		case 'K': opt.password = optarg; break;
		case 'E': opt.ca_file = optarg; break;
		case 'H': opt.server_name = optarg; break;
		case 'x':
			for (char *pid = strtok(optarg, ","); pid; pid = strtok(NULL, ",")) peer_add(atoi(pid));
			break;
		default: usage();
		}
	if (opt.payload < 8 || opt.payload > 100000 || opt.qos < 0 || opt.qos > 2) usage();
	if (opt.topics < 1 || opt.topics > 65536 || opt.batch < 1 || opt.opening < 1 || opt.links < 1) usage();
}

int main(int argc, char **argv)
{
	read_options(argc, argv);
	signal(SIGPIPE, SIG_IGN);
	links_init();
	if (!strcmp(opt.mode, "traffic")) traffic();
	else if (!strcmp(opt.mode, "storm")) storm();
	else if (!strcmp(opt.mode, "hold")) hold();
	else if (!strcmp(opt.mode, "churn")) churn();
	else usage();
	return 0;
}
