// SPDX-License-Identifier: GPL-2.0-only
/*
 * Before the kernel stops: descriptors are closed, frames that wait for a device
 * are sent, and all file systems on disks are made read-only, which leaves their
 * images as unmounting does, whoever still uses them. In the context of the
 * thread that halts.
 */
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/jiffies.h>
#include <linux/netdevice.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <net/net_namespace.h>
#include <net/sch_generic.h>
#include "../../../fs/internal.h"
#include "lkl.h"

#define FRAMES_WAIT	(HZ / 2)
#define BATCH		16

struct batch {
	struct super_block	*supers[BATCH];
	int			count;
};

static void note_writable(struct super_block *super, void *argument)
{
	struct batch *batch = argument;

	if (batch->count == BATCH || sb_rdonly(super) || !(super->s_type->fs_flags & FS_REQUIRES_DEV))
		return;
	if (atomic_inc_not_zero(&super->s_active))
		batch->supers[batch->count++] = super;
}

static int make_read_only(struct super_block *super)
{
	struct fs_context *context;
	int error;

	down_write(&super->s_umount);
	context = fs_context_for_reconfigure(super->s_root, SB_RDONLY | SB_FORCE, SB_RDONLY);
	error = PTR_ERR_OR_ZERO(context);
	if (!error) {
		error = parse_monolithic_mount_data(context, NULL);
		if (!error)
			error = reconfigure_super(context);
		put_fs_context(context);
	}
	up_write(&super->s_umount);
	if (error)
		pr_err("lkl: %s on %s is not clean: error %d when it was made read-only\n", super->s_type->name,
		       super->s_id, error);
	return error;
}

static int make_all_read_only(void)
{
	struct batch batch;
	int error = 0, failed, i;

	do {
		batch.count = failed = 0;
		iterate_supers(note_writable, &batch);
		for (i = 0; i < batch.count; i++) {
			error = make_read_only(batch.supers[i]) ?: error;
			failed += !sb_rdonly(batch.supers[i]);
			deactivate_super(batch.supers[i]);
		}
	} while (batch.count == BATCH && !failed);
	return error;
}

static bool frames_wait(void)
{
	struct net_device *device;
	bool waiting = false;

	rcu_read_lock();
	for_each_netdev_rcu(&init_net, device)
		if (netif_carrier_ok(device) && device->flags & IFF_UP && !qdisc_all_tx_empty(device))
			waiting = true;
	rcu_read_unlock();
	return waiting;
}

/* Returns 0, or the error of a file system that could not be left clean. May block. */
int lkl_quiesce(void)
{
	unsigned long end = jiffies + FRAMES_WAIT;

	ksys_sync();
	while (frames_wait() && time_before(jiffies, end))
		schedule_timeout_uninterruptible(1);
	return make_all_read_only();
}
