# SPDX-License-Identifier: BSD-2-Clause
# The posix port's part of mk/app.mk: the application becomes a process.

PORT_SRCS := $(addprefix $(UNITRON)/port/posix/, \
	main.c options.c context.c switch.S interrupt.c budget.c time.c clock_sim.c clock_real.c fault.c report.c log.c)

# What carries out exchange/host.h, for EXCHANGE = 1
PORT_EXCHANGE_SRCS := $(addprefix $(UNITRON)/port/posix/exchange/, gateway.c sockets.c client.c memory.c)

# What carries out lkl/itron/machine.h, for LKL = 1
PORT_LKL_SRCS := $(UNITRON)/port/posix/lkl.c
PORT_LKL_OBJS := host/virtio.o host/block.o host/datagram.o host/net.o host/linux.o

# What gives the trace out, for TRACE = 1
PORT_TRACE_SRCS := $(UNITRON)/port/posix/trace.c

# Probing each page keeps a large frame from stepping over the guard pages.
PORT_CFLAGS := -fstack-clash-protection -fno-omit-frame-pointer
# Sources that do not claim the FPU must do without it here too, so that what
# builds as a process also builds as a module.
PORT_NOFPU_CFLAGS := -mgeneral-regs-only
PORT_FPU_CFLAGS :=
# Fixed addresses: a fault message can be given to addr2line, and runs repeat.
PORT_CFLAGS += -fno-pie
PORT_LDFLAGS := -no-pie

ifneq ($(SAN),)
PORT_SAN := -fsanitize=address,undefined -fno-sanitize-recover=undefined
PORT_CFLAGS += $(PORT_SAN)
PORT_LDFLAGS += $(PORT_SAN)
PORT_SRCS += $(UNITRON)/port/posix/sanitize.c
endif

TARGET := $(DIR)/$(APP)

# The lists of objects are made after this file is read.
.SECONDEXPANSION:
$(TARGET): $$(KERNEL_OBJS) $$(PORT_OBJS) $$(APP_OBJS)
	$(call say,LD,$@)
	$(Q)$(CC) $(PORT_LDFLAGS) $(LINK_WRAPPED:%=-Wl,--wrap=%) -o $@ $^
