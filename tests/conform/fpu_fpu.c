/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part of the program on FPU registers that uses them: called by tasks
 * with TA_FPU only.
 */
#include "fpu.h"

#define REGISTERS	16
#define STACKED		8		/* x87 */

union vector {
	UW	words[8];
} __attribute__((aligned(32)));

static bool has_avx(void)
{
	UW a = 1, b, c, d, low, high;

	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
	if ((c & 3U << 27) != 3U << 27)			/* the system has enabled xsave, the processor has AVX */
		return false;
	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (low & 6) == 6;
}

static void fill(UW seed, union vector *vectors, D *numbers)
{
	INT i, j;

	for (i = 0; i < REGISTERS; i++)
		for (j = 0; j < 8; j++)
			vectors[i].words[j] = seed * 2654435761U + (UW)(i * 8 + j) * 40503U;
	for (i = 0; i < STACKED; i++)
		numbers[i] = (D)seed * 1000003 + i;
}

#define EACH(_)	_(0) _(1) _(2) _(3) _(4) _(5) _(6) _(7) _(8) _(9) _(10) _(11) _(12) _(13) _(14) _(15)
#define CLOBBER	"xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", \
		"xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", \
		"st", "st(1)", "st(2)", "st(3)", "st(4)", "st(5)", "st(6)", "st(7)", "memory", "cc"
#define LOAD_SSE(n)	"movdqu " #n "*32(%[in]), %%xmm" #n "\n"
#define STORE_SSE(n)	"movdqu %%xmm" #n ", " #n "*32(%[out])\n"
#define LOAD_AVX(n)	"vmovdqu " #n "*32(%[in]), %%ymm" #n "\n"
#define STORE_AVX(n)	"vmovdqu %%ymm" #n ", " #n "*32(%[out])\n"
#define LOAD_X87	"fildll 0(%[nin])\nfildll 8(%[nin])\nfildll 16(%[nin])\nfildll 24(%[nin])\n" \
			"fildll 32(%[nin])\nfildll 40(%[nin])\nfildll 48(%[nin])\nfildll 56(%[nin])\n"
#define STORE_X87	"fistpll 56(%[nout])\nfistpll 48(%[nout])\nfistpll 40(%[nout])\nfistpll 32(%[nout])\n" \
			"fistpll 24(%[nout])\nfistpll 16(%[nout])\nfistpll 8(%[nout])\nfistpll 0(%[nout])\n"
#define COUNT_DOWN	"1: cmpl %[until], %[begin]\njne 2f\ndecl %[loops]\njnz 1b\n2:\n"
#define OPERANDS	[loops] "+r"(loops) : [in] "r"(in), [out] "r"(out), [nin] "r"(nin), [nout] "r"(nout), \
			[until] "m"(*until), [begin] "r"(begin)

static void hold_sse(const union vector *in, union vector *out, const D *nin, D *nout, UW loops, const volatile INT *until)
{
	INT begin = *until;

	__asm__ volatile(EACH(LOAD_SSE) LOAD_X87 COUNT_DOWN EACH(STORE_SSE) STORE_X87
			 : OPERANDS : CLOBBER);
}

static void hold_avx(const union vector *in, union vector *out, const D *nin, D *nout, UW loops, const volatile INT *until)
{
	INT begin = *until;

	__asm__ volatile(EACH(LOAD_AVX) LOAD_X87 COUNT_DOWN EACH(STORE_AVX) STORE_X87 "vzeroupper\n"
			 : OPERANDS : CLOBBER);
}

INT fpu_hold(UW seed, UW loops, const volatile INT *until)
{
	union vector in[REGISTERS], out[REGISTERS];
	D nin[STACKED], nout[STACKED];
	bool avx = has_avx();
	INT i, j, words = avx ? 8 : 4, changed = 0;

	fill(seed, in, nin);
	fill(~seed, out, nout);
	if (avx)
		hold_avx(in, out, nin, nout, loops, until);
	else
		hold_sse(in, out, nin, nout, loops, until);
	for (i = 0; i < REGISTERS; i++)
		for (j = 0; j < words; j++)
			changed += in[i].words[j] != out[i].words[j];
	for (i = 0; i < STACKED; i++)
		changed += nin[i] != nout[i];
	return changed;
}

void fpu_spoil(void)
{
	union vector in[REGISTERS];
	D nin[STACKED];

	fill(0xbad, in, nin);
	__asm__ volatile("fninit\n" EACH(LOAD_SSE) LOAD_X87 : : [in] "r"(in), [nin] "r"(nin) : CLOBBER);
}

void fpu_clean(void)
{
	__asm__ volatile("fninit");
}

UW fpu_control(void)
{
	UW mxcsr;
	UH control;

	__asm__ volatile("stmxcsr %0\nfnstcw %1" : "=m"(mxcsr), "=m"(control));
	/* Without the flags, which any computation sets */
	return (mxcsr & 0xffc0) << 16 | control;
}

void fpu_set_control(UW control)
{
	UW mxcsr = control >> 16;
	UH x87 = (UH)control;

	__asm__ volatile("ldmxcsr %0\nfldcw %1" : : "m"(mxcsr), "m"(x87));
}

UD fpu_compute(UW seed, UW steps, void (*pause)(void))
{
	union {
		double	number;
		UD	bits;
	} x = { .number = 0.1 + seed * 0.01 };

	while (steps--) {
		x.number = 3.99 * x.number * (1 - x.number);
		pause();
	}
	return x.bits;
}
