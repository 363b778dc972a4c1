/* SPDX-License-Identifier: BSD-2-Clause */
/* Instructions that a program should not use, or cannot: those whose effect ends with the program, or at once. */
#define _GNU_SOURCE
#include <asm/ldt.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "common.h"
#include "misdeed.h"

#define TURNS 30000000UL

/* Flags of RFLAGS */
#define TF	0x100UL
#define DF	0x400UL
#define IOPL	0x3000UL
#define NT	0x4000UL
#define AC	0x40000UL

#define DEED(name, ...) static void name(void) { __asm__ volatile(__VA_ARGS__); }

DEED(invalid_opcode, "ud2")
DEED(division, "xor %%edx, %%edx\n\txor %%ecx, %%ecx\n\tmov $1, %%eax\n\tdiv %%ecx" : : : "rax", "rcx", "rdx")
DEED(breakpoint, "int3")
DEED(one_byte_debug, ".byte 0xf1")
DEED(overflow_vector, "int $4")
DEED(hlt, "hlt\n\thlt\n\thlt")
DEED(bad_data_segment, "mov %0, %%ds" : : "r" (0x1234))
DEED(bad_stack_segment, "mov %0, %%ss" : : "r" (0x2b))
DEED(no_stack_segment, "mov %0, %%ss\n\tmov $30000000, %%ecx\n1:\tdec %%ecx\n\tjnz 1b" : : "r" (0) : "rcx")
DEED(bad_far_return, "pushq $0x1234\n\tlea 1f(%%rip), %%rax\n\tpush %%rax\n\tlretq\n1:" : : : "rax", "memory")
DEED(bad_iret, "pushq $0x1234\n\tpushq $0\n\tpushq $2\n\tpushq $0x1234\n\tpushq $8\n\tiretq")
DEED(bad_task_register, "ltr %w0" : : "r" (0x1234))
DEED(bad_ldt, "lldt %w0" : : "r" (0x1234))
DEED(bad_msr_read, "rdmsr" : : "c" (0x12345678) : "rax", "rdx")
DEED(bad_msr_write, "wrmsr" : : "c" (0x12345678), "a" (0), "d" (0))
DEED(bad_extended_state, "xsetbv" : : "c" (0), "a" (0), "d" (0))
DEED(virtual_machine, "vmcall")
DEED(resume_from_smm, "rsm")
DEED(caches, "wbinvd\n\tinvlpg 8\n\tinvlpg (%0)\n\tclflush (%1)" : : "r" (UNMAPPED), "r" (__builtin_frame_address(0)) : "memory")
DEED(task_switched, "clts\n\tmov %%cr0, %%rax\n\tsmsw %%eax" : : : "rax")
DEED(wait, "mov %0, %%rax\n\txor %%ecx, %%ecx\n\txor %%edx, %%edx\n\tmonitor\n\tmwait" : : "r" (__builtin_frame_address(0)) : "rax", "rcx", "rdx")

static void registers(void)
{
	unsigned long value;
	unsigned int low, high;

	__asm__ volatile("mov %%cr0, %0\n\tmov %%cr2, %0\n\tmov %%cr3, %0\n\tmov %%cr4, %0\n\tmov %%dr7, %0" : "=r" (value));
	__asm__ volatile("rdmsr" : "=a" (low), "=d" (high) : "c" (0xc0000082));
}

static void ports(void)
{
	unsigned char value;

	/* The port of POST codes, keyboard's status, an unused one */
	__asm__ volatile("outb %%al, $0x80\n\tinb $0x64, %0\n\tmov $0x1234, %%dx\n\tinb %%dx, %0\n\toutb %0, %%dx" : "=a" (value) : : "rdx");
}

static void system_call_32(void)
{
	long result;

	/* getpid of the 32-bit interface */
	__asm__ volatile("int $0x80" : "=a" (result) : "a" (20) : "memory", "r8", "r9", "r10", "r11");
	if (result != getpid())
		fail("%ld", result);
}

/* As a system call returns: to CPL 3. */
static void system_return(void)
{
	__asm__ volatile("pushfq\n\tpop %%r11\n\tlea 1f(%%rip), %%rcx\n\tsysretq\n1:\tnop" : : : "rcx", "r11", "memory");
}

static void far_return(void)
{
	__asm__ volatile("mov %%rsp, %%rbx\n\tpushq $0x2b\n\tpush %%rbx\n\tpushq $0x33\n\tlea 1f(%%rip), %%rax\n\tpush %%rax\n\tlretq\n1:\tmov %%rbx, %%rsp"
			 : : : "rax", "rbx", "memory");
}

static void far_return_32(void)
{
	/* A 32-bit code segment; where it comes to there is ud2. */
	__asm__ volatile("mov %%rsp, %%rbx\n\tpushq $0x2b\n\tpush %%rbx\n\tpushq $0x23\n\tlea 1f(%%rip), %%rax\n\tpush %%rax\n\tlretq\n1:\tud2" : : : "rax", "rbx", "memory");
}

