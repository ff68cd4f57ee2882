/* Connections: opening, TLS, output that is kept until the socket takes it, input cut into what packets.c takes. */
#define _GNU_SOURCE
#include "load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Sources that loopback connections are spread over, 127.0.0.2 and up: closed ports in TIME_WAIT must not run out. */
enum { SOURCES = 60, OPEN_TIMEOUT_S = 120 };

struct link *links;
static int ep;
static SSL_CTX *tls;
static struct sockaddr_in broker;
static uint8_t input[1 << 18];

void links_init(void)
{
	ep = epoll_create1(0);
	broker = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(opt.port) };
	if (inet_pton(AF_INET, opt.host, &broker.sin_addr) != 1) die("-h wants an IPv4 address");
	if (!opt.ca_file) return;
	tls = SSL_CTX_new(TLS_client_method());
	if (!SSL_CTX_load_verify_locations(tls, opt.ca_file, NULL)) die("cannot read %s", opt.ca_file);
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_quiet_shutdown(tls, 1);
	if (!strcmp(opt.mode, "hold")) return;
	/* Several records in one read. */
	SSL_CTX_set_read_ahead(tls, 1);
	SSL_CTX_set_default_read_buffer_len(tls, 1 << 16);
}

/* ---- send and recv, with or without TLS; both fail with EAGAIN like the calls they wrap ---- */

static ssize_t tls_result(SSL *ssl, int n)
{
	if (n > 0) return n;
	int e = SSL_get_error(ssl, n);
	if (e == SSL_ERROR_ZERO_RETURN) return 0;
	errno = e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE ? EAGAIN : EPIPE;
	ERR_clear_error();
	return -1;
}

static ssize_t link_send(struct link *l, const void *bytes, size_t n)
{
	return l->ssl ? tls_result(l->ssl, SSL_write(l->ssl, bytes, n)) : send(l->fd, bytes, n, MSG_NOSIGNAL);
}

/* With TLS, takes as many whole records as are there and fit. */
static ssize_t link_recv(struct link *l, uint8_t *bytes, size_t size)
{
	if (!l->ssl) return recv(l->fd, bytes, size, 0);
	ssize_t got = 0, n = 0;
	while ((size_t)got < size && (n = tls_result(l->ssl, SSL_read(l->ssl, bytes + got, size - got))) > 0) got += n;
	return got ? got : n;
}

/* ---- output ---- */

uint8_t *link_reserve(struct link *l, size_t n)
{
	if (l->out_at == l->out_len) l->out_at = l->out_len = 0;
	if (l->out_len + n > l->out_cap) {
		memmove(l->out, l->out + l->out_at, l->out_len - l->out_at);
		l->out_len -= l->out_at;
		l->out_at = 0;
		while (l->out_len + n > l->out_cap) l->out_cap = l->out_cap ? l->out_cap * 2 : 256;
		if (!(l->out = realloc(l->out, l->out_cap))) die("out of memory");
	}
	return l->out + l->out_len;
}

void link_put(struct link *l, const void *bytes, size_t n)
{
	memcpy(link_reserve(l, n), bytes, n);
	l->out_len += n;
}

void link_drop(struct link *l)
{
	if (l->state == DEAD) return;
	if (l->state != READY) count.failed++;
	l->state = DEAD;
	if (l->ssl) {
		SSL_shutdown(l->ssl);
		SSL_free(l->ssl);
		l->ssl = NULL;
	}
	close(l->fd);
	l->out_at = l->out_len = l->part_len = 0;
}

/* Asks for EPOLLOUT, or no longer. */
static void arm(struct link *l, bool out)
{
	if (out == l->want_out) return;
	struct epoll_event e = { .events = EPOLLIN | (out ? EPOLLOUT : 0), .data.ptr = l };
	epoll_ctl(ep, EPOLL_CTL_MOD, l->fd, &e);
	l->want_out = out;
}

bool link_flush(struct link *l)
{
	while (l->out_at < l->out_len) {
		ssize_t n = link_send(l, l->out + l->out_at, l->out_len - l->out_at);
		if (n > 0) { l->out_at += n; continue; }
		if (n < 0 && errno == EINTR) continue;
		if (n < 0 && errno != EAGAIN) { link_drop(l); return false; }
		break;
	}
	bool blocked = l->out_at < l->out_len;
	arm(l, blocked);
	return !blocked;
}

/* ---- input ---- */

static void keep_part(struct link *l, const uint8_t *bytes, size_t n)
{
	l->part_len = n;
	if (n > l->part_cap) {
		if (n > sizeof input / 2) die("a packet is too large");
		l->part_cap = n < 1024 ? 1024 : n;
		free(l->part);
		if (!(l->part = malloc(l->part_cap))) die("out of memory");
	}
	memcpy(l->part, bytes, n);
}

