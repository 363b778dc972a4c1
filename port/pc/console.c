/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console: the log ring's lines go to the first serial port, by polling,
 * and only when no task is ready or the machine stops. So printing delays
 * nobody; an interrupt stops it at any instruction.
 *
 * One reader: idle, or port_stop, from which idle never returns. The line
 * being printed is kept in variables, so that port_stop finishes it.
 */
#include "pc.h"

#define UART		0x3f8
#define UART_DATA	(UART + 0)
#define UART_ENABLE	(UART + 1)
#define UART_FIFO	(UART + 2)
#define UART_LINE	(UART + 3)
#define UART_MODEM	(UART + 4)
#define UART_STATUS	(UART + 5)
#define STATUS_EMPTY	0x20
#define STATUS_ABSENT	0xff		/* what a missing port reads as */
#define LINE_8N1	0x03
#define LINE_DIVISOR	0x80
#define MODEM_READY	0x03

#define DEBUG_EXIT	0xf4		/* QEMU: -device isa-debug-exit,iobase=0xf4,iosize=4 */
#define ACPI_CONTROL	0x604		/* QEMU's machines */
#define ACPI_SOFT_OFF	0x2000
#define MAX_EXIT_CODE	127

static char line[VLOG_MAX + 1];
static SIZE length;
static volatile SIZE position;
static volatile bool kicked;		/* something was logged since idle last looked */

void console_setup(void)
{
	out8(UART_ENABLE, 0);
	out8(UART_LINE, LINE_DIVISOR);
	out8(UART_DATA, 1);		/* 115200 baud */
	out8(UART_ENABLE, 0);
	out8(UART_LINE, LINE_8N1);
	out8(UART_FIFO, 0x07);
	out8(UART_MODEM, MODEM_READY);
}

static void put_next(void)
{
	UD flags;

	while (!(in8(UART_STATUS) & STATUS_EMPTY))
		;
	/* The byte and the count of it go together, or port_stop would print it twice. */
	__asm__ volatile("pushfq; popq %0; cli" : "=r"(flags) :: "memory");
	out8(UART_DATA, (uint8_t)line[position++]);
	if (flags & RFLAGS_IF)
		__asm__ volatile("sti" ::: "memory");
}

void console_drain(void)
{
	bool absent = in8(UART_STATUS) == STATUS_ABSENT;

	for (;;) {
		while (position < length && !absent)
			put_next();
		length = 0;
		position = 0;
		length = kernel_log_read(line, VLOG_MAX);
		if (length == 0)
			return;
		line[length++] = '\n';
	}
}

/*
 * Interrupts on, and wait for one. QEMU, when it counts instructions, moves
 * the clock to the next event as soon as it sees the processor halted, from
 * the clock as it was at the program's latest look; without a look right here
 * it sometimes goes too far, by the instructions since.
 */
static void halt(void)
{
	__asm__ volatile("rdtsc; sti; hlt" ::: "eax", "edx", "memory");
}

void console_idle(void)
{
	for (;;) {
		kicked = false;
		console_drain();
		__asm__ volatile("cli" ::: "memory");
		if (kicked)
			__asm__ volatile("sti" ::: "memory");
		else
			halt();
	}
}

void port_log_kick(void)
{
	kicked = true;
}

void port_stop(INT code)
{
	__asm__ volatile("cli" ::: "memory");
	console_drain();
	out32(DEBUG_EXIT, (uint32_t)code <= MAX_EXIT_CODE ? (uint32_t)code : MAX_EXIT_CODE);
	out16(ACPI_CONTROL, ACPI_SOFT_OFF);
	for (;;)
		__asm__ volatile("cli; hlt");
}
