/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An image's file system, mounted in the library kernel. Messages go to standard
 * error and name the image, the reason and, where there is one, the next step.
 */
#ifndef LKL_TOOLS_IMAGE_H
#define LKL_TOOLS_IMAGE_H

#include <sys/types.h>

#define IMAGE_ROOT	"/image"	/* where it is mounted in the library kernel */

/* What the command line says of the image. */
struct image_options {
	const char	*type;		/* file system, NULL: try all */
	const char	*mount_options;	/* of the file system, NULL: none */
	int		partition;	/* 0: the whole image */
	int		writable;
	int		verbose;	/* show the kernel's log */
	const char	*read_only_option;	/* said of an image that may only be read; NULL: nothing */
};

/* Boots the library and mounts the image. 0, or -1 after a message. */
int image_open(const char *path, const struct image_options *options);

/* Unmounts, halts. 0, or -1 after a message: what was written may not be in the image. */
int image_close(void);

/* The path in the library kernel of a path in the image; static, overwritten by the next call. */
const char *image_path(const char *path);

/* ls.c, cp.c: the commands. Return the exit status. */
struct list_options {
	int	all, details, one_column;
};
int list_path(const char *path, const struct list_options *options, int heading);
int print_file(const char *path);

struct copy_options {
	int	recursive, preserve, quiet;
	int	several;	/* of more than one file: to a directory only */
};
int copy_out(const char *from, const char *to, const struct copy_options *options);
int copy_in(const char *from, const char *to, const struct copy_options *options);

/* run.c: the command, from its name on. Returns only if the program does not run: the exit status. */
int run_program(int argc, char **argv);

#endif
