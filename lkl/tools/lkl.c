// SPDX-License-Identifier: BSD-2-Clause
/*
 * lkl: reads and writes file systems in images without root and without mount.
 * The work is done in a child process, so that whatever a hostile image does to
 * the library kernel, the user gets a message and an exit status.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "image.h"
#include "lkl.h"
#include "message.h"

static const char usage[] =
	"usage: lkl [OPTIONS] ls [-al] IMAGE:PATH ...\n"
	"       lkl [OPTIONS] cat IMAGE:PATH ...\n"
	"       lkl [OPTIONS] cp [-rpq] IMAGE:PATH ... FILE|DIRECTORY\n"
	"       lkl [OPTIONS] cp [-rpq] FILE ... IMAGE:PATH\n"
	"       lkl run [OPTIONS] PROGRAM [ARGUMENT ...]      (lkl run --help)\n"
	"\n"
	"  -t, --type TYPE       file system (ext4, btrfs, xfs, vfat); all are tried otherwise\n"
	"  -P, --partition N     of the image; the whole image otherwise\n"
	"  -o, --options LIST    mount options of the file system\n"
	"      --limit SECONDS   give up after that time (a damaged image may keep a file system busy for ever)\n"
	"      --verbose         show the library kernel's log\n"
	"\n"
	"ls: -a all names, -l details.  cp: -r directories too, -p keep modes, owners and times,\n"
	"-q no progress.  All images of one command must be the same one.\n";

static struct image_options image;
static struct list_options list;
static struct copy_options copy;
static const char *image_file;
static unsigned int limit;
static volatile sig_atomic_t limit_reached;
static pid_t child;

static int misuse(const char *reason, const char *what)
{
	tell("%s%s%s; lkl --help tells more", reason, *what ? ": " : "", what);
	return 2;
}

/* The path in IMAGE:PATH, "/" for an empty one; notes the image. NULL if it is not of that form. */
static char *split(char *argument)
{
	char *colon = strchr(argument, ':');
	size_t length = colon - argument;

	if (!colon || !length)
		return NULL;
	if (!image_file)
		image_file = strndup(argument, length);
	else if (strlen(image_file) != length || strncmp(image_file, argument, length))
		return NULL;
	return colon[1] ? colon + 1 : "/";
}

static int run_ls(char **arguments, int count)
{
	int failed = 0;

	for (int i = 0; i < count; i++)
		failed |= list_path(arguments[i], &list, count > 1);
	return failed;
}

static int run_cat(char **arguments, int count)
{
	int failed = 0;

	for (int i = 0; i < count; i++)
		failed |= print_file(arguments[i]);
	return failed;
}

static int (*copy_one)(const char *from, const char *to, const struct copy_options *options);

static int run_cp(char **arguments, int count)
{
	int failed = 0;

	copy.several = count > 2;
	for (int i = 0; i < count - 1; i++)
		failed |= copy_one(arguments[i], arguments[count - 1], &copy);
	return failed;
}

static int (*command)(char **arguments, int count);

/* In the child */
static int work(char **arguments, int count)
{
	int failed;

	if (image_open(image_file, &image))
		return 1;
	failed = command(arguments, count);
	if (fflush(stdout) || (ferror(stdout) && !failed)) {
		complain("standard output", errno);
		failed = 1;
	}
	if (image_close())
		failed = 1;
	return failed;
}

static void at_limit(int number)
{
	limit_reached = 1;
	kill(child, SIGKILL);
}

/* The parent only waits: what happens to the child becomes a message and a status. */
static int guard(char **arguments, int count)
{
	int status;

	fflush(NULL);
	child = fork();
	if (child < 0) {
		complain("fork", errno);
		return 1;
	}
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		exit(work(arguments, count));
	}
	/* The terminal's signals reach the child too; its end is what counts. */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGALRM, at_limit);
	alarm(limit);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	if (limit_reached) {
		tell("%s: not done after %u seconds", image_file, limit);
		return 3;
	}
	/* Who reads the output has had enough. */
	if (WTERMSIG(status) == SIGPIPE && !image.writable)
		raise(SIGPIPE);
	tell("%s: the library kernel ended by signal %d (%s)%s", image_file, WTERMSIG(status), strsignal(WTERMSIG(status)),
	     image.writable ? "; check the image (fsck) before using it" : "");
	return 3;
}

static int parse_command(int argc, char **argv)
{
	int option;
	char **arguments, *path;
	int count;

	if (optind == argc)
		return misuse("a command is missing", "");
	argc -= optind;
	argv += optind;
	if (!strcmp(argv[0], "run"))
		return run_program(argc, argv);
	optind = 0;
	if (!strcmp(argv[0], "ls"))
		command = run_ls;
	else if (!strcmp(argv[0], "cat"))
		command = run_cat;
	else if (!strcmp(argv[0], "cp"))
		command = run_cp;
	else
		return misuse("unknown command", argv[0]);
	while ((option = getopt(argc, argv, command == run_ls ? "+al1" : command == run_cp ? "+rpq" : "+")) != -1) {
		list.all |= option == 'a';
		list.details |= option == 'l';
		copy.recursive |= option == 'r';
		copy.preserve |= option == 'p';
		copy.quiet |= option == 'q';
		if (option == '?')
			return misuse("unknown option of", argv[0]);
	}
	arguments = argv + optind;
	count = argc - optind;
	if (count < (command == run_cp ? 2 : 1))
		return misuse("arguments are missing for", argv[0]);
	if (command == run_cp && (path = split(arguments[count - 1]))) {
		copy_one = copy_in;
		image.writable = 1;
		arguments[count - 1] = path;
		return guard(arguments, count);
	}
	copy_one = copy_out;
	for (int i = 0; i < count - (command == run_cp); i++) {
		path = split(arguments[i]);
		if (!path)
			return misuse(image_file ? "not in the same image" : "not of the form IMAGE:PATH", arguments[i]);
		arguments[i] = path;
	}
	return guard(arguments, count);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "type", 1, 0, 't' }, { "partition", 1, 0, 'P' }, { "options", 1, 0, 'o' }, { "limit", 1, 0, 'L' },
		{ "verbose", 0, 0, 'v' }, { "help", 0, 0, 'h' }, { 0 },
	};
	char *end;
	int option;

	while ((option = getopt_long(argc, argv, "+t:P:o:h", options, NULL)) != -1) {
		switch (option) {
		case 't':
			image.type = optarg;
			break;
		case 'P':
			image.partition = strtol(optarg, &end, 10);
			if (*end || image.partition < 1 || image.partition > 255)
				return misuse("a partition is a number from 1 to 255, not", optarg);
			break;
		case 'o':
			image.mount_options = optarg;
			break;
		case 'L':
			limit = strtoul(optarg, &end, 10);
			if (*end || !limit)
				return misuse("a limit is a number of seconds, not", optarg);
			break;
		case 'v':
			image.verbose = 1;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			return misuse("unknown option", "");
		}
	}
	return parse_command(argc, argv);
}
