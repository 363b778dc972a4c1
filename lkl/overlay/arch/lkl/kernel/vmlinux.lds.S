/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Layout of the library. Serves two links: that of the kernel build, and the
 * relocatable one whose result goes into liblkl.so and liblkl.a; so every
 * symbol lies inside a section, and what a boot changes (__lkl_save_start to
 * __lkl_save_end, and .lkl.bss) has sections no program's are mixed with. What
 * outlives a boot is in .lkl.keep.
 */
#include <asm/cache.h>
#include <asm/page.h>
#include <asm/thread_info.h>

#define RO_EXCEPTION_TABLE_ALIGN 8
#define RO_AFTER_INIT_DATA

#include <asm-generic/vmlinux.lds.h>

OUTPUT_FORMAT("elf64-x86-64")
OUTPUT_ARCH(i386:x86-64)

jiffies = jiffies_64;

SECTIONS
{
	. = SIZEOF_HEADERS;
	.lkl.text : ALIGN(PAGE_SIZE) {
		_stext = .;
		_text = .;
		HEAD_TEXT
		TEXT_TEXT
		SCHED_TEXT
		CPUIDLE_TEXT
		LOCK_TEXT
		KPROBES_TEXT
		IRQENTRY_TEXT
		SOFTIRQENTRY_TEXT
		_sinittext = .;
		INIT_TEXT
		EXIT_TEXT
		_einittext = .;
		_etext = .;
	}

	RO_DATA(PAGE_SIZE)

	.lkl.keep : ALIGN(L1_CACHE_BYTES) {
		*(.data.lkl_keep)
	}

	.lkl.data : ALIGN(PAGE_SIZE) {
		__lkl_save_start = .;
		__init_begin = .;
		INIT_DATA
		INIT_SETUP(16)
		INIT_CALLS
		CON_INITCALL
		INIT_RAM_FS
		EXIT_DATA
		PERCPU_INPUT(L1_CACHE_BYTES)
		__init_end = .;
		_sdata = .;
		__start_ro_after_init = .;
		*(.data..ro_after_init)
		__end_ro_after_init = .;
		INIT_TASK_DATA(THREAD_SIZE)
		NOSAVE_DATA
		PAGE_ALIGNED_DATA(PAGE_SIZE)
		CACHELINE_ALIGNED_DATA(L1_CACHE_BYTES)
		READ_MOSTLY_DATA(L1_CACHE_BYTES)
		DATA_DATA
		*(.data.rel .data.rel.local)
		CONSTRUCTORS
		_edata = .;
		__lkl_save_end = .;
	}

	.lkl.bss (NOLOAD) : ALIGN(PAGE_SIZE) {
		__bss_start = .;
		*(.sbss)
		*(.scommon)
		*(.bss..page_aligned)
		. = ALIGN(PAGE_SIZE);
		*(.dynbss)
		*(.bss)
		*(COMMON)
		__bss_stop = .;
		_end = .;
	}

	STABS_DEBUG
	DWARF_DEBUG
	ELF_DETAILS

	/DISCARD/ : {
		EXIT_CALL
		*(.discard)
		*(.discard.*)
		*(.modinfo)
	}
}
