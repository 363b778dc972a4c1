/* SPDX-License-Identifier: BSD-2-Clause */
/* What the .cfg files of these tests name: functions of every type, constants of every kind, areas. */
#pragma once

#include <unitron/ext.h>

enum { PRI_BASE = 4 };
#define STACK(kib)	((kib) * 1024)
#define CALL(a, b)	((a) + (b))
#define WRONG_PLACE	(wrong_place + 1)
#define NAME_TAKEN	7

struct conf {
	int	a;
	char	b[12];
};
extern struct conf conf;
static const int not_const_enough = 3;
extern int variable;

void task1(VP_INT exinf);
void task2(VP_INT exinf);
void plain(void);
void hdr(VP_INT exinf);
void hdr2(VP_INT exinf);
void tex(TEXPTN texptn, VP_INT exinf);
void inh(void);
void exc(VP p_excinf);
int returns_int(VP_INT exinf);

extern VP_INT dtq_area[10];
extern char mpf_area[1000];
extern VP mprihd_area[8];
