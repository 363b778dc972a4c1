/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The gates: what a program at CPL 0 jumps to in place of a SYSCALL
 * instruction; see <unitron/kernelware.h> for the registers. A gate runs on the
 * thread's kernel stack, at whose top it leaves what Linux's own entry leaves
 * there (struct pt_regs), as far as anybody looks at it:
 *
 *	ss sp flags cs ip		as from user mode
 *	orig_ax di si dx
 *	cx ax				written only when there is work at the end
 *	r8 r9 r10
 *	r11 bx bp r12 r13 r14 r15	the same
 *				<- rsp in the system call
 *
 * Whatever needs all registers (tracing, a new thread, a signal's return)
 * continues in Linux's entry code instead, as if the CPU had come that way, and
 * comes back as a promotion. Interrupts are off at entry and on the way out;
 * all calls into Linux are direct (static calls, connected by gates.c).
 */
#include <linux/linkage.h>
#include <linux/errno.h>
#include <linux/objtool.h>
#include <asm/asm.h>
#include <asm/nospec-branch.h>
#include <asm/processor-flags.h>
#include <asm/segment.h>
#include <asm/smap.h>
#include <asm/thread_info.h>
#include <asm/unistd.h>
#include <uapi/asm/ptrace-abi.h>
#include "compat.h"
#include "layout.h"

#define PT_SS		160
#define PT_SP		152
#define PT_FLAGS	144
#define PT_CS		136
#define PT_IP		128
#define PT_ORIG_AX	120
#define PT_DI		112
#define PT_SI		104
#define PT_DX		96
#define PT_CX		88
#define PT_AX		80
#define PT_R8		72
#define PT_R9		64
#define PT_R10		56
#define PT_R11		48
#define PT_BX		40
#define PT_BP		32
#define PT_R12		24
#define PT_R13		16
#define PT_R14		8
#define PT_R15		0
#define PT_SIZE		168

/* What Linux does before a return to user mode; gates.c compares. */
#define EXIT_WORK (_TIF_SIGPENDING | _TIF_NOTIFY_RESUME | _TIF_NEED_RESCHED | _TIF_UPROBE | _TIF_NOTIFY_SIGNAL | _TIF_PATCH_PENDING | \
		   _TIF_USER_RETURN_NOTIFY | _TIF_IO_BITMAP | _TIF_NEED_FPU_LOAD | COMPAT_TIF_NEED_RESCHED_LAZY)

	.text

/* A jump that gates.c directs, in the form that Linux's static calls want */
.macro STATIC_JMP
	COMPAT_UNWIND_NONE
	.byte	0xe9
	.long	kw_unconnected - . - 4
	.byte	0x0f, 0xb9, 0xcc
.endm

.macro STATIC_CALL name
	.balign	8
\name:
	ANNOTATE_NOENDBR
	STATIC_JMP
.endm

SYM_CODE_START_LOCAL(kw_unconnected)
	COMPAT_UNWIND_NONE
	ud2
SYM_CODE_END(kw_unconnected)

	STATIC_CALL kw_entry_syscall
	STATIC_CALL kw_return_to_user
	STATIC_CALL kw_syscall_exit
	STATIC_CALL kw_call_exit

/* The targets of the gates, 8 bytes each */
	.globl	kw_syscalls, kw_entry_syscall, kw_return_to_user, kw_syscall_exit, kw_call_exit
	.balign	8
kw_syscalls:
	ANNOTATE_NOENDBR
	.set	number, 0
	.rept	NR_syscalls
	STATIC_JMP
	.set	number, number + 1
	.endr

.macro TO_KERNEL_STACK
	mov	kw_top_of_stack(%rip), %rsp
	mov	%gs:(%rsp), %rsp
.endm

/* To the kernel stack, with the CPU's part of the frame: all registers but r11 and rsp are still the program's. */
.macro ENTER
	swapgs
	mov	%rsp, %r11
	TO_KERNEL_STACK
	push	$__USER_DS
	push	%r11
	push	$KW_PROGRAM_FLAGS
	push	$__USER_CS
	push	%rcx
.endm

.macro SYSCALL_GATE number
	ENTER
	mov	COMPAT_CURRENT, %r11
	cmpq	$0, TI_SYSCALL_WORK(%r11)
	jne	slow
	push	$\number
	push	%rdi
	push	%rsi
	push	%rdx
	sub	$16, %rsp
	push	%r8
	push	%r9
	push	%r10
	mov	%rbp, PT_BP-PT_R10(%rsp)	/* for who walks the program's stack from here */
	sub	$56, %rsp
	cld
	sti
	mov	%rsp, %rdi
	call	kw_syscalls + 8 * \number
	cli
	mov	COMPAT_CURRENT, %r11
	testl	$EXIT_WORK, TI_FLAGS(%r11)
	jz	leave
	jmp	syscall_work
