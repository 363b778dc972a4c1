/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `lkl run` was told, and how it tells the preload library: as text in the
 * environment variable LKL_RUN, a line "WORD VALUE" for each option.
 */
#ifndef LKL_PRELOAD_OPTIONS_H
#define LKL_PRELOAD_OPTIONS_H

#include <stddef.h>

#define RUN_VARIABLE	"LKL_RUN"
#define RUN_MAX		4		/* images, and interfaces */

struct run_image {
	const char	*file;
	char		*where;		/* clean and absolute */
	const char	*type;		/* NULL: try all */
	int		partition, read_only;
};

struct run_net {
	const char	*tap;		/* NULL: the file open as fd */
	int		fd;
	unsigned int	address, gateway;	/* network order; 0: none */
	int		prefix;
};

struct run_options {
	struct run_image	image[RUN_MAX];
	struct run_net		net[RUN_MAX];
	int			images, nets;
	unsigned long		memory;		/* bytes */
	const char		*log;		/* file for the kernel's log; NULL: none */
};

/*
 * Adds an option "WORD VALUE": image FILE=MOUNTPOINT[,ro][,type=T][,partition=N],
 * net tap:NAME[,ADDRESS/PREFIX[,GATEWAY]] or fd:N[,...], memory MEGABYTES, log
 * FILE. NULL, or what is wrong with it. Keeps pointers into its own copy.
 */
const char *run_option(struct run_options *options, const char *word, const char *value);

/* A path without "." and "..", doubled and trailing slashes, by its letters only. 0, or -1 if it is longer than size. */
int clean_path(char *clean, size_t size, const char *directory, const char *path);

#endif
