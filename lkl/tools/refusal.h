/* SPDX-License-Identifier: BSD-2-Clause */
/* Why an image can't be used, for messages of the tools and of `lkl run`. */
#ifndef LKL_TOOLS_REFUSAL_H
#define LKL_TOOLS_REFUSAL_H

#include <stddef.h>
#include <sys/stat.h>

/* What keeps a file from being an image, and the next step: words after its name. NULL: nothing. */
const char *file_refusal(const struct stat *status);

/* What was tried in vain. */
struct attempt {
	const char	*device;	/* in the library kernel, which runs */
	const char	*type;		/* file system, NULL: all were tried */
	int		partition;	/* 0: the whole image */
	long		error;		/* of mounting, -errno */
	const char	*partition_option, *log_option;	/* how the user says the next step */
};

/*
 * Writes to text why mounting failed, and the next step: words after the image's
 * name. What file system there is, is looked up in the image, since the errors of
 * file systems that were tried in vain say little: ext4 has "Cannot allocate
 * memory" for a disk that ends before its superblock.
 */
void mount_refusal(char *text, size_t size, const struct attempt *attempt);

#endif
