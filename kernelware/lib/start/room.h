/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Room for trampolines in static programs, which have no loader that could find
 * any: kwcc links it (room.S), kwcc-patch fills it, the start code fills the
 * table that the trampolines take the gates from.
 */
#pragma once

#define ROOM_SIZE	32768		/* bytes: some 500 system calls; a static glibc has 110 to 300 */
#define ROOM_MAGIC	"kwcc's room 0001"
#define ROOM_HEADER	32		/* magic, distance from the room to the table, size */
#define ROOM_ANY	512		/* slot of the gate for any number; below: by number */
