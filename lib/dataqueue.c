/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Data queues.
 */
#include <limits.h>

#include "internal.h"

#define COUNT_MAX	(SSIZE_MAX / sizeof(int64_t))

ssize_t unitron_dtq_send(struct unitron *object, const int64_t *data, size_t count, int timeout)
{
	ssize_t result = object_check(object, UNITRON_DATAQUEUE, UNITRON_WRITE);

	if (result != 0 || count == 0)
		return result;
	if (count > COUNT_MAX)
		count = COUNT_MAX;
	result = object->transport->write(object, data, count * sizeof(*data), timeout);
	return result > 0 ? result / (ssize_t)sizeof(*data) : result;
}

ssize_t unitron_dtq_receive(struct unitron *object, int64_t *data, size_t count, int timeout)
{
	ssize_t result = object_check(object, UNITRON_DATAQUEUE, UNITRON_READ);

	if (result != 0 || count == 0)
		return result;
	if (count > COUNT_MAX)
		count = COUNT_MAX;
	result = object->transport->read(object, data, count * sizeof(*data), timeout);
	return result > 0 ? result / (ssize_t)sizeof(*data) : result;
}
