# SPDX-License-Identifier: BSD-2-Clause
# Prints the flags that mk/app.mk compiles kernel_cfg.c with.
APP	:= none
CFG	:= none.cfg
all: flags
include $(TREE)/mk/app.mk
.PHONY: flags
flags:
	@printf '%s\n' '$(CFLAGS) $(PORT_CFLAGS) $(PORT_NOFPU_CFLAGS)'
