/* SPDX-License-Identifier: BSD-2-Clause */
/* What getdents64 gives, of the library kernel or of the system's; C libraries name it differently, if at all. */
#ifndef LKL_TOOLS_DIRECTORY_H
#define LKL_TOOLS_DIRECTORY_H

#include <stdint.h>

struct record {
	uint64_t	inode;
	int64_t		next;		/* position of the next one, for lseek() */
	uint16_t	length;		/* of this record, in bytes */
	uint8_t		type;		/* DT_REG ... */
	char		name[];
};

/* Each record in a buffer of chars that getdents64 filled with `length` bytes. */
#define for_each_record(each, buffer, length)							\
	for (struct record *each = (struct record *)(buffer); (char *)each < (buffer) + (length);	\
	     each = (struct record *)((char *)each + each->length))

#endif
