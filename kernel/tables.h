/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What kernel_cfg.c includes: the tables of config.h and every control block
 * that they need the size of.
 */
#pragma once

#include "alarm.h"
#include "config.h"
#include "cyclic.h"
#include "dataqueue.h"
#include "eventflag.h"
#include "mailbox.h"
#include "mempool_fixed.h"
#include "mutex.h"
#include "semaphore.h"
#include "task.h"
#include "timer_queue.h"
