/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Values: where they come from, and what JSONLogic's operators make of two of them. An operator answers 1 for yes, 0 for
 * no, and FLAG_FAILED where evaluation fails.
 */
#ifndef FABRIC_FLAG_VALUE_H
#define FABRIC_FLAG_VALUE_H

#include "flag_text.h"
#include "flag_version.h"

#define FLAG_FAILED (-1)
#define FLAG_NEITHER (-2)

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
#define FLAG_TRACE_FACT(run, index, value) ((void)0)
#endif

FLAG_INLINE int flag_read_fact(struct flag_run *run, __u32 index, struct flag_value *to)
{
    const struct flag_fact *fact = FLAG_BLOCK_ELEMENT(run, facts, struct flag_fact, index);

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
    FLAG_TRACE_FACT(run, index, to);
    return 1;
}

FLAG_INLINE int flag_fetch_constant(struct flag_run *run, __u32 index, struct flag_value *to)
{
    const struct flag_constant *constant = FLAG_BLOCK_ELEMENT(run, constants, struct flag_constant, index);

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

FLAG_INLINE void flag_swap(struct flag_run *run)
{
    struct flag_value left = run->left;

    run->left = run->right;
    run->right = left;
}

FLAG_INLINE int flag_is_number(const struct flag_value *value)
{
    return value->type == FLAG_VALUE_INTEGER || value->type == FLAG_VALUE_DOUBLE;
}

FLAG_INLINE int flag_truth(const struct flag_value *value)
{
    switch (value->type) {
    case FLAG_VALUE_BOOLEAN:
    case FLAG_VALUE_INTEGER:
        return value->bits != 0;
    case FLAG_VALUE_DOUBLE:
    case FLAG_VALUE_OBJECT:
        return 1; /* a double that is 0 is an integer */
    case FLAG_VALUE_STRING:
    case FLAG_VALUE_LIST:
        return value->bytes != 0;
    default:
        return 0;
    }
}

/* ===: lists and objects are never the same as anything. */
FLAG_INLINE int flag_same(struct flag_run *run)
{
    const struct flag_value *left = &run->left, *right = &run->right;

    if (flag_is_number(left) && flag_is_number(right))
        return flag_compare_numbers(left, right) == 0;
    if (left->type != right->type)
        return 0;
    switch (left->type) {
    case FLAG_VALUE_NULL:
        return 1;
    case FLAG_VALUE_BOOLEAN:
        return left->bits == right->bits;
    case FLAG_VALUE_STRING:
        return flag_text_equal(run);
    default:
        return 0;
    }
}

/* `left` as a number, in its place; 0 where it is none. */
FLAG_INLINE int flag_to_number(struct flag_run *run)
{
    switch (run->left.type) {
    case FLAG_VALUE_NULL:
        flag_set_integer(&run->left, 0);
        return 1;
    case FLAG_VALUE_BOOLEAN:
        run->left.type = FLAG_VALUE_INTEGER;
        return 1;
    case FLAG_VALUE_INTEGER:
    case FLAG_VALUE_DOUBLE:
        return 1;
    case FLAG_VALUE_STRING:
        return flag_text_to_number(run);
    default:
        return 0;
    }
}

/* Both as numbers; bits 1 and 2 say which of them are none. */
FLAG_INLINE int flag_both_to_numbers(struct flag_run *run)
{
    int none = flag_to_number(run) ? 0 : 1;

    flag_swap(run);
    none |= flag_to_number(run) ? 0 : 2;
    flag_swap(run);
    return none;
}

FLAG_INLINE int flag_order_answers(int order, __u32 how)
{
    switch (how) {
    case FLAG_EQUAL:
        return order == 0;
    case FLAG_NOT_EQUAL:
        return order != 0;
    case FLAG_LESS:
        return order < 0;
    case FLAG_LESS_OR_EQUAL:
        return order <= 0;
    case FLAG_GREATER:
        return order > 0;
    default:
        return order >= 0;
    }
}

/* Where one is null and the other a string, or null too. */
FLAG_INLINE int flag_compare_null(struct flag_run *run, __u32 how)
{
    int both = run->left.type == run->right.type;

    if (how == FLAG_EQUAL || how == FLAG_NOT_EQUAL)
        return both == (how == FLAG_EQUAL);
    if (flag_both_to_numbers(run))
        return 0;
    return flag_order_answers(flag_compare_numbers(&run->left, &run->right), how);
}

/* Whatever is not two strings of which is asked whether they are equal. */
FLAG_PART int flag_compare_slowly(struct flag_run *run, __u32 how)
{
    if (!run)
        return FLAG_FAILED;
    __u32 left = run->left.type, right = run->right.type;

    if (how == FLAG_SAME || how == FLAG_NOT_SAME)
        return flag_same(run) == (how == FLAG_SAME);
    if (left == FLAG_VALUE_STRING && right == FLAG_VALUE_STRING)
        return flag_order_answers(how <= FLAG_NOT_EQUAL ? !flag_text_equal(run) : flag_text_compare(run), how);
    if ((left == FLAG_VALUE_NULL || left == FLAG_VALUE_STRING) && (right == FLAG_VALUE_NULL || right == FLAG_VALUE_STRING))
        return flag_compare_null(run, how);
    if (flag_both_to_numbers(run))
        return FLAG_FAILED;
    return flag_order_answers(flag_compare_numbers(&run->left, &run->right), how);
}

FLAG_INLINE int flag_compare(struct flag_run *run, __u32 how)
{
    if (run->left.type == FLAG_VALUE_STRING && run->right.type == FLAG_VALUE_STRING && how <= FLAG_NOT_SAME)
        return flag_text_equal(run) == !(how & 1);
    return flag_compare_slowly(run, how);
}

/* Whether an element of the list `right` is the same as `left`. */
FLAG_INLINE int flag_in_list(struct flag_run *run)
{
    struct flag_value list = run->right;
    __u32 rounds FLAG_UNUSED = 0;

    for (__u32 i = FLAG_START(run); FLAG_MAY_LOOP(rounds, FLAG_MAX_TEXT) && i < list.bytes; i++) {
        if (!flag_element(run, &list, i, &run->right))
            return FLAG_FAILED;
        if (flag_same(run) || (run->left.type == FLAG_VALUE_NAN && run->right.type == FLAG_VALUE_NAN))
            return 1;
    }
    return 0;
}

/* Whether `left` is in `right`. */
FLAG_PART int flag_in(struct flag_run *run)
{
    if (!run)
        return FLAG_FAILED;
    switch (run->right.type) {
    case FLAG_VALUE_LIST:
        return flag_in_list(run);
    case FLAG_VALUE_STRING:
        if (run->right.bytes == 0)
            return 0;
        return flag_to_text(run) ? flag_text_contains(run) : FLAG_FAILED;
    default:
        return flag_truth(&run->right) ? FLAG_FAILED : 0;
    }
}

/* Whether the entry of a set at `place` is `left`, which has this tag. */
FLAG_INLINE int flag_is_entry(struct flag_run *run, __u32 place, __u32 tag)
{
    const struct flag_set_entry *entry = (const struct flag_set_entry *)flag_block_at(run, place, sizeof(*entry));

    if (!entry || FLAG_LOAD(entry->tag) != tag || FLAG_LOAD(entry->type) != run->left.type)
        return 0;
    if (run->left.type != FLAG_VALUE_STRING)
        return FLAG_LOAD(entry->value) == run->left.bits;
    if (!flag_set_block_text(run, place + __builtin_offsetof(struct flag_set_entry, value), FLAG_LOAD(entry->bytes), &run->right))
        return 0;
    return flag_text_equal(run);
}

/* Whether `left` is in the set at `place`; `beside` says what else the set holds. */
FLAG_PART int flag_in_set(struct flag_run *run, __u32 place, __u32 beside)
{
    __u32 rounds FLAG_UNUSED = 0;
    __u64 hash;

    if (!run)
        return FLAG_FAILED;
    switch (run->left.type) {
    case FLAG_VALUE_NULL:
        return (beside & FLAG_SET_NULL) != 0;
    case FLAG_VALUE_BOOLEAN:
        return (beside & (run->left.bits ? FLAG_SET_TRUE : FLAG_SET_FALSE)) != 0;
    case FLAG_VALUE_INTEGER:
        /* From C only: beyond 2^53 a set has doubles. */
        if (flag_magnitude((__s64)run->left.bits) > FLAG_WHOLE) {
            run->right = run->left;
            flag_set_double(&run->left, flag_double_of(flag_magnitude((__s64)run->left.bits), (__s64)run->left.bits < 0));
            if (flag_compare_numbers(&run->left, &run->right) != 0)
                return 0;
        }
        hash = flag_number_hash(run->left.type, run->left.bits);
        break;
    case FLAG_VALUE_DOUBLE:
        hash = flag_number_hash(run->left.type, run->left.bits);
        break;
    case FLAG_VALUE_STRING:
        hash = flag_text_hash(run);
        break;
    default:
        return 0;
    }
    const struct flag_set *set = (const struct flag_set *)flag_block_at(run, place, sizeof(*set));
    if (!set)
        return FLAG_FAILED;
    __u32 mask = FLAG_LOAD(set->slot_count) - 1;
    for (__u32 at = (__u32)hash; FLAG_MAY_LOOP(rounds, FLAG_MAX_TEXT); at++) {
        const __u32 *slot = (const __u32 *)flag_block_at(run, place + sizeof(*set) + (at & mask) * (__u32)sizeof(__u32), sizeof(__u32));
        __u32 entry = slot ? FLAG_LOAD(*slot) : 0;

        if (entry == 0)
            return 0;
        if (flag_is_entry(run, entry, (__u32)(hash >> 32)))
            return 1;
    }
    return 0;
}

/* Reads `left` as a version; FLAG_NEITHER where it is none. */
FLAG_INLINE int flag_left_version(struct flag_run *run, __u32 which)
{
    switch (run->left.type) {
    case FLAG_VALUE_LIST:
    case FLAG_VALUE_OBJECT:
        return 0;
    default:
        return flag_to_text(run) && flag_read_version(run, which);
    }
}

/* sem_ver of `left` and the version at `place`, or `right`. */
FLAG_PART int flag_in_version(struct flag_run *run, __u32 how, __u32 place)
{
    if (!run || !flag_left_version(run, 0))
        return FLAG_NEITHER;
    if (place == 0) {
        run->left = run->right;
        if (!flag_left_version(run, 1))
            return FLAG_NEITHER;
        return flag_compare_versions(run, how);
    }
    const struct flag_version *known = (const struct flag_version *)flag_block_at(run, place, sizeof(*known));
    if (!known)
        return FLAG_FAILED;
    for (int i = 0; i < 3; i++)
        run->versions[1].number[i] = FLAG_LOAD(known->number[i]);
    if (!flag_set_block_text(run, FLAG_LOAD(known->prerelease), FLAG_LOAD(known->prerelease_bytes), &run->versions[1].prerelease))
        return FLAG_FAILED;
    return flag_compare_versions(run, how);
}

/* `left` enum flag_calculation `right`, in `left`; 0 where it cannot be had. */
FLAG_PART int flag_calculate(struct flag_run *run, __u32 how)
{
    if (!run || flag_both_to_numbers(run) || run->left.type != FLAG_VALUE_INTEGER || run->right.type != FLAG_VALUE_INTEGER)
        return 0;
    __s64 a = (__s64)run->left.bits, b = (__s64)run->right.bits;
    __u64 x = flag_magnitude(a), y = flag_magnitude(b);
    int negative = (a < 0) != (b < 0);

    if (x > FLAG_WHOLE || y > FLAG_WHOLE)
        return 0;
    if (how == FLAG_ADD || how == FLAG_SUBTRACT) {
        a = how == FLAG_ADD ? a + b : a - b;
    } else if (how == FLAG_MULTIPLY) {
        if (x != 0 && y > FLAG_WHOLE / x)
            return 0;
        a = flag_signed(x * y, negative);
    } else if (y == 0) {
        return 0;
    } else if (how == FLAG_REMAINDER) {
        a = flag_signed(x % y, a < 0);
    } else if (how == FLAG_DIVIDE) {
        if (x % y != 0) {
            flag_set_double(&run->left, flag_quotient(x, y, negative));
            return 1;
        }
        a = flag_signed(x / y, negative);
    } else {
        return 0;
    }
    if (flag_magnitude(a) > FLAG_WHOLE)
        return 0;
    flag_set_integer(&run->left, a);
    return 1;
}

#endif
