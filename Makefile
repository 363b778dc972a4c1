# SPDX-License-Identifier: BSD-2-Clause
# The front door: `make help` lists what there is. Everything is built in out/.
# Applications are built by mk/app.mk, each from its own directory.

MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# Intervals and period of the jitter bench: FULL=1 is the thesis' measurement.
JITTER_N  ?= 10000
JITTER_MS ?= $(if $(FULL),10,1)
JITTER_NAME := $(if $(FULL),jitter-full,jitter)
DEMO_N	  := 1000
BENCHES	  := jitter kernel delivery exchange flood syscall copy server lkl
PROGRAMS  = $(MAKE) jitter-programs
# Modules are built for the kernel that the guest boots, not for the machine's.
GUEST	  = KDIR=$$(tools/guest/kernels --field headers amd64)

.PHONY: help all demo quick test test-long bench $(BENCHES:%=bench-%) jitter-programs sizes figures lkl install uninstall clean

help:
	@echo 'Unitron: uITRON4.0 tasks in a stock Linux kernel, in a process, on a bare machine'
	@echo
	@echo '  ./demo              on a fresh Debian 12, as root: install what is missing, then make demo'
	@echo '  ./test              the same for make test'
	@echo
	@echo '  make all            build the module and the examples, for every port'
	@echo '  make demo           boot the stock kernel, run an application in it, show its timing'
	@echo '  make quick          the short tests, some minutes'
	@echo '  make test           tests, all of the usual kind; make test-long: the long ones too'
	@echo '  make bench          all figures: tables here, out/bench/NAME.json and .png'
	@echo '  make bench-jitter   start intervals (table 3.1); FULL=1: 10 ms, as the thesis; JITTER_N=10000'
	@echo '  make bench-kernel   instructions of service calls'
	@echo '  make bench-delivery instructions that interrupts and NMIs of Linux cost, without the module and with it'
	@echo '  make bench-syscall  Linux system calls by trap, gate and direct call (table 4.3)'
	@echo '  make bench-copy     copying files by kw cp and otherwise (fig. 4.16)'
	@echo '  make bench-exchange what the way between tasks and processes costs'
	@echo '  make bench-flood    start intervals while processes have objects open, and flood them'
	@echo '  make bench-server   redis, nginx, tinyproxy and a web server in kernel mode (section 4.4)'
	@echo '  make lkl            the Linux kernel as a library, in out/lkl: liblkl.so, liblkl.a, bin/lkl, lklfuse, lkl-gcc'
	@echo '  make bench-lkl      what calls cost in it and natively'
	@echo '  make sizes          source lines of the ports (table 3.2)'
	@echo '  make figures        put the figures of out/ into README.md, README.ja.md and CAVEATS.md'
	@echo '  make install        PREFIX=/usr/local, DESTDIR=; make uninstall. See tools/install'
	@echo '  make clean          remove out/, but for what was downloaded'
	@echo
	@echo '  make -C examples/blink PORT=posix|pc|linux      one application; see mk/app.mk'

EXAMPLES := $(patsubst examples/%/Makefile,%,$(wildcard examples/*/Makefile))

all:
	@for port in posix pc linux; do for example in $(EXAMPLES); do \
		if [ $$port = pc ] && grep -q '^EXCHANGE' examples/$$example/Makefile; then continue; fi; \
		$(MAKE) -C examples/$$example PORT=$$port $(GUEST) || exit 1; done; done

demo:
	@$(MAKE) -C examples/blink PORT=linux $(GUEST)
	@$(PROGRAMS) JITTER_N=$(DEMO_N) JITTER_MS=1
	@N=$(DEMO_N) tools/demo

quick:
	@tools/test --kind quick
test:
	@tools/test
test-long:
	@tools/test --kind long

bench: $(BENCHES:%=bench-%)

# What the jitter bench runs
jitter-programs:
	@$(MAKE) -C tests/bench/jitter PORT=pc JITTER_N=$(JITTER_N) JITTER_MS=$(JITTER_MS)
	@$(MAKE) -C tests/bench/jitter PORT=linux $(GUEST) JITTER_N=$(JITTER_N) JITTER_MS=$(JITTER_MS)
	@$(MAKE) -C tests/vm/programs
	@$(MAKE) -C tests/vm/modules

bench-jitter:
	@$(PROGRAMS)
	@tests/bench/jitter/run --n $(JITTER_N) --ms $(JITTER_MS) --name $(JITTER_NAME)

bench-lkl: lkl
	@$(MAKE) -s -C tests/lkl
	@tests/lkl/bench/run

$(filter-out bench-jitter bench-lkl,$(BENCHES:%=bench-%)): bench-%:
	@tests/bench/$*/run

sizes:
	@tools/sizes

figures:
	@tools/figures

lkl:
	@$(MAKE) -C lkl all tools

install:
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' MODULE='$(MODULE)' LIBRARY='$(LIBRARY)' KDIR='$(KDIR)' tools/install
uninstall:
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' tools/install --remove

clean:
	rm -rf $(filter-out out/kernels out/debian,$(wildcard out/*))
