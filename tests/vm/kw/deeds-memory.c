/* SPDX-License-Identifier: BSD-2-Clause */
/* Wrong addresses: reads, writes, jumps. */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "common.h"
#include "misdeed.h"

#define TEXT 0xffffffff81000000UL	/* where Linux's text begins without randomisation; else its symbol is asked */
#define PAGE 4096

static void read_at(unsigned long address)
{
	*(volatile char *)address;
}

static void write_at(unsigned long address)
{
	*(volatile char *)address = 1;
}

static void jump_to(unsigned long address)
{
	__asm__ volatile("jmp *%0" : : "r" (address));
}

static void null_read(void)
{
	read_at(8);
}

static void null_write(void)
{
	write_at(8);
}

static void wild_read(void)
{
	read_at(UNMAPPED);
}

static void wild_write(void)
{
	write_at(UNMAPPED);
}

static void text_write(void)
{
	write_at(symbol("_stext"));
}

static void constant_write(void)
{
	write_at(symbol("sys_call_table"));
}

static void idt_write(void)
{
	/* Where Linux maps it, read-only */
	write_at(0xfffffe0000000000UL);
}

static void noncanonical_read(void)
{
	read_at(NONCANONICAL);
}

static void straddle_read(void)
{
	*(volatile unsigned long *)(0x7ffffffffffcUL);
}

static void null_jump(void)
{
	jump_to(0);
}

static void wild_jump(void)
{
	jump_to(UNMAPPED + 0x123);
}

/* The stack pointer is wild, too: to the handlers nearly like Linux itself */
static void wild_jump_wild_stack(void)
{
	__asm__ volatile("mov %1, %%rsp\n\tjmp *%0" : : "r" (UNMAPPED + 0x123), "r" (symbol("jiffies_64")));
}

static void data_jump(void)
{
	jump_to(symbol("jiffies_64"));
}

static void noncanonical_jump(void)
{
	jump_to(NONCANONICAL);
}

static void own_data_jump(void)
{
	static const unsigned char ret = 0xc3;

	jump_to((unsigned long)&ret & ~15UL);
}

static void own_text_write(void)
{
	write_at((unsigned long)own_text_write);
}

static void noncanonical_return(void)
{
	__asm__ volatile("push %0; ret" : : "r" (NONCANONICAL));
}

static void wild_system_call(void)
{
	/* Linux checks pointers of system calls: errors, no faults */
	static const unsigned long wild[] = { 0, 8, UNMAPPED, NONCANONICAL, TEXT };

	for (unsigned int i = 0; i < ARRAY_SIZE(wild); i++) {
		if (kw_syscall(SYS_write, 1, wild[i], 16) != -14 || kw_syscall(SYS_newfstatat, -100, wild[i], wild[i], 0) != -14 ||
		    kw_syscall(SYS_uname, wild[i]) != -14)
			fail("a system call took %#lx", wild[i]);
	}
}

static void text_unmap(void)
{
	unsigned long page = (unsigned long)text_unmap & -PAGE;

	/* Itself included, with what comes after the return */
	kw_syscall(SYS_munmap, page, PAGE);
	kw_syscall(SYS_munmap, page - 64 * PAGE, 4096 * PAGE);
}

static void all_unmap(void)
{
	kw_syscall(SYS_munmap, 0, 0x7ffffffff000UL);
}

static void text_protect(void)
{
	kw_syscall(SYS_mprotect, (unsigned long)text_protect & -PAGE, PAGE, PROT_NONE);
	kw_syscall(SYS_mprotect, ((unsigned long)kw_syscall_six & -PAGE) - PAGE, 3 * PAGE, PROT_NONE);
}

static void stack_protect(void)
{
	unsigned long here = (unsigned long)__builtin_frame_address(0) & -PAGE;

	kw_syscall(SYS_mprotect, here - PAGE, 2 * PAGE, PROT_NONE);
}

static void protect_games(void)
{
	static const int ways[] = { PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC };
	char *page = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (int i = 0; i < 2000; i++) {
		char *at = page + random_next() % 16 * PAGE;

		if (mprotect(at, PAGE, ways[random_next() % ARRAY_SIZE(ways)]) != 0)
			fail_errno("mprotect");
		if (mprotect(at, PAGE, PROT_READ | PROT_WRITE) != 0)
			fail_errno("mprotect");
		*at = (char)i;
		if (i % 16 == 0)
			madvise(page, 16 * PAGE, MADV_DONTNEED);
	}
}

/* A region that needs a top-level page table entry of its own: Linux makes it open to user mode. */
static void far_code(void)
{
	static const unsigned char code[] = { 0x66, 0x8c, 0xc8, 0x0f, 0x0b };	/* mov %cs,%ax; ud2 */
	char *page = mmap((void *)0x200000000000UL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (page == MAP_FAILED)
		fail_errno("mmap");
	memcpy(page, code, sizeof(code));
	jump_to((unsigned long)page);
}

const struct deed memory_deeds[] = {
	{ "null-read", "read of a null pointer", "signal 11", null_read, 0 },
	{ "null-write", "write to a null pointer", "signal 11", null_write, 0 },
	{ "wild-read", "read of a wild kernel address (not mapped)", "signal 11", wild_read, 0 },
	{ "wild-write", "write to a wild kernel address (not mapped)", "signal 11", wild_write, 0 },
	{ "text-write", "write to the text of Linux", "signal 11", text_write, 0 },
	{ "constant-write", "write to constants of Linux (the system call table)", "signal 11", constant_write, 0 },
	{ "idt-write", "write to Linux's IDT", "signal 11", idt_write, 0 },
	{ "noncanonical-read", "read of a non-canonical address", "signal 11", noncanonical_read, 0 },
	{ "straddle-read", "read across the end of the user half", "signal 11", straddle_read, 0 },
	{ "null-jump", "jump to address 0", "signal 11", null_jump, 0 },
	{ "wild-jump", "jump to a wild kernel address (not mapped)", "signal 11", wild_jump, 0 },
	{ "wild-jump-wild-stack", "the same, with the stack pointer in Linux's data", "signal 11", wild_jump_wild_stack, 0 },
	{ "data-jump", "jump to data of Linux", "signal 11", data_jump, 0 },
	{ "noncanonical-jump", "jump to a non-canonical address", "signal 11", noncanonical_jump, 0 },
	{ "noncanonical-return", "return to a non-canonical address", "signal 11", noncanonical_return, 0 },
	{ "own-data-jump", "jump to its own data", "signal 11", own_data_jump, 0 },
	{ "own-text-write", "write to its own text", "signal 11", own_text_write, 0 },
	{ "wild-system-call", "wild pointers in system calls", "exit 0", wild_system_call, 0 },
	{ "text-unmap", "munmap of its own text", "signal 11", text_unmap, 0 },
	{ "all-unmap", "munmap of all that it has", "signal 11", all_unmap, 0 },
	{ "text-protect", "mprotect of its own text", "signal 11", text_protect, 0 },
	{ "stack-protect", "mprotect of its own stack", "signal 11", stack_protect, 0 },
	{ "protect-games", "mprotect to and fro, madvise", "exit 0", protect_games, 0 },
	{ "far-code", "ud2 in a region that Linux mapped later", "signal 4", far_code, 0 },
	{ 0 }
};
