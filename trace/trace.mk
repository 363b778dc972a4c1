# SPDX-License-Identifier: BSD-2-Clause
# The trace's part of mk/app.mk, for TRACE = 1. Nothing of kernel, port and
# application is compiled otherwise: the linker puts trace/ between them. First
# between application and kernel, in one object whose wrappers nobody else
# sees, so that the exchange may wrap the same calls; then between kernel and port,
# and, with EXCHANGE = 1, between the parts of the exchange.
# A port's port.mk names in PORT_TRACE_SRCS what gives the trace out.

ifeq ($(PORT_TRACE_SRCS),)
$(error TRACE = 1: PORT=$(PORT) has nobody who could read a trace; PORT=posix and PORT=linux have)
endif

TRACE_CALLS := $(shell sed -n 's/^[A-Z]*_[0-9].\([A-Z_]*, \)\{0,1\}\([a-z_]*\).*/\2/p' $(UNITRON)/include/unitron/trace_calls.h)
TRACE_SWITCHES := port_dispatch port_exit_dispatch port_log_kick kernel_timer_interrupt kernel_interrupt kernel_exception kernel_initialize kernel_task_main
TRACE_EXCHANGE := exchange_host_kick exchange_bell exchange_initialize $(addprefix exchange_move_,datum dataqueue mailbox eventflag semaphore ring)
TRACE_SRCS := $(UNITRON)/trace/switches.c $(PORT_TRACE_SRCS) $(if $(EXCHANGE),$(UNITRON)/trace/exchange.c)
TRACE_OBJS := $(foreach s,$(TRACE_SRCS),$(LIBDIR)/trace-$(basename $(notdir $(s))).o)
TRACE_CALLS_OBJ := $(LIBDIR)/trace-calls$(if $(EXCHANGE),-exchange).o
TRACED_OBJS := $(APP_OBJS)

APP_OBJS := $(DIR)/traced.o $(TRACE_OBJS)
LINK_WRAPPED += $(TRACE_SWITCHES) $(if $(EXCHANGE),$(TRACE_EXCHANGE))

define trace_rule
$(LIBDIR)/trace-$(basename $(notdir $(1))).o: $(1)
	$$(call say,CC,$$@)
	$$(Q)mkdir -p $$(@D) && $$(CC) $$(CFLAGS) $$(PORT_CFLAGS) $$(PORT_NOFPU_CFLAGS) $$(PORT_TRACE_CFLAGS) -MMD -c -o $$@ $$<
endef
$(foreach s,$(TRACE_SRCS),$(eval $(call trace_rule,$(s))))

$(TRACE_CALLS_OBJ): $(UNITRON)/trace/calls.c
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(CFLAGS) $(PORT_CFLAGS) $(PORT_NOFPU_CFLAGS) $(PORT_TRACE_CFLAGS) $(if $(EXCHANGE),-DUNITRON_EXCHANGE) -MMD -c -o $@ $<

$(DIR)/traced.o: $(TRACED_OBJS) $(TRACE_CALLS_OBJ)
	$(call say,LD,$@)
	$(Q)$(LD) -r $(TRACE_CALLS:%=--wrap=%) -o $@ $^
	$(Q)objcopy --wildcard --localize-symbol='__wrap_*' $@
