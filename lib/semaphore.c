/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Semaphores.
 */
#include "internal.h"

int unitron_sem_signal(struct unitron *object, uint32_t count, int timeout)
{
	uint64_t data = count;
	ssize_t result = object_check(object, UNITRON_SEMAPHORE, UNITRON_WRITE);

	if (result == 0)
		result = object->transport->write(object, &data, sizeof(data), timeout);
	return result > 0 ? 0 : (int)result;
}

int unitron_sem_wait(struct unitron *object, int timeout)
{
	uint64_t data;
	ssize_t result = object_check(object, UNITRON_SEMAPHORE, UNITRON_READ);

	if (result == 0)
		result = object->transport->read(object, &data, sizeof(data), timeout);
	return result > 0 ? 0 : (int)result;
}
