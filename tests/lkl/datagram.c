// SPDX-License-Identifier: BSD-2-Clause
/*
 * lkl/host/datagram.c by itself: fragments of datagrams of many sizes, in frames
 * of random pieces, must become the frame that they were made of; what is not one
 * datagram in order must not. Compiled with the sanitizers. TAP.
 */
#include <arpa/inet.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../lkl/host/datagram.h"
#include "tap.h"

#define HEADERS	(sizeof(struct virtio_net_hdr_v1) + sizeof(struct ethhdr) + sizeof(struct iphdr))

static uint8_t content[65536];			/* UDP header and data */
static struct datagram datagram;
static struct virtio_request request;

static uint16_t sum(const void *bytes, size_t size, uint32_t sum)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < size; i++)
		sum += i & 1 ? at[i] : at[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static struct datagram_start headers(unsigned int length)
{
	struct datagram_start start = { .ethernet.h_proto = htons(ETH_P_IP) };

	memset(start.ethernet.h_dest, 2, 12);
	start.ip = (struct iphdr){ .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP, .id = htons(4711),
				   .saddr = htonl(0x0a000001), .daddr = htonl(0xfa0000ff) };
	start.udp = (struct udphdr){ .source = htons(1), .dest = htons(2), .len = htons(length), .check = 0x1234 };
	for (unsigned int i = sizeof(start.udp); i < length; i++)
		content[i] = rand();
	memcpy(content, &start.udp, sizeof(start.udp));
	return start;
}

/* The request for a frame of content[at ...]; its pieces are allocated one by one, so that each end is guarded. */
static void make_frame(const struct datagram_start *start, unsigned int at, unsigned int size, int more)
{
	struct datagram_start first = *start;
	uint8_t frame[65536 + sizeof(first)];
	size_t length = HEADERS + size, part;

	first.ip.tot_len = htons(sizeof(first.ip) + size);
	first.ip.frag_off |= htons(at / 8 | (more ? 0x2000 : 0));
	first.ip.check = htons(~sum(&first.ip, sizeof(first.ip), 0));
	memcpy(frame, &first, HEADERS);
	memcpy(frame + HEADERS, content + at, size);
	request.out = 0;
	request.head = at;
	for (size_t done = 0; done < length; done += part) {
		part = rand() % 4 ? 1 + rand() % (length - done) : length - done;
		if (request.out == 4)
			part = length - done;
		request.pieces[request.out] = (struct iovec){ malloc(part), part };
		memcpy(request.pieces[request.out++].iov_base, frame + done, part);
	}
}

static void forget(void)
{
	for (int i = 0; i < datagram.pieces; i++)
		free(datagram.piece[i].iov_base);
	datagram.frames = datagram.pieces = datagram.complete = datagram.length = 0;
}

static int add(const struct datagram_start *start, unsigned int at, unsigned int size, int more)
{
	int added;

	make_frame(start, at, size, more);
	added = datagram_add(&datagram, &request);
	for (int i = 0; !added && i < request.out; i++)
		free(request.pieces[i].iov_base);
	return added;
}

/* Whether the joined frame is right */
static int joined(unsigned int length, unsigned int size)
{
	static uint8_t frame[65536 + 64];
	struct datagram_start start;
	uint16_t pseudo;
	size_t at = 0;
	int count;

	if (!datagram.complete)
		return 0;
	count = datagram_join(&datagram);
	for (int i = 0; i < count; i++) {
		memcpy(frame + at, datagram.whole[i].iov_base, datagram.whole[i].iov_len);
		at += datagram.whole[i].iov_len;
	}
	memcpy(&start, frame, sizeof(start));
	pseudo = sum(&start.ip.saddr, 8, IPPROTO_UDP + length);
	return at == HEADERS + length && !memcmp(frame + sizeof(start), content + 8, length - 8) && !start.ip.frag_off &&
		ntohs(start.ip.tot_len) == 20 + length && sum(&start.ip, sizeof(start.ip), 0) == 0xffff &&
		ntohs(start.udp.check) == pseudo && start.virtio.gso_size == size && start.virtio.csum_start == 34 &&
		start.virtio.csum_offset == 6 && start.virtio.gso_type == VIRTIO_NET_HDR_GSO_UDP && start.virtio.num_buffers == 0;
}

static void check_sizes(void)
{
	int good = 0, tries = 0;

	for (unsigned int size = 1480; size <= 8960; size += 1480)
		for (unsigned int length = size + 1; length <= 65515; length += 1 + rand() % 500) {
			struct datagram_start start = headers(length);
			int added = 1;

			for (unsigned int at = 0; at < length; at += size)
				added &= add(&start, at, at + size < length ? size : length - at, at + size < length);
			good += added && joined(length, size);
			tries++;
			forget();
		}
	ok(good == tries, "datagrams of all sizes are joined right (%d of %d)", good, tries);
}

/* Three fragments; change() spoils the last one's headers. */
static int joins_after(void (*change)(struct datagram_start *start))
{
	struct datagram_start start = headers(3500), last = start;
	int added;

	change(&last);
	added = add(&start, 0, 1480, 1) && add(&start, 1480, 1480, 1) && add(&last, 2960, 540, 0) && datagram.complete;
	forget();
	return added;
}

static void nothing(struct datagram_start *start) { }
static void other_id(struct datagram_start *start) { start->ip.id++; }
static void other_sender(struct datagram_start *start) { start->ip.saddr++; }
static void other_receiver(struct datagram_start *start) { start->ip.daddr++; }
static void other_station(struct datagram_start *start) { start->ethernet.h_dest[5]++; }
static void other_tos(struct datagram_start *start) { start->ip.tos++; }
static void other_ttl(struct datagram_start *start) { start->ip.ttl++; }
static void not_udp(struct datagram_start *start) { start->ip.protocol = IPPROTO_TCP; }
static void not_ip(struct datagram_start *start) { start->ethernet.h_proto = htons(ETH_P_IPV6); }
static void options(struct datagram_start *start) { start->ip.ihl = 6; }
static void open_sum(struct datagram_start *start) { start->virtio.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM; }

static void check_strangers(void)
{
	static void (*const changes[])(struct datagram_start *start) = { other_id, other_sender, other_receiver, other_station, other_tos,
									 other_ttl, not_udp, not_ip, options, open_sum };
	int joined = 0;

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		joined += joins_after(changes[i]);
	ok(joins_after(nothing) && !joined, "a fragment of something else ends it (%d taken wrongly)", joined);
}

static void check_order(void)
{
	struct datagram_start start = headers(3500), bare = start, lying = headers(3501);

	bare.udp.check = 0;
	memcpy(content, &start.udp, sizeof(start.udp));
	ok(!add(&start, 1480, 1480, 1) && !add(&start, 0, 1480, 0), "only a first fragment begins");
	ok(add(&start, 0, 1480, 1) && !add(&start, 0, 1480, 1) && !add(&start, 2960, 540, 0) && add(&start, 1480, 1480, 1) &&
	   !add(&start, 2960, 1488, 0) && add(&start, 2960, 540, 0) && !add(&start, 0, 1480, 1),
	   "repeated, missing and longer ones, and those after the last, are not taken");
	ok(joined(3500, 1480), "which does no harm");
	forget();
	memcpy(content, &bare.udp, sizeof(bare.udp));
	ok(!add(&bare, 0, 1480, 1), "without a checksum it stays as it is");
	memcpy(content, &lying.udp, sizeof(lying.udp));
	ok(add(&lying, 0, 1480, 1) && add(&lying, 1480, 1480, 1) && add(&lying, 2960, 540, 0) && !datagram.complete,
	   "and with another length in its header, too");
	forget();
	start = headers(60000);
	for (int i = 0; i < DATAGRAM_FRAMES; i++)
		add(&start, i * 64, 64, 1);
	ok(!add(&start, DATAGRAM_FRAMES * 64, 64, 1) && datagram.frames && datagram.frames <= DATAGRAM_FRAMES, "too many are too many");
	forget();
}

int main(void)
{
	srand(1);
	check_sizes();
	check_strangers();
	check_order();
	return done_testing();
}
