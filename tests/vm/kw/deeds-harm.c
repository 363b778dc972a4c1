/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What nobody can contain. Harm: the system goes on, what was done stays; seen
 * from a second process, and undone where that can be. Fatal: each in a guest
 * of its own (tests/vm/kw/fatal), which it takes down.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common.h"
#include "misdeed.h"

/* ---- harm ------------------------------------------------------------------- */

static int write_word(void *unused)
{
	enter(0);
	*(volatile unsigned long *)VICTIM("word") = 12345;
	return 0;
}

static void mapped_write(void)
{
	volatile unsigned long *word = (unsigned long *)VICTIM("word");

	*word = 1;
	in_child(write_word, NULL);
	if (*word != 12345)
		fail("the write was not seen");
	*word = 1;
}

static int take_mutex(void *unused)
{
	enter(0);
	kw_call(symbol("mutex_lock"), VICTIM("mutex"));
	return 0;
}

static void exit_with_mutex(void)
{
	in_child(take_mutex, NULL);
	if ((kw_call(symbol("mutex_is_locked"), VICTIM("mutex")) & 0xff) != 1)
		fail("the mutex is free");
	/* The same words again; the pointer to its owner is of a process that has gone. */
	kw_call(symbol("__mutex_init"), VICTIM("mutex"), "kwvictim", 0);
	if ((int)kw_call(symbol("mutex_trylock"), VICTIM("mutex")) != 1)
		fail("the mutex was not made anew");
	kw_call(symbol("mutex_unlock"), VICTIM("mutex"));
}

static unsigned long control_4(void)
{
	unsigned long value;

	__asm__ volatile("mov %%cr4, %0" : "=r" (value));
	return value;
}

static int clear_protection(void *unused)
{
	enter(0);
	/* Bit 11: user mode instruction prevention */
	__asm__ volatile("mov %0, %%cr4" : : "r" (control_4() & ~(1UL << 11)));
	return 0;
}

static void control_write(void)
{
	unsigned long before = control_4();

	if (!(before & 1UL << 11))
		return;
	in_child(clear_protection, NULL);
	if (control_4() == before)
		fail("cr4 is as before");
	__asm__ volatile("mov %0, %%cr4" : : "r" (before));
}

const struct deed harm_deeds[] = {
	{ "mapped-write", "wild write to mapped, writable memory of Linux", "exit 0", mapped_write,
	  "no protection: it is a write like any other, and what it hits is corrupt" },
	{ "exit-with-mutex", "exit while holding a mutex of Linux", "exit 0", exit_with_mutex,
	  "Linux keeps no list of what a thread holds: the mutex stays taken, who wants it waits for ever" },
	{ "control-write", "write to a control register (a protection turned off)", "exit 0", control_write,
	  "Linux does not look again: it stays so on that CPU" },
	{ 0 }
};

/* ---- fatal ------------------------------------------------------------------ */

#define DEED(name, ...) static void name(void) { __asm__ volatile(__VA_ARGS__); }

static const struct __attribute__((packed)) { unsigned short size; unsigned long address; } nothing_table = { 0, 0 };

DEED(cli_loop, "cli\n1:\tjmp 1b")
DEED(cli_hlt, "cli\n1:\thlt\n\tjmp 1b")
DEED(task_priority, "mov %0, %%cr8\n1:\tjmp 1b" : : "r" (15UL))
DEED(load_idt, "lidt %0\n\tud2" : : "m" (nothing_table))
DEED(load_gdt, "lgdt %0\n1:\tjmp 1b" : : "m" (nothing_table))
DEED(page_table, "mov %0, %%cr3\n\tud2" : : "r" (0UL))
DEED(system_call_entry, "wrmsr\n\tsyscall" : : "c" (0xc0000082), "a" (0), "d" (0) : "memory")
DEED(reset_port, "mov $0xfe, %%al\n\tout %%al, $0x64\n1:\tjmp 1b" : : : "rax")
DEED(double_fault_vector, "int $8")

static void spinlock_kept(void)
{
	kw_call(symbol("_raw_spin_lock"), VICTIM("lock"));
}

static void current_overwritten(void)
{
	memset(kw_current(), 0xff, 4096);
	getppid();
}

static void text_overwritten(void)
{
	unsigned long cr0;

	/* Write protection off, then the system calls' table: it is read-only to protect against accidents, not against this. */
	__asm__ volatile("mov %%cr0, %0" : "=r" (cr0));
	__asm__ volatile("mov %0, %%cr0" : : "r" (cr0 & ~0x10000UL));
	memset((void *)symbol("entry_SYSCALL_64"), 0x0f, 64);
	getppid();
}

/* A jump into Linux behind an instruction that changes the stack: as wild as can be */
static void jump_into_linux(void)
{
	__asm__ volatile("mov %1, %%rsp\n\tjmp *%0" : : "r" (symbol("schedule")), "r" (symbol("init_task") + 2048));
}

static void gate_with_flag(unsigned long flag, long number)
{
	const struct kw_info *info = gates();

	for (int i = 0; i < 100000; i++)
		__asm__ volatile("pushfq\n\tor %1, (%%rsp)\n\tpopfq\n\tlea 1f(%%rip), %%rcx\n\tcli\n\tjmp *%0\n\tsyscall\n1:\tpushq $0x202\n\tpopfq"
				 : : "r" (info->gate + number * info->gate_stride), "r" (flag), "a" (number), "D" (0), "S" (0), "d" (0)
				 : "rcx", "r11", "memory");
}

static void nested_gate(void)
{
	gate_with_flag(0x4000, SYS_sched_yield);
}

const struct deed fatal_deeds[] = {
	{ "cli-loop", "endless loop with interrupts off", "hang", cli_loop,
	  "no interrupt comes that could end it; the NMI watchdog, where there is one, reports it" },
	{ "cli-hlt", "hlt with interrupts off", "hang", cli_hlt, "the same" },
	{ "task-priority", "cr8: all interrupts masked", "hang", task_priority, "the same: Linux never looks at cr8" },
	{ "load-idt", "lidt of an empty table", "reset", load_idt, "the CPU finds no handler, not even for the double fault" },
	{ "load-gdt", "lgdt of an empty table", "reset", load_gdt, "the next interrupt finds no code segment" },
	{ "page-table", "mov to cr3 of a wild address", "reset", page_table, "nothing is mapped any more, the handlers neither" },
	{ "system-call-entry", "wrmsr of a wild system call entry", "lost", system_call_entry, "the next system call of any process goes there" },
	{ "reset-port", "out to the port that resets the machine", "reset", reset_port, "the machine does what it is told" },
	{ "double-fault-vector", "int $8: a double fault that was none", "panic", double_fault_vector, "Linux takes it for a real one" },
	{ "spinlock-kept", "exit while holding a spinlock of Linux", "lost", spinlock_kept,
	  "preemption stays off for good, and who wants the lock spins for ever" },
	{ "current-overwritten", "overwrites its own task_struct", "lost", current_overwritten, "no protection" },
	{ "text-overwritten", "write protection off, then overwrites Linux's text", "lost", text_overwritten, "it has the right to" },
	{ "jump-into-linux", "jump into a function of Linux, stack pointer in Linux's data", "lost", jump_into_linux,
	  "the CPU runs what it finds there; to the handlers it looks like Linux itself" },
	{ "nested-gate", "gates with the nested-task flag", "lost", nested_gate, "it goes on to other processes, whose next iret it lets fail" },
	{ 0 }
};
