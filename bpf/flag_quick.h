/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The steps that most rules are made of: a text or a whole number of the caller against constants, and shares. Their values
 * stay out of memory, and in the kernel they take no call, which costs more there than a step does. At the first step that
 * takes more they leave off, and flag_steps.h goes on there.
 */
#ifndef FABRIC_FLAG_QUICK_H
#define FABRIC_FLAG_QUICK_H

#include "flag_quick_share.h"
#include "flag_quick_test.h"

/* Opens the block of a version; FLAG_UNUSUAL where it cannot be. */
FLAG_INLINE int flag_quick_open(struct flag_quick *quick, const struct flag_view *view, const struct flag_body *body)
{
    __u64 offset = FLAG_LOAD(body->block_offset);

    if (offset > FLAG_MEASURE(view, heap_bytes) - FLAG_MAX_BLOCK_BYTES)
        return FLAG_UNUSUAL;
    quick->block = view->base + FLAG_MEASURE(view, heap_offset) + offset;
    return 1;
}

/* Carries out step number `at`: where it leads, with `*variant` where it gives one. */
FLAG_INLINE int flag_quick_step(struct flag_quick *quick, __u32 at, __u32 *variant, struct flag_course *left_off)
{
    __u64 step, more;

    if (flag_quick_read(quick, at, &step, &more) == FLAG_UNUSUAL)
        return FLAG_END_FAIL;
    __u32 op = step & 0xff, extra = more >> 32;
    int next;
    if (op == FLAG_STEP_HASH_BEGIN)
        return flag_quick_share(quick, at, step, more, left_off);
    if (op == FLAG_STEP_GIVE) {
        *variant = extra;
        next = extra < FLAG_MAX_VARIANTS ? FLAG_END_GIVE : FLAG_END_FAIL;
    } else if (op == FLAG_STEP_PASS) {
        next = FLAG_END_PASS;
    } else {
        next = flag_quick_branch(flag_quick_test(quick, step, extra), step, more);
    }
    if (next == FLAG_UNUSUAL)
        *left_off = (struct flag_course){ .at = at };
    else
        FLAG_TRACE(quick->caller, 0, at, next);
    return next;
}

/*
 * Runs the program in the block as far as its steps are usual: FLAG_END_…, with `*variant` where it gives one, or FLAG_UNUSUAL,
 * where `*left_off` says how far it came.
 */
FLAG_INLINE int flag_quick_program(struct flag_quick *quick, __u32 *variant, struct flag_course *left_off)
{
    __u32 at = 0;

    FLAG_LOOP
    for (int i = 0; i < FLAG_QUICK_STEPS; i++) {
        int next = flag_quick_step(quick, at, variant, left_off);

        if (next < 0)
            return next;
        if ((__u32)next <= at)
            return FLAG_END_FAIL;
        at = FLAG_FORGET(quick, (__u32)next);
    }
    *left_off = (struct flag_course){ .at = at };
    return FLAG_UNUSUAL;
}

/*
 * The answer of a version whose program is all that has to be looked at, and whose steps are usual. 0 for any other: `*left_off`
 * says how far its program came.
 */
FLAG_INLINE int flag_decide_quickly(struct flag_quick *quick, const struct flag_view *view, const struct flag_body *body,
                                    struct flag_course *left_off, struct flag_answer *answer)
{
    __u32 variant = FLAG_NO_VARIANT;

    if (FLAG_LOAD(body->state) != FLAG_ENABLED || FLAG_LOAD(body->rule) != FLAG_RULE_PROGRAM || FLAG_LOAD(body->extras) ||
        flag_quick_open(quick, view, body) == FLAG_UNUSUAL) {
        *left_off = (struct flag_course){ .at = 0 };
        return 0;
    }
    int end = flag_quick_program(quick, &variant, left_off);
    if (end == FLAG_UNUSUAL)
        return 0;
    if (end == FLAG_END_GIVE)
        flag_settle(body, variant, FLAG_REASON_TARGETING_MATCH, answer);
    else if (end == FLAG_END_PASS)
        flag_settle_default(body, FLAG_REASON_DEFAULT, answer);
    else
        flag_settle(body, FLAG_NO_VARIANT, FLAG_REASON_ERROR, answer);
    return 1;
}

#endif
