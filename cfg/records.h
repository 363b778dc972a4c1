/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the compiler says of an expression: a record of four 64-bit words in a
 * section of its own in an ELF object file.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define RECORD_SECTION	"unitron_cfg"
#define RECORD_MAGIC	0x756e6974726f6e21ULL
#define RECORD_CLASS	0x00ffU		/* __builtin_classify_type: 1..4 integers, 5 pointer */
#define RECORD_UNSIGNED	0x0100U
#define RECORD_FP	0x0200U

struct record {
	uint64_t	index;		/* which expression */
	uint64_t	value;
	uint64_t	type;		/* RECORD_xxx */
	bool		relocated;	/* the value is an address that the linker fills in */
};

/* Start reading an object file. Ends the program if it is none of the target's. */
void	records_open(const char *path);
/* The next record; false at the end. */
bool	records_next(struct record *record);
