/*
 * load: an MQTT load generator. One thread, epoll, TCP or TLS (OpenSSL). See main.c for what it does and says.
 *
 * main.c     options            traffic.c  publishers and subscribers, in a closed loop
 * link.c     connections, TLS   storm.c    connect, disconnect, again
 * packets.c  MQTT               idle.c     connections that say nothing; subscribers that come and go
 * peer.c     CPU and memory of the broker under load
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ssl_st;

enum role { PUBLISHER, SUBSCRIBER, IDLE };
enum state { CONNECTING, HANDSHAKE, WAIT_CONNACK, WAIT_SUBACK, READY, DEAD };

/* One connection. Its buffers outlive it: the next connection in the same place uses them again. */
struct link {
	int fd;
	struct ssl_st *ssl;   /* NULL without TLS */
	enum role role;
	enum state state;
	int topic;
	uint16_t last_id;     /* last packet identifier used */
	int inflight;         /* published and not yet acknowledged */
	bool want_out;        /* EPOLLOUT is armed */
	uint8_t *out;         /* bytes not yet written: out[out_at .. out_len) */
	size_t out_at, out_len, out_cap;
	uint8_t *part;        /* start of a packet whose rest has not arrived */
	size_t part_len, part_cap;
};

/* What the command line says. */
struct options {
	const char *mode, *host, *user, *password, *ca_file, *server_name;
	int port, publishers, subscribers, topics, qos, payload, version;
	int window;           /* unacknowledged messages per publisher, QoS 1 and 2 */
	int outstanding;      /* deliveries in all that may be on their way */
	int batch;            /* packets per write */
	long rate;            /* messages per second; 0 = as fast as the limits allow */
	int links;            /* storm: at once; hold and churn: in all */
	int opening;          /* connections that are being opened at once */
	int rounds;           /* churn */
	double warm_up, seconds, settle;
	bool durable;         /* subscribers with a session that lasts */
};

extern struct options opt;
extern struct link *links;

/* Counters of the whole run. */
extern struct counts {
	uint64_t sent, received, expected;
	int ready, failed;
	int last_refusal;     /* code of the last CONNACK or SUBACK that said no */
} count;
extern int fan_out[65536];                   /* subscribers of each topic */
extern uint64_t timed_from, timed_to;        /* ns; deliveries in between are timed */

/* main.c */
uint64_t now_ns(void);
_Noreturn void die(const char *format, ...);
void time_add(uint64_t ns);
double time_ms(double quantile);             /* of all times added */

/* link.c */
void links_init(void);
void link_start(struct link *l, enum role role, int topic);
void link_drop(struct link *l);
bool link_flush(struct link *l);             /* false while the socket takes no more */
uint8_t *link_reserve(struct link *l, size_t n);
void link_put(struct link *l, const void *bytes, size_t n);
void link_poll(int timeout_ms);
double links_open(int n, enum role (*role_of)(int));  /* seconds it took */

/* packets.c */
void put_connect(struct link *l);
void put_publish(struct link *l);
void put_disconnect(struct link *l);
size_t take_packets(struct link *l, uint8_t *bytes, size_t n);  /* bytes taken */

/* peer.c */
void peer_add(int pid);
double peer_cpu(void);                       /* seconds, all peers */
double self_cpu(void);
long peer_rss_kb(void);

/* The modes. Each prints one line of JSON. */
void traffic(void);
void storm(void);
void hold(void);
void churn(void);
