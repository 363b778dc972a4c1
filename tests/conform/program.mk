# SPDX-License-Identifier: BSD-2-Clause
# One conformance program, for the Makefile: make -f program.mk CONFORM=semaphore
# (not NAME, which would reach the makefile of the configurator, too)
APP      = conform_$(CONFORM)
CFG      = $(CONFORM).cfg
SRCS     = $(CONFORM).c $(wildcard $(CONFORM)_state.c) tap.c $(if $(shell grep agents.cfg $(CFG)),agents.c)
FPU_SRCS = $(wildcard $(CONFORM)_fpu.c)
include ../../mk/app.mk
