# SPDX-License-Identifier: BSD-2-Clause
# test_module, which runs in the guest: make -f module.mk OUT=...
OUT	?= $(abspath ../../../out)
TREE	:= $(abspath ../../..)
TO	:= $(OUT)/exchange-process/test_module
SRCS	:= module.c common.c calls.c killed.c random.c rings.c timing.c

$(TO): $(SRCS) test.h timing.h echo.h $(wildcard $(TREE)/lib/*.[ch]) $(TREE)/include/unitron/exchange.h
	@$(MAKE) -s -C $(TREE)/lib OUT=$(OUT)
	@mkdir -p $(@D) && gcc -std=gnu11 -O2 -g -static -Wall -Wextra -Wno-unused-parameter -I$(OUT)/libunitron/include -I$(TREE)/include -I$(TREE) \
		-I$(TREE)/tests/unit -o $@ $(SRCS) $(OUT)/libunitron/lib/libunitron.a -lm
