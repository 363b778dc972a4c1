/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * probes user|trap|gate: what Linux's means of observation see of a program:
 * counts and samples (perf), with the way the program came, hardware
 * breakpoints, tracepoints, kprobes, uprobes. The three print the same: in user
 * mode, in kernel mode by the trap, by gates; "only by gates" begins a line that
 * the others do not have. Wants tracefs on /sys/kernel/tracing.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>
#include "common.h"

#define PAGE	4096
#define PAGES	64
#define CALLS	100
#define RING	64		/* pages of samples */
#define USER_END 0x7ffffffff000ull

static bool in_kernel, by_gate;

/* ---- a program whose every instruction is known ---------------------------------- */

unsigned long probe_by_gate, probe_gate, probe_stride, probe_counter;
/* A system call from probe_call_end - 2, called by probe_middle, called by probe_outer, with frame pointers */
long probe_outer(long number, long a, long b, long c);
extern char probe_call_trap[], probe_call_jump[], probe_call_lea[], probe_call_end[], probe_in_middle[], probe_in_outer[];
/* The same with a loop of so many turns in place of the call */
long burn_outer(long turns);
extern char burn[], burn_end[], burn_in_middle[], burn_in_outer[];
/* Functions that begin with an instruction that Linux emulates (push), with one that is stepped (mov), with one that is relative to rip */
long function_push(long value), function_move(long value), function_relative(void);
__asm__(".globl probe_outer, probe_call_trap, probe_call_jump, probe_call_lea, probe_call_end, probe_in_middle, probe_in_outer\n"
	"probe_outer:\n\tpush %rbp\n\tmov %rsp, %rbp\n\tcall probe_middle\nprobe_in_outer:\n\tpop %rbp\n\tret\n"
	"probe_middle:\n\tpush %rbp\n\tmov %rsp, %rbp\n\tcall probe_call\nprobe_in_middle:\n\tpop %rbp\n\tret\n"
	"probe_call:\n\t"
	"push	%rbp\n\t"
	"mov	%rsp, %rbp\n\t"
	"mov	%rdi, %rax\n\t"
	"mov	%rsi, %rdi\n\t"
	"mov	%rdx, %rsi\n\t"
	"mov	%rcx, %rdx\n\t"
	"cmpq	$0, probe_by_gate(%rip)\n\t"
	"je	probe_call_trap\n\t"
	"mov	%rax, %r11\n\t"
	"imul	probe_stride(%rip), %r11\n\t"
	"add	probe_gate(%rip), %r11\n"
	"probe_call_lea:\n\t"
	"lea	probe_call_end(%rip), %rcx\n\t"
	"cli\n"
	"probe_call_jump:\n\t"
	"jmp	*%r11\n"
	"probe_call_trap:\n\t"
	"syscall\n"
	"probe_call_end:\n\t"
	"pop	%rbp\n\t"
	"ret\n"
	".globl burn_outer, burn, burn_end, burn_in_middle, burn_in_outer\n"
	"burn_outer:\n\tpush %rbp\n\tmov %rsp, %rbp\n\tcall burn_middle\nburn_in_outer:\n\tpop %rbp\n\tret\n"
	"burn_middle:\n\tpush %rbp\n\tmov %rsp, %rbp\n\tcall burn_begin\nburn_in_middle:\n\tpop %rbp\n\tret\n"
	"burn_begin:\n\tpush %rbp\n\tmov %rsp, %rbp\n"
	"burn:\n\tdec %rdi\n\tjnz burn\nburn_end:\n\tpop %rbp\n\tret\n"
	".globl function_push, function_move, function_relative\n"
	"function_push:\n\tpush %rbp\n\tlea 1(%rdi), %rax\n\tpop %rbp\n\tret\n"
	"function_move:\n\tmov %rdi, %rax\n\tinc %rax\n\tret\n"
	"function_relative:\n\tincq probe_counter(%rip)\n\tmov probe_counter(%rip), %rax\n\tret\n");
