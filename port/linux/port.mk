# SPDX-License-Identifier: GPL-2.0-only
# The application as a module for the delivery unit. Kernel, port and
# application are compiled here and linked into one object; Linux's build
# system compiles module.c and makes the module of both.
#	KDIR	build directory of the Linux kernel; default: the running one's,
#		else that of KERNEL (amd64, 6.12-amd64, ...) as installed

KDIR	?= $(firstword $(wildcard /lib/modules/$(shell uname -r)/build) $(shell $(UNITRON)/tools/guest/kernels $(or $(KERNEL),amd64) --field headers 2>/dev/null))
LINUX	:= $(UNITRON)/port/linux
UNITDIR	:= $(OUT)/linux/unitron
UNITBUILD := $(UNITDIR)/port/linux/unit
# What the unit shares with our other modules
SHARED	:= $(addprefix $(UNITRON)/linux/,lookup.h nmi_gate.h)
ABI	:= $(addprefix $(UNITRON)/include/unitron/,exchange.h objects.h)
TARGET	:= $(DIR)/$(APP).ko
UNIT_KO	:= $(UNITDIR)/unitron.ko

# What carries out exchange/host.h, for EXCHANGE = 1: real-time half; Linux half: exchange.c
PORT_EXCHANGE_SRCS := $(LINUX)/app/exports.c
LINUX_HALF := module.o picture.o $(if $(EXCHANGE),exchange.o)
# What gives the trace out, for TRACE = 1
PORT_TRACE_SRCS := $(LINUX)/app/trace.c
PORT_TRACE_CFLAGS := -DTRACE_CLOCK=__builtin_ia32_rdtsc
PORT_SRCS := $(LINUX)/app/port.c $(LINUX)/app/memory.c $(LINUX)/app/tex.S $(UNITRON)/inspect/inspect.c
# As Linux compiles itself where the machine demands it: no red zone, addresses
# of the kernel's half, landing pads, and its thunks for indirect branches and returns.
PORT_CFLAGS := -ffreestanding -fno-pic -fno-pie -mcmodel=kernel -mno-red-zone -fno-stack-protector -fno-common \
	-fno-asynchronous-unwind-tables -fcf-protection=branch -mindirect-branch=thunk-extern -mindirect-branch-register \
	-mfunction-return=thunk-extern -mharden-sls=all -fno-jump-tables -mpreferred-stack-boundary=3
PORT_NOFPU_CFLAGS := -mgeneral-regs-only
PORT_FPU_CFLAGS := -mpreferred-stack-boundary=4 -msse2
# BTF for modules needs a vmlinux, which distributions do not package.
KBUILD = --no-print-directory -s -C $(KDIR) CONFIG_DEBUG_INFO_BTF_MODULES=

.PHONY: unit
unit: $(UNIT_KO)

# The sources of a module are copied to where it is built: Linux's build
# system writes beside them. They stand there as they do in the tree.
$(UNIT_KO): $(wildcard $(LINUX)/unit/*.[chS]) $(LINUX)/unit/Kbuild $(LINUX)/delivery.h $(SHARED) $(ABI) $(LINUX)/check-symbols
	$(if $(KDIR),,$(error no kernel headers found: install linux-headers-amd64 or set KDIR))
	$(call say,MODULE,$@)
	$(Q)mkdir -p $(UNITBUILD) $(UNITDIR)/linux $(UNITDIR)/include/unitron && cp -pu $(ABI) $(UNITDIR)/include/unitron/ && cp -pu $(LINUX)/unit/* $(UNITBUILD)/ && \
		cp -pu $(LINUX)/delivery.h $(UNITDIR)/port/linux/ && cp -pu $(SHARED) $(UNITDIR)/linux/
	$(Q)$(MAKE) $(KBUILD) M=$(UNITBUILD) modules
	$(Q)$(LINUX)/check-symbols $(LINUX)/symbols-unit.txt $(addprefix $(UNITBUILD)/,deliver.o leave.o fault.o clock.o entry.o switch.o)
	$(Q)cp $(UNITBUILD)/unitron.ko $@

# The lists of objects are made after this file is read.
.SECONDEXPANSION:
$(DIR)/realtime.o: $$(KERNEL_OBJS) $$(PORT_OBJS) $$(APP_OBJS) $(LINUX)/check-symbols $(LINUX)/symbols-app.txt
	$(call say,LD,$@)
	$(Q)$(LINUX)/check-symbols $(LINUX)/symbols-app.txt $(filter %.o,$^)
	$(Q)$(LD) -r $(LINK_WRAPPED:%=--wrap=%) -o $@ $(filter %.o,$^)

APP_SHARED := $(LINUX)/app/module.c $(LINUX)/app/picture.c $(LINUX)/app/exchange.c $(LINUX)/app/app.h $(UNITRON)/include/unitron/inspect.h

$(TARGET): $(DIR)/realtime.o $(APP_SHARED) $(LINUX)/delivery.h $(UNIT_KO)
	$(call say,MODULE,$@)
	$(Q)mkdir -p $(DIR)/module/app && cp -p $(DIR)/realtime.o $(DIR)/module/app/realtime.o_shipped && \
		cp -pu $(APP_SHARED) $(DIR)/module/app/ && cp -pu $(LINUX)/delivery.h $(DIR)/module/
	$(Q): > $(DIR)/module/app/.realtime.o.cmd	# modpost wants one of every object
	$(Q)printf '%s\n' 'obj-m := $(APP).o' '$(APP)-y := $(LINUX_HALF) realtime.o' 'ccflags-y := -std=gnu11' \
		'OBJECT_FILES_NON_STANDARD_realtime.o := y' > $(DIR)/module/app/Kbuild
	$(Q)$(MAKE) $(KBUILD) M=$(DIR)/module/app KBUILD_EXTRA_SYMBOLS=$(UNITBUILD)/Module.symvers modules
	$(Q)cp $(DIR)/module/app/$(APP).ko $@
