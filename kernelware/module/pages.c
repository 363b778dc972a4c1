// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose the user half of an address space is. Closed: every present top-level
 * entry of the user half is the supervisor's, which makes all user pages
 * supervisor pages; SMEP and SMAP have nothing to object to, and a fetch at
 * CPL 3 faults. Entries that Linux makes later are open; stubs.S closes them
 * when they are first met.
 *
 * With page table isolation there are two top-level tables. The kernel's has
 * its user entries no-execute, which is taken away too; the user's, with which
 * the program runs between Linux's return to user mode and the promotion, gets
 * the whole kernel half, since the IDT, its stacks and stubs.S lie there. What
 * it had before is kept by the caller.
 *
 * Entries change by atomic operations: meanwhile Linux may fill empty ones and
 * empty others, and stubs.S may be at work on another CPU.
 */
#include "prefix.h"
#include <linux/bitops.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <asm/pgtable.h>
#include "kw.h"

#define USER_ENTRIES	KERNEL_PGD_BOUNDARY
#define KERNEL_ENTRIES	(PTRS_PER_PGD - KERNEL_PGD_BOUNDARY)
#define NX_BIT		63
#define WHOLE		(-1UL)		/* TLB_FLUSH_ALL, in a header of Linux's own */

void *kw_pages_prepare(gfp_t gfp)
{
	void *saved;

	if (!kw_isolation)
		return NULL;
	saved = kmalloc(KERNEL_ENTRIES * sizeof(pgd_t), gfp);
	return saved ?: ERR_PTR(-ENOMEM);
}

static unsigned long *entry_of(pgd_t *pgd, unsigned int i)
{
	return (unsigned long *)&pgd[i];
}

/* An entry that has become empty stays so. */
static void bits_set(unsigned long *entry, unsigned long bits)
{
	unsigned long old = READ_ONCE(*entry);

	while (old & _PAGE_PRESENT && !try_cmpxchg(entry, &old, old | bits))
		;
}

/* Linux maps this process's local descriptor table there, and keeps both tables alike. */
static bool is_ldt(unsigned int i)
{
	return i == pgd_index(LDT_BASE_ADDR);
}

void kw_pages_close(struct mm_struct *mm, void *saved, bool flush)
{
	pgd_t *user = kw_isolation ? kernel_to_user_pgdp(mm->pgd) : NULL;

	if (user) {
		memcpy(saved, user + KERNEL_PGD_BOUNDARY, KERNEL_ENTRIES * sizeof(pgd_t));
		for (unsigned int i = KERNEL_PGD_BOUNDARY; i < PTRS_PER_PGD; i++)
			if (!is_ldt(i))
				WRITE_ONCE(user[i], mm->pgd[i]);
	}
	for (unsigned int i = 0; i < USER_ENTRIES; i++) {
		if (!(READ_ONCE(*entry_of(mm->pgd, i)) & _PAGE_PRESENT))
			continue;
		clear_bit(_PAGE_BIT_USER, entry_of(mm->pgd, i));
		if (user) {
			clear_bit(NX_BIT, entry_of(mm->pgd, i));
			clear_bit(_PAGE_BIT_USER, entry_of(user, i));
		}
	}
	if (flush)
		kw_symbols.flush_tlb_mm_range(mm, 0, WHOLE, 0, false);
}

void kw_pages_open(struct mm_struct *mm, const void *saved)
{
	pgd_t *user = kw_isolation ? kernel_to_user_pgdp(mm->pgd) : NULL;

	for (unsigned int i = 0; i < USER_ENTRIES; i++) {
		bits_set(entry_of(mm->pgd, i), _PAGE_USER | (user ? _PAGE_NX : 0));
		if (user)
			bits_set(entry_of(user, i), _PAGE_USER);
	}
	for (unsigned int i = KERNEL_PGD_BOUNDARY; user && i < PTRS_PER_PGD; i++)
		if (!is_ldt(i))
			WRITE_ONCE(user[i], ((const pgd_t *)saved)[i - KERNEL_PGD_BOUNDARY]);
	kw_symbols.flush_tlb_mm_range(mm, 0, WHOLE, 0, false);
}
