/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The formatter of vlog: the conversions that <unitron/ext.h> lists, into a
 * buffer of fixed size, needing nothing from its surroundings. What does not
 * fit is cut off; an unknown conversion is copied as it stands.
 */
#include "log.h"

struct output {
	char *text;
	SIZE size;
	SIZE length;
};

struct conversion {
	bool left;			/* - */
	bool zero;			/* 0 */
	int width;
	int longs;			/* number of l; z counts as 1 */
};

static void put(struct output *out, char c)
{
	if (out->length < out->size)
		out->text[out->length++] = c;
}

static void put_repeated(struct output *out, char c, int count)
{
	while (count-- > 0)
		put(out, c);
}

/* Length digits, or characters, after prefix, padded to the width. */
static void put_field(struct output *out, const struct conversion *conv, const char *prefix, const char *chars, int length)
{
	int padding = conv->width - length;
	int i;

	for (i = 0; prefix[i]; i++)
		padding--;
	if (!conv->left && !conv->zero)
		put_repeated(out, ' ', padding);
	while (*prefix)
		put(out, *prefix++);
	if (!conv->left && conv->zero)
		put_repeated(out, '0', padding);
	for (i = 0; i < length; i++)
		put(out, chars[i]);
	if (conv->left)
		put_repeated(out, ' ', padding);
}

static void put_number(struct output *out, const struct conversion *conv, const char *prefix, UD value,
		       unsigned int base, const char *digits)
{
	char reversed[20];		/* 2^64 has 20 decimal digits */
	int at = sizeof(reversed);

	do {
		reversed[--at] = digits[value % base];
		value /= base;
	} while (value);
	put_field(out, conv, prefix, &reversed[at], (int)sizeof(reversed) - at);
}

static void put_string(struct output *out, struct conversion *conv, const char *string)
{
	int length = 0;

	if (!string)
		string = "(null)";
	while (string[length])
		length++;
	conv->zero = false;
	put_field(out, conv, "", string, length);
}

/* Read flags, width and size that follow a %; returns where the conversion's letter is. */
static const char *parse(const char *fmt, struct conversion *conv)
{
	conv->left = false;
	conv->zero = false;
	conv->width = 0;
	conv->longs = 0;
	for (; *fmt == '-' || *fmt == '0'; fmt++) {
		if (*fmt == '-')
			conv->left = true;
		else
			conv->zero = true;
	}
	for (; *fmt >= '0' && *fmt <= '9'; fmt++) {
		if (conv->width < VLOG_MAX)
			conv->width = conv->width * 10 + (*fmt - '0');
	}
	for (; *fmt == 'l' || *fmt == 'z'; fmt++)
		conv->longs++;
	return fmt;
}

/* Long arguments and ints are told apart; long and long long have one size on every port. */
#define NEXT_SIGNED(conv, args)		((conv)->longs ? va_arg(*(args), D) : va_arg(*(args), int))
#define NEXT_UNSIGNED(conv, args)	((conv)->longs ? va_arg(*(args), UD) : va_arg(*(args), unsigned int))

/* One conversion with the letter at fmt; false: unknown. */
static bool convert(struct output *out, struct conversion *conv, char letter, va_list *args)
{
	static const char lower[] = "0123456789abcdef";
	static const char upper[] = "0123456789ABCDEF";
	char c;
	D value;

	switch (letter) {
	case 'd':
	case 'i':
		value = NEXT_SIGNED(conv, args);
		put_number(out, conv, value < 0 ? "-" : "", value < 0 ? 0 - (UD)value : (UD)value, 10, lower);
		return true;
	case 'u':
		put_number(out, conv, "", NEXT_UNSIGNED(conv, args), 10, lower);
		return true;
	case 'x':
		put_number(out, conv, "", NEXT_UNSIGNED(conv, args), 16, lower);
		return true;
	case 'X':
		put_number(out, conv, "", NEXT_UNSIGNED(conv, args), 16, upper);
		return true;
	case 'p':
		put_number(out, conv, "0x", (UD)(uintptr_t)va_arg(*args, VP), 16, lower);
		return true;
	case 'c':
		c = (char)va_arg(*args, int);
		conv->zero = false;
		put_field(out, conv, "", &c, 1);
		return true;
	case 's':
		put_string(out, conv, va_arg(*args, const char *));
		return true;
	case '%':
		put(out, '%');
		return true;
	}
	return false;
}

SIZE kernel_log_format(char *text, SIZE size, const char *fmt, va_list args)
{
	struct output out = { .text = text, .size = size, .length = 0 };
	va_list rest;

	va_copy(rest, args);
	while (*fmt) {
		const char *letter;
		struct conversion conv;

		if (*fmt != '%') {
			put(&out, *fmt++);				/* [LOG-1] */
			continue;
		}
		letter = parse(fmt + 1, &conv);
		if (convert(&out, &conv, *letter, &rest)) {		/* [LOG-2] */
			fmt = letter + 1;
			continue;
		}
		put(&out, *fmt++);					/* [LOG-3] */
	}
	va_end(rest);
	return out.length;						/* [LOG-4] */
}
