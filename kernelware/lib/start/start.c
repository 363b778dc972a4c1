/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a program linked by kwcc does before _start: enter kernel mode with all
 * its kernel symbols at hand, or end with a message. Never does it go on in
 * user mode unasked (KW=off asks).
 */
#include <asm/errno.h>
#include <asm/unistd.h>

#include "room.h"
#include "start.h"

struct kw_info __kw_gates;
/* For the trampolines of static programs, which this code's own system calls are too */
unsigned long __kw_slots[ROOM_ANY + 1];

/* What entry.S has as numbers */
_Static_assert(__builtin_offsetof(struct kw_info, gate_call) == 32, "gate_call");
_Static_assert(__builtin_offsetof(struct kw_info, gate_current) == 40, "gate_current");
_Static_assert(__builtin_offsetof(struct kw_info, gate_percpu) == 48, "gate_percpu");
_Static_assert(__builtin_offsetof(struct kw_name, stack) == 12, "stack");
_Static_assert(sizeof(struct kw_name) == 16 && sizeof(struct kw_kernel) == 128, "empty records");

void kw_start(unsigned long *stack);
_Noreturn void __kw_user_mode(const struct kw_name *name);

static const char *environment(char **strings, const char *name)
{
	for (; *strings != 0; strings++) {
		const char *at = *strings;
		const char *wanted = name;

		while (*wanted != '\0' && *at == *wanted) {
			at++;
			wanted++;
		}
		if (*wanted == '\0' && *at == '=')
			return at + 1;
	}
	return 0;
}

#define UNABLE "kernel mode is not to be had: "

/* 1: the user wants this run in user mode, 0: not; ends the program if that cannot be. */
static int off(char **strings)
{
	const char *value = environment(strings, "KW");
	const char *name = kw_first_name();

	if (value == 0 || value[0] == '\0' || kw_same(value, "on"))
		return 0;
	if (!kw_same(value, "off")) {
		kw_message("KW is '", value, "' in the environment; it may be 'off' (user mode) or 'on'", (char *)0);
		kw_sys_exit(KW_EXIT);
	}
	if (name != 0 || kw_has_kernel()) {
		kw_message("KW=off asks for user mode, but this program ",
			   name != 0 ? "names the kernel symbol '" : "uses the kernel's types", name != 0 ? name : "",
			   name != 0 ? "'" : "", ", which only kernel mode has; unset KW", (char *)0);
		kw_sys_exit(KW_EXIT);
	}
	return 1;
}

static int open_device(void)
{
	long fd = kw_sys_open(KW_DEVICE);

	if (fd >= 0)
		return (int)fd;
	if (fd == -ENOENT || fd == -ENXIO || fd == -ENODEV)
		kw_message(UNABLE "there is no " KW_DEVICE
			   "; load the module (modprobe kernelware), or set KW=off for user mode", (char *)0);
	else
		kw_message(UNABLE KW_DEVICE ": ", kw_error_text(fd),
			   fd == -EACCES || fd == -EPERM ? "; run it as root or as one of the device's group" : "",
			   ", or set KW=off for user mode", (char *)0);
	kw_sys_exit(KW_EXIT);
}

static void learn_gates(int device)
{
	long error = kw_sys(__NR_ioctl, device, KW_INFO, (long)&__kw_gates, 0);

	if (error == 0 && __kw_gates.abi == KW_ABI)
		return;
	kw_message(UNABLE "the module kernelware is not of this program's version; ",
		   "run kwcc again with the module's, or load that of this one", (char *)0);
	kw_sys_exit(KW_EXIT);
}

static void fill_slots(void)
{
	for (unsigned int i = 0; i <= ROOM_ANY; i++)
		__kw_slots[i] = __kw_gates.gate_any;
	for (unsigned int i = 0; i < ROOM_ANY && i < __kw_gates.gate_count; i++)
		__kw_slots[i] = __kw_gates.gate + i * __kw_gates.gate_stride;
}

/* To user mode, if a parent that stays has brought this program to kernel mode against the user's wish */
static void leave(void)
{
	unsigned short selector;
	int device;
	long error;

	__asm__ volatile("mov %%cs, %0" : "=r"(selector));
	if ((selector & 3) != 0)
		return;
	device = open_device();
	error = kw_sys(__NR_ioctl, device, KW_LEAVE, 0, 0);
	if (error != 0) {
		kw_message("KW=off asks for user mode, but kernel mode can't be left: ", kw_error_text(error), "; unset KW", (char *)0);
		kw_sys_exit(KW_EXIT);
	}
	kw_sys(__NR_close, device, 0, 0, 0);
}

void kw_start(unsigned long *stack)
{
	char **arguments = (char **)(stack + 1);
	char **strings = arguments + stack[0] + 1;
	int device;
	long error;

	/* A parent that stays may have left us in kernel mode: trampolines are used from here on, the gates are not known. */
	for (unsigned int i = 0; i <= ROOM_ANY; i++)
		__kw_slots[i] = (unsigned long)__kw_trap;
	kw_program = arguments[0];
	if (off(strings)) {
		leave();
		return;
	}
	device = open_device();
	learn_gates(device);
	if (kw_check_kernel() != 0 || kw_resolve(device) != 0)
		kw_sys_exit(KW_EXIT);
	error = kw_sys(__NR_ioctl, device, KW_ENTER, 0, 0);
	/* EBUSY: a parent that stays (KW_STAY_EXEC) or `kw run` was here before. */
	if (error != 0 && error != -EBUSY) {
		kw_message(UNABLE, kw_error_text(error), "; the kernel log may say more; KW=off runs it in user mode", (char *)0);
		kw_sys_exit(KW_EXIT);
	}
	kw_sys(__NR_close, device, 0, 0, 0);
	fill_slots();
}

/* A thunk was called at CPL 3, where the kernel's memory can't be reached. name: 0 for current and per-CPU data */
_Noreturn void __kw_user_mode(const struct kw_name *name)
{
	kw_message(name != 0 ? name->name : "current", ": the kernel was called from user mode; ",
		   "a child made by fork begins there: let it call kw_enter() first", (char *)0);
	kw_sys_abort();
}
