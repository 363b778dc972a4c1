# SPDX-License-Identifier: BSD-2-Clause
# The library kernel's part of mk/app.mk, for an application with LKL = 1: the
# host that consists of service calls, the port's devices, and the library itself,
# which `make lkl` has built. A port's port.mk names in PORT_LKL_SRCS what carries
# out lkl/itron/machine.h, and in PORT_LKL_OBJS objects of out/lkl that this needs.
#	LKL_MEMORY	MiB for the library's kernel; default 24
#	LKL_TASKS	the largest number of a task that makes system calls; default 32
#	LKL_OUT		where the library was built; default: out/lkl in the Unitron tree

ifeq ($(PORT_LKL_SRCS),)
$(error LKL = 1: PORT=$(PORT) has no devices for the library kernel; PORT=posix and PORT=pc have)
endif
ifneq ($(SAN),)
$(error LKL = 1: the library kernel changes stacks behind the sanitizers' back: build without SAN=1)
endif

LKL_OUT		?= $(UNITRON)/out/lkl
ifeq ($(wildcard $(LKL_OUT)/lkl.o),)
$(error LKL = 1: $(LKL_OUT)/lkl.o is missing: make lkl, in the Unitron tree, builds it in a few minutes)
endif
LKL_MEMORY	?= 24
LKL_TASKS	?= 32
LKL_CFLAGS	:= -DUNITRON_LKL -DLKL_MEMORY=$(LKL_MEMORY) -DLKL_TASKS=$(LKL_TASKS) -I$(LKL_OUT)/include
LKL_OBJS	:= $(LKL_OUT)/lkl.o $(PORT_LKL_OBJS:%=$(LKL_OUT)/%) \
	$(foreach s,$(PORT_LKL_SRCS),$(DIR)/lkl-$(basename $(notdir $(s))).o) $(DIR)/lkl-itron.o

APP_CFLAGS += $(LKL_CFLAGS)
APP_OBJS += $(LKL_OBJS)

define lkl_rule
$(DIR)/lkl-$(basename $(notdir $(1))).o: $(1) $(DIR)/kernel_id.h $(LKL_OUT)/lkl.o
	$$(call say,CC,$$@)
	$$(Q)mkdir -p $$(@D) && $$(CC) $$(CFLAGS) $$(PORT_CFLAGS) $$(PORT_NOFPU_CFLAGS) $$(LKL_CFLAGS) -I$(DIR) -MMD -c -o $$@ $$<
endef
$(foreach s,$(PORT_LKL_SRCS) $(UNITRON)/lkl/itron/itron.c,$(eval $(call lkl_rule,$(s))))
