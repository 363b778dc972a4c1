/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scratch files and their way into the output directory. scratch_path is
 * plain storage because the signal handler needs it when nothing else can be
 * relied on.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "memory.h"
#include "message.h"

static char scratch_path[PATH_MAX];
static const char *output_path;

/* Every name that is created there. */
static const char *const scratch_names[] = {
	"config.i", "config.d", "config.log", "check.c", "check.o", "check.d", "check.log",
	"kernel_id.h", "kernel_cfg.c", "kernel_cfg.d",
};

/* Called at exit and from a signal handler: system calls only. */
static void remove_scratch(void)
{
	int directory;

	if (scratch_path[0] == '\0')
		return;
	directory = open(scratch_path, O_RDONLY | O_DIRECTORY);
	if (directory >= 0) {
		for (size_t i = 0; i < sizeof(scratch_names) / sizeof(scratch_names[0]); i++)
			unlinkat(directory, scratch_names[i], 0);
		close(directory);
	}
	rmdir(scratch_path);
	scratch_path[0] = '\0';
}

static void on_signal(int number)
{
	remove_scratch();
	signal(number, SIG_DFL);
	raise(number);
}

void files_open(const char *output_dir)
{
	output_path = output_dir;
	if (strlen(output_dir) > sizeof(scratch_path) - 64)
		fatal("the path of the output directory is too long: '%s'", output_dir);
	snprintf(scratch_path, sizeof(scratch_path), "%s/.unitron-cfg.XXXXXX", output_dir);
	if (mkdtemp(scratch_path) == NULL) {
		int reason = errno;

		scratch_path[0] = '\0';
		fatal("cannot write into the output directory '%s': %s; does it exist?", output_dir, strerror(reason));
	}
	atexit(remove_scratch);
	signal(SIGHUP, on_signal);
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
}

const char *files_scratch(const char *name)
{
	return memory_format("%s/%s", scratch_path, name);
}

const char *files_output(const char *name)
{
	return memory_format("%s/%s", output_path, name);
}

FILE *files_create(const char *name)
{
	FILE *file = fopen(files_scratch(name), "w");

	if (file == NULL)
		fatal("cannot create '%s': %s", files_scratch(name), strerror(errno));
	return file;
}

void files_close(FILE *file, const char *name)
{
	bool failed = ferror(file) != 0;

	if (fclose(file) != 0 || failed)
		fatal("cannot write '%s': %s; is the disk full?", files_scratch(name), strerror(errno));
}

char *files_read(const char *path, size_t *length)
{
	FILE *file = fopen(path, "r");
	struct buffer buffer = { 0 };
	char part[16384];
	size_t got;

	if (file == NULL)
		return NULL;
	buffer_add(&buffer, "", 0);
	while ((got = fread(part, 1, sizeof(part), file)) > 0)
		buffer_add(&buffer, part, got);
	if (ferror(file)) {
		fclose(file);
		return NULL;
	}
	fclose(file);
	*length = buffer.length;
	return buffer.text;
}

void files_check(const char *name)
{
	struct stat status;

	if (lstat(files_output(name), &status) == 0 && S_ISDIR(status.st_mode))
		fatal("'%s' is a directory, where a file has to go; remove it", files_output(name));
}

void files_publish(const char *name)
{
	if (rename(files_scratch(name), files_output(name)) != 0)
		fatal("cannot move '%s' to '%s': %s", files_scratch(name), files_output(name), strerror(errno));
}

void files_publish_if_changed(const char *name)
{
	size_t old_length = 0;
	size_t new_length = 0;
	char *old = files_read(files_output(name), &old_length);
	char *new = files_read(files_scratch(name), &new_length);

	if (old == NULL || new == NULL || old_length != new_length || memcmp(old, new, old_length) != 0)
		files_publish(name);
}