static void flags_set(unsigned long set, unsigned long clear)
{
	__asm__ volatile("pushfq\n\tor %0, (%%rsp)\n\tand %1, (%%rsp)\n\tpopfq" : : "r" (set), "r" (~clear) : "memory", "cc");
}

static void spin(void)
{
	unsigned long turns = TURNS;

	__asm__ volatile("1: dec %0\n\tjnz 1b" : "+r" (turns));
}

static void no_interrupts(void)
{
	unsigned long turns = TURNS;

	__asm__ volatile("cli\n1: dec %0\n\tjnz 1b\n\tsti" : "+r" (turns));
}

/* With interrupts off: faults that Linux sleeps for, system calls by trap and by gate, a fork */
static void no_interrupts_busy(void)
{
	char *memory = mmap(NULL, 64 << 12, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (int i = 0; i < 64; i++) {
		__asm__ volatile("cli");
		memory[i << 12] = 1;
		getppid();
		__asm__ volatile("cli");
		kw_syscall(SYS_getppid);
		__asm__ volatile("cli");
		usleep(100);
	}
	__asm__ volatile("cli");
	if (fork() == 0)
		_exit(0);
	__asm__ volatile("sti");
}

static void trap_flag(void)
{
	flags_set(TF, 0);
	__asm__ volatile("nop");
}

static volatile int steps;

static void count_step(int number)
{
	steps++;
}

static void trap_flag_handled(void)
{
	signal(SIGTRAP, count_step);
	flags_set(TF, 0);
	__asm__ volatile("nop; nop; nop; nop; nop; nop; nop; nop");
	flags_set(0, TF);
	if (steps < 8)
		fail("%d steps", steps);
}

/* Every flag that may stay set, while interrupts, faults, traps and gates come */
static void all_flags(void)
{
	static const unsigned long sets[] = { DF, IOPL, NT, AC, NT | AC | IOPL, 0x200000 };

	for (unsigned int i = 0; i < ARRAY_SIZE(sets); i++) {
		flags_set(sets[i], 0);
		spin();
		flags_set(0, DF);	/* the C library's business */
		getppid();
		flags_set(0, NT | AC);	/* the gates' contract */
		kw_syscall(SYS_getppid);
		flags_set(0, sets[i]);
	}
}

static void backwards_gate(void)
{
	for (int i = 0; i < 1000; i++) {
		flags_set(DF, 0);
		kw_syscall(SYS_chdir, "/");
	}
	flags_set(0, DF);
}

static void unaligned(void)
{
	char bytes[16] = { 0 };

	/* At CPL 0 AC is SMAP's, no alignment is checked. */
	flags_set(AC, 0);
	*(volatile long *)(bytes + 1) = 1;
	flags_set(0, AC);
}

static void local_descriptors(void)
{
	struct user_desc descriptor = { .entry_number = 3, .limit = 0xfffff, .seg_32bit = 1, .limit_in_pages = 1, .useable = 1 };

	if (syscall(SYS_modify_ldt, 1, &descriptor, sizeof(descriptor)) != 0)
		fail_errno("modify_ldt");
	__asm__ volatile("mov %0, %%es\n\tmov %0, %%ds" : : "r" (3 << 3 | 7));
	spin();
	__asm__ volatile("mov %0, %%es\n\tmov %0, %%ds" : : "r" (0));
}

static void write_base(unsigned int msr, unsigned long base)
{
	__asm__ volatile("wrmsr" : : "c" (msr), "a" ((unsigned int)base), "d" ((unsigned int)(base >> 32)));
}

static void wild_gs(void)
{
	/* A user's GS base that looks like the kernel's */
	write_base(0xc0000101, 0xffff888000000000UL);
	spin();
	getppid();
	kw_syscall(SYS_getppid);
	*(volatile int *)8;
}

static void wild_fs(void)
{
	write_base(0xc0000100, UNMAPPED);
	__asm__ volatile("mov %%fs:0x28, %%rax" : : : "rax");
}

/* As nobody should: once, and while interrupts come */
static void swap_gs(void)
{
	for (int i = 0; i < 1000; i++) {
		__asm__ volatile("swapgs");
		for (int turn = 0; turn < 30000; turn++)
			__asm__ volatile("");
	}
	__asm__ volatile("swapgs\n\tud2");
}

static int odd_gates(void *unused)
{
	const struct kw_info *info = gates();

	enter(0);
	for (int i = 0; i < 1000000; i++)
		__asm__ volatile("lea 1f(%%rip), %%rcx\n\tsti\n\tjmp *%0\n\tsyscall\n1:"
				 : : "r" (info->gate + SYS_getppid * info->gate_stride), "a" (SYS_getppid) : "rcx", "r11", "memory");
	return 0;
}

/* Sooner or later an interrupt comes between a gate's first instructions, which ends it. */
static void gate_with_interrupts(void)
{
	const char *ended = status_text(in_child(odd_gates, NULL));

	if (strcmp(ended, "exit 0") != 0 && strcmp(ended, "signal 11") != 0)
		fail("%s", ended);
}

/* Interrupts of devices and between CPUs, raised by hand: Linux meets one that nobody sent. */
static void false_interrupts(void)
{
	__asm__ volatile("int $0x30\n\tint $0x31\n\tint $0xec\n\tint $0xfd\n\tint $0xf6" : : : "memory");
}

static void false_page_fault(void)
{
	/* The CPU pushes no error code for INT n. */
	__asm__ volatile("int $14");
}

static void false_protection_fault(void)
{
	__asm__ volatile("int $13");
}

const struct deed processor_deeds[] = {
	{ "ud2", "invalid opcode", "signal 4", invalid_opcode, 0 },
	{ "division", "division by zero", "signal 8", division, 0 },
	{ "int3", "breakpoint, int3", "signal 5", breakpoint, 0 },
	{ "int1", "breakpoint, int1", "signal 5 or signal 4", one_byte_debug, 0 },
	{ "int4", "int $4", "signal 11", overflow_vector, 0 },
	{ "int80", "int $0x80", "exit 0", system_call_32, 0 },
	{ "hlt", "hlt", "exit 0", hlt, 0 },
	{ "wait", "monitor, mwait", "exit 0", wait, 0 },
	{ "no-interrupts", "interrupts off for 0.1 s", "exit 0", no_interrupts, 0 },
	{ "no-interrupts-busy", "interrupts off at page faults, system calls, fork", "exit 0", no_interrupts_busy, 0 },
	{ "trap-flag", "popf: the trap flag", "signal 5", trap_flag, 0 },
	{ "trap-flag-handled", "the same, handled", "exit 0", trap_flag_handled, 0 },
	{ "all-flags", "popf: direction, I/O privilege, nested task, alignment", "exit 0", all_flags, 0 },
	{ "backwards-gate", "direction flag set at a gate", "exit 0", backwards_gate, 0 },
	{ "unaligned", "alignment checks on, unaligned access", "exit 0", unaligned, 0 },
	{ "bad-data-segment", "bad selector for ds", "signal 11", bad_data_segment, 0 },
	{ "bad-stack-segment", "bad selector for ss", "signal 11", bad_stack_segment, 0 },
	{ "no-stack-segment", "null selector for ss while interrupts come", "exit 0", no_stack_segment, 0 },
	{ "local-descriptors", "segments of its local descriptor table", "exit 0", local_descriptors, 0 },
	{ "bad-far-return", "far return to a bad selector", "signal 11", bad_far_return, 0 },
	{ "far-return", "far return to CPL 3", "exit 0", far_return, 0 },
	{ "far-return-32", "far return to a 32-bit segment", "signal 4", far_return_32, 0 },
	{ "bad-iret", "iret with a bad frame", "signal 11", bad_iret, 0 },
	{ "sysret", "sysret", "exit 0", system_return, 0 },
	{ "wild-gs", "GS base in the kernel's half, then a null pointer", "signal 11", wild_gs, 0 },
	{ "wild-fs", "FS base a wild kernel address", "signal 11", wild_fs, 0 },
	{ "bad-task-register", "ltr, bad selector", "signal 11", bad_task_register, 0 },
	{ "bad-ldt", "lldt, bad selector", "signal 11", bad_ldt, 0 },
	{ "bad-msr-read", "rdmsr of a register that is not there", "signal 11 or exit 0", bad_msr_read, 0 },
	{ "bad-msr-write", "wrmsr to a register that is not there", "signal 11 or exit 0", bad_msr_write, 0 },
	{ "bad-extended-state", "xsetbv of a value that is not allowed", "signal 11", bad_extended_state, 0 },
	{ "registers", "reads of control, debug and model-specific registers", "exit 0", registers, 0 },
	{ "task-switched", "clts, smsw", "exit 0", task_switched, 0 },
	{ "virtual-machine", "vmcall", "signal 4", virtual_machine, 0 },
	{ "resume-from-smm", "rsm", "signal 4", resume_from_smm, 0 },
	{ "caches", "wbinvd, invlpg, clflush", "exit 0", caches, 0 },
	{ "ports", "in and out at ports that do nothing", "exit 0", ports, 0 },
	{ "swap-gs", "swapgs, while interrupts come and before a fault", "signal 4", swap_gs, 0 },
	{ "gate-with-interrupts", "gates with interrupts on, a million times", "exit 0", gate_with_interrupts, 0 },
	{ "false-interrupts", "int n: interrupts that nobody sent", "exit 0", false_interrupts, 0 },
	{ "false-page-fault", "int $14: an exception without its error code", "signal 11", false_page_fault, 0 },
	{ "false-protection-fault", "int $13", "signal 11", false_protection_fault, 0 },
	{ 0 }
};
