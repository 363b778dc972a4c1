// SPDX-License-Identifier: BSD-2-Clause
/*
 * The polling host: a single thread that waits by asking for the time. It has no
 * keeper and no worker, so a parked call sleeps for the kernel's next deadline
 * itself, and device work is done in between. Uses no C library.
 */
#include "lkl.h"

static const struct lkl_poll_options *options;
static struct lkl_thread only;

static void *arena_get(unsigned long *size)
{
	if (*size > options->size)
		return NULL;
	*size = options->size;
	return options->arena;
}

static void arena_put(void *base, unsigned long size)
{
}

static struct lkl_thread *self(void)
{
	return &only;
}

/* host[0] is the token: an interrupt handler may set it by lkl_post_irq() and unpark(). */
static void park(struct lkl_thread *thread, unsigned long long deadline)
{
	/* One look only: whoever parks looks at interrupts and deadlines itself before the next. */
	if (!__atomic_exchange_n(&thread->host[0], 0, __ATOMIC_SEQ_CST) && options->now_ns() < deadline)
		options->relax(deadline);
}

static void unpark(struct lkl_thread *thread)
{
	__atomic_store_n(&thread->host[0], 1, __ATOMIC_SEQ_CST);
}

static struct lkl_host_ops poll_ops = {
	.version	= LKL_HOST_VERSION,
	.size		= sizeof(poll_ops),
	.arena_get	= arena_get,
	.arena_put	= arena_put,
	.self		= self,
	.park		= park,
	.unpark		= unpark,
};

int lkl_poll_init(const struct lkl_poll_options *wanted)
{
	options = wanted;
	poll_ops.print = wanted->print;
	poll_ops.panic = wanted->panic;
	poll_ops.now_ns = wanted->now_ns;
	poll_ops.wall_ns = wanted->wall_ns;
	poll_ops.mmio = wanted->mmio;
	poll_ops.device_work = wanted->device_work;
	poll_ops.random = wanted->random;
	poll_ops.protect = wanted->protect;
	return lkl_init(&poll_ops);
}