.endm

/*
 * These, or a tracer meanwhile, look at registers that the gate does not save;
 * or they do the thread's work in their midst, where kw_leave_thread cannot take
 * the gate out of the way back.
 */
.macro SLOW_GATE
	ENTER
	jmp	slow
.endm

	.globl	kw_gates_begin, kw_gates_end, kw_gate_last
	.balign	KW_GATE_SIZE
kw_gates_begin:
SYM_CODE_START(kw_gates)
	COMPAT_UNWIND_NONE
	ANNOTATE_NOENDBR
	.set	number, 0
	.rept	NR_syscalls
	.balign	KW_GATE_SIZE, 0xcc
	COMPAT_UNWIND_NONE
	.if	number == __NR_rt_sigreturn || number == __NR_clone || number == __NR_fork || number == __NR_vfork || \
		number == __NR_execve || number == __NR_execveat || number == __NR_clone3 || \
		number == __NR_exit || number == __NR_exit_group || number == __NR_io_uring_enter
	SLOW_GATE
	.elseif	number == __NR_ioctl
	/* After this request there is no way out of a gate. */
	cmp	$LEAVE_REQUEST, %esi
	je	leaving
	SYSCALL_GATE number
	.else
	SYSCALL_GATE number
	.endif
	.set	number, number + 1
	.endr
SYM_CODE_END(kw_gates)

SYM_CODE_START_LOCAL(leaving)
	COMPAT_UNWIND_NONE
	SLOW_GATE
SYM_CODE_END(leaving)

SYM_CODE_START(kw_gate_any)
	COMPAT_UNWIND_NONE
	ANNOTATE_NOENDBR
	cmp	$NR_syscalls, %eax
	jae	1f
	mov	%eax, %r11d
	imul	$KW_GATE_SIZE, %r11, %r11
	add	kw_gates_address(%rip), %r11
	ANNOTATE_RETPOLINE_SAFE
	jmp	*%r11
	int3
1:	SLOW_GATE
SYM_CODE_END(kw_gate_any)

/* A program that is single-stepped has come to a gate of a system call; above are those. rax: the number */
SYM_CODE_START(kw_gate_stepped)
	COMPAT_UNWIND_NONE
	ANNOTATE_NOENDBR
	ENTER
	mov	$(KW_PROGRAM_FLAGS | X86_EFLAGS_TF), %r11d
	mov	%r11, 16(%rsp)
	jmp	kw_entry_syscall
SYM_CODE_END(kw_gate_stepped)

/* rsp: the CPU's part of the frame; rax: the system call's number */
SYM_CODE_START_LOCAL(slow)
	COMPAT_UNWIND_NONE
	mov	$KW_PROGRAM_FLAGS, %r11d
	jmp	kw_entry_syscall
SYM_CODE_END(slow)

/* rsp: pt_regs; the registers that the call had to preserve are the program's. */
SYM_CODE_START_LOCAL(leave)
	COMPAT_UNWIND_NONE
	mov	PT_R10(%rsp), %r10
	mov	PT_R9(%rsp), %r9
	mov	PT_R8(%rsp), %r8
	mov	PT_DX(%rsp), %rdx
	mov	PT_SI(%rsp), %rsi
	mov	PT_DI(%rsp), %rdi
leave_short:
	mov	PT_IP(%rsp), %rcx
	mov	PT_SP(%rsp), %rsp
leave_last:
	swapgs
	sti
kw_gate_last:
	ANNOTATE_NOENDBR
	ANNOTATE_RETPOLINE_SAFE
	jmp	*%rcx
	int3
SYM_CODE_END(leave)

/* The whole pt_regs, for whoever looks at the program now: \ax, and the registers that were left out */
.macro COMPLETE_FRAME
	mov	%rax, PT_AX(%rsp)
	mov	PT_IP(%rsp), %rcx
	mov	%rcx, PT_CX(%rsp)
	movq	$KW_PROGRAM_FLAGS, PT_R11(%rsp)
	mov	%rbx, PT_BX(%rsp)
	mov	%rbp, PT_BP(%rsp)
	mov	%r12, PT_R12(%rsp)
	mov	%r13, PT_R13(%rsp)
	mov	%r14, PT_R14(%rsp)
	mov	%r15, PT_R15(%rsp)
.endm

