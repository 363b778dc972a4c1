# SPDX-License-Identifier: BSD-2-Clause
# For tests/pc/run, before an application's Makefile: where its image is.
.PHONY: print-target
print-target:
	@echo $(TARGET)
