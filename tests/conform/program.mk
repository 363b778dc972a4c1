# SPDX-License-Identifier: BSD-2-Clause
# One conformance program, for the Makefile: make -f program.mk NAME=semaphore
APP      = conform_$(NAME)
CFG      = $(NAME).cfg
SRCS     = $(NAME).c tap.c $(if $(shell grep agents.cfg $(CFG)),agents.c)
FPU_SRCS = $(wildcard $(NAME)_fpu.c)
include ../../mk/app.mk
