// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file of /dev/unitron/NAME: waiting, copying, notification, mapping. What the
 * object does is the application's affair. Process context.
 *
 * A notification is given once when the object becomes ready, and again when it
 * still or again is after the process has looked: read, written, or asked anew.
 * Whether it is ready is asked under the lock, so a work item of the export does it.
 *
 * Locks: exports.h.
 */
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <asm/tsc.h>
#include "compat.h"
#include "exports.h"

/* ---- waiting ----------------------------------------------------------------- */

/* Under lock. Would the call go through that was last tried in vain? If not, the real-time side will kick. */
static bool ready(struct export *export, const struct export_file *file)
{
	return export->saved || export->ops->ready(export->object, file->mask, file->signals, true);
}

/* ---- notification -------------------------------------------------------------- */

static void notify(struct export_file *file)
{
	struct kernel_siginfo info;
	struct task_struct *task;

	if (file->callback) {
		file->callback(file->argument);
	} else if (file->notify.how == UNITRON_NOTIFY_EVENTFD) {
		compat_eventfd_signal(file->eventfd);
	} else if (file->notify.how == UNITRON_NOTIFY_SIGNAL) {
		clear_siginfo(&info);
		info.si_signo = file->notify.signal;
		info.si_code = SI_QUEUE;
		info.si_int = file->notify.value;
		rcu_read_lock();
		task = pid_task(file->pid, PIDTYPE_TGID);
		if (task)
			send_sig_info(file->notify.signal, &info, task);
		rcu_read_unlock();
	}
}

/* Under lock. Ring: only when it was kicked. */
static void notify_if_ready(struct export_file *file)
{
	struct export *export = file->export;

	if ((file->notify.how == UNITRON_NOTIFY_NONE && !file->callback) || file->notified || export->dead || export->info.kind == UNITRON_RING)
		return;
	if (ready(export, file)) {
		file->notified = true;
		notify(file);
	}
}

void export_announce(struct work_struct *work)
{
	struct export *export = container_of(work, struct export, announce);
	struct export_file *file;

	mutex_lock(&export->lock);
	list_for_each_entry(file, &export->files, link) {
		if (export->info.kind == UNITRON_RING && export->mapper == file && !export->dead)
			notify(file);
		notify_if_ready(file);
	}
	mutex_unlock(&export->lock);
}

/* The process has looked: what is there now counts anew. */
void export_looked(struct export_file *file)
{
	if (READ_ONCE(file->notify.how) == UNITRON_NOTIFY_NONE && !READ_ONCE(file->callback))
		return;
	mutex_lock(&file->export->lock);
	file->notified = false;
	notify_if_ready(file);
	mutex_unlock(&file->export->lock);
}

/* ---- transfers -------------------------------------------------------------------- */

/*
 * Do step under the lock until it is through: its result; -ENODEV; -EAGAIN if
 * the file does not wait; -ERESTARTSYS.
 */
static ssize_t wait_through(struct file *file, ssize_t (*step)(struct export_file *file, void *argument), void *argument)
{
	struct export_file *reader = file->private_data;
	struct export *export = reader->export;
	ssize_t result;
	int seen;

	for (;;) {
		seen = atomic_read(&export->events);
		if (mutex_lock_interruptible(&export->lock))
			return -ERESTARTSYS;
		do {
			result = export->dead ? -ENODEV : step(reader, argument);
		} while (result == -EAGAIN && !(file->f_flags & O_NONBLOCK) && ready(export, reader));
		mutex_unlock(&export->lock);
		if (result != -EAGAIN || file->f_flags & O_NONBLOCK)
			return result;
		if (wait_event_interruptible(export->wait, atomic_read(&export->events) != seen))
			return -ERESTARTSYS;
	}
}

/* ---- reading ------------------------------------------------------------------ */

#define SMALL 64	/* bytes that need no memory of their own */

struct transfer {
	char *data;
	size_t size, done;
	char small[SMALL] __aligned(8);
};

/* Room for size bytes. False: no memory. */
static bool transfer_begin(struct transfer *transfer, size_t size)
{
	transfer->size = min_t(size_t, size, UNITRON_DATA_MAX);
	transfer->done = 0;
	transfer->data = transfer->size <= SMALL ? transfer->small : kvmalloc(transfer->size, GFP_KERNEL);
	return transfer->data;
}

