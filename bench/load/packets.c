/* MQTT 3.1.1 and 5, as far as a load needs it. */
#include "load.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Packet types, shifted into the first byte, with their fixed flags. */
enum { CONNECT = 0x10, CONNACK = 0x20, PUBLISH = 0x30, PUBACK = 0x40, PUBREC = 0x50, PUBREL = 0x62, PUBCOMP = 0x70,
       SUBSCRIBE = 0x82, SUBACK = 0x90, DISCONNECT = 0xe0 };

static int put_length(uint8_t *p, size_t n)
{
	int i = 0;
	do {
		p[i++] = (n & 127) | (n > 127 ? 128 : 0);
		n >>= 7;
	} while (n);
	return i;
}

static uint8_t *put_string(uint8_t *p, const char *text)
{
	size_t n = strlen(text);
	*p++ = n >> 8;
	*p++ = n;
	memcpy(p, text, n);
	return p + n;
}

static int topic_name(char *text, size_t size, int topic)
{
	return snprintf(text, size, "bench/topic/%d", topic);
}

static void put_packet(struct link *l, uint8_t type, const uint8_t *body, size_t n)
{
	uint8_t head[5] = { type };
	link_put(l, head, 1 + put_length(head + 1, n));
	link_put(l, body, n);
}

static void put_ack(struct link *l, uint8_t type, const uint8_t *id)
{
	uint8_t packet[4] = { type, 2, id[0], id[1] };
	link_put(l, packet, sizeof packet);
}

void put_disconnect(struct link *l)
{
	link_put(l, (uint8_t[]){ DISCONNECT, 0 }, 2);
}

/* Keep alive is off. A session that lasts does so for an hour. */
void put_connect(struct link *l)
{
	static const uint8_t expiry[] = { 5, 0x11, 0, 0, 0x0e, 0x10 };
	uint8_t body[512], *p = put_string(body, "MQTT");
	char id[64];
	bool lasts = opt.durable && l->role == SUBSCRIBER;
	*p++ = opt.version;
	*p++ = (lasts ? 0 : 2) | (opt.user ? 0x80 : 0) | (opt.password ? 0x40 : 0);
	*p++ = 0;
	*p++ = 0;
	if (opt.version == 5 && lasts) { memcpy(p, expiry, sizeof expiry); p += sizeof expiry; }
	else if (opt.version == 5) *p++ = 0;
	snprintf(id, sizeof id, "load-%d-%d", getpid(), (int)(l - links));
	p = put_string(p, id);
	if (opt.user) p = put_string(p, opt.user);
	if (opt.password) p = put_string(p, opt.password);
	put_packet(l, CONNECT, body, p - body);
}

static void put_subscribe(struct link *l)
{
	uint8_t body[256] = { 0, 1 }, *p = body + 2;   /* packet identifier 1 */
	char topic[64];
	if (opt.version == 5) *p++ = 0;
	topic_name(topic, sizeof topic, l->topic);
	p = put_string(p, topic);
	*p++ = opt.qos;
	put_packet(l, SUBSCRIBE, body, p - body);
}

/* The payload starts with the time of sending, so that its delivery can be timed. */
void put_publish(struct link *l)
{
	static uint8_t model[1 << 17];
	static size_t size, id_at, payload_at;
	static int made_for = -1;
	if (made_for != l->topic) {
		char topic[64];
		int n = topic_name(topic, sizeof topic, l->topic);
		uint8_t *p = model;
		*p++ = PUBLISH | opt.qos << 1;
		p += put_length(p, 2 + n + (opt.qos ? 2 : 0) + (opt.version == 5) + opt.payload);
		p = put_string(p, topic);
		id_at = p - model;
		if (opt.qos) p += 2;
		if (opt.version == 5) *p++ = 0;
		payload_at = p - model;
		memset(p, 'x', opt.payload);
		size = payload_at + opt.payload;
		made_for = l->topic;
	}
	uint8_t *p = link_reserve(l, size);
	memcpy(p, model, size);
	if (opt.qos) {
		if (++l->last_id == 0) l->last_id = 1;
		p[id_at] = l->last_id >> 8;
		p[id_at + 1] = l->last_id;
		l->inflight++;
	}
	uint64_t t = now_ns();
	memcpy(p + payload_at, &t, sizeof t);
	l->out_len += size;
	count.sent++;
	count.expected += fan_out[l->topic];
}

static void ready(struct link *l)
{
	l->state = READY;
	count.ready++;
}

static void refused(struct link *l, int code)
{
	count.last_refusal = code;
	link_drop(l);
}

/* Only property lists shorter than 128 bytes, which is all that a publisher of ours can cause. */
static void on_publish(struct link *l, uint8_t first, const uint8_t *body)
{
	const uint8_t *p = body + 2 + (body[0] << 8 | body[1]), *id = p;
	int qos = first >> 1 & 3;
	if (qos) p += 2;
	if (opt.version == 5) p += 1 + *p;
	uint64_t sent, now = now_ns();
	memcpy(&sent, p, sizeof sent);
	count.received++;
	if (now >= timed_from && now < timed_to) time_add(now - sent);
	if (qos) put_ack(l, qos == 1 ? PUBACK : PUBREC, id);
}

static void on_packet(struct link *l, uint8_t first, const uint8_t *body, size_t n)
{
	switch (first & 0xf0) {
	case CONNACK:
		if (body[1]) refused(l, body[1]);
		else if (l->role == SUBSCRIBER) { put_subscribe(l); l->state = WAIT_SUBACK; }
		else ready(l);
		break;
	case SUBACK:
		if (body[n - 1] > 2) refused(l, body[n - 1]);
		else ready(l);
		break;
	case PUBLISH: on_publish(l, first, body); break;
	case PUBREC: put_ack(l, PUBREL, body); break;
	case PUBREL & 0xf0: put_ack(l, PUBCOMP, body); break;
	case PUBACK:
	case PUBCOMP: l->inflight--; break;
	case DISCONNECT: link_drop(l); break;
	}
}

size_t take_packets(struct link *l, uint8_t *bytes, size_t n)
{
	uint8_t *p = bytes, *end = bytes + n;
	while (end - p >= 2) {
		size_t length = 0;
		int i = 1, shift = 0;
		do {
			if (p + i >= end) return p - bytes;
			length |= (size_t)(p[i] & 127) << shift;
			shift += 7;
		} while (p[i++] & 128 && i < 5);
		if ((size_t)(end - p) < i + length) break;
		on_packet(l, p[0], p + i, length);
		if (l->state == DEAD) return n;
		p += i + length;
	}
	return p - bytes;
}
