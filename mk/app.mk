# SPDX-License-Identifier: BSD-2-Clause
# The build rule for applications: app.c + app.cfg -> a process, a bootable
# image or a Linux module, from the same sources. An application's Makefile is
#
#	APP  = blink
#	CFG  = blink.cfg
#	SRCS = blink.c
#	include PATH/TO/unitron/mk/app.mk
#
# and `make PORT=posix|pc|linux` builds $(OUT)/PORT/APP/. Variables:
#	FPU_SRCS	sources whose code may use the FPU (only in TA_FPU tasks)
#	APP_CFLAGS	further flags, for the .cfg's preprocessor too
#	UNIT_US=1	time unit 1 us instead of 1 ms
#	TICK_DRIVEN=1	time passes by isig_tim
#	EXCHANGE=1	objects are exported to Linux processes (VEXP_OBJ)
#	LKL=1		tasks call the Linux kernel as a library (lkl/itron/itron.mk)
#	TRACE=1		dispatches, service calls and interrupts can be recorded
#	SAN=1		AddressSanitizer and UBSan (posix only)
#	OUT		where to build; default: out/ in the Unitron tree, or here if
#			that is an installed one
#	V=1		show commands

MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:

UNITRON	:= $(abspath $(dir $(lastword $(MAKEFILE_LIST)))..)
PORT	?= posix
# An installed tree (tools/install) has no cfg/, and unitron-cfg beside it in bin/.
CFGSRC	:= $(wildcard $(UNITRON)/cfg/*.[ch])
OUT	?= $(if $(CFGSRC),$(UNITRON),$(CURDIR))/out
override OUT := $(abspath $(OUT))
VARIANT	:= $(PORT)$(if $(UNIT_US),-us)$(if $(TICK_DRIVEN),-tick)$(if $(TRACE),-trace)$(if $(SAN),-san)
LIBDIR	:= $(OUT)/$(VARIANT)/kernel
DIR	:= $(OUT)/$(VARIANT)/$(APP)
UCFG	:= $(if $(CFGSRC),$(OUT)/bin/unitron-cfg,$(abspath $(UNITRON)/../../bin/unitron-cfg))
Q	:= $(if $(V),,@)
say	= $(if $(V),,@printf '  %-7s %s\n' $(1) $(patsubst $(UNITRON)/%,%,$(2)))

DEFS	:= $(if $(UNIT_US),-DUNITRON_UNIT_US) $(if $(TICK_DRIVEN),-DUNITRON_TICK_DRIVEN)
WARN	:= -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes -Wshadow -Wno-unused-parameter
INCS	:= -I$(UNITRON)/include -I$(UNITRON)/port/$(PORT) -I$(UNITRON)
CFLAGS	:= -std=gnu11 -O2 -g $(WARN) $(INCS) $(DEFS)

KERNEL_SRCS := $(wildcard $(UNITRON)/kernel/*.c)

.PHONY: all kernel
all: app

# Defines: PORT_SRCS (C and .S), PORT_CFLAGS (kernel, port and application),
# PORT_NOFPU_CFLAGS, PORT_FPU_CFLAGS (one of the two for each application source),
# and the rule for $(TARGET), from $(KERNEL_OBJS) $(PORT_OBJS) $(APP_OBJS).
include $(UNITRON)/port/$(PORT)/port.mk

KERNEL_OBJS := $(patsubst $(UNITRON)/kernel/%.c,$(LIBDIR)/kernel-%.o,$(KERNEL_SRCS))
PORT_OBJS := $(foreach s,$(PORT_SRCS),$(LIBDIR)/port-$(basename $(notdir $(s))).o)
APP_OBJS := $(foreach s,$(SRCS) $(FPU_SRCS),$(DIR)/$(basename $(notdir $(s))).o) $(DIR)/kernel_cfg.o

# TRACE = 1: what happens can be recorded.
ifneq ($(TRACE),)
include $(UNITRON)/trace/trace.mk
endif

# EXCHANGE = 1: the application's objects are open to Linux processes.
ifneq ($(EXCHANGE),)
include $(UNITRON)/exchange/exchange.mk
endif

# LKL = 1: the Linux kernel as a library, for tasks.
ifneq ($(LKL),)
ifeq ($(wildcard $(UNITRON)/lkl/itron/itron.mk),)
$(error LKL = 1: the library kernel is in Unitron's source tree, not in an installed one: include mk/app.mk from there)
endif
include $(UNITRON)/lkl/itron/itron.mk
endif

app: $(TARGET)
# Kernel and port objects are shared by all applications of a variant: build
# them first when several applications are built side by side.
kernel: $(KERNEL_OBJS) $(PORT_OBJS) $(UCFG)

$(UCFG): $(CFGSRC)
	$(if $(CFGSRC),,$(error $@ is missing: install Unitron again))
	$(Q)$(MAKE) --no-print-directory -C $(UNITRON)/cfg OUT=$(OUT) SAN=

$(LIBDIR)/kernel-%.o: $(UNITRON)/kernel/%.c
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(CFLAGS) $(PORT_CFLAGS) $(PORT_NOFPU_CFLAGS) -MMD -c -o $@ $<

define port_rule
$(LIBDIR)/port-$(basename $(notdir $(1))).o: $(1)
	$$(call say,CC,$$@)
	$$(Q)mkdir -p $$(@D) && $$(CC) $$(CFLAGS) $$(PORT_CFLAGS) $$(PORT_NOFPU_CFLAGS) -MMD -c -o $$@ $$<
endef
$(foreach s,$(PORT_SRCS),$(eval $(call port_rule,$(s))))

define app_rule
$(DIR)/$(basename $(notdir $(1))).o: $(1) $(DIR)/kernel_id.h
	$$(call say,CC,$$@)
	$$(Q)mkdir -p $$(@D) && $$(CC) $$(CFLAGS) $$(PORT_CFLAGS) $(2) $$(APP_CFLAGS) -I$(DIR) -I$(dir $(1)) -MMD -c -o $$@ $$<
endef
$(foreach s,$(SRCS),$(eval $(call app_rule,$(s),$$(PORT_NOFPU_CFLAGS))))
$(foreach s,$(FPU_SRCS),$(eval $(call app_rule,$(s),$$(PORT_FPU_CFLAGS))))

# unitron-cfg writes kernel_cfg.c, kernel_id.h and the dependencies kernel_cfg.d,
# all or none; it leaves a kernel_id.h alone that did not change, so that sources
# are compiled anew only when numbers did. CC is what it preprocesses and
# evaluates constants with.
$(DIR)/kernel_cfg.c: $(CFG) $(UCFG)
	$(call say,CFG,$@)
	$(Q)mkdir -p $(@D) && $(UCFG) --cc='$(CC)' --cflags='$(CFLAGS) $(PORT_CFLAGS) $(PORT_NOFPU_CFLAGS) $(APP_CFLAGS) -I$(dir $(CFG))' \
		--output-dir=$(@D) $(CFG)
$(DIR)/kernel_id.h: $(DIR)/kernel_cfg.c ;

$(DIR)/kernel_cfg.o: $(DIR)/kernel_cfg.c
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS) $(PORT_CFLAGS) $(PORT_NOFPU_CFLAGS) $(APP_CFLAGS) -I$(dir $(CFG)) -MMD -MF $@.d -c -o $@ $<

-include $(wildcard $(LIBDIR)/*.d $(DIR)/*.d)
