/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the test programs of the pc port share. A program ends with exit code
 * 0, or says what does not hold and ends with 1.
 */
#pragma once

#include <unitron/ext.h>

#define CHECK(condition)							\
	do {									\
		if (!(condition)) {						\
			vlog("%s:%d: does not hold: %s", __FILE_NAME__, __LINE__, #condition); \
			vstp_sys(1);						\
		}								\
	} while (0)

/* left <= value <= right, with the value in the message. */
#define CHECK_BETWEEN(left, value, right)					\
	do {									\
		UD left_ = (left), value_ = (value), right_ = (right);		\
										\
		if (value_ < left_ || value_ > right_) {			\
			vlog("%s:%d: %s is %llu, not %llu to %llu", __FILE_NAME__, __LINE__, #value, \
				(unsigned long long)value_, (unsigned long long)left_, (unsigned long long)right_); \
			vstp_sys(1);						\
		}								\
	} while (0)
