/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opening and closing an object, and what is known of it without asking.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

int info_check(const struct unitron_info *info)
{
	bool known = info->version == UNITRON_EXCHANGE_VERSION && info->size == sizeof(*info) &&
		     memchr(info->name, '\0', sizeof(info->name)) && memchr(info->application, '\0', sizeof(info->application));

	return known ? 0 : -EPROTO;
}

/* What could lead elsewhere than to the directory of objects is not a name. */
static bool is_name(const char *name)
{
	return name && name[0] && name[0] != '.' && !strchr(name, '/') && strlen(name) < UNITRON_NAME_SIZE;
}

int unitron_open(struct unitron **object, const char *name)
{
	struct unitron *new;
	int saved = errno;
	int error;

	*object = NULL;
	if (!is_name(name))
		return -EINVAL;
	new = calloc(1, sizeof(*new));
	if (!new) {
		errno = saved;
		return -ENOMEM;
	}
	new->mask = UINT32_MAX;
	new->descriptor = -1;
	error = device_open(new, name);
	if (error == -ENOENT)
		error = socket_open(new, name);
	if (error == 0)
		*object = new;
	else
		free(new);
	errno = saved;
	return error;
}

void unitron_close(struct unitron *object)
{
	int saved = errno;

	if (!object)
		return;
	ring_unmap(object);
	close(object->fd);
	free(object);
	errno = saved;
}

const struct unitron_info *unitron_info(const struct unitron *object)
{
	return &object->info;
}

int unitron_fd(const struct unitron *object)
{
	return object->fd;
}

short unitron_events(const struct unitron *object)
{
	return object->transport->events(object);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

int64_t deadline_of(int timeout)
{
	return timeout < 0 ? -1 : timeout == 0 ? 0 : now_ms() + timeout;
}

int deadline_left(int64_t deadline)
{
	int64_t left;

	if (deadline <= 0)
		return (int)deadline;
	left = deadline - now_ms();
	return left > 0 ? (int)left : 0;
}
