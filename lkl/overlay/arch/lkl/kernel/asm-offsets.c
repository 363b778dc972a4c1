// SPDX-License-Identifier: GPL-2.0-only
/* No offsets: fault.S gets addresses. The build wants the file. */
#include <linux/kbuild.h>

int main(void)
{
	return 0;
}
