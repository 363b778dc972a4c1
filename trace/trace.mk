# SPDX-License-Identifier: BSD-2-Clause
# The trace's part of mk/app.mk, for TRACE = 1. Nothing of kernel, port and
# application is compiled otherwise: the linker puts trace/ between them. First
# between application and kernel, in one object whose wrappers nobody else
# sees, so that the exchange may wrap the same calls; then between kernel and port.
# A port's port.mk names in PORT_TRACE_SRCS what gives the trace out.

ifeq ($(PORT_TRACE_SRCS),)
$(error TRACE = 1: PORT=$(PORT) has nobody who could read a trace; PORT=posix and PORT=linux have)
endif

TRACE_CALLS := $(shell sed -n 's/^[A-Z]*_[0-9].\([A-Z_]*, \)\{0,1\}\([a-z_]*\).*/\2/p' $(UNITRON)/include/unitron/trace_calls.h)
TRACE_SWITCHES := port_dispatch port_exit_dispatch kernel_timer_interrupt kernel_interrupt kernel_exception kernel_initialize kernel_task_main
TRACE_SRCS := $(UNITRON)/trace/switches.c $(PORT_TRACE_SRCS)
TRACE_OBJS := $(foreach s,$(TRACE_SRCS),$(LIBDIR)/trace-$(basename $(notdir $(s))).o)
TRACED_OBJS := $(APP_OBJS)

APP_OBJS := $(DIR)/traced.o $(TRACE_OBJS)
LINK_WRAPPED += $(TRACE_SWITCHES)

define trace_rule
$(LIBDIR)/trace-$(basename $(notdir $(1))).o: $(1)
	$$(call say,CC,$$@)
	$$(Q)mkdir -p $$(@D) && $$(CC) $$(CFLAGS) $$(PORT_CFLAGS) $$(PORT_NOFPU_CFLAGS) $$(PORT_TRACE_CFLAGS) -MMD -c -o $$@ $$<
endef
$(foreach s,$(UNITRON)/trace/calls.c $(TRACE_SRCS),$(eval $(call trace_rule,$(s))))

$(DIR)/traced.o: $(TRACED_OBJS) $(LIBDIR)/trace-calls.o
	$(call say,LD,$@)
	$(Q)$(LD) -r $(TRACE_CALLS:%=--wrap=%) -o $@ $^
	$(Q)objcopy --wildcard --localize-symbol='__wrap_*' $@
