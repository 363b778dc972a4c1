# SPDX-License-Identifier: BSD-2-Clause
# The pc port's part of mk/app.mk: the application becomes an image that
# port/pc/run boots.

PORT_SRCS := $(addprefix $(UNITRON)/port/pc/, \
	boot.S context.S interrupt.S start.c memory.c idt.c layout.c handler.c fault.c budget.c fpu.c \
	timer.c hpet.c lapic.c ioapic.c clock.c console.c string.c)

# What carries out lkl/itron/machine.h, for LKL = 1
PORT_LKL_SRCS := $(UNITRON)/port/pc/lkl.c

# No red zone: interrupts use the stack of what they interrupt. Probing each
# page keeps a large frame from stepping over a guard page. string.c must not
# be turned into calls of itself.
PORT_CFLAGS := -ffreestanding -fno-pic -fno-pie -mcmodel=small -mno-red-zone -fno-stack-protector \
	-fstack-clash-protection -fcf-protection=none -fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns
PORT_NOFPU_CFLAGS := -mgeneral-regs-only
PORT_FPU_CFLAGS :=
PORT_LDFLAGS := -nostdlib -static -no-pie -Wl,-T,$(UNITRON)/port/pc/link.ld -Wl,--build-id=none \
	-Wl,-z,max-page-size=4096 -Wl,-z,noexecstack

TARGET := $(DIR)/$(APP).elf

# The objects are named after this file is read.
.SECONDEXPANSION:
$(TARGET): $$(KERNEL_OBJS) $$(PORT_OBJS) $$(APP_OBJS) $(UNITRON)/port/pc/link.ld
	$(call say,LD,$@)
	$(Q)$(CC) $(PORT_LDFLAGS) -o $@ $(filter %.o,$^)
