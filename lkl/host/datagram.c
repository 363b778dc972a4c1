// SPDX-License-Identifier: BSD-2-Clause
/*
 * The fragments of a UDP datagram that come one after the other in a queue, as
 * Linux sends them, become one frame with GSO_UDP: who gets it passes it up whole,
 * or makes the same fragments of it where it sends it on. The checksum is then the
 * receiver's to make, as for whole frames: the kernel's sums are taken for right.
 * Only plain IPv4 without options and with a checksum; all else stays as it is.
 */
#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

#include "datagram.h"

/* Bits of frag_off; the rest is the place in units of 8 bytes */
#define DONT_FRAGMENT	0x4000
#define MORE_FRAGMENTS	0x2000
#define PLACE		0x1fff

#define HEADERS		(sizeof(struct virtio_net_hdr_v1) + sizeof(struct ethhdr) + sizeof(struct iphdr))
#define LENGTH_MAX	(65535 - sizeof(struct iphdr))

static size_t copy_start(const struct virtio_request *request, struct datagram_start *start)
{
	size_t length = 0, part;

	for (int i = 0; i < request->out && length < sizeof(*start); i++) {
		part = request->pieces[i].iov_len;
		if (part > sizeof(*start) - length)
			part = sizeof(*start) - length;
		memcpy((char *)start + length, request->pieces[i].iov_base, part);
		length += part;
	}
	return length;
}

static size_t length_of(const struct virtio_request *request)
{
	size_t length = 0;

	for (int i = 0; i < request->out; i++)
		length += request->pieces[i].iov_len;
	return length;
}

/* Is it a fragment of UDP, whose checksum is no longer open? */
static int is_fragment(const struct datagram_start *start, size_t length)
{
	return start->ethernet.h_proto == htons(ETH_P_IP) && start->ip.version == 4 && start->ip.ihl == 5 &&
		start->ip.protocol == IPPROTO_UDP && start->ip.frag_off & htons(MORE_FRAGMENTS | PLACE) &&
		ntohs(start->ip.tot_len) > sizeof(struct iphdr) &&
		length == HEADERS - sizeof(struct iphdr) + ntohs(start->ip.tot_len) &&
		!(start->virtio.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) && start->virtio.gso_type == VIRTIO_NET_HDR_GSO_NONE;
}

/* All that has to be the same in a datagram's fragments. Every one but the last is as long as the first. */
static int belongs(const struct datagram *datagram, const struct datagram_start *next, unsigned int content, int more)
{
	const struct datagram_start *first = &datagram->start;
	unsigned int size = ntohs(first->ip.tot_len) - sizeof(struct iphdr);

	return !memcmp(&next->ethernet, &first->ethernet, sizeof(first->ethernet)) && next->ip.id == first->ip.id &&
		next->ip.saddr == first->ip.saddr && next->ip.daddr == first->ip.daddr && next->ip.tos == first->ip.tos &&
		next->ip.ttl == first->ip.ttl && !((next->ip.frag_off ^ first->ip.frag_off) & htons(DONT_FRAGMENT)) &&
		(more ? content == size : content <= size);
}

int datagram_add(struct datagram *datagram, const struct virtio_request *request)
{
	struct datagram_start next;
	unsigned int content, more;
	size_t length;

	if (request->in || datagram->complete || datagram->frames == DATAGRAM_FRAMES ||
	    datagram->pieces + request->out > DATAGRAM_PIECES)
		return 0;
	length = copy_start(request, &next);
	if (length < HEADERS || !is_fragment(&next, length_of(request)))
		return 0;
	content = ntohs(next.ip.tot_len) - sizeof(struct iphdr);
	more = next.ip.frag_off & htons(MORE_FRAGMENTS);
	if (datagram->length + content > LENGTH_MAX || (ntohs(next.ip.frag_off) & PLACE) * 8U != datagram->length)
		return 0;
	if (!datagram->frames) {
		if (length < sizeof(next) || !next.udp.check)
			return 0;
		datagram->start = next;
	} else if (!belongs(datagram, &next, content, more)) {
		return 0;
	}
	memcpy(&datagram->piece[datagram->pieces], request->pieces, request->out * sizeof(struct iovec));
	datagram->frame[datagram->frames].head = request->head;
	datagram->frame[datagram->frames].first = datagram->pieces;
	datagram->frame[datagram->frames++].pieces = request->out;
	datagram->pieces += request->out;
	datagram->length += content;
	datagram->complete = !more && ntohs(datagram->start.udp.len) == datagram->length;
	return 1;
}

/* The sum of 16-bit words that checksums are made of, folded */
static uint16_t sum_words(const void *bytes, size_t size, uint32_t sum)
{
	uint16_t word;

	for (size_t i = 0; i < size; i += 2) {
		memcpy(&word, (const char *)bytes + i, 2);
		sum += word;
	}
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

int datagram_join(struct datagram *datagram)
{
	struct datagram_start *start = &datagram->start;
	size_t skip, left;
	int count = 1;

	start->virtio.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	start->virtio.gso_type = VIRTIO_NET_HDR_GSO_UDP;
	start->virtio.gso_size = ntohs(start->ip.tot_len) - sizeof(start->ip);
	start->virtio.hdr_len = sizeof(*start) - sizeof(start->virtio);
	start->virtio.csum_start = sizeof(start->ethernet) + sizeof(start->ip);
	start->virtio.csum_offset = offsetof(struct udphdr, check);
	start->ip.frag_off &= htons(DONT_FRAGMENT);
	start->ip.tot_len = htons(sizeof(start->ip) + datagram->length);
	start->ip.check = 0;
	start->ip.check = ~sum_words(&start->ip, sizeof(start->ip), 0);
	/* To be completed over the contents: so far the pseudo header's. */
	start->udp.check = sum_words(&start->ip.saddr, 8, htons(IPPROTO_UDP) + htons(datagram->length));
	datagram->whole[0] = (struct iovec){ start, sizeof(*start) };
	for (int i = 0; i < datagram->frames; i++) {
		skip = i ? HEADERS : sizeof(*start);
		for (int at = datagram->frame[i].first; at < datagram->frame[i].first + datagram->frame[i].pieces; at++) {
			left = datagram->piece[at].iov_len;
			if (left > skip)
				datagram->whole[count++] = (struct iovec){ (char *)datagram->piece[at].iov_base + skip, left - skip };
			skip = left > skip ? 0 : skip - left;
		}
	}
	return count;
}
