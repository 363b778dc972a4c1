/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Device models behind virtio-mmio: registers and queues are here, what a
 * request means is the device's. Register accesses come with the kernel's CPU
 * lock held and only note things; queues are worked by virtio_work(), outside
 * of it, by a thread that would sleep otherwise or by the worker.
 */
#ifndef LKL_VIRTIO_H
#define LKL_VIRTIO_H

#include <pthread.h>
#include <stdint.h>
#include <sys/uio.h>

#define VIRTIO_DEVICES		8
#define VIRTIO_QUEUES		3
#define VIRTIO_QUEUE_SIZE	256
#define VIRTIO_PIECES		(VIRTIO_QUEUE_SIZE + 2)	/* of a request; the kernel is told less */
#define VIRTIO_COMMAND_LINE	(VIRTIO_DEVICES * 48)

#define VIRTIO_ID_NET		1
#define VIRTIO_ID_BLOCK		2

struct virtio_queue {
	uint64_t	table, available, used;	/* offsets into the arena */
	unsigned int	wanted;			/* size, before it is ready */
	unsigned int	size;			/* 0: not ready */
	uint16_t	next;			/* of available, not yet taken */
	uint16_t	told;			/* used index of the last interrupt's decision */
};

/* A request: pieces the device reads, then pieces it writes. */
struct virtio_request {
	uint16_t	head;
	int		out, in;		/* number of pieces */
	struct iovec	pieces[VIRTIO_PIECES];
};

struct virtio_device {
	uint32_t	id;
	uint64_t	features;		/* of the device's kind */
	unsigned int	queues;
	const void	*config;
	unsigned int	config_size;
	void		*data;
	int		input;			/* a readable file makes work for queue 0; -1: none */
	/* Work on the queue until virtio_take() has no more. With lock held; may block. */
	void		(*work)(struct virtio_device *device, unsigned int queue);
	/* The kernel forgets all requests. With lock held; NULL: nothing to do. */
	void		(*reset)(struct virtio_device *device);

	pthread_mutex_t	lock;			/* over queue[] while they are worked on */
	uint32_t	notified;		/* bit a queue; atomic */
	int		full;			/* queue 0 has no room for input: not to be asked for; atomic */
	int		stopping;		/* a reset waits: what waits for others is to be given up soon; atomic */
	uint32_t	interrupt;		/* status register; atomic */
	int		number;			/* place on the bus */
	uint32_t	status, feature_page, accepted_page, selected;
	uint64_t	accepted;
	struct virtio_queue queue[VIRTIO_QUEUES];
};

/* Puts the device on the bus; not while the kernel runs. Its number, or -ENOSPC. */
int virtio_add(struct virtio_device *device);
/* Removes all, with a call for each; not while the kernel runs. */
void virtio_remove_all(void (*removed)(struct virtio_device *device));
void virtio_command_line(char *text);

/* Next request of a queue: 1, or 0 if there is none. A request that can't be read counts as none and breaks the queue. */
int virtio_take(struct virtio_device *device, unsigned int queue, struct virtio_request *request);

/* The request is done, that many bytes were written to it. The interrupt comes when the work returns. */
void virtio_give(struct virtio_device *device, unsigned int queue, uint16_t head, uint32_t written);

/* The same for several that only make sense together: virtio_put() the first as place 0 and so on, then publish all. */
void virtio_put(struct virtio_device *device, unsigned int queue, unsigned int place, uint16_t head, uint32_t written);
void virtio_publish(struct virtio_device *device, unsigned int queue, unsigned int count);

/*
 * From work(): the interrupt for what was given comes now, if the kernel wants
 * one. Gives the lock away meanwhile; the queue may have been reset then.
 */
void virtio_tell(struct virtio_device *device, unsigned int queue);

unsigned long long virtio_mmio(unsigned long address, unsigned int size, int write, unsigned long long value);
void virtio_work(int may_block);
/* In place of a worker: waits for input or a wake-up at most that long (-1: for ever), then works on all. 0 or -errno. */
int virtio_look(int wait_ms);
/* Is there a device that input comes to? */
int virtio_has_input(void);
int virtio_start_worker(void);
void virtio_stop_worker(void);
void virtio_stop_all(void);
void virtio_wake_worker(void);	/* any thread; to look again at what it waits for */

/* linux.c: a kernel was started and not yet halted. */
extern int linux_started;

#endif
