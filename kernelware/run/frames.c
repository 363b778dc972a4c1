/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading the unwind table: System V ABI for AMD64 and LSB, "Exception
 * Frames"; the encodings of pointers are those of DWARF's DW_EH_PE_*.
 */
#include <string.h>

#include "frames.h"

#define PE_OMIT		0xff
#define PE_ABSPTR	0x00
#define PE_ULEB128	0x01
#define PE_UDATA2	0x02
#define PE_UDATA4	0x03
#define PE_UDATA8	0x04
#define PE_SLEB128	0x09
#define PE_SDATA2	0x0a
#define PE_SDATA4	0x0b
#define PE_SDATA8	0x0c
#define PE_PCREL	0x10
#define PE_DATAREL	0x30
#define PE_INDIRECT	0x80

/* Reads from a part of an object; once something is wrong, bad is set and everything reads as 0. */
struct reader {
	const uint8_t *at;
	const uint8_t *end;
	bool bad;
};

static bool reader_open(struct reader *reader, const struct object *object, uintptr_t start, size_t size)
{
	reader->bad = !object_holds(object, start, size);
	reader->at = (const uint8_t *)start;
	reader->end = reader->at + (reader->bad ? 0 : size);
	return !reader->bad;
}

static uint64_t read_bytes(struct reader *reader, size_t size)
{
	uint64_t value = 0;

	if ((size_t)(reader->end - reader->at) < size) {
		reader->bad = true;
		reader->at = reader->end;
		return 0;
	}
	memcpy(&value, reader->at, size);
	reader->at += size;
	return value;
}

