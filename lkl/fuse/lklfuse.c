// SPDX-License-Identifier: BSD-2-Clause
/*
 * lklfuse: mounts an image's file system without root, by FUSE: command line,
 * going into the background, the end. The library kernel must boot in the process
 * that serves, so the fork comes first; the parent waits for word whether all is
 * well, and messages reach the terminal until then.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../tools/image.h"
#include "../tools/message.h"
#include "lkl.h"
#include "operations.h"

#define FAILED	1

struct arguments {
	char	*image;
	char	*type;
	char	*fs_options;
	char	*partition;
	int	read_only, allow_other, verbose;
};

#define OPTION(text, field, value) { text, offsetof(struct arguments, field), value }

static const struct fuse_opt known[] = {
	OPTION("-t %s", type, 0),
	OPTION("--type=%s", type, 0),
	OPTION("-P %s", partition, 0),
	OPTION("--partition=%s", partition, 0),
	OPTION("-O %s", fs_options, 0),
	OPTION("--fs-options=%s", fs_options, 0),
	OPTION("--verbose", verbose, 1),
	OPTION("ro", read_only, 1),
	FUSE_OPT_KEY("ro", FUSE_OPT_KEY_KEEP),
	OPTION("allow_other", allow_other, 1),
	FUSE_OPT_KEY("allow_other", FUSE_OPT_KEY_KEEP),
	FUSE_OPT_END
};

static const char usage[] =
	"usage: lklfuse [OPTIONS] IMAGE MOUNTPOINT\n"
	"\n"
	"  -t, --type=TYPE         file system (ext4, btrfs, xfs, vfat); all are tried otherwise\n"
	"  -P, --partition=N       of the image; the whole image otherwise\n"
	"  -O, --fs-options=LIST   mount options of the file system\n"
	"  -o LIST                 mount options of FUSE: ro, allow_other ...\n"
	"  -f                      stay in the foreground\n"
	"      --verbose           show the library kernel's log; without -f, while mounting\n"
	"\n"
	"fusermount3 -u MOUNTPOINT unmounts; flock IMAGE true waits until all is written back.\n";

static int misuse(const char *reason, const char *what)
{
	fprintf(stderr, "lklfuse: %s%s%s; lklfuse --help tells more\n", reason, *what ? ": " : "", what);
	return 2;
}

/* The first word that is no option is the image; the rest is FUSE's. */
static int take_word(void *data, const char *word, int key, struct fuse_args *rest)
{
	struct arguments *arguments = data;

	if (key != FUSE_OPT_KEY_NONOPT || arguments->image)
		return 1;
	arguments->image = strdup(word);
	return 0;
}

/* Serves until unmounted. word: where the parent waits, -1 in the foreground. */
static int serve(const struct image_options *image, const struct arguments *arguments, struct fuse_args *rest,
		 const struct fuse_cmdline_opts *line, int word)
{
	struct fuse_loop_config threads = { .clone_fd = 0, .max_idle_threads = 10 };
	struct fuse *fuse;
	int failed = 1;

	if (image_open(arguments->image, image))
		return FAILED;
	lkl_call(SYS_umask, 0, 0, 0, 0, 0, 0);
	fuse = fuse_new(rest, &fuse_operations, sizeof(fuse_operations), NULL);
	if (!fuse)
		goto close_image;
	if (fuse_mount(fuse, line->mountpoint))
		goto destroy;
	if (fuse_set_signal_handlers(fuse_get_session(fuse)))
		goto unmount;
	if (word >= 0) {
		if (write(word, "", 1) != 1 || close(word) || !freopen("/dev/null", "r", stdin) || !freopen("/dev/null", "w", stdout) ||
		    dup2(fileno(stdout), STDERR_FILENO) < 0)
			goto remove_handlers;
	}
	/* A signal that ended the loop is no failure. */
	failed = line->singlethread ? fuse_loop(fuse) < 0 : fuse_loop_mt(fuse, &threads) < 0;
remove_handlers:
	fuse_remove_signal_handlers(fuse_get_session(fuse));
unmount:
	fuse_unmount(fuse);
destroy:
	fuse_destroy(fuse);
close_image:
	return image_close() || failed ? FAILED : 0;
}

/* The status of the command: 0 when the file system is there, or what the child's end says. */
static int in_background(const struct image_options *image, const struct arguments *arguments, struct fuse_args *rest,
			 const struct fuse_cmdline_opts *line)
{
	int ends[2];
	pid_t child;
	char byte;

	if (pipe(ends) || (child = fork()) < 0) {
		complain("going into the background", errno);
		return FAILED;
	}
	if (!child) {
		close(ends[0]);
		setsid();
		return serve(image, arguments, rest, line, ends[1]);
	}
	close(ends[1]);
	/* The child says so, or its end closes the pipe: it has told why. */
	return read(ends[0], &byte, 1) == 1 ? 0 : FAILED;
}

/* What was asked for, as the image's options. 0, or the status of the command after a message. */
static int check(struct arguments *arguments, const struct fuse_cmdline_opts *line, struct image_options *image)
{
	char *full, *end;

	if (!arguments->image)
		return misuse("an image is missing", "");
	if (!line->mountpoint)
		return misuse("a mount point is missing", "");
	if (arguments->partition) {
		image->partition = strtol(arguments->partition, &end, 10);
		if (*end || image->partition < 1 || image->partition > 255)
			return misuse("a partition is a number from 1 to 255, not", arguments->partition);
	}
	image->type = arguments->type;
	image->mount_options = arguments->fs_options;
	image->writable = !arguments->read_only;
	image->verbose = arguments->verbose;
	image->read_only_option = "; -o ro mounts it to read";
	full = realpath(arguments->image, NULL);
	if (!full) {
		complain(arguments->image, errno);
		return FAILED;
	}
	free(arguments->image);
	arguments->image = full;
	return 0;
}

int main(int argc, char **argv)
{
	struct fuse_args rest = FUSE_ARGS_INIT(argc, argv);
	struct fuse_cmdline_opts line = { 0 };
	struct arguments arguments = { 0 };
	struct image_options image = { 0 };
	int status = 2;

	if (fuse_opt_parse(&rest, &arguments, known, take_word) || fuse_parse_cmdline(&rest, &line))
		goto out;
	if (line.show_help) {
		fputs(usage, stdout);
		status = 0;
		goto out;
	}
	status = check(&arguments, &line, &image);
	/* Who mounts may do everything in the image; others what its modes allow. */
	if (status || fuse_opt_add_arg(&rest, "-osubtype=lkl") || (arguments.allow_other && fuse_opt_add_arg(&rest, "-odefault_permissions")))
		goto out;
	status = line.foreground ? serve(&image, &arguments, &rest, &line, -1) : in_background(&image, &arguments, &rest, &line);
out:
	fuse_opt_free_args(&rest);
	free(line.mountpoint);
	free(arguments.image);
	free(arguments.type);
	free(arguments.fs_options);
	free(arguments.partition);
	return status;
}
