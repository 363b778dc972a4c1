/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * canary FILE [POLL_US]: an ordinary process that must not notice what others
 * do: it keeps values in registers, vector registers, memory and thread-local
 * storage over system calls, sleeps, page faults and forks, and looks at them.
 * FILE has the number of rounds, then "dead: WHY" if something was not right.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common.h"

#define PAGES 16
#define PAGE 4096

static int file;
static __thread volatile uint64_t local;

static void say(const char *format, unsigned long value)
{
	char text[80];
	int length = snprintf(text, sizeof(text), format, value);

	if (pwrite(file, text, length, 0) != length)
		exit(1);
}

static void dead(const char *why)
{
	say(why, 0);
	exit(1);
}

/* True if the registers are as before */
static bool registers_kept(uint64_t value)
{
	uint64_t in = value, out = 0, other = 0;

	__asm__ volatile("movq	%2, %%xmm7\n\t"
			 "mov	%2, %%r12\n\t"
			 "mov	%2, %%r13\n\t"
			 "not	%%r13\n\t"
			 "mov	$110, %%eax\n\t"		/* getppid */
			 "syscall\n\t"
			 "mov	$20000, %%ecx\n"
			 "1:	dec	%%ecx\n\t"
			 "jnz	1b\n\t"
			 "movq	%%xmm7, %0\n\t"
			 "not	%%r13\n\t"
			 "mov	%%r12, %1\n\t"
			 "xor	%%r13, %1"
			 : "=&r" (out), "=&r" (other) : "r" (in) : "rax", "rcx", "r11", "r12", "r13", "xmm7", "memory");
	return out == value && other == 0;
}

static void round_of_life(uint64_t n)
{
	uint64_t value = n * 0x9e3779b97f4a7c15u;
	char *memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned short cs;

	local = value;
	if (!registers_kept(value))
		dead("dead: registers differ\n");
	__asm__ volatile("mov %%cs, %0" : "=r" (cs));
	if ((cs & 3) != 3)
		dead("dead: in kernel mode\n");
	for (int i = 0; i < PAGES; i++)
		memory[i * PAGE] = (char)(n + i);
	if (n % 16 == 0) {
		pid_t child = fork();
		int status;

		if (child == 0)
			_exit(memory[5 * PAGE] == (char)(n + 5) && local == value ? 9 : 1);
		if (waitpid(child, &status, 0) != child || status != 9 << 8)
			dead("dead: a child ended wrongly\n");
	}
	for (int i = 0; i < PAGES; i++)
		if (memory[i * PAGE] != (char)(n + i))
			dead("dead: memory differs\n");
	munmap(memory, PAGES * PAGE);
	if (local != value)
		dead("dead: thread-local storage differs\n");
}

int main(int argc, char **argv)
{
	unsigned int pause_us = argc > 2 ? strtoul(argv[2], NULL, 0) : 5000;

	if (argc < 2) {
		printf("canary: canary FILE [POLL_US]\n");
		return 2;
	}
	file = open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (file < 0)
		fail_errno("%s", argv[1]);
	for (uint64_t n = 1;; n++) {
		round_of_life(n);
		say("%lu      \n", n);
		sleep_us(pause_us);
	}
}
