// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that exchanges data with an application (tests/exchange/process):
 * what goes into DATA_IN comes out of DATA_OUT. Loading it sends 5000 data,
 * and fails if one of them is lost, doubled or out of order. It keeps DATA_OUT
 * until it is unloaded, and says then what reading it gives.
 */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/module.h>
#include "objects.h"

#define DATA 5000

static typeof(&unitron_object_find) find;
static typeof(&unitron_object_put) put;
static typeof(&unitron_object_read) read;
static typeof(&unitron_object_write) write;
static typeof(&unitron_object_notify) notify;
static struct unitron_object *out;
static DECLARE_COMPLETION(ready);
static unsigned int calls;

static void wake(void *argument)
{
	calls++;
	complete(argument);
}

static int exchange(struct unitron_object *in)
{
	s64 sent = 0, got = 0, datum;
	ssize_t n;

	while (got < DATA) {
		while (sent < DATA && write(in, &sent, sizeof(sent)) == sizeof(sent))
			sent++;
		while ((n = read(out, &datum, sizeof(datum))) == sizeof(datum))
			if (datum != got++)
				return -EILSEQ;
		if (n != -EAGAIN)
			return n;
		if (got < DATA && !wait_for_completion_timeout(&ready, HZ))
			return -ETIME;
	}
	return 0;
}

static int __init partner_init(void)
{
	struct unitron_object *in;
	int err = -ENOENT;

	find = symbol_get(unitron_object_find);
	put = symbol_get(unitron_object_put);
	read = symbol_get(unitron_object_read);
	write = symbol_get(unitron_object_write);
	notify = symbol_get(unitron_object_notify);
	if (!find || !put || !read || !write || !notify)
		return -ENOENT;
	if (find("NOBODY") != ERR_PTR(-ENOENT) || find("RING_IN") != ERR_PTR(-EOPNOTSUPP))
		return -EINVAL;
	in = find("DATA_IN");
	out = find("DATA_OUT");
	if (!IS_ERR(in) && !IS_ERR(out)) {
		notify(out, wake, &ready);
		err = exchange(in);
		notify(out, NULL, NULL);
		put(in);
		if (err)
			put(out);
	}
	pr_info("partner: %d, called %u times\n", err, calls);
	return err;
}

static void __exit partner_exit(void)
{
	s64 datum;

	pr_info("partner: in the end %zd\n", read(out, &datum, sizeof(datum)));
	put(out);
	symbol_put(unitron_object_find);
	symbol_put(unitron_object_put);
	symbol_put(unitron_object_read);
	symbol_put(unitron_object_write);
	symbol_put(unitron_object_notify);
}

module_init(partner_init);
module_exit(partner_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("a test's partner of an application");
