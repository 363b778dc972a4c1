/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the programs of the kernelware tests share. They report by exit status
 * and a line on standard output: 0 is well, 1 a finding, 2 wrong usage.
 */
#pragma once

#include <kw.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdnoreturn.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Print what is wrong and end the process (all threads) with status 1. */
noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same with errno in words */
noreturn void fail_errno(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* kw_enter and kw_leave, which must succeed */
void enter(unsigned int flags);
void leave(void);

/* The address of a kernel symbol, which must be there */
unsigned long symbol(const char *name);

/* Where the gates are, straight from the device; works in either mode */
const struct kw_info *gates(void);

/* Repeatable random numbers, 32 bits; not for several threads at once */
uint32_t random_next(void);
void random_seed(uint32_t seed);

/* ns, CLOCK_MONOTONIC */
uint64_t now(void);
void sleep_us(unsigned int us);

/* A child whose main function is `run`; returns its wait status. */
int in_child(int (*run)(void *), void *argument);
/* "exit 3" or "signal 11"; static memory */
const char *status_text(int status);
