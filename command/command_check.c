/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unitron check: is this machine, with this kernel and these settings, fit for
 * the real-time side? One line for each thing, with what to do. What the module
 * would refuse is "no"; what costs time is "warn". The module has the last word:
 * it looks at more when an application is loaded.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "command.h"

static const char help[] =
	"Usage: unitron check [-q]\n"
	"Is this machine fit for a uITRON application beside Linux? A line for each thing:\n"
	"  ok    as it should be\n"
	"  warn  it works, but costs time or evenness; what would mend it\n"
	"  no    an application cannot be loaded; what would mend it\n"
	"  -     could not be found out\n"
	"\n"
	"  -q    only lines that are not ok\n"
	"\n"
	"Status: 0 nothing says no; 1 something does.\n";

enum verdict { OK, WARN, NO, UNKNOWN };

static bool quiet;
static int refused;

static void tell(enum verdict verdict, const char *what, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void tell(enum verdict verdict, const char *what, const char *fmt, ...)
{
	static const char *const words[] = { "ok", "warn", "no", "-" };
	va_list args;

	refused |= verdict == NO;
	if (quiet && verdict == OK)
		return;
	printf("%-4s  %-22s  ", words[verdict], what);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

static bool there(const char *path)
{
	char whole[512];

	snprintf(whole, sizeof(whole), "%s%s", root_directory(), path);
	return !access(whole, F_OK);
}

/* The first line of a file, or ""; true if it could be read. */
static bool line_of(const char *path, char *line, size_t size)
{
	char whole[512];
	FILE *file;

	line[0] = '\0';
	snprintf(whole, sizeof(whole), "%s%s", root_directory(), path);
	file = fopen(whole, "r");
	if (!file)
		return false;
	if (!fgets(line, (int)size, file))
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	fclose(file);
	return true;
}

static bool has_word(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = text; (at = strstr(at, word)); at += length)
		if ((at == text || at[-1] == ' ') && (at[length] == ' ' || !at[length] || at[length] == ','))
			return true;
	return false;
}

/* ---- what an application needs --------------------------------------------- */

static void check_kernel(void)
{
	char release[128], path[256];
	int major = 0, minor = 0;

	if (!line_of("/proc/sys/kernel/osrelease", release, sizeof(release)))
		tell(UNKNOWN, "kernel", "/proc is not there");
	else if (sscanf(release, "%d.%d", &major, &minor) != 2 || major != 6 || minor < 1 || minor > 12)
		tell(WARN, "kernel", "%s has not been tried, 6.1 to 6.12 have; the module refuses what it does not know", release);
	else
		tell(OK, "kernel", "%s", release);
	snprintf(path, sizeof(path), "/lib/modules/%.100s/build", release);
	if (there(path))
		tell(OK, "kernel headers", "/lib/modules/%s/build", release);
	else
		tell(WARN, "kernel headers", "not installed: applications can be loaded, but not built here; apt install linux-headers-%s", release);
	if (there("/sys/kernel/realtime"))
		tell(WARN, "PREEMPT_RT", "this kernel has it: not needed, and kernelware does not run on it; boot the ordinary one");
}

static void check_modules(void)
{
	char line[256];

	if (line_of("/sys/module/module/parameters/sig_enforce", line, sizeof(line)) && line[0] == 'Y')
		tell(NO, "modules", "only signed ones may be loaded; sign them with a key that the machine knows (dkms does), or boot without module.sig_enforce");
	else if (line_of("/sys/kernel/security/lockdown", line, sizeof(line)) && !strstr(line, "[none]"))
		tell(NO, "modules", "the kernel is locked down (%s); turn Secure Boot off, or sign the modules and boot with lockdown=none", line);
	else
		tell(OK, "modules", "may be loaded");
}

static void check_cpu(void)
{
	static const struct {
		const char *flag, *without;
	} wanted[] = {
		{ "apic", "boot without nolapic" },
		{ "cx16", "this CPU is too old" },
		{ "fsgsbase", "boot without nofsgsbase, on a CPU of 2012 or later" },
		{ "xsave", "boot without noxsave" },
	};
	char path[512], line[8192] = "";
	bool found = false, fit = true;
	FILE *file;

	snprintf(path, sizeof(path), "%s/proc/cpuinfo", root_directory());
	file = fopen(path, "r");
	while (file && !found && fgets(line, sizeof(line), file))
		found = !strncmp(line, "flags", 5);
	if (file)
		fclose(file);
	if (!found) {
		tell(UNKNOWN, "CPU", "%s lists no flags", path);
		return;
	}
	line[strcspn(line, "\n")] = '\0';
	for (unsigned int i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		if (!has_word(line, wanted[i].flag)) {
			tell(NO, "CPU", "%s is missing or off; %s", wanted[i].flag, wanted[i].without);
			fit = false;
		}
	if (fit)
		tell(OK, "CPU", "has what is needed");
	if (has_word(line, "nonstop_tsc"))
		tell(OK, "time-stamp counter", "steady");
	else
		tell(WARN, "time-stamp counter", "it may stop or change its rate: times that an application measures may be wrong; forbid deep C-states");
}

static void check_timer(void)
{
	char line[256];

	if (!line_of("/sys/devices/system/clocksource/clocksource0/available_clocksource", line, sizeof(line)))
		tell(UNKNOWN, "timer", "/sys does not list clock sources");
	else if (has_word(line, "hpet"))
		tell(OK, "timer", "HPET");
	else
		tell(WARN, "timer", "no HPET: the PIT is left, whose steps are of 838 ns; turn HPET on in the firmware, boot without hpet=disable");
}

static unsigned int entries_of(const char *path)
{
	char whole[512];
	struct dirent *entry;
	unsigned int count = 0;
	DIR *directory;

	snprintf(whole, sizeof(whole), "%s%s", root_directory(), path);
	directory = opendir(whole);
	while (directory && (entry = readdir(directory)))
		count += entry->d_name[0] != '.';
	if (directory)
		closedir(directory);
	return count;
}

static void check_others(void)
{
	char line[4096];

	line_of("/proc/cmdline", line, sizeof(line));
	if (entries_of("/sys/class/iommu") && !has_word(line, "intremap=off"))
		tell(NO, "interrupt remapping", "may be on, through which the timer sends no NMIs; boot with intremap=off");
	else
		tell(OK, "interrupt remapping", "off");
	if (there("/sys/module/kvm_intel") || there("/sys/module/kvm_amd"))
		tell(WARN, "KVM", "loaded: no guest may run beside the real-time side; modprobe -r kvm_intel kvm_amd to be sure");
	else
		tell(OK, "KVM", "not loaded");
}

/* ---- what costs time --------------------------------------------------------- */

static void check_idle(void)
{
	unsigned long deepest = 0, latency;
	char path[128], line[64];

	for (int state = 0; state < 16; state++) {
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu0/cpuidle/state%d/disable", state);
		if (line_of(path, line, sizeof(line)) && line[0] == '1')
			continue;
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu0/cpuidle/state%d/latency", state);
		if (!line_of(path, line, sizeof(line)))
			break;
		latency = strtoul(line, NULL, 10);
		deepest = latency > deepest ? latency : deepest;
	}
	if (deepest > 10)
		tell(WARN, "C-states", "waking from the deepest takes %lu us; boot with intel_idle.max_cstate=1 or processor.max_cstate=1", deepest);
	else
		tell(OK, "C-states", "%lu us at most", deepest);
}

static void check_frequency(void)
{
	char governor[64];

	if (!line_of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", governor, sizeof(governor)))
		tell(OK, "frequency scaling", "none");
	else if (!strcmp(governor, "performance"))
		tell(OK, "frequency scaling", "governor performance");
	else
		tell(WARN, "frequency scaling", "governor %s; cpupower frequency-set -g performance", governor);
}

static void check_watchdog(void)
{
	char line[16];

	if (line_of("/proc/sys/kernel/nmi_watchdog", line, sizeof(line)) && line[0] == '1')
		tell(WARN, "NMI watchdog", "its NMIs cost about as much as an interrupt each; echo 0 > /proc/sys/kernel/nmi_watchdog");
	else
		tell(OK, "NMI watchdog", "off");
}

/* Intel counts its system management interrupts in MSR 0x34. */
static bool smi_count(int fd, uint64_t *count)
{
	return pread(fd, count, sizeof(*count), 0x34) == sizeof(*count);
}

static void check_smi(void)
{
	uint64_t before, after;
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/dev/cpu/0/msr", root_directory());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		tell(UNKNOWN, "SMIs", "%s: %s; as root, after modprobe msr", path, strerror(errno));
		return;
	}
	if (!smi_count(fd, &before) || (sleep(1), !smi_count(fd, &after)))
		tell(UNKNOWN, "SMIs", "this CPU does not count them");
	else if (after != before)
		tell(WARN, "SMIs", "%llu in a second stop every CPU where no kernel sees it; turn legacy USB and power features off in the firmware",
		     (unsigned long long)(after - before));
	else
		tell(OK, "SMIs", "none in a second");
	close(fd);
}

static int run(int argc, char **argv)
{
	if (helped(argc, argv, help))
		return 0;
	quiet = argc == 2 && !strcmp(argv[1], "-q");
	if (argc > 2 || (argc == 2 && !quiet))
		return fail_usage("check: '%s' is not known; see unitron check --help", argv[argc > 2 ? 2 : 1]);
	check_kernel();
	check_modules();
	check_cpu();
	check_timer();
	check_others();
	check_idle();
	check_frequency();
	check_watchdog();
	check_smi();
	return refused ? COMMAND_FAILED : 0;
}

const struct subcommand subcommand_check = { "check", "is this machine fit for it? a line for each thing", run };
