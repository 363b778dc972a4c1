// SPDX-License-Identifier: BSD-2-Clause
/*
 * The virtio-mmio transport, version 2, with split queues, indirect descriptors
 * and event indices. Memory order: the kernel's side has real fences (its one
 * CPU may be another core). An index is published with release and read with
 * acquire; between publishing what one wants to be told of and looking whether
 * it has happened already there is a full fence, on both sides.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "lkl.h"
#include "virtio.h"

#define BASE		0x10000000UL	/* bus addresses of the devices; nothing else is there */
#define STEP		0x1000UL
#define WINDOW		0x200UL
#define CONFIG		0x100UL

/* Registers */
enum {
	MAGIC = 0x00, VERSION = 0x04, DEVICE_ID = 0x08, VENDOR_ID = 0x0c, FEATURES = 0x10, FEATURES_PAGE = 0x14,
	ACCEPTED = 0x20, ACCEPTED_PAGE = 0x24, QUEUE = 0x30, QUEUE_MAX = 0x34, QUEUE_SIZE = 0x38, QUEUE_READY = 0x44,
	NOTIFY = 0x50, INTERRUPT_STATUS = 0x60, INTERRUPT_ACK = 0x64, STATUS = 0x70, TABLE_LOW = 0x80, TABLE_HIGH = 0x84,
	AVAILABLE_LOW = 0x90, AVAILABLE_HIGH = 0x94, USED_LOW = 0xa0, USED_HIGH = 0xa4, GENERATION = 0xfc,
};

#define F_INDIRECT	(1ULL << 28)
#define F_EVENT		(1ULL << 29)
#define F_VERSION_1	(1ULL << 32)

#define STATUS_BROKEN	0x40

struct descriptor {
	uint64_t	address;
	uint32_t	length;
	uint16_t	flags;
	uint16_t	next;
};

#define D_NEXT		1
#define D_WRITE		2
#define D_INDIRECT	4

struct available {
	uint16_t	flags;
	uint16_t	index;
	uint16_t	ring[];		/* then the used index to be told of */
};

struct used {
	uint16_t	flags;
	uint16_t	index;
	struct {
		uint32_t	head;
		uint32_t	written;
	} ring[];			/* then the available index to be told of */
};

static struct virtio_device *devices[VIRTIO_DEVICES];
static int device_count;

static pthread_t worker;
static int worker_runs, worker_stop;
static int worker_event = -1;		/* none: writing to it does nothing */

int virtio_add(struct virtio_device *device)
{
	if (device_count == VIRTIO_DEVICES)
		return -ENOSPC;
	pthread_mutex_init(&device->lock, NULL);
	device->number = device_count;
	devices[device_count] = device;
	return device_count++;
}

void virtio_remove_all(void (*removed)(struct virtio_device *device))
{
	while (device_count) {
		struct virtio_device *device = devices[--device_count];

		pthread_mutex_destroy(&device->lock);
		removed(device);
	}
}

void virtio_command_line(char *text)
{
	*text = 0;
	for (int i = 0; i < device_count; i++)
		text += sprintf(text, "%svirtio_mmio.device=0x%lx@0x%lx:%d", i ? " " : "", WINDOW, BASE + i * STEP, i + 1);
}

static void break_device(struct virtio_device *device)
{
	device->status |= STATUS_BROKEN;
	for (unsigned int i = 0; i < device->queues; i++)
		device->queue[i].size = 0;
}

static struct available *available_of(struct virtio_queue *queue)
{
	return lkl_arena(queue->available, sizeof(struct available) + queue->size * 2 + 2);
}

static struct used *used_of(struct virtio_queue *queue)
{
	return lkl_arena(queue->used, sizeof(struct used) + queue->size * 8 + 2);
}

/* Behind the used ring: the available index that is to be notified. */
static uint16_t *available_event(struct virtio_queue *queue)
{
	return lkl_arena(queue->used + sizeof(struct used) + queue->size * 8, sizeof(uint16_t));
}

