/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Event flags. The other side keeps the mask, since it decides who is woken.
 */
#include "internal.h"

int unitron_flg_set(struct unitron *object, uint32_t bits)
{
	uint64_t data = bits;
	ssize_t result = object_check(object, UNITRON_EVENTFLAG, UNITRON_WRITE);

	if (result == 0)
		result = object->transport->write(object, &data, sizeof(data), 0);
	return result > 0 ? 0 : (int)result;
}

int unitron_flg_wait(struct unitron *object, uint32_t mask, uint32_t *pattern, int timeout)
{
	ssize_t result = object_check(object, UNITRON_EVENTFLAG, UNITRON_READ);
	uint64_t data;

	if (result == 0 && mask == 0)
		result = -EINVAL;
	if (result == 0 && mask != object->mask) {
		result = object->transport->mask(object, mask);
		if (result == 0)
			object->mask = mask;
	}
	if (result != 0)
		return (int)result;
	result = object->transport->read(object, &data, sizeof(data), timeout);
	if (result != sizeof(data))
		return result < 0 ? (int)result : -EPROTO;
	*pattern = (uint32_t)data;
	return 0;
}