static void read_all(struct link *l)
{
	for (;;) {
		size_t kept = l->part_len;
		memcpy(input, l->part, kept);
		ssize_t n = link_recv(l, input + kept, sizeof input - kept);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0 && errno == EAGAIN) return;
		if (n <= 0) { link_drop(l); return; }
		size_t taken = take_packets(l, input, kept + n);
		if (l->state == DEAD) return;
		keep_part(l, input + taken, kept + n - taken);
		if (l->out_len > l->out_at) link_flush(l);  /* acknowledgements, in one write */
		if (kept + n < sizeof input) return;
	}
}

/* ---- life ---- */

void link_start(struct link *l, enum role role, int topic)
{
	static unsigned turn;
	int one = 1;
	*l = (struct link){ .fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), .role = role, .topic = topic,
		.out = l->out, .out_cap = l->out_cap, .part = l->part, .part_cap = l->part_cap };
	if (l->fd < 0) die("socket: %s", strerror(errno));
	setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if ((ntohl(broker.sin_addr.s_addr) >> 24) == 127) {
		struct sockaddr_in from = { .sin_family = AF_INET };
		from.sin_addr.s_addr = htonl(0x7f000002u + turn++ % SOURCES);
		setsockopt(l->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
		if (bind(l->fd, (struct sockaddr *)&from, sizeof from)) die("bind: %s", strerror(errno));
	}
	if (connect(l->fd, (struct sockaddr *)&broker, sizeof broker) && errno != EINPROGRESS) {
		link_drop(l);
		return;
	}
	struct epoll_event e = { .events = EPOLLIN | EPOLLOUT, .data.ptr = l };
	l->want_out = true;
	epoll_ctl(ep, EPOLL_CTL_ADD, l->fd, &e);
}

/* Continues the TLS handshake; true when it is done. */
static bool shake_hands(struct link *l)
{
	static bool told;
	if (!l->ssl) {
		l->ssl = SSL_new(tls);
		SSL_set_fd(l->ssl, l->fd);
		SSL_set_tlsext_host_name(l->ssl, opt.server_name);
		SSL_set1_host(l->ssl, opt.server_name);
		l->state = HANDSHAKE;
	}
	int n = SSL_connect(l->ssl);
	if (n == 1) return true;
	int e = SSL_get_error(l->ssl, n);
	if (e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE) {
		arm(l, e == SSL_ERROR_WANT_WRITE);
		return false;
	}
	if (!told) {
		long verified = SSL_get_verify_result(l->ssl);
		const char *why = verified ? X509_verify_cert_error_string(verified) : ERR_reason_error_string(ERR_peek_error());
		fprintf(stderr, "TLS handshake: %s\n", why);
		told = true;
	}
	ERR_clear_error();
	link_drop(l);
	return false;
}

static void say_hello(struct link *l)
{
	l->state = WAIT_CONNACK;
	put_connect(l);
	link_flush(l);
}

static void connected(struct link *l)
{
	int failed = 0;
	socklen_t size = sizeof failed;
	getsockopt(l->fd, SOL_SOCKET, SO_ERROR, &failed, &size);
	if (failed) link_drop(l);
	else if (!tls) say_hello(l);
}

static void serve(struct link *l, uint32_t events)
{
	if (l->state == CONNECTING && events & (EPOLLOUT | EPOLLERR)) connected(l);
	if (tls && l->state <= HANDSHAKE) {
		if (!shake_hands(l)) return;
		say_hello(l);
		if (l->state != DEAD) read_all(l);
		return;
	}
	if (l->state != DEAD && events & EPOLLOUT) link_flush(l);
	if (l->state != DEAD && events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read_all(l);
}

/* Waits for events once and serves them. */
void link_poll(int timeout_ms)
{
	struct epoll_event e[256];
	int n = epoll_wait(ep, e, 256, timeout_ms);
	for (int i = 0; i < n; i++) {
		struct link *l = e[i].data.ptr;
		if (l->state != DEAD) serve(l, e[i].events);
	}
}

/* Opens links[0 .. n), `opt.opening` at a time, and waits until each is ready or has failed. */
double links_open(int n, enum role (*role_of)(int))
{
	uint64_t start = now_ns(), end = start + OPEN_TIMEOUT_S * 1000000000ull;
	count.ready = count.failed = 0;
	for (int next = 0; count.ready + count.failed < n && now_ns() < end;) {
		for (; next < n && next - count.ready - count.failed < opt.opening; next++) {
			enum role role = role_of(next);
			int nth = role == PUBLISHER ? next - opt.subscribers : next;
			link_start(&links[next], role, nth % opt.topics);
		}
		link_poll(50);
	}
	if (count.ready < n) fprintf(stderr, "%d of %d connections ready (last refusal %d)\n", count.ready, n, count.last_refusal);
	return (now_ns() - start) / 1e9;
}
