/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* The usual steps (flag_quick.h) that find yes or no: a fact of the caller against what is known. */
#ifndef FABRIC_FLAG_QUICK_TEST_H
#define FABRIC_FLAG_QUICK_TEST_H

#include "flag_quick_text.h"

/* FLAG_STEP_COMPARE with a text, which `extra` names. */
FLAG_INLINE int flag_quick_compare_text(struct flag_quick *quick, const struct flag_value *left, __u32 extra, __u32 how)
{
    FLAG_QUICK_PART(quick, struct flag_quick_text, text, FLAG_TEXT_PLACE(extra));
    if (how > FLAG_NOT_SAME)
        return FLAG_UNUSUAL;
    if (left->type != FLAG_VALUE_STRING)
        return left->type == FLAG_VALUE_NULL ? how & 1 : FLAG_UNUSUAL;
    return (left->bytes == FLAG_TEXT_BYTES(extra) && flag_quick_equal(quick, left, text)) == !(how & 1);
}

/* FLAG_STEP_COMPARE. */
FLAG_INLINE int flag_quick_compare(struct flag_quick *quick, const struct flag_value *left, __u32 right, __u32 extra, __u32 how)
{
    if (extra)
        return flag_quick_compare_text(quick, left, extra, how);
    FLAG_QUICK_PART(quick, struct flag_constant, constant,
                    FLAG_QUICK_HEAD(quick, constants) + (right & FLAG_OPERAND_INDEX) * (__u32)sizeof(struct flag_constant));
    if ((right & FLAG_OPERAND_KIND) != FLAG_OPERAND_CONSTANT || FLAG_LOAD(constant->type) != FLAG_VALUE_INTEGER || left->type != FLAG_VALUE_INTEGER)
        return FLAG_UNUSUAL;
    return flag_compare_integers((__s64)left->bits, (__s64)FLAG_LOAD(constant->value), how);
}

/* FLAG_STEP_STARTS_WITH and FLAG_STEP_ENDS_WITH. */
FLAG_INLINE int flag_quick_affix(struct flag_quick *quick, const struct flag_value *left, __u32 extra, int ends)
{
    __u32 bytes = FLAG_TEXT_BYTES(extra);

    FLAG_QUICK_PART(quick, struct flag_quick_text, text, FLAG_TEXT_PLACE(extra));
    if (extra == 0)
        return FLAG_UNUSUAL;
    if (left->type != FLAG_VALUE_STRING)
        return FLAG_NEITHER;
    return bytes <= left->bytes && flag_quick_match(quick, left, ends ? left->bytes - bytes : 0, text, bytes);
}

/* FLAG_STEP_IN_SET of a text or null. */
FLAG_INLINE int flag_quick_in_set(struct flag_quick *quick, const struct flag_value *left, __u32 place, __u32 beside)
{
    if (left->type != FLAG_VALUE_STRING)
        return left->type == FLAG_VALUE_NULL ? (beside & FLAG_SET_NULL) != 0 : FLAG_UNUSUAL;
    FLAG_QUICK_PART(quick, struct flag_set, set, place);
    __u64 hash = flag_quick_hash(quick, left), wanted = hash >> 32 | (__u64)FLAG_VALUE_STRING << 32 | (__u64)left->bytes << 48;
    __u32 mask = FLAG_LOAD(set->slot_count) - 1;
    FLAG_LOOP
    for (__u32 i = 0; i < FLAG_QUICK_PROBES; i++) {
        FLAG_QUICK_PART(quick, __u32, slot, place + (__u32)sizeof(*set) + (((__u32)hash + i) & mask) * (__u32)sizeof(__u32));
        __u32 entry = FLAG_LOAD(*slot);

        if (entry == 0)
            return 0;
        FLAG_QUICK_PART(quick, flag_word, head, entry);
        /* Tag, type and length at once. */
        if (FLAG_LOAD(*head) != wanted)
            continue;
        FLAG_QUICK_PART(quick, struct flag_quick_text, text, entry + (__u32)sizeof(*head));
        if (flag_quick_equal(quick, left, text))
            return 1;
    }
    return FLAG_UNUSUAL;
}

/* The steps that look at a fact, a bit each. */
#define FLAG_QUICK_TESTS                                                                       \
    (1u << FLAG_STEP_TRUTH | 1u << FLAG_STEP_ABSENT | 1u << FLAG_STEP_COMPARE | 1u << FLAG_STEP_IN_SET | \
     1u << FLAG_STEP_STARTS_WITH | 1u << FLAG_STEP_ENDS_WITH)

/* What one of them finds. */
FLAG_INLINE int flag_quick_test(struct flag_quick *quick, __u64 step, __u32 extra)
{
    struct flag_value left;
    __u32 op = step & 0xff, how = step >> 8 & 0xff;

    if (op > FLAG_STEP_ENDS_WITH || !(FLAG_QUICK_TESTS >> op & 1) || flag_quick_fact(quick, step >> 16 & 0xffff, &left) == FLAG_UNUSUAL)
        return FLAG_UNUSUAL;
    if (op == FLAG_STEP_COMPARE)
        return flag_quick_compare(quick, &left, step >> 32 & 0xffff, extra, how);
    if (op == FLAG_STEP_IN_SET)
        return flag_quick_in_set(quick, &left, extra, how);
    if (op >= FLAG_STEP_STARTS_WITH)
        return flag_quick_affix(quick, &left, extra, op == FLAG_STEP_ENDS_WITH);
    return op == FLAG_STEP_TRUTH ? flag_truth(&left) : left.type == FLAG_VALUE_NULL;
}

#endif
