/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The objects that the running application exports: /sys/class/unitron says what
 * they are and how they stand, /proc who has their devices open.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "command.h"
#include "exports.h"

#define NAME_SIZE 64
#define DEVICES "/dev/unitron/"

struct export {
	char name[NAME_SIZE];
	unsigned long files;		/* open files that were found */
	char users[128];		/* "console (712), ..." */
};

struct exports {
	struct export *list;
	size_t count;
};

static void attribute(const char *object, const char *name, char *text, size_t size)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/sys/class/unitron/%s/%s", root_directory(), object, name);
	file = fopen(path, "r");
	if (!file || !fgets(text, (int)size, file))
		snprintf(text, size, "?");
	text[strcspn(text, "\n")] = '\0';
	if (file)
		fclose(file);
}

/* ---- who has it open -------------------------------------------------------------- */

static struct export *find(const struct exports *exports, const char *name)
{
	for (size_t i = 0; i < exports->count; i++)
		if (!strcmp(exports->list[i].name, name))
			return &exports->list[i];
	return NULL;
}

/* A process that has it open several times is named once. */
static void add_user(struct export *export, const char *pid)
{
	char path[300], command[32] = "?", user[64];
	size_t length = strlen(export->users);
	FILE *file;

	export->files++;
	snprintf(path, sizeof(path), "%s/proc/%.20s/comm", root_directory(), pid);
	file = fopen(path, "r");
	if (file) {
		if (fgets(command, sizeof(command), file))
			command[strcspn(command, "\n")] = '\0';
		fclose(file);
	}
	snprintf(user, sizeof(user), "%s%s (%.20s)", length ? ", " : "", command, pid);
	if (!strstr(export->users, length ? user + 2 : user) && length + strlen(user) < sizeof(export->users))
		strcat(export->users, user);
}

static void look_at_process(const struct exports *exports, const char *pid)
{
	char path[300], link[300], target[300];
	struct dirent *entry;
	struct export *export;
	DIR *files;
	ssize_t length;

	snprintf(path, sizeof(path), "%s/proc/%.20s/fd", root_directory(), pid);
	files = opendir(path);
	while (files && (entry = readdir(files))) {
		snprintf(link, sizeof(link), "%.200s/%.20s", path, entry->d_name);
		length = readlink(link, target, sizeof(target) - 1);
		if (length < 0)
			continue;
		target[length] = '\0';
		if (strncmp(target, DEVICES, strlen(DEVICES)))
			continue;
		export = find(exports, target + strlen(DEVICES));
		if (export)
			add_user(export, pid);
	}
	if (files)
		closedir(files);
}

static void look_for_users(const struct exports *exports)
{
	struct dirent *entry;
	char path[300];
	DIR *processes;

	snprintf(path, sizeof(path), "%s/proc", root_directory());
	processes = opendir(path);
	while (processes && (entry = readdir(processes)))
		if (isdigit((unsigned char)entry->d_name[0]))
			look_at_process(exports, entry->d_name);
	if (processes)
		closedir(processes);
}

/* ---- the table ---------------------------------------------------------------------- */

static void print(const struct export *export)
{
	char direction[16], kind[16], count[16], filled[16], moved[16], opened[16], broken[16], mode[16] = "?", path[300], ring[40];
	struct stat status;
	unsigned long others;

	attribute(export->name, "direction", direction, sizeof(direction));
	attribute(export->name, "kind", kind, sizeof(kind));
	attribute(export->name, "count", count, sizeof(count));
	attribute(export->name, "filled", filled, sizeof(filled));
	attribute(export->name, "moved", moved, sizeof(moved));
	attribute(export->name, "opened", opened, sizeof(opened));
	attribute(export->name, "broken", broken, sizeof(broken));
	snprintf(path, sizeof(path), "%s" DEVICES "%s", root_directory(), export->name);
	if (!stat(path, &status))
		snprintf(mode, sizeof(mode), "%04o", status.st_mode & 07777);
	if (!strcmp(kind, "eventflag")) {
		/* Bits need no ring, and nobody counts them. */
		strcpy(ring, strcmp(filled, "0") ? "bits" : "no bits");
		strcpy(moved, "-");
	} else {
		snprintf(ring, sizeof(ring), "%s of %s", filled, count);
	}
	printf("%-23s  %-5s  %-9s  %4s  %15s  %10s  %s", export->name, direction, kind, mode, ring, moved, export->users);
	others = strtoul(opened, NULL, 10);
	others = others > export->files ? others - export->files : 0;
	if (others)
		printf("%s%lu that cannot be seen", export->files ? ", " : "", others);
	else if (!export->files)
		putchar('-');
	printf("%s\n", strcmp(broken, "1") ? "" : "; BROKEN: the ring held what cannot be");
}

static int is_name(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && strlen(entry->d_name) < NAME_SIZE;
}

void exports_print(void)
{
	struct exports exports = { NULL, 0 };
	struct dirent **entries;
	char path[300];
	int found;

	snprintf(path, sizeof(path), "%s/sys/class/unitron", root_directory());
	found = scandir(path, &entries, is_name, alphasort);
	if (found <= 0)
		return;
	exports.list = calloc((size_t)found, sizeof(*exports.list));
	for (int i = 0; i < found; i++) {
		if (exports.list)
			strcpy(exports.list[exports.count++].name, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	look_for_users(&exports);
	printf("\n%-23s  %-5s  %-9s  %4s  %15s  %10s  %s\n", "EXPORTED", "LINUX", "KIND", "MODE", "IN ITS RING", "MOVED", "OPEN IN");
	for (size_t i = 0; i < exports.count; i++)
		print(&exports.list[i]);
	free(exports.list);
}