/* Follows a chain; *table and its size change to an indirect one's. 0, or -1 for one that makes no sense. */
static int read_chain(struct virtio_request *request, struct descriptor *table, unsigned int size, unsigned int at)
{
	unsigned int seen = 0;
	struct descriptor *d;

	for (;;) {
		if (at >= size || seen++ > size)
			return -1;
		d = &table[at];
		if (d->flags & D_INDIRECT) {
			size = d->length / sizeof(*d);
			table = lkl_arena(d->address, d->length);
			if (!table || !size)
				return -1;
			at = seen = 0;
			continue;
		}
		if (request->out + request->in == VIRTIO_PIECES || (!(d->flags & D_WRITE) && request->in))
			return -1;
		request->pieces[request->out + request->in] = (struct iovec){
			.iov_base = lkl_arena(d->address, d->length), .iov_len = d->length,
		};
		if (!request->pieces[request->out + request->in].iov_base)
			return -1;
		if (d->flags & D_WRITE)
			request->in++;
		else
			request->out++;
		if (!(d->flags & D_NEXT))
			return 0;
		at = d->next;
	}
}

int virtio_take(struct virtio_device *device, unsigned int number, struct virtio_request *request)
{
	struct virtio_queue *queue = &device->queue[number];
	struct available *available;

	if (!queue->size)
		return 0;
	available = available_of(queue);
	if (__atomic_load_n(&available->index, __ATOMIC_ACQUIRE) == queue->next) {
		/* Ask to be told of the next one, then look again. */
		if (device->accepted & F_EVENT)
			__atomic_store_n(available_event(queue), queue->next, __ATOMIC_RELAXED);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		if (__atomic_load_n(&available->index, __ATOMIC_ACQUIRE) == queue->next)
			return 0;
	}
	request->head = available->ring[queue->next++ % queue->size];
	request->out = request->in = 0;
	if (read_chain(request, lkl_arena(queue->table, queue->size * sizeof(struct descriptor)), queue->size,
		       request->head)) {
		break_device(device);
		return 0;
	}
	return 1;
}

void virtio_put(struct virtio_device *device, unsigned int number, unsigned int place, uint16_t head, uint32_t written)
{
	struct virtio_queue *queue = &device->queue[number];
	struct used *used;

	if (!queue->size)
		return;
	used = used_of(queue);
	place = (uint16_t)(used->index + place) % queue->size;
	used->ring[place].head = head;
	used->ring[place].written = written;
}

void virtio_publish(struct virtio_device *device, unsigned int number, unsigned int count)
{
	struct virtio_queue *queue = &device->queue[number];
	struct used *used;

	if (!queue->size)
		return;
	used = used_of(queue);
	__atomic_store_n(&used->index, (uint16_t)(used->index + count), __ATOMIC_RELEASE);
}

void virtio_give(struct virtio_device *device, unsigned int number, uint16_t head, uint32_t written)
{
	virtio_put(device, number, 0, head, written);
	virtio_publish(device, number, 1);
}

/* Whether the kernel wants to hear of what was given since the last time. */
static int wants_interrupt(struct virtio_device *device, struct virtio_queue *queue)
{
	struct available *available;
	uint16_t index, old, event;

	if (!queue->size)
		return 0;
	available = available_of(queue);
	index = used_of(queue)->index;
	old = queue->told;
	if (index == old)
		return 0;
	queue->told = index;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!(device->accepted & F_EVENT))
		return !(*(volatile uint16_t *)&available->flags & 1);
	event = *(volatile uint16_t *)&available->ring[queue->size];
	return (uint16_t)(index - event - 1) < (uint16_t)(index - old);
}

/* Without the device's lock: the thread may run the kernel now, which writes registers. */
static void interrupt(struct virtio_device *device)
{
	__atomic_fetch_or(&device->interrupt, 1, __ATOMIC_SEQ_CST);
	lkl_trigger_irq(device->number + 1);
}

void virtio_tell(struct virtio_device *device, unsigned int number)
{
	if (!wants_interrupt(device, &device->queue[number]))
		return;
	pthread_mutex_unlock(&device->lock);
	interrupt(device);
	pthread_mutex_lock(&device->lock);
}

