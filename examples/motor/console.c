/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Linux half: sends set-points, shows speed and set-point as they come, by
 * gnuplot in the terminal (or in a window, if GNUTERM says so).
 *
 *	console [-q] [-t SECONDS] SETPOINT...	each held for SECONDS, default 1
 *
 * -q: no plot; the last speed for each set-point on standard output.
 */
#define MOTOR_CONSOLE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <unitron.h>
#include "motor.h"

#define SHOWN 150	/* reports: 3 s */

static struct motor_report reports[SHOWN];
static unsigned int count;
static FILE *plot;

static struct unitron *open_object(const char *name)
{
	struct unitron *object;
	int error = unitron_open(&object, name);

	if (error) {
		fprintf(stderr, "console: %s: %s; is the application running?\n", name, strerror(-error));
		exit(1);
	}
	return object;
}

static void plot_begin(void)
{
	plot = popen("gnuplot", "w");
	if (!plot) {
		perror("console: gnuplot");
		exit(1);
	}
	if (!getenv("GNUTERM"))
		fputs("set terminal dumb size 100 28 noenhanced\n", plot);
	fputs("set yrange [-5:45]; set xrange [-3:0]; set xlabel 's'; set ylabel '1/s'; set key bottom\n", plot);
}

static void plot_line(int member, double scale)
{
	for (unsigned int i = 0; i < count; i++)
		fprintf(plot, "%.2f %.3f\n", ((double)i - count + 1) * scale, member ? reports[i].setpoint : reports[i].speed);
	fputs("e\n", plot);
}

static void plot_draw(void)
{
	if (!getenv("GNUTERM"))
		fputs("\033[H", stdout), fflush(stdout);
	fputs("plot '-' using 1:2 with lines title 'speed', '-' using 1:2 with lines title 'set-point'\n", plot);
	plot_line(0, (double)REPORT / RATE);
	plot_line(1, (double)REPORT / RATE);
	if (fflush(plot)) {
		fprintf(stderr, "console: gnuplot does not take the plot; apt install gnuplot-nox, or -q\n");
		exit(1);
	}
}

static void add(const struct motor_report *report)
{
	if (count == SHOWN)
		memmove(reports, reports + 1, --count * sizeof(*reports));
	reports[count++] = *report;
}

static void hold(struct unitron *setpoints, struct unitron *source, double setpoint, double seconds)
{
	int64_t datum = motor_pack(&setpoint);
	struct motor_report report = { 0, 0 };
	long wanted = (long)(seconds * RATE / REPORT);
	ssize_t n = unitron_dtq_send(setpoints, &datum, 1, 1000);

	for (long i = 0; n == 1 && i < wanted; i++) {
		n = unitron_dtq_receive(source, &datum, 1, 2000);
		if (n != 1)
			break;
		motor_unpack(datum, &report);
		add(&report);
		if (plot && i % 5 == 0)
			plot_draw();
	}
	if (n != 1) {
		fprintf(stderr, "console: the application does not answer: %s\n", strerror((int)-n));
		exit(1);
	}
	if (!plot)
		printf("%g %.3f\n", setpoint, (double)report.speed);
}

int main(int argc, char **argv)
{
	struct unitron *setpoints, *source;
	bool quiet = false;
	double seconds = 1;
	int64_t old[64];
	int option;

	while ((option = getopt(argc, argv, "qt:")) != -1) {
		if (option == 'q')
			quiet = true;
		else if (option != 't' || (seconds = atof(optarg)) <= 0)
			optind = argc;
	}
	if (optind >= argc) {
		fprintf(stderr, "usage: console [-q] [-t SECONDS] SETPOINT...\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	setpoints = open_object("SETPOINT");
	source = open_object("REPORTS");
	while (unitron_dtq_receive(source, old, 64, 0) > 0)
		;	/* from before we came */
	if (!quiet)
		plot_begin();
	for (int i = optind; i < argc; i++)
		hold(setpoints, source, atof(argv[i]), seconds);
	unitron_close(setpoints);
	unitron_close(source);
	if (plot)
		pclose(plot);
	return 0;
}