static void transfer_end(struct transfer *transfer)
{
	if (transfer->data != transfer->small)
		kvfree(transfer->data);
}

/* What somebody left behind */
static ssize_t read_saved(struct export *export, struct transfer *transfer)
{
	size_t bytes = export->saved_end - export->saved_at;

	if (export->info.kind == UNITRON_MAILBOX && transfer->size < bytes)
		return -EMSGSIZE;
	if (export->info.kind != UNITRON_MAILBOX && transfer->size < 8)
		return -EINVAL;
	if (bytes > transfer->size)
		bytes = transfer->size & ~7UL;
	memcpy(transfer->data, export->saved + export->saved_at, bytes);
	export->saved_at += bytes;
	if (export->saved_at == export->saved_end) {
		kvfree(export->saved);
		export->saved = NULL;
	}
	return bytes;
}

static ssize_t read_step(struct export_file *file, void *argument)
{
	struct transfer *transfer = argument;
	struct export *export = file->export;

	if (export->saved)
		return read_saved(export, transfer);
	return export->ops->read(export->object, transfer->data, transfer->size, file->mask);
}

/* The reader's memory is not there: the next one gets it. */
static void put_back(struct export *export, const struct transfer *transfer, size_t bytes)
{
	char *data = kvmalloc(bytes, GFP_KERNEL);

	if (!data)
		return;
	memcpy(data, transfer->data, bytes);
	mutex_lock(&export->lock);
	if (!export->dead && !export->ops->unread(export->object, transfer->data) && !export->saved) {
		export->saved = data;
		export->saved_at = 0;
		export->saved_end = bytes;
		data = NULL;
	}
	mutex_unlock(&export->lock);
	kvfree(data);
	atomic_inc(&export->events);
	wake_up_all(&export->wait);
}

ssize_t export_try_read(struct export_file *file, void *data, size_t size)
{
	struct transfer transfer = { .data = data, .size = size };
	struct export *export = file->export;
	ssize_t result;

	mutex_lock(&export->lock);
	result = export->dead ? -ENODEV : read_step(file, &transfer);
	mutex_unlock(&export->lock);
	return result;
}

static ssize_t ring_read(struct file *file, char __user *to, size_t size)
{
	struct export_file *reader = file->private_data;
	u64 told;

	if (size < sizeof(told))
		return -EINVAL;
	while (!(told = atomic_xchg(&reader->told, 0))) {
		if (READ_ONCE(reader->export->dead))
			return -ENODEV;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(reader->export->wait, atomic_read(&reader->told) || READ_ONCE(reader->export->dead)))
			return -ERESTARTSYS;
	}
	return copy_to_user(to, &told, sizeof(told)) ? -EFAULT : sizeof(told);
}

static ssize_t export_read(struct file *file, char __user *to, size_t size, loff_t *offset)
{
	struct export_file *reader = file->private_data;
	struct transfer transfer;
	ssize_t result;

	if (reader->export->info.kind == UNITRON_RING)
		return ring_read(file, to, size);
	if (!transfer_begin(&transfer, size))
		return -ENOMEM;
	result = wait_through(file, read_step, &transfer);
	export_looked(reader);
	if (result > 0 && copy_to_user(to, transfer.data, result)) {
		put_back(reader->export, &transfer, result);
		result = -EFAULT;
	}
	transfer_end(&transfer);
	return result;
}

/* ---- writing ------------------------------------------------------------------- */

/* Who waits wants all to go; without waiting some is enough. */
static ssize_t write_step(struct export_file *file, void *argument)
{
	struct transfer *transfer = argument;
	struct export *export = file->export;
	ssize_t result;

	do {
		result = export->ops->write(export->object, transfer->data + transfer->done, transfer->size - transfer->done);
		if (result > 0)
			transfer->done += result;
	} while (result > 0 && transfer->done < transfer->size);
	if (export->info.kind == UNITRON_SEMAPHORE)
		file->signals = result == -EAGAIN ? *(u64 *)transfer->data : 0;
	return result < 0 ? result : transfer->done;
}

ssize_t export_try_write(struct export_file *file, const void *data, size_t size)
{
	struct transfer transfer = { .data = (void *)data, .size = size };
	struct export *export = file->export;
	ssize_t result;

	mutex_lock(&export->lock);
	result = export->dead ? -ENODEV : write_step(file, &transfer);
	mutex_unlock(&export->lock);
	return result < 0 && transfer.done ? transfer.done : result;
}

