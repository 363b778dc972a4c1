/* SPDX-License-Identifier: BSD-2-Clause */
/* Declarations, which a .cfg cannot hold: to be named by INCLUDE, not by #include. */
typedef long declared;
struct declares {
	int	a;
	long	b;
};
