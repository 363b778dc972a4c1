/* SPDX-License-Identifier: BSD-2-Clause */
/* The function that both fuzzers call; its name and type are libFuzzer's. */
#pragma once

#include <stddef.h>
#include <stdint.h>

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern unsigned int harness_errors;	/* errors that the last input had */