/* The return address is always kw_worked: process.c has it changed for a thread that leaves, which must not come back here. */
.macro WORK function
	mov	%rsp, %rdi
	lea	kw_worked(%rip), %rcx
	push	%rcx
	jmp	\function
.endm

SYM_CODE_START_LOCAL(syscall_work)
	COMPAT_UNWIND_NONE
	COMPLETE_FRAME
	sti
	WORK	kw_syscall_exit
SYM_CODE_END(syscall_work)

/*
 * Work is done, interrupts are off. Back by the gate if the program is still
 * where it was and still kernelware, else by Linux's way back to user mode.
 */
SYM_CODE_START(kw_worked)
	COMPAT_UNWIND_NONE
	ANNOTATE_NOENDBR
	cmpl	$0, PER_CPU_VAR(kw_here)
	je	1f
	mov	PT_IP(%rsp), %rcx
	cmp	PT_CX(%rsp), %rcx
	jne	1f
	cmpq	$__USER_CS, PT_CS(%rsp)
	jne	1f
	cmpq	$KW_PROGRAM_FLAGS, PT_FLAGS(%rsp)
	jne	1f
	mov	PT_R15(%rsp), %r15
	mov	PT_R14(%rsp), %r14
	mov	PT_R13(%rsp), %r13
	mov	PT_R12(%rsp), %r12
	mov	PT_BP(%rsp), %rbp
	mov	PT_BX(%rsp), %rbx
	mov	PT_AX(%rsp), %rax
	jmp	leave
1:	jmp	kw_return_to_user
SYM_CODE_END(kw_worked)

/*
 * rax(rdi, rsi, rdx, r10, r8, r9, r11 words from rsp on). Below pt_regs:
 *
 *	0 or 8 bytes, so that the function's stack is aligned
 *	arguments		<- rsp in the function
 */
SYM_CODE_START(kw_gate_call)
	COMPAT_UNWIND_NONE
	ANNOTATE_NOENDBR
	swapgs
	mov	%rsp, PER_CPU_VAR(kw_program_sp)
	TO_KERNEL_STACK
	push	$__USER_DS
	push	PER_CPU_VAR(kw_program_sp)
	push	$KW_PROGRAM_FLAGS
	push	$__USER_CS
	push	%rcx
	push	$-1			/* orig_ax: no system call */
	test	%r11, %r11
	jnz	stack_arguments
	sub	$128, %rsp
	mov	%r10, %rcx
	sti
	CALL_NOSPEC rax			/* al need not say how many vector registers hold arguments: the kernel uses none */
	cli
	add	$8, %rsp
called:
	mov	COMPAT_CURRENT, %r11
	testl	$EXIT_WORK, TI_FLAGS(%r11)
	jz	leave_short
	COMPLETE_FRAME
	/* What the function may change is not the program's any more. */
	movq	$0, PT_R10(%rsp)
	movq	$0, PT_R9(%rsp)
	movq	$0, PT_R8(%rsp)
	movq	$0, PT_DX(%rsp)
	movq	$0, PT_SI(%rsp)
	movq	$0, PT_DI(%rsp)
	WORK	kw_call_exit

stack_arguments:
	sub	$120, %rsp
	mov	PT_SP(%rsp), %rcx
	cmp	$STACK_ARGUMENTS, %r11
	ja	5f
	test	$1, %r11b
	jnz	3f
	sub	$8, %rsp
3:	sti
	ASM_STAC			/* the program's stack may be anywhere */
4:	push	-8(%rcx, %r11, 8)
	dec	%r11
	jnz	4b
	ASM_CLAC
	mov	%r10, %rcx
	CALL_NOSPEC rax
2:	cli
	TO_KERNEL_STACK
	sub	$PT_SIZE, %rsp
	jmp	called
5:	mov	$-EINVAL, %rax
	jmp	2b
6:	ASM_CLAC
	mov	$-EFAULT, %rax
	jmp	2b
	_ASM_EXTABLE(4b, 6b)
SYM_CODE_END(kw_gate_call)

SYM_CODE_START(kw_gate_current)
	COMPAT_UNWIND_NONE
	ANNOTATE_NOENDBR
	swapgs
	mov	COMPAT_CURRENT, %rax
	jmp	leave_last
SYM_CODE_END(kw_gate_current)

SYM_CODE_START(kw_gate_percpu)
	COMPAT_UNWIND_NONE
	ANNOTATE_NOENDBR
	swapgs
	mov	PER_CPU_VAR(this_cpu_off), %rax
	jmp	leave_last
SYM_CODE_END(kw_gate_percpu)

kw_gates_end:
