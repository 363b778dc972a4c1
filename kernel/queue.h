/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Doubly linked rings. A ring has a head, which is a link like its members
 * but lies in no control block; an empty ring is a head linked to itself.
 * Adding and removing take the same few instructions whatever the length.
 * Every caller has interrupts masked.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct kernel_queue {
	struct kernel_queue *next;
	struct kernel_queue *prev;
};

#define container_of(pointer, type, member)	((type *)((char *)(pointer) - offsetof(type, member)))

static inline void queue_init(struct kernel_queue *head)
{
	head->next = head;
	head->prev = head;
}

static inline bool queue_empty(const struct kernel_queue *head)
{
	return head->next == head;
}

/* Put link in front of next; next may be the head, then link becomes the last member. */
static inline void queue_insert(struct kernel_queue *next, struct kernel_queue *link)
{
	struct kernel_queue *prev = next->prev;

	link->next = next;
	link->prev = prev;
	prev->next = link;
	next->prev = link;
}

static inline void queue_append(struct kernel_queue *head, struct kernel_queue *link)
{
	queue_insert(head, link);
}

static inline void queue_prepend(struct kernel_queue *head, struct kernel_queue *link)
{
	queue_insert(head->next, link);
}

static inline void queue_remove(struct kernel_queue *link)
{
	struct kernel_queue *next = link->next;
	struct kernel_queue *prev = link->prev;

	prev->next = next;
	next->prev = prev;
}
