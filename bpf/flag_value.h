/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Values: what JSONLogic's operators make of two of them. An operator answers 1 for yes, 0 for no, FLAG_NEITHER for null, and
 * FLAG_FAILED where evaluation fails.
 */
#ifndef FABRIC_FLAG_VALUE_H
#define FABRIC_FLAG_VALUE_H

#include "flag_decimal.h"
#include "flag_fetch.h"

#define FLAG_FAILED (-1)
#define FLAG_NEITHER (-2)

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

/* Four bits for each enum flag_comparison, from the lowest: 1 where less is a yes, 2 where equal is, 4 where more is. */
#define FLAG_ORDERS 0x64315252u

FLAG_INLINE int flag_order_answers(int order, __u32 how)
{
    return FLAG_ORDERS >> (how & 7) * 4 & (order < 0 ? 1 : order == 0 ? 2 : 4) ? 1 : 0;
}

FLAG_INLINE int flag_compare_integers(__s64 left, __s64 right, __u32 how)
{
    return flag_order_answers(left < right ? -1 : left > right, how);
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
FLAG_RARE_PART int flag_compare_slowly(struct flag_run *run, __u32 how)
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
    if (run->left.type == FLAG_VALUE_INTEGER && run->right.type == FLAG_VALUE_INTEGER)
        return flag_compare_integers((__s64)run->left.bits, (__s64)run->right.bits, how);
    return flag_compare_slowly(run, how);
}

/* `left` enum flag_calculation `right`, in `left`; 0 where it cannot be had. */
FLAG_RARE_PART int flag_calculate(struct flag_run *run, __u32 how)
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