static int work_device(struct virtio_device *device)
{
	uint32_t queues;
	int worked = 0, tell;

	while (__atomic_load_n(&device->notified, __ATOMIC_SEQ_CST)) {
		worked = 1;
		tell = 0;
		pthread_mutex_lock(&device->lock);
		/* With the lock: who gets it later, a reset say, finds that work done. */
		queues = __atomic_exchange_n(&device->notified, 0, __ATOMIC_SEQ_CST);
		for (unsigned int i = 0; i < device->queues; i++) {
			if (!(queues & 1U << i))
				continue;
			device->work(device, i);
			tell |= wants_interrupt(device, &device->queue[i]);
		}
		pthread_mutex_unlock(&device->lock);
		if (tell)
			interrupt(device);
	}
	return worked;
}

int virtio_has_input(void)
{
	for (int i = 0; i < device_count; i++)
		if (devices[i]->input >= 0)
			return 1;
	return 0;
}

void virtio_wake_worker(void)
{
	uint64_t one = 1;

	if (write(worker_event, &one, sizeof(one)) < 0)
		return;			/* full: it is awake */
}

void virtio_work(int may_block)
{
	int i;

	if (!may_block && worker_runs) {
		virtio_wake_worker();
		return;
	}
	for (i = 0; i < device_count; i++)
		work_device(devices[i]);
}

/* What the worker waits for: its event, and input of devices that have room for it. */
static int fill_poll(struct pollfd *poll)
{
	int count = 1;

	poll[0] = (struct pollfd){ .fd = worker_event, .events = POLLIN };
	for (int i = 0; i < device_count; i++) {
		if (devices[i]->input < 0 || __atomic_load_n(&devices[i]->full, __ATOMIC_SEQ_CST))
			continue;
		poll[count++] = (struct pollfd){ .fd = devices[i]->input, .events = POLLIN };
	}
	return count;
}

int virtio_look(int wait_ms)
{
	struct pollfd wait[VIRTIO_DEVICES + 1];
	uint64_t events;

	if (poll(wait, fill_poll(wait), wait_ms) < 0 && errno != EINTR)
		return -errno;
	if (wait[0].revents && read(worker_event, &events, sizeof(events)) < 0)
		return 0;
	for (int i = 0; i < device_count; i++) {
		if (devices[i]->input >= 0)
			__atomic_fetch_or(&devices[i]->notified, 1, __ATOMIC_SEQ_CST);
		work_device(devices[i]);
	}
	return 0;
}

static void *worker_main(void *argument)
{
	while (!__atomic_load_n(&worker_stop, __ATOMIC_SEQ_CST) && !virtio_look(-1))
		;
	return argument;
}

int virtio_start_worker(void)
{
	sigset_t all, old;
	int error;

	if (!device_count || worker_runs)
		return 0;
	worker_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (worker_event < 0)
		return -errno;
	worker_stop = 0;
	/* The program's signals are for the program's threads. */
	sigfillset(&all);
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGBUS);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(&worker, NULL, worker_main, NULL);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (error) {
		close(worker_event);
		worker_event = -1;
	}
	worker_runs = !error;
	return -error;
}

void virtio_stop_worker(void)
{
	if (!worker_runs)
		return;
	__atomic_store_n(&worker_stop, 1, __ATOMIC_SEQ_CST);
	virtio_wake_worker();
	pthread_join(worker, NULL);
	close(worker_event);
	worker_event = -1;
	worker_runs = 0;
}

/* Waits for work that was begun; work that can't go on is given up soon. */
static void reset(struct virtio_device *device)
{
	__atomic_store_n(&device->stopping, 1, __ATOMIC_SEQ_CST);
	pthread_mutex_lock(&device->lock);
	memset(device->queue, 0, sizeof(device->queue));
	device->status = device->interrupt = device->notified = device->full = device->stopping = 0;
	device->accepted = 0;
	if (device->reset)
		device->reset(device);
	pthread_mutex_unlock(&device->lock);
}

