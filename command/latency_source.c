/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The application that measures: it runs already, as a module or as a process of
 * the posix port, or it is loaded, started, and unloaded in the end.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include <unitron.h>
#include "command.h"
#include "latency.h"
#include "module.h"

#define NAME "latency"		/* of the application */

struct latency_source {
	struct unitron *ring, *control;
	uint32_t run;
	bool loaded, started;		/* by us */
};

static int load(struct latency_source *source, const char *file)
{
	char installed[256], *image;
	struct utsname kernel;
	size_t size;
	int status;

	if (!file) {
		uname(&kernel);
		snprintf(installed, sizeof(installed), "/lib/modules/%s/extra/unitron-latency.ko", kernel.release);
		file = installed;
		if (access(file, R_OK))
			return fail("no application measures, and %s is not there: make -C command/latency PORT=linux builds it, "
				    "-a out/linux-us/latency/latency.ko names it", file);
	}
	status = module_read(file, &image, &size);
	if (status)
		return status;
	status = module_load_unit();
	if (!status)
		status = module_load(file, image, size, "");
	source->loaded = !status;
	free(image);
	return status;
}

/* Nobody has the objects that are wanted. */
static int provide(struct latency_source *source, const char *file)
{
	char name[64], state[64];
	int status;

	if (access(sysfs_directory(), F_OK)) {
		if (geteuid())
			return fail("no application measures: root's unitron latency loads it; or start the process out/posix-us/latency/latency --real");
		status = load(source, file);
		if (status)
			return status;
	}
	status = sysfs_read("application", name, sizeof(name));
	if (!status)
		status = sysfs_read("state", state, sizeof(state));
	if (status)
		return status;
	if (strcmp(name, NAME))
		return fail("the application %s is loaded, and one can be: unitron unload, then this again", name);
	if (!strcmp(state, "running"))
		return fail("%s runs, but /dev/unitron/LATENCY is not there; does udev or devtmpfs make devices?", name);
	status = sysfs_write("run", "1");
	source->started = !status;
	return status;
}

static int open_object(struct unitron **object, const char *name)
{
	int error = unitron_open(object, name);

	switch (error) {
	case 0:
		return 0;
	case -EBUSY:
		return fail("%s: another unitron latency measures", name);
	case -EACCES:
	case -EPERM:
		return fail("%s: %s; this wants root, or a udev rule that gives /dev/unitron/LATENCY and LATENCY_CONTROL away", name, strerror(-error));
	default:
		return fail("%s: %s", name, strerror(-error));
	}
}

static int control(struct latency_source *source, unsigned int period)
{
	int64_t datum = (int64_t)((uint64_t)source->run << 32 | period);
	ssize_t sent = unitron_dtq_send(source->control, &datum, 1, 1000);

	return sent == 1 ? 0 : fail("LATENCY_CONTROL: %s", strerror((int)-sent));
}

static int begin(struct latency_source *source, const char *application, unsigned int period)
{
	struct timespec now;
	int status = 0;

	if (unitron_open(&source->ring, "LATENCY") == -ENOENT)
		status = provide(source, application);
	if (!status && !source->ring)
		status = open_object(&source->ring, "LATENCY");
	if (!status)
		status = open_object(&source->control, "LATENCY_CONTROL");
	if (status)
		return status;
	if (unitron_info(source->ring)->kind != UNITRON_RING || unitron_info(source->ring)->unit != sizeof(struct latency_sample))
		return fail("LATENCY of %s is not the ring that this command knows", unitron_info(source->ring)->application);
	/* Samples of a run that somebody else has left are told by its number. */
	clock_gettime(CLOCK_MONOTONIC, &now);
	source->run = (uint32_t)((uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec);
	return control(source, period);
}

int latency_open(struct latency_source **source, const char *application, unsigned int period)
{
	struct latency_source *new = calloc(1, sizeof(*new));
	int status = new ? begin(new, application, period) : fail("no memory");

	if (status) {
		if (new)
			latency_close(new);
		new = NULL;
	}
	*source = new;
	return status;
}

long latency_read(struct latency_source *source, struct latency_sample *samples, unsigned int most)
{
	ssize_t got = unitron_ring_get(source->ring, samples, most, 0);
	long ours = 0;

	for (ssize_t i = 0; i < got; i++)
		if (samples[i].run == source->run)
			samples[ours++] = samples[i];
	return got >= 0 ? ours : got == -EAGAIN || got == -EINTR ? 0 : got;
}

void latency_close(struct latency_source *source)
{
	int64_t stop = 0;

	if (source->control)
		unitron_dtq_send(source->control, &stop, 1, 0);
	unitron_close(source->control);
	unitron_close(source->ring);
	if (source->loaded)
		module_unload();
	else if (source->started)
		sysfs_write("run", "0");
	free(source);
}
