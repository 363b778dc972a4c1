/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FPU registers of the tasks that have them (TA_FPU). Kernel, handlers and all
 * other tasks are compiled without FPU instructions; so the registers stay as
 * they are until another such task runs, and only then are they exchanged.
 * The area for them lies at the top of the task's stack. owner is whose they
 * are; while a TA_FPU task runs it is that task.
 */
#include "pc.h"

#define CPUID_XSAVE		(1U << 26)	/* leaf 1, ecx */
#define CPUID_SIZES		0xdU
#define CR4_XSAVE		(1UL << 18)
#define COMPONENTS		7U		/* x87, SSE, AVX */
#define FXSAVE_SIZE		512U
#define AREA_ALIGN		64UL
#define AREA_MAX		832U		/* of the COMPONENTS: 512, header 64, AVX 256 */

#define INITIAL_CONTROL		0x037fU
#define INITIAL_MXCSR		0x1f80U

struct area {
	uint16_t	control;		/* x87 */
	uint8_t		legacy[22];
	uint32_t	mxcsr;
	uint8_t		rest[AREA_MAX - 28];
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct area) == AREA_MAX, "the area has the size that xsave writes");
_Static_assert(offsetof(struct area, mxcsr) == 24, "the processor's layout");

static struct port_context *owner;
static bool has_xsave;

void fpu_setup(void)
{
	UD cr4;
	uint32_t components;

	has_xsave = cpuid(1, 0).ecx & CPUID_XSAVE;
	if (has_xsave) {
		__asm__ volatile("movq %%cr4, %0" : "=r"(cr4));
		__asm__ volatile("movq %0, %%cr4" :: "r"(cr4 | CR4_XSAVE));
		components = cpuid(CPUID_SIZES, 0).eax & COMPONENTS;
		__asm__ volatile("xsetbv" :: "a"(components), "d"(0), "c"(0));
		if (cpuid(CPUID_SIZES, 0).ebx > AREA_MAX)
			refuse("the AVX registers do not lie where they should; give QEMU another -cpu");
	}
	__asm__ volatile("fninit");
}

static struct area *area_of(struct port_context *context)
{
	return context->stack_top;
}

static void save(struct area *area)
{
	if (has_xsave)
		__asm__ volatile("xsave64 %0" : "+m"(*area) : "a"(COMPONENTS), "d"(0));
	else
		__asm__ volatile("fxsave64 %0" : "=m"(*area));
}

static void load(const struct area *area)
{
	if (has_xsave)
		__asm__ volatile("xrstor64 %0" :: "m"(*area), "a"(COMPONENTS), "d"(0));
	else
		__asm__ volatile("fxrstor64 %0" :: "m"(*area));
}

SIZE fpu_area_size(void)
{
	return sizeof(struct area);
}

static void clear(struct area *area)
{
	*area = (struct area){ .control = INITIAL_CONTROL, .mxcsr = INITIAL_MXCSR };
}

void fpu_context_init(struct port_context *context)
{
	/* What a former life of the task left in the registers is nobody's. */
	if (owner == context)
		owner = NULL;
	clear(area_of(context));
}

void fpu_switch(struct port_context *context)
{
	if (owner == context)
		return;
	if (owner)
		save(area_of(owner));
	load(area_of(context));
	owner = context;
}

static __attribute__((noinline)) void run_with_registers_saved(void)
{
	struct area interrupted;

	clear(&interrupted);		/* xsave leaves parts of the header as they are */
	save(&interrupted);
	kernel_tex_run();
	load(&interrupted);
}

void fpu_run_exception(void)
{
	if (port_current->special & CONTEXT_FPU)
		run_with_registers_saved();
	else
		kernel_tex_run();
}
