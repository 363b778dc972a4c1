/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The uITRON host of the library kernel, on every port that has one: calls,
 * faults in them, sleeping, tasks that wait for each other, at equal and at
 * different priorities, files on /dev/vda (ext4), UDP by lo, the keeper, panics
 * (/dev/vdb is an ext4 image whose directory "dir" has a cleared inode), halting
 * and starting again. Meanwhile a task above all of them runs each millisecond.
 * Prints TAP by vlog.
 */
#include <errno.h>
#include <netinet/in.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <time.h>

#include <lkl/itron/lkl_itron.h>

#include "host.h"
#include "kernel_id.h"

#define BAD_ADDRESS	((void *)0x10)
#define NON_CANONICAL	((void *)0x5555aaaa00001230UL)
#define TURNS		500
#define HALTS		5
#define FILE_WORDS	(64 << 10)
#define SLEEP_NS	5000000UL

static int points, failures;
static unsigned int beats;
static void (*partner)(int number);	/* what the partners do */
static int there[2], back[2];		/* pipes */
static unsigned int words[3][1024];	/* a buffer for each task */

static void ok(int good, const char *name)
{
	vlog("%sok %d - %s", good ? "" : "not ", ++points, name);
	failures += !good;
}

/* ---- beside the library -------------------------------------------------- */

void cycle(VP_INT exinf)
{
	iwup_tsk(BEAT);
}

/* Uses the CPU for a while, so that it stops library calls at every place. */
void beat_task(VP_INT exinf)
{
	while (slp_tsk() == E_OK) {
		beats++;
		vspn_tim(20000);
	}
}

void partner_task(VP_INT exinf)
{
	partner((int)exinf);
	sig_sem(DONE);
}

/* ---- one task ------------------------------------------------------------- */

static void calls(void)
{
	ok(lkl_sys_getpid() == 1, "a call");
	ok(lkl_sys_close(99) == -EBADF, "a call that fails");
	ok(lkl_sys_stat(BAD_ADDRESS, (struct stat *)words) == -EFAULT, "a name at a bad address gives EFAULT");
	ok(lkl_sys_stat("/", BAD_ADDRESS) == -EFAULT, "a buffer at a bad address gives EFAULT");
	ok(lkl_sys_stat("/", NON_CANONICAL) == -EFAULT, "one at an address that no memory can have, too");
	ok(lkl_itron_start("") == -EBUSY, "a second start is refused");
}

static void sleeping(void)
{
	struct timespec pause = { 0, SLEEP_NS };
	UD start = vget_cyc(), took;
	unsigned int before = beats;
	long error = lkl_sys_nanosleep(&pause, NULL);

	took = vcyc_ns(vget_cyc() - start);
	ok(!error && took >= SLEEP_NS, "nanosleep lasts as long as asked for");
	ok(beats - before >= 4, "others run meanwhile");
}

/* The number at that place, from 0, of a line of numbers. */
static unsigned long number_at(const char *text, int place)
{
	unsigned long number = 0;

	for (; place >= 0; place--) {
		while (*text == ' ')
			text++;
		for (number = 0; *text >= '0' && *text <= '9'; text++)
			number = number * 10 + (unsigned long)(*text - '0');
	}
	return number;
}

static unsigned long sectors_written(void)
{
	static char text[256];
	int fd = (int)lkl_sys_open("/sys/block/vda/stat", O_RDONLY, 0);

	lkl_sys_read(fd, text, sizeof(text) - 1);
	lkl_sys_close(fd);
	return number_at(text, 6);
}

/* The journal's timer, 5 s, writes back what was not synced: by the library's own task, while all others stay outside. */
static void keeper(void)
{
	int fd = (int)lkl_sys_open("/mnt/lazy", O_WRONLY | O_CREAT, 0644);
	unsigned long before = sectors_written();

	ok(lkl_sys_write(fd, words[0], sizeof(words[0])) == sizeof(words[0]), "a file is written, not synced");
	lkl_sys_close(fd);
	ok(sectors_written() == before, "it is not on the disk yet");
	dly_tsk(MSEC(15000));
	ok(sectors_written() >= before + sizeof(words[0]) / 512, "15 s later it is, though no task made a call");
}