#define CALL_(n, a, b, c, ...) probe_outer(n, (long)(a), (long)(b), (long)(c))
#define CALL(...) CALL_(__VA_ARGS__, 0, 0, 0, 0)

/* ---- events ------------------------------------------------------------------------ */

static int open_event(struct perf_event_attr *attr)
{
	int fd;

	attr->size = sizeof(*attr);
	attr->disabled = 1;
	fd = syscall(SYS_perf_event_open, attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		fail_errno("perf_event_open of type %u", attr->type);
	return fd;
}

static long stop_event(int fd)
{
	long count = -1;

	ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
	if (read(fd, &count, sizeof(count)) != sizeof(count))
		fail_errno("read of an event");
	close(fd);
	return count;
}

/* How often the event comes in the work */
static long counted(struct perf_event_attr attr, void (*work)(void))
{
	int fd = open_event(&attr);

	ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
	work();
	return stop_event(fd);
}

static long number_in(const char *path)
{
	char text[32] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		fail_errno("%s", path);
	close(fd);
	return atol(text);
}

/* ---- counts ------------------------------------------------------------------------- */

static void touch_pages(void)
{
	char *memory = mmap(NULL, 2 * PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	madvise(memory, 2 * PAGES * PAGE, MADV_NOHUGEPAGE);
	for (int i = 0; i < PAGES; i++)
		memory[i * PAGE] = 1;
	/* The other half is touched by Linux. */
	if (CALL(SYS_read, zero, memory + PAGES * PAGE, PAGES * PAGE) != PAGES * PAGE)
		fail("read of zeros");
	munmap(memory, 2 * PAGES * PAGE);
	close(zero);
}

static void call_much(void)
{
	for (int i = 0; i < CALLS; i++)
		if (CALL(SYS_getppid) != getppid())
			fail("a system call's result");
}

static void counts(void)
{
	struct perf_event_attr faults = { .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_PAGE_FAULTS };
	struct perf_event_attr clock = { .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_TASK_CLOCK };

	touch_pages();
	printf("page faults: %ld", counted(faults, touch_pages));
	faults.exclude_kernel = 1;
	printf(", of the program %ld", counted(faults, touch_pages));
	faults.exclude_kernel = 0;
	faults.exclude_user = 1;
	printf(", of Linux %ld\n", counted(faults, touch_pages));
	printf("task clock: %s\n", counted(clock, call_much) > 0 ? "goes" : "stands");
}

static void tracepoint(const char *name)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT };
	char path[100];

	snprintf(path, sizeof(path), "/sys/kernel/tracing/events/%s/id", name);
	attr.config = number_in(path);
	printf("%s: %ld in calls", name, counted(attr, call_much));
	printf(", %ld in page faults\n", counted(attr, touch_pages));
}

/* ---- samples -------------------------------------------------------------------------- */

struct sample {
	struct perf_event_header header;
	uint64_t ip, count, chain[];
};

/* Samples of the work, one each 50 us; look(sample) of each */
static unsigned int sampled(bool kernel, void (*work)(void), void (*look)(const struct sample *))
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_TASK_CLOCK, .sample_period = 50000,
		.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_CALLCHAIN, .exclude_kernel = !kernel, .exclude_user = kernel,
	};
	int fd = open_event(&attr);
	struct perf_event_mmap_page *ring = mmap(NULL, (1 + RING) * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	unsigned int found = 0;

	if (ring == MAP_FAILED)
		fail_errno("mmap of an event");
	ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
	work();
	ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
	if (ring->data_head >= RING * PAGE)
		fail("too many samples");
	for (uint64_t at = 0; at < ring->data_head;) {
		const struct sample *sample = (const struct sample *)((char *)ring + PAGE + at);

		if (sample->header.type == PERF_RECORD_SAMPLE) {
			found++;
			look(sample);
		}
		at += sample->header.size;
	}
	munmap(ring, (1 + RING) * PAGE);
	close(fd);
	return found;
}