static uint64_t read_leb128(struct reader *reader, bool is_signed)
{
	uint64_t value = 0;
	unsigned int shift = 0;
	uint8_t byte;

	do {
		byte = (uint8_t)read_bytes(reader, 1);
		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	if (is_signed && shift < 64 && byte & 0x40)
		value |= ~UINT64_C(0) << shift;
	return value;
}

/* A number in the format of an encoding, its base not added */
static uint64_t read_number(struct reader *reader, uint8_t encoding)
{
	switch (encoding & 0x0f) {
	case PE_ABSPTR:
	case PE_UDATA8:
	case PE_SDATA8:
		return read_bytes(reader, 8);
	case PE_ULEB128:
		return read_leb128(reader, false);
	case PE_SLEB128:
		return read_leb128(reader, true);
	case PE_UDATA2:
		return read_bytes(reader, 2);
	case PE_SDATA2:
		return (uint64_t)(int16_t)read_bytes(reader, 2);
	case PE_UDATA4:
		return read_bytes(reader, 4);
	case PE_SDATA4:
		return (uint64_t)(int32_t)read_bytes(reader, 4);
	}
	reader->bad = true;
	return 0;
}

/* A pointer; PE_INDIRECT is ignored, for pointers whose value is of no interest. 0 stays 0. */
static uintptr_t read_pointer(struct reader *reader, const struct object *object, uint8_t encoding)
{
	uintptr_t base = 0;
	uint64_t value;

	switch (encoding & 0x70) {
	case 0:
		/* A link-time address that the loader has not relocated yet, or did, or that needs none */
		value = read_number(reader, encoding);
		return value == 0 || object_holds(object, value, 1) ? value : object->bias + value;
	case PE_PCREL:
		base = (uintptr_t)reader->at;
		break;
	default:
		reader->bad = true;
	}
	value = read_number(reader, encoding);
	return value ? base + value : 0;
}

bool frames_open(struct frames *frames, const struct object *object)
{
	struct reader reader;
	uint8_t version, frame_encoding, count_encoding, table_encoding;

	*frames = (struct frames){ .object = object, .header = object->unwind.start };
	if (!reader_open(&reader, object, frames->header, object->unwind.end - frames->header))
		return false;
	version = (uint8_t)read_bytes(&reader, 1);
	frame_encoding = (uint8_t)read_bytes(&reader, 1);
	count_encoding = (uint8_t)read_bytes(&reader, 1);
	table_encoding = (uint8_t)read_bytes(&reader, 1);
	if (reader.bad || version != 1 || count_encoding != PE_UDATA4 || table_encoding != (PE_DATAREL | PE_SDATA4))
		return false;
	read_number(&reader, frame_encoding);
	frames->count = read_number(&reader, count_encoding);
	frames->table = (const int32_t (*)[2])reader.at;
	return !reader.bad && (uintptr_t)reader.at % sizeof(int32_t) == 0 &&
		frames->count <= (size_t)(reader.end - reader.at) / sizeof(*frames->table);
}

/* What a CIE says about its FDEs */
struct common {
	uint8_t code;			/* encoding of addresses of code */
	uint8_t landing;		/* of the language-specific data */
	bool sized;			/* augmentation data begins with its size */
	bool signal;			/* the frames of signal handlers' callers */
};

static bool read_common(const struct object *object, uintptr_t address, struct common *common)
{
	struct reader reader;
	const char *letters;
	uint32_t size;

	*common = (struct common){ .code = PE_ABSPTR, .landing = PE_OMIT };
	if (!reader_open(&reader, object, address, 4))
		return false;
	size = (uint32_t)read_bytes(&reader, 4);
	if (size >= 0xfffffff0 || !reader_open(&reader, object, address + 4, size))
		return false;
	if (read_bytes(&reader, 4) != 0)
		return false;
	read_bytes(&reader, 1);		/* version */
	letters = (const char *)reader.at;
	while (read_bytes(&reader, 1) != 0)
		;
	read_leb128(&reader, false);	/* factors of code and data */
	read_leb128(&reader, true);
	read_leb128(&reader, false);	/* column of the return address */
	for (; !reader.bad && *letters; letters++) {
		switch (*letters) {
		case 'z':
			read_leb128(&reader, false);
			common->sized = true;
			break;
		case 'R':
			common->code = (uint8_t)read_bytes(&reader, 1);
			break;
		case 'L':
			common->landing = (uint8_t)read_bytes(&reader, 1);
			break;
		case 'P':
			read_pointer(&reader, object, (uint8_t)read_bytes(&reader, 1));
			break;
		case 'S':
			common->signal = true;
			break;
		case 'B':
			break;
		default:
			return false;
		}
	}
	return !reader.bad;
}

bool frames_at(const struct frames *frames, size_t index, struct function *function)
{
	const struct object *object = frames->object;
	uintptr_t address = frames->header + frames->table[index][1];
	struct reader reader;
	const struct span *code;
	struct common common;
	uintptr_t cie;
	uint32_t size;

	if (!reader_open(&reader, object, address, 4))
		return false;
	size = (uint32_t)read_bytes(&reader, 4);
	if (size >= 0xfffffff0 || !reader_open(&reader, object, address + 4, size))
		return false;
	cie = (uintptr_t)reader.at;
	cie -= read_bytes(&reader, 4);
	if (reader.bad || !read_common(object, cie, &common))
		return false;
	*function = (struct function){ .start = read_pointer(&reader, object, common.code), .index = index, .signal = common.signal };
	function->end = function->start + read_number(&reader, common.code & 0x0f);
	if (common.sized) {
		read_leb128(&reader, false);
		if (common.landing != PE_OMIT)
			function->landing = read_pointer(&reader, object, common.landing & ~PE_INDIRECT);
	}
	code = object_code(object, function->start);
	return !reader.bad && code && function->end > function->start && function->end <= code->end;
}

bool frames_find(const struct frames *frames, uintptr_t address, struct function *function)
{
	size_t low = 0, high = frames->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (frames->header + frames->table[middle][0] <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && frames_at(frames, low - 1, function) && address >= function->start && address < function->end;
}

bool frames_landings(const struct frames *frames, const struct function *function,
		     void (*visit)(void *context, uintptr_t address), void *context)
{
	const struct object *object = frames->object;
	uintptr_t base = function->start;
	const uint8_t *end;
	struct reader reader;
	uint8_t encoding;
	unsigned int i;

	if (function->landing == 0)
		return true;
	/* Its size is said nowhere: read on to the end of the segment that it is in. */
	for (i = 0, reader.bad = true; i < object->phnum && reader.bad; i++) {
		uintptr_t start = object->bias + object->phdr[i].p_vaddr;

		if (object->phdr[i].p_type == PT_LOAD && function->landing >= start && function->landing - start < object->phdr[i].p_memsz)
			reader_open(&reader, object, function->landing, object->phdr[i].p_memsz - (function->landing - start));
	}
	if (reader.bad)
		return false;
	encoding = (uint8_t)read_bytes(&reader, 1);
	if (encoding != PE_OMIT)
		base = read_pointer(&reader, object, encoding);
	encoding = (uint8_t)read_bytes(&reader, 1);
	if (encoding != PE_OMIT)
		read_leb128(&reader, false);	/* where the types are */
	encoding = (uint8_t)read_bytes(&reader, 1);
	i = (unsigned int)read_leb128(&reader, false);
	if (reader.bad || i > (size_t)(reader.end - reader.at))
		return false;
	for (end = reader.at + i; reader.at < end && !reader.bad;) {
		uint64_t landing;

		read_number(&reader, encoding);	/* from, size */
		read_number(&reader, encoding);
		landing = read_number(&reader, encoding);
		read_leb128(&reader, false);	/* action */
		if (landing != 0)
			visit(context, base + landing);
	}
	return !reader.bad;
}
