/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sent frames that are the fragments of one UDP datagram, put together again, so
 * that one write gives the other end what it would put together itself.
 */
#ifndef LKL_DATAGRAM_H
#define LKL_DATAGRAM_H

#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <linux/virtio_net.h>
#include <stdint.h>

#include "virtio.h"

#define DATAGRAM_FRAMES	64	/* 65 507 bytes at an MTU of 1500 are 45 */
#define DATAGRAM_PIECES	256

/* What a frame that is looked at begins with; fragments after the first have no UDP header, only bytes of its size. */
struct datagram_start {
	struct virtio_net_hdr_v1 virtio;
	struct ethhdr		ethernet;
	struct iphdr		ip;
	struct udphdr		udp;
} __attribute__((packed));

struct datagram {
	struct datagram_start	start;		/* of the first frame */
	struct {
		uint16_t	head;
		int		first, pieces;	/* in piece[] */
	} frame[DATAGRAM_FRAMES];
	struct iovec		piece[DATAGRAM_PIECES];
	struct iovec		whole[DATAGRAM_PIECES + 1];
	int			frames, pieces, complete;
	unsigned int		length;		/* of the fragments' contents */
};

/* Adds a frame as the next one: 1, or 0 if it is not the next fragment (or not a first one, when there are none yet). */
int datagram_add(struct datagram *datagram, const struct virtio_request *request);

/* For one that is complete: the pieces of the whole in whole[], which is what segmentation of UDP by a device begins with. Their number. */
int datagram_join(struct datagram *datagram);

#endif
