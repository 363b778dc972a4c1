/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a port does for the library kernel: its devices, and what depends on the
 * processor. Carried out by the port's PORT_LKL_SRCS. Unless said otherwise a
 * function is called in task context, outside of the library, and may block.
 */
#pragma once

#include <itron/kernel.h>

#define MACHINE_WORDS	1024		/* of the devices' part of the kernel's command line */
#define MACHINE_DEVICES	8

struct lkl_host_ops;

/*
 * Makes the devices ready, to interrupt by intno if they can, and puts the words
 * by which the kernel finds them into words. Fills in of *ops what is the
 * machine's: mmio, device_work, bus_base. 0, or -errno after a line in the log.
 */
int	machine_start(struct lkl_host_ops *ops, void *arena, INTNO intno, char *words);

/* The devices do not touch the arena after the return. Does nothing if they are stopped. */
void	machine_stop(void);

/* ns from any origin; any task context, also inside of the library: must not block. */
UD	machine_now(void);

/* As random() in struct lkl_host_ops. */
unsigned int machine_random(void *bytes, unsigned int length);

/* Do devices have to be asked for input now and then? / Ask them. */
BOOL	machine_has_input(void);
void	machine_input(void);

/* Handler context: the library's numbers of interrupts (1 and up) that devices want, as bits. */
UD	machine_interrupts(void);