static unsigned int misplaced, bad_chains, leaks;

/* The user's part of a chain: where it begins */
static uint64_t user_part(const struct sample *sample)
{
	uint64_t i = 0;

	while (i < sample->count && sample->chain[i] != PERF_CONTEXT_USER)
		i++;
	/* Addresses of the kernel stand before it, of the program behind it. */
	for (uint64_t j = 0; j < sample->count; j++)
		if (j != i && sample->chain[j] < PERF_CONTEXT_MAX && (sample->chain[j] >> 63) != (j < i))
			leaks++;
	return i + 1;
}

static bool has_chain(const struct sample *sample, uint64_t at, const char *second, const char *third)
{
	return at + 3 <= sample->count && sample->chain[at + 1] == (uint64_t)second && sample->chain[at + 2] == (uint64_t)third;
}

static void look_burning(const struct sample *sample)
{
	uint64_t at = user_part(sample);

	/* At its edges others are sampled. */
	if (sample->ip < (uint64_t)burn || sample->ip > (uint64_t)burn_end)
		misplaced++;
	else if (at >= sample->count || sample->chain[at] != sample->ip || !has_chain(sample, at, burn_in_middle, burn_in_outer))
		bad_chains++;
}

static void look_calling(const struct sample *sample)
{
	uint64_t at = user_part(sample);

	if (sample->ip < USER_END)
		misplaced++;
	/* Of other calls, too */
	else if (at < sample->count && sample->chain[at] == (uint64_t)probe_call_end && !has_chain(sample, at, probe_in_middle, probe_in_outer))
		bad_chains++;
}

static void burn_long(void)
{
	burn_outer(10000000);
}

static void read_long(void)
{
	static char buffer[65536];
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	for (int i = 0; i < 400; i++)
		CALL(SYS_read, zero, buffer, sizeof(buffer));
	close(zero);
}

static void samples(void)
{
	unsigned int found = sampled(false, burn_long, look_burning);

	printf("samples of a loop: %s, elsewhere %s, chains %s, mixed-up %u\n", found > 50 ? "enough" : "few", misplaced < found / 10 + 5 ? "few" : "many",
	       bad_chains < found / 50 + 1 ? "right" : "wrong", leaks);
	misplaced = bad_chains = leaks = 0;
	found = sampled(true, read_long, look_calling);
	printf("samples of Linux: %s, elsewhere %u, mixed-up %u\n", found > 20 ? "enough" : "few", misplaced, leaks);
	printf("the program's chains in them: %s\n", bad_chains < found / 50 + 1 ? "right" : "wrong");
}

/* ---- hardware breakpoints --------------------------------------------------------------- */

static volatile unsigned long watched;

static void functions(void)
{
	for (int i = 0; i < CALLS; i++)
		if (function_push(i) != i + 1 || function_move(i) != i + 1)
			fail("a function's result");
}

static void writes(void)
{
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	for (int i = 0; i < CALLS; i++)
		watched = i;
	for (int i = 0; i < CALLS / 2; i++)
		CALL(SYS_read, zero, &watched, sizeof(watched));
	close(zero);
}

static volatile int traps, wrong_traps;

static void on_trap(int number, siginfo_t *info, void *context)
{
	const greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;

	traps++;
	if (regs[REG_RIP] != (greg_t)function_move || info->si_code != 6)	/* TRAP_PERF */
		wrong_traps++;
}

static void breakpoints(void)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_BREAKPOINT, .bp_type = HW_BREAKPOINT_X, .bp_len = sizeof(long), .exclude_kernel = 1 };
	const struct sigaction action = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO };

	attr.bp_addr = (uint64_t)function_move;
	printf("breakpoint on a function: %ld\n", counted(attr, functions));
	attr.sample_period = 1;
	attr.sigtrap = 1;
	attr.remove_on_exec = 1;
	sigaction(SIGTRAP, &action, NULL);
	printf("the same, with a signal: %ld", counted(attr, functions));
	printf(", %d, wrong %d\n", traps, wrong_traps);
	attr = (struct perf_event_attr){ .type = PERF_TYPE_BREAKPOINT, .bp_type = HW_BREAKPOINT_W, .bp_len = sizeof(long), .exclude_kernel = 1 };
	attr.bp_addr = (uint64_t)&watched;
	printf("on a variable: the program's writes %ld", counted(attr, writes));
	attr.exclude_kernel = 0;
	printf(", all %ld\n", counted(attr, writes));
}