/* ---- tasks together ------------------------------------------------------- */

static void run_partners(void (*function)(int number), BOOL both)
{
	partner = function;
	act_tsk(PARTNER);
	if (both)
		act_tsk(HIGHER);
}

static void wait_partners(BOOL both)
{
	wai_sem(DONE);
	if (both)
		wai_sem(DONE);
}

static void send_back(int number)
{
	int turn = 0;

	while (turn < TURNS && lkl_sys_read(there[0], &turn, sizeof(turn)) == sizeof(turn))
		lkl_sys_write(back[1], &turn, sizeof(turn));
}

static void ping_pong(ID tskid, const char *name)
{
	int turn, answer = 0;

	partner = send_back;
	act_tsk(tskid);
	for (turn = 1; turn <= TURNS; turn++) {
		if (lkl_sys_write(there[1], &turn, sizeof(turn)) != sizeof(turn) ||
		    lkl_sys_read(back[0], &answer, sizeof(answer)) != sizeof(answer) || answer != turn)
			break;
	}
	wait_partners(0);
	ok(turn == TURNS + 1, name);
}

static unsigned int pattern(int number, unsigned int at)
{
	return at * 2654435761U + (unsigned int)number;
}

static const char *const file_names[] = { "/mnt/main", "/mnt/partner", "/mnt/higher" };
static BOOL written[3];

static void write_file(int number)
{
	const unsigned int count = sizeof(words[0]) / sizeof(words[0][0]);
	int fd = (int)lkl_sys_open(file_names[number], O_WRONLY | O_CREAT | O_TRUNC, 0644);

	written[number] = fd >= 0;
	for (unsigned int at = 0; at < FILE_WORDS; at += count) {
		for (unsigned int i = 0; i < count; i++)
			words[number][i] = pattern(number, at + i);
		written[number] &= lkl_sys_write(fd, words[number], sizeof(words[number])) == sizeof(words[number]);
		if (at % (count * 8) == 0)
			written[number] &= !lkl_sys_fsync(fd);
	}
	written[number] &= !lkl_sys_fsync(fd) && !lkl_sys_close(fd);
}

static BOOL file_is_right(int number)
{
	const unsigned int count = sizeof(words[0]) / sizeof(words[0][0]);
	int fd = (int)lkl_sys_open(file_names[number], O_RDONLY, 0);
	BOOL right = fd >= 0;

	for (unsigned int at = 0; at < FILE_WORDS; at += count) {
		right &= lkl_sys_read(fd, words[number], sizeof(words[number])) == sizeof(words[number]);
		for (unsigned int i = 0; i < count; i++)
			right &= words[number][i] == pattern(number, at + i);
	}
	lkl_sys_close(fd);
	return right;
}

static void files(void)
{
	unsigned int before = beats;

	run_partners(write_file, 1);
	write_file(0);
	wait_partners(1);
	ok(written[0] && written[1] && written[2], "three tasks at two priorities write files at once");
	ok(beats > before, "preempted again and again meanwhile");
	lkl_sys_umount2("/mnt", 0);
	ok(!lkl_sys_mount("/dev/vda", "/mnt", "ext4", 0, "nodelalloc"), "mounted again");
	ok(file_is_right(0) && file_is_right(1) && file_is_right(2), "the files hold what was written");
}

