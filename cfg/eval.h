/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values of C expressions, as the target's compiler sees them with the
 * application's headers. Expressions are collected first and evaluated in one
 * compilation; equal ones are evaluated once.
 */
#pragma once

#include <stdint.h>

#include "compiler.h"
#include "parse.h"

struct expression {
	struct expression *next;
	const char	*text;
	enum role	role;		/* ROLE_NUMBER for everything that is no function */
	unsigned int	index;
	const char	*error;		/* why it has no value, or NULL; "": not looked at after too many errors */
	bool		limit;		/* is what others are checked against */
	bool		known;		/* value needs no compiler */
	bool		address;	/* of an object or function, not known before linking */
	bool		pointer;	/* has pointer type */
	bool		integer;	/* has integer type */
	bool		is_fp;		/* function: has type FP, and needs a cast to its own type */
	bool		is_unsigned;
	uint64_t	bits;		/* value, sign-extended */
};

/* Have an expression evaluated; text stays in place. */
struct expression *eval_add(const char *text, enum role role);

/*
 * Evaluate everything added. config gives the headers to include; kernel_id.h
 * must be in the scratch directory. False if the headers do not compile:
 * then that was reported, and nothing has a value.
 */
bool	eval_run(const struct compiler *compiler, const struct config *config);

/* The same for one in the kernel's own constants. */
void	eval_add_limit(const char *text);
/* Its value, after eval_run. */
int64_t	eval_limit(const char *text);

/* Value as a signed number; those beyond are INT64_MAX. */
int64_t	eval_signed(const struct expression *expression);

/* The type that the functions of a role have, as a parameter list. */
const char *eval_parameters(enum role role);

/* Forget everything: before memory_release(). */
void	eval_forget(void);
