/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mailboxes.
 */
#include "internal.h"

int unitron_mbx_send(struct unitron *object, const void *message, size_t size, int timeout)
{
	ssize_t result = object_check(object, UNITRON_MAILBOX, UNITRON_WRITE);

	if (result != 0)
		return (int)result;
	if (size == 0)
		return -EINVAL;
	if (size > object->info.unit)
		return -EMSGSIZE;
	result = object->transport->write(object, message, size, timeout);
	return result > 0 ? 0 : (int)result;
}

ssize_t unitron_mbx_receive(struct unitron *object, void *message, size_t size, int timeout)
{
	ssize_t result = object_check(object, UNITRON_MAILBOX, UNITRON_READ);

	return result != 0 ? result : object->transport->read(object, message, size, timeout);
}
