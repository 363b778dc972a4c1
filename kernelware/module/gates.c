// SPDX-License-Identifier: GPL-2.0-only
/*
 * Directs the gates' calls to the functions of this kernel. They are static
 * calls: direct jumps that Linux itself patches, in our text, since an indirect
 * call from a gate could be led astray by what another process taught the
 * branch predictor.
 */
#include "prefix.h"
#include <linux/entry-common.h>
#include <linux/percpu.h>
#include <linux/static_call.h>
#include <asm/syscall.h>
#include <unitron/kernelware.h>
#include "compat.h"
#include "kw.h"

#define SLOT_SIZE 8

extern char kw_syscalls[], kw_entry_syscall[], kw_return_to_user[], kw_syscall_exit[], kw_call_exit[];

u64 kw_gates_address;
u64 kw_top_of_stack;
DEFINE_PER_CPU(u32, kw_here);
DEFINE_PER_CPU(u64, kw_program_sp);

static struct static_call_key keys[NR_syscalls + 4];

void kw_gates_connect(void)
{
	unsigned int n;

	BUILD_BUG_ON(offsetof(struct task_struct, thread_info) != 0);
	BUILD_BUG_ON(offsetof(struct thread_info, flags) != TI_FLAGS);
	BUILD_BUG_ON(offsetof(struct thread_info, syscall_work) != TI_SYSCALL_WORK);
	BUILD_BUG_ON(EXIT_TO_USER_MODE_WORK & ~(_TIF_SIGPENDING | _TIF_NOTIFY_RESUME | _TIF_NEED_RESCHED | _TIF_UPROBE |
						_TIF_NOTIFY_SIGNAL | _TIF_PATCH_PENDING | COMPAT_TIF_NEED_RESCHED_LAZY));
	BUILD_BUG_ON(KW_LEAVE != LEAVE_REQUEST);
	BUILD_BUG_ON(KW_STACK_ARGUMENTS != STACK_ARGUMENTS);
	for (n = 0; n < NR_syscalls; n++)
		__static_call_update(&keys[n], kw_syscalls + n * SLOT_SIZE, kw_symbols.sys_call_table[n]);
	__static_call_update(&keys[n++], kw_entry_syscall, kw_symbols.entry_syscall);
	__static_call_update(&keys[n++], kw_return_to_user, kw_symbols.return_to_user);
	__static_call_update(&keys[n++], kw_syscall_exit, kw_symbols.syscall_exit);
	__static_call_update(&keys[n++], kw_call_exit, kw_symbols.call_exit);
	kw_gates_address = (u64)kw_gates;
	kw_top_of_stack = kw_symbols.top_of_stack + COMPAT_STACK_OFFSET;
}
