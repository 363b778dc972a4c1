/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The library kernel under an application of the uITRON kernel: what the
 * application calls. Its Makefile says LKL = 1, its .cfg includes
 * <lkl/itron/library.cfg>; docs/howto/library-under-itron.md goes through it.
 * System calls are then those of <lkl.h>: lkl_sys_open(), lkl_sys_write() ...,
 * for tasks with dispatching enabled and the CPU unlocked. They block the
 * calling task only.
 *
 * A task that makes system calls has TA_FPU, leaves slp_tsk(), wup_tsk() and
 * ter_tsk() of itself alone (the library sleeps and wakes by them), and stays
 * less urgent than whatever must be in time.
 */
#pragma once

#include <itron/kernel.h>
#include <unitron/ext.h>
#include <lkl.h>

/*
 * Boots the library kernel with the machine's devices and this command line
 * ("loglevel=4", "" ...). On the posix port the devices are those of LKL_DISK
 * and LKL_NET in the environment, on the pc port those that the words
 * virtio_mmio.device= of the machine's command line name. Task context; blocks.
 * Returns 0, or -errno after a line in the log that says what is wrong: -EBUSY:
 * it runs already; -ENOMEM: LKL_MEMORY is too small; -EINVAL, -ENODEV or what
 * opening gave: a device.
 */
int	lkl_itron_start(const char *command_line);

/*
 * Halts, as lkl_sys_halt() does: file systems are left clean, blocked calls of
 * other tasks return -ENODEV, and it may be started again. Task context; blocks.
 * Returns 0; -ENODEV: it does not run; -EBUSY: another task halts it; another
 * error: a file system could not be left clean.
 */
int	lkl_itron_halt(void);

/*
 * Brings an interface up, with an IPv4 address (as a number: 0x0a00020f is
 * 10.0.2.15) and its prefix. Task context; blocks. 0 or -errno.
 */
int	lkl_itron_interface(const char *name, unsigned int address, int prefix);

/*
 * For a CPU exception handler of the application's own: true if the fault is
 * the library's (a call got a bad address, or its kernel is broken: then it
 * panics and all calls return -EIO); *info is then set to go on. Handler context.
 */
BOOL	lkl_itron_fault(T_EXCINF *info);

/* What library.cfg names: initialisation, the library's own task, its interrupt service routine, its exception handler. */
void	lkl_itron_initialize(VP_INT intno);
void	lkl_itron_keeper(VP_INT exinf);
void	lkl_itron_interrupt(VP_INT exinf);
void	lkl_itron_exception(VP p_excinf);