/* No device touches the arena after the return. */
void virtio_stop_all(void)
{
	for (int i = 0; i < device_count; i++)
		reset(devices[i]);
}

static uint64_t read_config(struct virtio_device *device, unsigned long at, unsigned int size)
{
	uint64_t value = 0;

	if (at < device->config_size && size <= device->config_size - at)
		memcpy(&value, (const char *)device->config + at, size);
	return value;
}

static uint32_t read_register(struct virtio_device *device, unsigned long at)
{
	uint64_t features = device->features | F_VERSION_1 | F_INDIRECT | F_EVENT;

	switch (at) {
	case MAGIC:
		return 0x74726976;	/* "virt" */
	case VERSION:
		return 2;
	case DEVICE_ID:
		return device->id;
	case VENDOR_ID:
		return 0x4e544955;	/* "UITN" */
	case FEATURES:
		return device->feature_page < 2 ? features >> 32 * device->feature_page : 0;
	case QUEUE_MAX:
		return device->selected < device->queues ? VIRTIO_QUEUE_SIZE : 0;
	case QUEUE_READY:
		return device->selected < device->queues && device->queue[device->selected].size;
	case INTERRUPT_STATUS:
		return __atomic_load_n(&device->interrupt, __ATOMIC_SEQ_CST);
	case STATUS:
		return device->status;
	case GENERATION:
	default:
		return 0;
	}
}

static void set_half(uint64_t *whole, int high, uint32_t half)
{
	*whole = high ? (uint32_t)*whole | (uint64_t)half << 32 : (*whole & ~0xffffffffULL) | half;
}

static void write_queue(struct virtio_device *device, struct virtio_queue *queue, unsigned long at, uint32_t value)
{
	unsigned int size = queue->wanted;

	switch (at) {
	case QUEUE_SIZE:
		queue->wanted = value;
		break;
	case QUEUE_READY:
		queue->size = value && size <= VIRTIO_QUEUE_SIZE && !(size & (size - 1)) ? size : 0;
		if (queue->size && (!available_of(queue) || !used_of(queue) ||
				    !lkl_arena(queue->table, queue->size * sizeof(struct descriptor))))
			break_device(device);
		break;
	case TABLE_LOW:
	case TABLE_HIGH:
		set_half(&queue->table, at == TABLE_HIGH, value);
		break;
	case AVAILABLE_LOW:
	case AVAILABLE_HIGH:
		set_half(&queue->available, at == AVAILABLE_HIGH, value);
		break;
	case USED_LOW:
	case USED_HIGH:
		set_half(&queue->used, at == USED_HIGH, value);
		break;
	}
}

static void write_register(struct virtio_device *device, unsigned long at, uint32_t value)
{
	switch (at) {
	case FEATURES_PAGE:
		device->feature_page = value;
		break;
	case ACCEPTED_PAGE:
		device->accepted_page = value;
		break;
	case ACCEPTED:
		if (device->accepted_page < 2)
			set_half(&device->accepted, device->accepted_page, value);
		break;
	case QUEUE:
		device->selected = value;
		break;
	case NOTIFY:
		if (value < device->queues) {
			__atomic_fetch_or(&device->notified, 1U << value, __ATOMIC_SEQ_CST);
			lkl_kick();
		}
		break;
	case INTERRUPT_ACK:
		__atomic_fetch_and(&device->interrupt, ~value, __ATOMIC_SEQ_CST);
		break;
	case STATUS:
		if (value)
			device->status = value;
		else
			reset(device);
		break;
	default:
		if (device->selected < device->queues)
			write_queue(device, &device->queue[device->selected], at, value);
	}
}

unsigned long long virtio_mmio(unsigned long address, unsigned int size, int write, unsigned long long value)
{
	unsigned long number = (address - BASE) / STEP, at = (address - BASE) % STEP;

	if (address < BASE || number >= (unsigned long)device_count || at >= WINDOW)
		return ~0ULL;
	if (write)
		write_register(devices[number], at, value);
	else
		return at >= CONFIG ? read_config(devices[number], at - CONFIG, size) : read_register(devices[number], at);
	return 0;
}