static ssize_t write_transfer(struct file *file, const char __user *from, size_t size)
{
	struct export_file *writer = file->private_data;
	struct transfer transfer;
	ssize_t result;

	if (!transfer_begin(&transfer, size))
		return -ENOMEM;
	if (copy_from_user(transfer.data, from, transfer.size)) {
		transfer_end(&transfer);
		return -EFAULT;
	}
	result = wait_through(file, write_step, &transfer);
	export_looked(writer);
	transfer_end(&transfer);
	return result < 0 && transfer.done ? transfer.done : result;
}

/* Eight bytes, the frequent case, whose length is part of the way to a task. -EAGAIN: it takes the way of all others. */
static ssize_t write_word(struct export_file *writer, u64 word)
{
	struct export *export = writer->export;
	ssize_t result = -EAGAIN;

	if (!mutex_trylock(&export->lock))
		return -EAGAIN;
	export->word = word;
	if (!export->dead)
		result = export->ops->write(export->object, &export->word, sizeof(export->word));
	mutex_unlock(&export->lock);
	return result;
}

static ssize_t export_write(struct file *file, const char __user *from, size_t size, loff_t *offset)
{
	struct export_file *writer = file->private_data;
	ssize_t result;
	u64 word;

	if (size != sizeof(word))
		return write_transfer(file, from, size);
	if (get_user(word, (const u64 __user *)from))
		return -EFAULT;
	result = write_word(writer, word);
	if (result == -EAGAIN)
		return write_transfer(file, from, size);
	export_looked(writer);
	return result;
}

static __poll_t export_poll(struct file *file, poll_table *table)
{
	struct export_file *poller = file->private_data;
	struct export *export = poller->export;
	__poll_t events = 0;

	poll_wait(file, &export->wait, table);
	if (export->info.kind == UNITRON_RING)
		return READ_ONCE(export->dead) ? EPOLLERR | EPOLLHUP : atomic_read(&poller->told) ? EPOLLIN | EPOLLRDNORM : 0;
	mutex_lock(&export->lock);
	if (export->dead)
		events = EPOLLERR | EPOLLHUP;
	else if (ready(export, poller))
		events = export->info.direction == UNITRON_READ ? EPOLLIN | EPOLLRDNORM : EPOLLOUT | EPOLLWRNORM;
	mutex_unlock(&export->lock);
	return events;
}

/* ---- the other requests ---------------------------------------------------------- */

void unit_clock(struct unitron_clock *clock)
{
	u64 before, after, cycles;
	unsigned long flags;

	local_irq_save(flags);
	before = ktime_get_ns();
	cycles = rdtsc_ordered();
	after = ktime_get_ns();
	local_irq_restore(flags);
	*clock = (struct unitron_clock){
		.version = UNITRON_EXCHANGE_VERSION, .size = sizeof(*clock),
		.realtime = mul_u64_u64_shr(cycles, div64_u64(1000000ULL << 32, tsc_khz), 32),
		.monotonic = before + (after - before) / 2, .uncertainty = (after - before + 1) / 2,
	};
}

static long clock_get(void __user *to)
{
	struct unitron_clock clock;

	unit_clock(&clock);
	return copy_to_user(to, &clock, sizeof(clock)) ? -EFAULT : 0;
}

static long notify_set(struct export_file *file, const void __user *from)
{
	struct eventfd_ctx *eventfd = NULL;
	struct pid *pid = NULL;
	struct unitron_notify notify;

	if (copy_from_user(&notify, from, sizeof(notify)))
		return -EFAULT;
	if (notify.version != UNITRON_EXCHANGE_VERSION || notify.size != sizeof(notify) || notify.how > UNITRON_NOTIFY_SIGNAL ||
	    (notify.how == UNITRON_NOTIFY_SIGNAL && (notify.signal < 1 || notify.signal > _NSIG)))
		return -EINVAL;
	if (notify.how == UNITRON_NOTIFY_EVENTFD) {
		eventfd = eventfd_ctx_fdget(notify.descriptor);
		if (IS_ERR(eventfd))
			return PTR_ERR(eventfd);
	}
	if (notify.how == UNITRON_NOTIFY_SIGNAL)
		pid = get_pid(task_tgid(current));
	mutex_lock(&file->export->lock);
	file->notify = notify;
	swap(file->eventfd, eventfd);
	swap(file->pid, pid);
	file->notified = false;
	notify_if_ready(file);
	mutex_unlock(&file->export->lock);
	if (eventfd)
		eventfd_ctx_put(eventfd);
	put_pid(pid);
	return 0;
}

