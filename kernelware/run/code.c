/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Instructions by Zydis: see code.h. Decoding is done twice for the few
 * instructions near a system call: operands, which take most of the time, are
 * looked at only there.
 */
#include <string.h>

#include <Zydis/Zydis.h>

#include "code.h"

_Static_assert(CODE_FLAGS_ALL == (ZYDIS_CPUFLAG_CF | ZYDIS_CPUFLAG_PF | ZYDIS_CPUFLAG_AF |
				  ZYDIS_CPUFLAG_ZF | ZYDIS_CPUFLAG_SF | ZYDIS_CPUFLAG_OF),
	       "status flags are those of the processor");

static bool decode(uintptr_t address, size_t size, ZydisDecoderContext *context, ZydisDecodedInstruction *insn)
{
	static ZydisDecoder decoder;
	static bool ready;

	/* Callers are serialized: by the loader's lock in a program. */
	if (!ready) {
		ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
		ready = true;
	}
	return ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&decoder, context, (const void *)address,
							  size < CODE_LENGTH_MAX ? size : CODE_LENGTH_MAX, insn));
}

/* An unconditional jump that is not direct: through a pointer at a fixed place, or who knows where */
static enum code_way indirect_jump(const ZydisDecodedInstruction *insn)
{
	bool memory = (insn->attributes & ZYDIS_ATTRIB_HAS_MODRM) && insn->raw.modrm.mod != 3;
	bool fixed = memory && insn->raw.modrm.mod == 0 && insn->raw.modrm.rm == 5;

	return fixed ? CODE_TAIL : CODE_INDIRECT;
}

static enum code_way way(const ZydisDecodedInstruction *insn)
{
	bool direct = insn->raw.imm[0].is_relative;

	switch (insn->meta.category) {
	case ZYDIS_CATEGORY_CALL:
		return CODE_CALL;
	case ZYDIS_CATEGORY_COND_BR:
		return CODE_BRANCH;
	case ZYDIS_CATEGORY_UNCOND_BR:
		return direct ? CODE_JUMP : indirect_jump(insn);
	case ZYDIS_CATEGORY_RET:
	case ZYDIS_CATEGORY_SYSRET:
	case ZYDIS_CATEGORY_INTERRUPT:
		return insn->mnemonic == ZYDIS_MNEMONIC_INT || insn->mnemonic == ZYDIS_MNEMONIC_INTO ? CODE_ON : CODE_END;
	case ZYDIS_CATEGORY_SYSCALL:
		return insn->mnemonic == ZYDIS_MNEMONIC_SYSCALL && insn->length == 2 ? CODE_SYSCALL : CODE_ON;
	default:
		break;
	}
	switch (insn->mnemonic) {
	case ZYDIS_MNEMONIC_UD0:
	case ZYDIS_MNEMONIC_UD1:
	case ZYDIS_MNEMONIC_UD2:
	case ZYDIS_MNEMONIC_HLT:
		return CODE_END;
	case ZYDIS_MNEMONIC_XBEGIN:
		return CODE_BRANCH;
	default:
		return CODE_ON;
	}
}

/* A jump on flags, whose opcode has the condition: not LOOP, JRCXZ, XBEGIN */
static bool on_flags(const ZydisDecodedInstruction *insn)
{
	bool near = insn->opcode_map == ZYDIS_OPCODE_MAP_0F;

	return insn->meta.category == ZYDIS_CATEGORY_COND_BR && insn->encoding == ZYDIS_INSTRUCTION_ENCODING_LEGACY &&
		(insn->opcode & 0xf0) == (near ? 0x80 : 0x70);
}

static bool movable(const struct code *code, const ZydisDecodedInstruction *insn)
{
	if (code->way == CODE_BRANCH)
		return on_flags(insn);
	if (code->way != CODE_ON || insn->raw.imm[0].is_relative || insn->address_width != 64)
		return false;
	switch (insn->meta.category) {
	case ZYDIS_CATEGORY_SYSTEM:
	case ZYDIS_CATEGORY_SYSCALL:
	case ZYDIS_CATEGORY_INTERRUPT:
	case ZYDIS_CATEGORY_CET:
		return false;
	default:
		return true;
	}
}