static void network(void)
{
	struct sockaddr_in own = { .sin_family = AF_INET, .sin_port = __builtin_bswap16(7), .sin_addr.s_addr = __builtin_bswap32(0x7f000001) };
	int fd;
	char text[8] = "";

	ok(!lkl_itron_interface("lo", 0x7f000001, 8), "lo is up");
	fd = (int)lkl_sys_socket(AF_INET, SOCK_DGRAM, 0);
	ok(!lkl_sys_bind(fd, (struct sockaddr *)&own, sizeof(own)) &&
	   lkl_sys_sendto(fd, "datagram", 8, 0, (struct sockaddr *)&own, sizeof(own)) == 8 &&
	   lkl_sys_recvfrom(fd, text, 8, 0, NULL, NULL) == 8 && text[7] == 'm', "a datagram there and back");
	lkl_sys_close(fd);
	ok(lkl_itron_interface("eth7", 0, 0) == -ENODEV, "an interface that does not exist");
}

/* ---- ends ----------------------------------------------------------------- */

static long blocked_result;

static void block_in_call(int number)
{
	char byte;

	blocked_result = lkl_sys_read(there[0], &byte, 1);
}

static int boot(void)
{
	int error = lkl_itron_start("loglevel=1");

	if (error)
		return error;
	lkl_sys_mkdir("/dev", 0755);
	lkl_sys_mkdir("/mnt", 0755);
	lkl_sys_mkdir("/sys", 0755);
	lkl_sys_mount("dev", "/dev", "devtmpfs", 0, NULL);
	lkl_sys_mount("sys", "/sys", "sysfs", 0, NULL);
	lkl_sys_pipe2(there, 0);
	lkl_sys_pipe2(back, 0);
	return (int)lkl_sys_mount("/dev/vda", "/mnt", "ext4", 0, "nodelalloc");
}

static void halting(void)
{
	run_partners(block_in_call, 0);
	dly_tsk(MSEC(5));
	lkl_sys_umount2("/mnt", 0);
	ok(!lkl_itron_halt(), "halted");
	wait_partners(0);
	ok(blocked_result == -ENODEV, "a call that was blocked gives ENODEV");
	ok(lkl_sys_getpid() == -ENODEV && lkl_itron_halt() == -ENODEV, "so do calls and another halt");
}

static int halt_result;

/* The more urgent one halts while the other writes, perhaps inside of a device. */
static void write_or_halt(int number)
{
	int fd;

	if (number == 2) {
		dly_tsk(MSEC(20));
		halt_result = lkl_itron_halt();
		return;
	}
	fd = (int)lkl_sys_open("/mnt/partner", O_WRONLY, 0);
	while (lkl_sys_pwrite64(fd, words[1], sizeof(words[1]), 0) > 0 && !lkl_sys_fsync(fd))
		;
}

static void halting_busily(void)
{
	int times = 0;

	do {
		run_partners(write_or_halt, 1);
		wait_partners(1);
	} while (!halt_result && !boot() && ++times < HALTS);
	ok(times == HALTS, "halted by one task while another writes, and booted again, several times");
}

static void panicking(void)
{
	struct stat status;

	lkl_sys_umount2("/mnt", 0);
	ok(!lkl_sys_mount("/dev/vdb", "/mnt", "ext4", 0, "errors=panic"), "a damaged image is mounted");
	run_partners(block_in_call, 0);
	dly_tsk(MSEC(5));
	ok(lkl_sys_stat("/mnt/dir", &status) == -EIO, "the call that panics gives EIO");
	wait_partners(0);
	ok(blocked_result == -EIO && lkl_sys_getpid() == -EIO, "blocked and later calls too");
	ok(!lkl_itron_halt(), "what has panicked can be halted");
}

void main_task(VP_INT exinf)
{
	ok(!boot(), "boots, mounts /dev/vda");
	calls();
	sleeping();
	ping_pong(PARTNER, "two tasks of a priority wait for each other by pipes");
	ping_pong(HIGHER, "two of different priorities");
	files();
	keeper();
	network();
	halting();
	ok(!boot(), "boots again");
	ok(file_is_right(1), "and finds the files");
	halting_busily();
	panicking();
	ok(!boot() && file_is_right(2), "boots a third time");
	lkl_sys_umount2("/mnt", 0);
	ok(!lkl_itron_halt(), "halted");
	vlog("1..%d", points);
	vstp_sys(failures ? 1 : 0);
}
