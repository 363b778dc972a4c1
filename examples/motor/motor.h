/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the application (motor.c) and the process that commands it (console.c). */
#pragma once

#include <stdint.h>
#include <string.h>

#define RATE 1000		/* control steps a second */
#define REPORT 20		/* every so many there is a report */

/* A datum of the queue REPORTS: speed and set-point, revolutions a second. SETPOINT: a double. */
struct motor_report {
	float speed, setpoint;
};

static inline int64_t motor_pack(const void *value)
{
	int64_t datum;

	memcpy(&datum, value, sizeof(datum));
	return datum;
}

static inline void motor_unpack(int64_t datum, void *value)
{
	memcpy(value, &datum, sizeof(datum));
}

#ifndef MOTOR_CONSOLE
#include <itron/kernel.h>
#include <unitron/ext.h>

void	control_task(VP_INT exinf);
void	beat(VP_INT exinf);
#endif
