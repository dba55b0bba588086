/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Values: where they come from. */
#ifndef FABRIC_FLAG_FETCH_H
#define FABRIC_FLAG_FETCH_H

#include "flag_number.h"
#include "flag_run.h"

FLAG_INLINE const struct flag_block *flag_block_head(struct flag_run *run)
{
    return (const struct flag_block *)flag_block_at(run, 0, sizeof(struct flag_block));
}

/* Element `index` of a part of the block, whose elements have a fixed size; NULL where it is not there. */
#define FLAG_BLOCK_ELEMENT(run, part, type, index)                                                     \
    ({                                                                                                 \
        const struct flag_block *head_ = flag_block_head(run);                                         \
        head_ ? (const type *)flag_block_at(run, FLAG_LOAD(head_->part) + (index) * (__u32)sizeof(type), sizeof(type)) : NULL; \
    })

/* A text of the block as a value; 0 where it is not in it. */
FLAG_INLINE int flag_set_block_text(struct flag_run *run, __u32 place, __u32 bytes, struct flag_value *to)
{
    to->type = FLAG_VALUE_STRING;
    to->bytes = bytes;
    to->bits = flag_block_text(run, place, bytes);
    return bytes <= FLAG_MAX_TEXT && place <= run->block_bytes && bytes <= run->block_bytes - place;
}

/* Told of each fact that is read; for explanations. */
#ifndef FLAG_TRACE_FACT
#define FLAG_TRACE_FACT(caller, depth, index, value) ((void)0)
#endif

FLAG_INLINE int flag_read_fact(struct flag_run *run, __u32 index, struct flag_value *to)
{
    const struct flag_fact *fact = (const struct flag_fact *)flag_block_at(run, run->facts + index * (__u32)sizeof(*fact), sizeof(*fact));

    if (!fact)
        return 0;
    __u32 source = FLAG_LOAD(fact->source);
    if (source == FLAG_FACT_ATTRIBUTE)
        return flag_attribute(run, FLAG_LOAD(fact->name), FLAG_LOAD(fact->name_bytes), to);
    if (source == FLAG_FACT_TIMESTAMP) {
        flag_set_integer(to, flag_unix_ns(run) / 1000000000);
        return 1;
    }
    return flag_process_fact(run, source, to);
}

FLAG_INLINE int flag_fetch_fact(struct flag_run *run, __u32 index, struct flag_value *to)
{
    if (!flag_read_fact(run, index, to))
        return 0;
    FLAG_TRACE_FACT(flag_caller(run), run->depth, index, to);
    return 1;
}

FLAG_INLINE int flag_fetch_constant(struct flag_run *run, __u32 index, struct flag_value *to)
{
    const struct flag_constant *constant =
        (const struct flag_constant *)flag_block_at(run, run->constants + index * (__u32)sizeof(*constant), sizeof(*constant));

    if (!constant)
        return 0;
    __u32 type = FLAG_LOAD(constant->type);
    __u64 value = FLAG_LOAD(constant->value);
    if (type == FLAG_VALUE_STRING)
        return flag_set_block_text(run, (__u32)value, FLAG_LOAD(constant->bytes), to);
    to->type = type;
    to->bytes = 0;
    to->bits = value;
    return type < FLAG_VALUE_STRING;
}

/* Reads what an operand names; 0 where it cannot be had. */
FLAG_INLINE int flag_fetch(struct flag_run *run, __u32 operand, struct flag_value *to)
{
    __u32 index = operand & FLAG_OPERAND_INDEX;

    switch (operand & FLAG_OPERAND_KIND) {
    case FLAG_OPERAND_FACT:
        return flag_fetch_fact(run, index, to);
    case FLAG_OPERAND_CONSTANT:
        return flag_fetch_constant(run, index, to);
    case FLAG_OPERAND_REGISTER:
        *to = run->registers[index & (FLAG_REGISTERS - 1)];
        return 1;
    default:
        return 0;
    }
}

/* In the kernel each of these is verified once, whoever asks. */
FLAG_PART int flag_fetch_left(struct flag_run *run, __u32 operand)
{
    return run && flag_fetch(run, operand, &run->left);
}

FLAG_PART int flag_fetch_right(struct flag_run *run, __u32 operand)
{
    return run && flag_fetch(run, operand, &run->right);
}

#endif