/* ---- kprobes and uprobes ------------------------------------------------------------------- */

static uint32_t probe_type(const char *kind)
{
	char path[100];

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type", kind);
	return number_in(path);
}

static void kprobes(void)
{
	struct perf_event_attr attr = { .type = probe_type("kprobe"), .kprobe_func = (uint64_t)"__x64_sys_getppid" };

	printf("kprobe on a system call: %ld", counted(attr, call_much));
	attr.config = 1;
	printf(", at its return %ld", counted(attr, call_much));
	printf("\n");
}

/* Where in the program's file an address is */
static uint64_t offset_of(const void *address)
{
	const Elf64_Phdr *header = (const Elf64_Phdr *)getauxval(AT_PHDR);

	for (unsigned long i = 0; i < getauxval(AT_PHNUM); i++, header++)
		if (header->p_type == PT_LOAD && (uint64_t)address - header->p_vaddr < header->p_filesz)
			return (uint64_t)address - header->p_vaddr + header->p_offset;
	fail("%p is in no segment", address);
}

static long uprobe(const void *address, int at_return, void (*work)(void))
{
	struct perf_event_attr attr = { .type = probe_type("uprobe"), .config = at_return, .uprobe_path = (uint64_t)"/proc/self/exe" };

	attr.probe_offset = offset_of(address);
	return counted(attr, work);
}

static void relative(void)
{
	unsigned long before = probe_counter;

	for (int i = 0; i < CALLS; i++)
		function_relative();
	if (probe_counter != before + CALLS)
		fail("a counter counts %lu of %d", probe_counter - before, CALLS);
}

static void traps_only(void)
{
	unsigned long kept = probe_by_gate;

	probe_by_gate = 0;
	call_much();
	probe_by_gate = kept;
}

static void uprobes(void)
{
	printf("uprobe on push: %ld", uprobe(function_push, 0, functions));
	printf(", on mov: %ld", uprobe(function_move, 0, functions));
	printf(", at return: %ld", uprobe(function_move, 1, functions));
	printf(", relative to rip: %ld", uprobe(function_relative, 0, relative));
	printf(", behind a call: %ld", uprobe(probe_call_end, 0, call_much));
	printf(", on syscall: %ld\n", uprobe(probe_call_trap, 0, traps_only));
}

int main(int argc, char **argv)
{
	const char *way = argc == 2 ? argv[1] : "";

	in_kernel = strcmp(way, "trap") == 0 || strcmp(way, "gate") == 0;
	by_gate = strcmp(way, "gate") == 0;
	if (!in_kernel && strcmp(way, "user") != 0)
		return 2;
	setvbuf(stdout, NULL, _IONBF, 0);
	if (in_kernel)
		enter(0);
	if (by_gate) {
		probe_gate = gates()->gate;
		probe_stride = gates()->gate_stride;
		probe_by_gate = 1;
	}
	counts();
	tracepoint("raw_syscalls/sys_enter");
	tracepoint("syscalls/sys_exit_getppid");
	tracepoint("exceptions/page_fault_user");
	tracepoint("exceptions/page_fault_kernel");
	samples();
	breakpoints();
	kprobes();
	uprobes();
	if (by_gate) {
		printf("only by gates: uprobe before a gate: %ld", uprobe(probe_call_lea, 0, call_much));
		printf(", on the jump to it: %ld\n", uprobe(probe_call_jump, 0, call_much));
	}
	if (in_kernel && !kw_active())
		fail("it has come to user mode");
	return 0;
}
