/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* in: parts of strings, elements of lists, members of sets. */
#ifndef FABRIC_FLAG_MEMBER_H
#define FABRIC_FLAG_MEMBER_H

#include "flag_value.h"

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

#endif
