/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A motor with a flywheel (simulated here: on a machine, its drive and its
 * encoder) whose speed a PI controller holds, 1000 times a second. It never
 * waits for Linux: set-points are taken when there are some, reports that nobody
 * fetches are dropped.
 */
#include "motor.h"
#include "kernel_id.h"

#define STEP	(1.0 / RATE)	/* s */
#define DELAY	0.080		/* s: of the motor */
#define GAIN	2.0		/* revolutions a second for a volt */
#define KP	1.2		/* of the controller */
#define KI	14.0
#define VOLTS	24.0		/* the drive's limit */

void beat(VP_INT exinf)
{
	isig_sem(TICK);
}

static double limit(double value, double most)
{
	return value > most ? most : value < -most ? -most : value;
}

void control_task(VP_INT exinf)
{
	double speed = 0, setpoint = 0, integral = 0;
	unsigned int step = 0;
	VP_INT datum;

	while (wai_sem(TICK) == E_OK) {
		double error, volts;

		while (prcv_dtq(SETPOINT, &datum) == E_OK)
			motor_unpack(datum, &setpoint);
		error = setpoint - speed;
		volts = limit(KP * error + integral, VOLTS);
		/* Not while the drive is at its limit: it would wind up. */
		if (volts > -VOLTS && volts < VOLTS)
			integral += KI * error * STEP;
		speed += (GAIN * volts - speed) / DELAY * STEP;
		if (++step % REPORT == 0) {
			struct motor_report report = { (float)speed, (float)setpoint };

			psnd_dtq(REPORTS, motor_pack(&report));
		}
	}
}