bool code_decode(struct code *code, uintptr_t address, size_t size)
{
	ZydisDecodedInstruction insn;

	if (!decode(address, size, NULL, &insn))
		return false;
	*code = (struct code){ .address = address, .length = insn.length, .way = way(&insn) };
	if (insn.raw.imm[0].is_relative)
		code->target = address + insn.length + (uintptr_t)insn.raw.imm[0].value.s;
	if ((insn.attributes & ZYDIS_ATTRIB_HAS_MODRM) && insn.raw.modrm.mod == 0 && insn.raw.modrm.rm == 5) {
		code->refers = address + insn.length + (uintptr_t)insn.raw.disp.value;
		code->refers_offset = insn.raw.disp.offset;
	}
	code->movable = movable(code, &insn);
	if (code->way == CODE_BRANCH && code->movable)
		code->condition = insn.opcode & 0xf;
	code->sets_direction = insn.mnemonic == ZYDIS_MNEMONIC_STD || insn.mnemonic == ZYDIS_MNEMONIC_POPFQ ||
		insn.mnemonic == ZYDIS_MNEMONIC_POPF;
	return true;
}

static bool is_rax(ZydisRegister reg)
{
	return ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, reg) == ZYDIS_REGISTER_RAX;
}

/* Registers count by their names: one that a later processor adds would have to be an operand, too. */
enum code_rax code_rax(const struct code *code, uint32_t *value)
{
	ZydisDecoderContext context;
	ZydisDecodedInstruction insn;
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	ZydisDecoder decoder;
	bool wide;
	int i;

	if (code->way == CODE_CALL || code->way == CODE_SYSCALL || (code->way == CODE_ON && !code->movable))
		return CODE_RAX_OTHER;
	ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	if (!decode(code->address, code->length, &context, &insn) ||
	    !ZYAN_SUCCESS(ZydisDecoderDecodeOperands(&decoder, &context, &insn, operands, insn.operand_count)))
		return CODE_RAX_OTHER;
	for (i = 0; i < insn.operand_count; i++)
		if (operands[i].type == ZYDIS_OPERAND_TYPE_REGISTER && operands[i].actions & ZYDIS_OPERAND_ACTION_MASK_WRITE &&
		    is_rax(operands[i].reg.value))
			break;
	if (i == insn.operand_count)
		return CODE_RAX_KEPT;
	wide = operands[0].reg.value == ZYDIS_REGISTER_EAX || operands[0].reg.value == ZYDIS_REGISTER_RAX;
	if (i != 0 || !wide || insn.operand_count_visible != 2)
		return CODE_RAX_OTHER;
	if (insn.mnemonic == ZYDIS_MNEMONIC_MOV && operands[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
		*value = (uint32_t)operands[1].imm.value.u;
		return CODE_RAX_CONSTANT;
	}
	if (insn.mnemonic == ZYDIS_MNEMONIC_XOR && operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER &&
	    operands[1].reg.value == operands[0].reg.value) {
		*value = 0;
		return CODE_RAX_CONSTANT;
	}
	return CODE_RAX_OTHER;
}

void code_flags(const struct code *code, uint32_t *read, uint32_t *written)
{
	ZydisDecodedInstruction insn;

	*read = CODE_FLAGS_ALL;
	*written = 0;
	if (!decode(code->address, code->length, NULL, &insn))
		return;
	*read = 0;
	if (insn.cpu_flags == NULL)
		return;
	*read = insn.cpu_flags->tested & CODE_FLAGS_ALL;
	/* These write no flags if they count to 0. */
	if (insn.meta.category == ZYDIS_CATEGORY_SHIFT || insn.meta.category == ZYDIS_CATEGORY_ROTATE ||
	    insn.meta.category == ZYDIS_CATEGORY_STRINGOP)
		return;
	*written = (insn.cpu_flags->modified | insn.cpu_flags->set_0 | insn.cpu_flags->set_1 | insn.cpu_flags->undefined) & CODE_FLAGS_ALL;
}

static bool put_distance(uint8_t *field, uintptr_t from, uintptr_t to)
{
	int64_t distance = (int64_t)(to - from);
	int32_t narrow = (int32_t)distance;

	memcpy(field, &narrow, sizeof(narrow));
	return narrow == distance;
}

size_t code_move(const struct code *code, uint8_t *buffer, uintptr_t to)
{
	if (!code->movable)
		return 0;
	if (code->way == CODE_BRANCH) {
		buffer[0] = 0x0f;
		buffer[1] = 0x80 | code->condition;
		return put_distance(buffer + 2, to + 6, code->target) ? 6 : 0;
	}
	memcpy(buffer, (const void *)code->address, code->length);
	if (code->refers_offset != 0 && !put_distance(buffer + code->refers_offset, to + code->length, code->refers))
		return 0;
	return code->length;
}
