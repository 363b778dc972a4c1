/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The output directory. Everything is written into a scratch directory inside
 * it and moved into place at the end, so that a run that fails for whatever
 * reason leaves the outputs of an earlier run as they were.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

/* Make the scratch directory; it vanishes at exit and on SIGHUP, SIGINT, SIGTERM. */
void	files_open(const char *output_dir);
/* The path of a file there. */
const char *files_scratch(const char *name);
/* The path of a file in the output directory. */
const char *files_output(const char *name);
/* Open a scratch file for writing. */
FILE	*files_create(const char *name);
/* Close it; an error of any write before ends the program. */
void	files_close(FILE *file, const char *name);
/* The contents of a file, terminated; *length does not count the terminator. NULL if it cannot be read. */
char	*files_read(const char *path, size_t *length);
/* End the program unless a file of that name in the output directory can be replaced. */
void	files_check(const char *name);
/* Move a scratch file into the output directory. */
void	files_publish(const char *name);
/* The same, but leave the old file and its time alone if it has the same contents. */
void	files_publish_if_changed(const char *name);
