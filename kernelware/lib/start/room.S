/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Room for trampolines: see room.h. Until kwcc-patch has been there it is of no
 * effect, and the program's system calls are traps.
 */
#include "room.h"

	.hidden	__kw_slots
	.section .kw_room, "ax", @progbits
	.balign	4096
	.globl	__kw_room
	.hidden	__kw_room
__kw_room:
	.ascii	ROOM_MAGIC
	.quad	__kw_slots - __kw_room
	.quad	ROOM_SIZE
	.fill	ROOM_SIZE - ROOM_HEADER, 1, 0xcc

	.section .note.GNU-stack, "", @progbits
