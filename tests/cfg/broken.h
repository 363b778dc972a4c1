/* SPDX-License-Identifier: BSD-2-Clause */
/* A header with an error in line 5. */
#pragma once

int broken(;