static long mask_set(struct export_file *file, const void __user *from)
{
	u64 mask;

	if (copy_from_user(&mask, from, sizeof(mask)))
		return -EFAULT;
	if (!mask || mask > U32_MAX)
		return -EINVAL;
	WRITE_ONCE(file->mask, mask);
	return 0;
}

static ssize_t bell_step(struct export_file *file, void *argument)
{
	if (file->export->mapper != file)
		return -EPERM;
	file->export->ops->bell(file->export->object);
	return 0;
}

static long export_ioctl(struct file *file, unsigned int request, unsigned long argument)
{
	struct export_file *of = file->private_data;
	void __user *user = (void __user *)argument;

	if (READ_ONCE(of->export->dead))
		return -ENODEV;
	switch (request) {
	case UNITRON_INFO:
		return copy_to_user(user, &of->export->info, sizeof(of->export->info)) ? -EFAULT : 0;
	case UNITRON_CLOCK:
		return clock_get(user);
	case UNITRON_NOTIFY:
		return notify_set(of, user);
	case UNITRON_MASK:
		return of->export->info.kind == UNITRON_EVENTFLAG ? mask_set(of, user) : -EINVAL;
	case UNITRON_BELL:
		return wait_through(file, bell_step, NULL);
	default:
		return -ENOTTY;
	}
}

static int export_mmap(struct file *file, struct vm_area_struct *area)
{
	struct export_file *of = file->private_data;
	struct export *export = of->export;
	int err;

	if (export->info.kind != UNITRON_RING)
		return -ENODEV;
	if (area->vm_pgoff || area->vm_end - area->vm_start > PAGE_ALIGN(export->info.mapped))
		return -EINVAL;
	mutex_lock(&export->lock);
	if (export->dead)
		err = -ENODEV;
	else if (export->mapper && export->mapper != of)
		err = -EBUSY;
	else
		err = remap_vmalloc_range(area, export->ops->memory(export->object), 0);
	if (!err && !export->mapper) {
		export->mapper = of;
		export->ops->open(export->object);
	}
	mutex_unlock(&export->lock);
	return err;
}

/* ---- opening and closing ------------------------------------------------------------ */

struct export_file *export_file_new(struct export *export)
{
	struct export_file *of = kzalloc(sizeof(*of), GFP_KERNEL);

	if (!of) {
		export_put(export);
		return NULL;
	}
	of->export = export;
	of->mask = U32_MAX;
	mutex_lock(&export->lock);
	spin_lock_irq(&export_kick_lock);
	list_add_tail(&of->link, &export->files);
	spin_unlock_irq(&export_kick_lock);
	mutex_unlock(&export->lock);
	return of;
}

void export_file_free(struct export_file *of)
{
	struct export *export = of->export;

	mutex_lock(&export->lock);
	spin_lock_irq(&export_kick_lock);
	list_del(&of->link);
	spin_unlock_irq(&export_kick_lock);
	if (export->mapper == of)
		export->mapper = NULL;
	mutex_unlock(&export->lock);
	if (of->eventfd)
		eventfd_ctx_put(of->eventfd);
	put_pid(of->pid);
	kfree(of);
	export_put(export);
}

static int export_open(struct inode *inode, struct file *file)
{
	struct export *export = export_get(iminor(inode));

	if (!export)
		return -ENODEV;
	file->private_data = export_file_new(export);
	return file->private_data ? stream_open(inode, file) : -ENOMEM;
}

static int export_release(struct inode *inode, struct file *file)
{
	export_file_free(file->private_data);
	return 0;
}

const struct file_operations export_operations = {
	.owner = THIS_MODULE, .open = export_open, .release = export_release, .read = export_read, .write = export_write,
	.poll = export_poll, .unlocked_ioctl = export_ioctl, .compat_ioctl = compat_ptr_ioctl, .mmap = export_mmap,
};

