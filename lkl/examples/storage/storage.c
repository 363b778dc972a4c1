/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Samples at 1 kHz, by a cyclic handler; a task of low priority mounts an ext4
 * file system, adds a line for each tenth of a second to a file there, reads the
 * file back, and sends a datagram with the result, all by Linux's own code. The
 * handler is never late for that: it says by how much, at the end.
 *
 * The disk is /dev/vda; the interface, if there is one, is given 10.0.2.15, and
 * the datagram goes to port 5000 of 10.0.2.2, which in QEMU's user network is the
 * host that it runs on.
 */
#include <netinet/in.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include <lkl/itron/lkl_itron.h>

#include "storage.h"
#include "kernel_id.h"

#define PERIOD_NS	1000000U
#define LINES		10
#define LINE_SAMPLES	100
#define LINE_SIZE	64
#define OWN_ADDRESS	0x0a00020f
#define PEER_ADDRESS	0x0a000202
#define PEER_PORT	5000

/* What the handler has found; it alone writes. */
struct samples {
	unsigned int	count;
	unsigned int	missed;		/* those whose start was a whole period late */
	unsigned int	level;		/* of what is sampled: a saw-tooth */
	UD		latest;		/* ns by which the latest start came after its time */
};

static struct samples samples;

void sampling(VP_INT exinf)
{
	UD late = vget_lat();

	samples.count++;
	samples.missed += late >= PERIOD_NS;
	samples.level = samples.count % 1000;
	if (late > samples.latest)
		samples.latest = late;
}

static struct samples look(void)
{
	struct samples seen;

	loc_cpu();
	seen = samples;
	unl_cpu();
	return seen;
}

/* Text without a C library: appends, returns the new end. */
static char *put_text(char *at, const char *text)
{
	while (*text)
		*at++ = *text++;
	return at;
}

static char *put_number(char *at, unsigned int number)
{
	if (number >= 10)
		at = put_number(at, number / 10);
	*at++ = (char)('0' + number % 10);
	return at;
}

static SIZE format_line(char *line, struct samples seen)
{
	char *at = put_number(line, seen.count);

	at = put_text(at, ",");
	at = put_number(at, seen.level);
	at = put_text(at, "\n");
	return (SIZE)(at - line);
}

/* The system cannot do its work: say which step, and how it failed. */
static void give_up(const char *step, long error)
{
	vlog("storage: %s: error %ld", step, error);
	lkl_itron_halt();
	vstp_sys(1);
}

static long must(const char *step, long result)
{
	if (result < 0)
		give_up(step, result);
	return result;
}

static void record(int fd)
{
	char line[LINE_SIZE];
	struct samples seen;
	SIZE size;

	for (unsigned int i = 1; i <= LINES; i++) {
		while (look().count < i * LINE_SAMPLES)
			dly_tsk(MSEC(10));
		seen = look();
		size = format_line(line, seen);
		must("write", lkl_sys_write(fd, line, size));
		must("fsync", lkl_sys_fsync(fd));
	}
}

/* Reads the file back and counts its lines. */
static unsigned int count_lines(const char *path)
{
	static char text[LINES * LINE_SIZE];
	int fd = (int)must("open to read", lkl_sys_open(path, O_RDONLY, 0));
	long size = must("read", lkl_sys_read(fd, text, sizeof(text)));
	unsigned int lines = 0;

	lkl_sys_close(fd);
	for (long i = 0; i < size; i++)
		lines += text[i] == '\n';
	return lines;
}

static void report(unsigned int lines)
{
	struct sockaddr_in peer = {
		.sin_family = AF_INET, .sin_port = __builtin_bswap16(PEER_PORT),
		.sin_addr.s_addr = __builtin_bswap32(PEER_ADDRESS),
	};
	char text[LINE_SIZE];
	SIZE size = (SIZE)(put_text(put_number(put_text(text, "storage: "), lines), " lines") - text);
	int fd;

	if (lkl_itron_interface("eth0", OWN_ADDRESS, 24) < 0) {
		vlog("storage: no interface: no datagram is sent");
		return;
	}
	fd = (int)must("socket", lkl_sys_socket(AF_INET, SOCK_DGRAM, 0));
	must("sendto", lkl_sys_sendto(fd, text, size, 0, (struct sockaddr *)&peer, sizeof(peer)));
	/* The frame may have to wait until the peer has told its address: ARP. */
	dly_tsk(MSEC(200));
	lkl_sys_close(fd);
	vlog("storage: datagram sent");
}

void recorder_task(VP_INT exinf)
{
	struct samples seen;
	unsigned int lines;
	int fd;

	if (lkl_itron_start("loglevel=4"))
		vstp_sys(1);
	lkl_sys_mkdir("/dev", 0755);
	must("mount /dev", lkl_sys_mount("dev", "/dev", "devtmpfs", 0, NULL));
	must("mkdir /mnt", lkl_sys_mkdir("/mnt", 0755));
	must("mount /dev/vda", lkl_sys_mount("/dev/vda", "/mnt", "ext4", 0, NULL));
	fd = (int)must("open", lkl_sys_open("/mnt/samples.csv", O_WRONLY | O_CREAT | O_TRUNC, 0644));
	record(fd);
	lkl_sys_close(fd);
	lines = count_lines("/mnt/samples.csv");
	report(lines);
	must("umount", lkl_sys_umount2("/mnt", 0));
	lkl_itron_halt();

	seen = look();
	vlog("storage: %u lines in samples.csv", lines);
	vlog("storage: %u samples, %u missed, none later than %llu ns", seen.count, seen.missed, (unsigned long long)seen.latest);
	vstp_sys(lines == LINES ? 0 : 1);
}
