/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fixed-size memory pool's control block. Blocks that were never used lie
 * from index unused up; those that came back form a list through their first
 * words. No task waits while a block is free.
 */
#pragma once

#include "config.h"
#include "waitable.h"

struct free_block {
	struct free_block *next;
};

struct mempool {
	struct waitable wait;
	char	*area;
	SIZE	stride;			/* from block to block */
	UD	reciprocal;		/* 2^64 / stride, rounded up: finds a block's index without dividing */
	UINT	blocks;
	UINT	unused;			/* blocks from this index on were never used */
	UINT	free;			/* free blocks of both kinds */
	struct free_block *list;
};

extern struct mempool kernel_mpf[];

void	kernel_mempool_fixed_initialize(void);
