/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The start code that kwcc links into a program. It runs before the C library
 * is ready, in a static PIE before the program itself is relocated: no library
 * call, no initialised pointer, no thread-local data.
 */
#pragma once

#include <unitron/kernelware.h>

#include "records.h"

/* Also of what other files define: no way by the GOT, which is not relocated yet. */
#pragma GCC visibility push(hidden)

/* The exit status of a program that could not start in kernel mode */
#define KW_EXIT 125

/* system.c: system calls as traps. The result, errors as -errno. */
long kw_sys(long number, long a, long b, long c, long d);
long kw_sys_open(const char *path);
/* Read `size` bytes unless the file ends before. How many there were, or -errno. */
long kw_sys_read_all(int fd, void *buffer, unsigned long size);
_Noreturn void kw_sys_exit(int status);
_Noreturn void kw_sys_abort(void);

/* message.c: one line on standard error, "PROGRAM: " and the pieces, up to a null pointer. */
void kw_message(const char *first, ...);
const char *kw_error_text(long error);
int kw_same(const char *a, const char *b);
extern const char *kw_program;
/* The running kernel's release, as uname(2) has it, into a buffer of 65 bytes. */
void kw_release(char *release);

/* kernel.c: 0, or -1 after a message: some object was compiled for a kernel other than the running one. */
int kw_check_kernel(void);
int kw_has_kernel(void);

/* names.c: look up all names; 0, or -1 after a message for each one that is missing. */
int kw_resolve(int device);
/* The first name, or a null pointer: the program names nothing. */
const char *kw_first_name(void);

/* For thunks and accessors, in entry.S and start.c */
extern struct kw_info __kw_gates;
extern unsigned long __kw_slots[];
/* Stands for a gate: the SYSCALL before the return address, as a trap */
void __kw_trap(void);

#pragma GCC visibility pop
