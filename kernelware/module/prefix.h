/* SPDX-License-Identifier: GPL-2.0-only */
/* What every message of the module starts with; included before everything else. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
