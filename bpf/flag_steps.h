/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Runs a decision program: see flag_program.h for what its steps mean. */
#ifndef FABRIC_FLAG_STEPS_H
#define FABRIC_FLAG_STEPS_H

#include "flag_member.h"
#include "flag_version.h"

/* How a program ends. */
#define FLAG_END_FAIL (-1)
#define FLAG_END_PASS (-2)
#define FLAG_END_GIVE (-3)

/* Told of each step and of where it leads; for explanations. */
#ifndef FLAG_TRACE
#define FLAG_TRACE(caller, depth, at, next) ((void)0)
#endif

FLAG_INLINE int flag_branch(struct flag_run *run, int found)
{
    return found == FLAG_FAILED ? FLAG_END_FAIL : found == FLAG_NEITHER ? run->step.neither : found ? run->step.yes : run->step.no;
}

/* The variant whose name is `left`. */
FLAG_RARE_PART int flag_variant_named(struct flag_run *run)
{
    __u32 rounds FLAG_UNUSED = 0;

    if (!run || run->left.type != FLAG_VALUE_STRING)
        return FLAG_END_FAIL;
    const struct flag_block *head = flag_block_head(run);
    __u32 hash = (__u32)flag_text_hash(run), count = head ? FLAG_LOAD(head->variant_count) : 0;
    for (__u32 i = FLAG_START(run); FLAG_MAY_LOOP(rounds, FLAG_MAX_VARIANTS) && i < count; i++) {
        const struct flag_variant *variant = FLAG_BLOCK_ELEMENT(run, variants, struct flag_variant, i);

        if (!variant)
            return FLAG_END_FAIL;
        if (FLAG_LOAD(variant->name_hash) != hash || !flag_set_block_text(run, FLAG_LOAD(variant->name), FLAG_LOAD(variant->name_bytes), &run->right))
            continue;
        if (flag_text_equal(run)) {
            run->variant = i;
            return FLAG_END_GIVE;
        }
    }
    return FLAG_END_FAIL;
}

FLAG_INLINE int flag_select(struct flag_run *run)
{
    switch (run->left.type) {
    case FLAG_VALUE_NULL:
        return FLAG_END_PASS;
    case FLAG_VALUE_BOOLEAN:
        flag_to_text(run);
        return flag_variant_named(run);
    case FLAG_VALUE_STRING:
        return flag_variant_named(run);
    default:
        return FLAG_END_FAIL;
    }
}

/* FLAG_STEP_HASH_BEGIN. */
FLAG_INLINE int flag_hash_begin_at(struct flag_run *run, __u32 place)
{
    const struct flag_seed *seed = (const struct flag_seed *)flag_block_at(run, place, sizeof(*seed));

    if (!seed)
        return FLAG_FAILED;
    run->course.hash = FLAG_LOAD(seed->hash);
    run->course.pending = FLAG_LOAD(seed->tail);
    run->course.total = FLAG_LOAD(seed->bytes);
    return 1;
}

/* Adds the targeting key to the hash; 0 where there is none. */
FLAG_PART int flag_hash_targeting_key(struct flag_run *run)
{
    if (!run)
        return 0;
    struct flag_course *course = &run->course;
    __u32 hash = course->hash, rest = course->total & 3;
    __u64 pending = course->pending;
    int length = flag_hash_key(flag_caller(run), rest * 8, &hash, &pending);

    if (length <= 0)
        return 0;
    rest += length & 3;
    if (rest >= 4) {
        hash = flag_murmur_round(hash, (__u32)pending);
        pending >>= 32;
    }
    course->hash = hash;
    course->pending = pending;
    course->total += length;
    return 1;
}

/* FLAG_STEP_HASH_STRING: 1, 0 for null, FLAG_NEITHER for what is no string. */
FLAG_INLINE int flag_hash_string(struct flag_run *run)
{
    if (run->left.type != FLAG_VALUE_STRING)
        return run->left.type == FLAG_VALUE_NULL ? 0 : FLAG_NEITHER;
    flag_text_murmur(run);
    return 1;
}

/* FLAG_STEP_HASH_TEXT. */
FLAG_INLINE int flag_hash_any(struct flag_run *run)
{
    if (run->left.type == FLAG_VALUE_NULL)
        return 1;
    if (!flag_to_text(run))
        return FLAG_FAILED;
    flag_text_murmur(run);
    return 1;
}

FLAG_INLINE __u32 flag_project(struct flag_run *run, __u32 total)
{
    const struct flag_course *course = &run->course;
    __u32 hash = flag_murmur_finish(course->hash, course->pending, course->total & 3, course->total);
    __u32 point = (__u32)(((__u64)hash * total) >> 32);

    FLAG_TRACE_BUCKET(flag_caller(run), hash, point, total);
    return point;
}

/* The step of the bucket that holds the hash. */
FLAG_PART int flag_bucket_step(struct flag_run *run, __u32 place)
{
    __u32 rounds FLAG_UNUSED = 0;

    if (!run)
        return FLAG_END_FAIL;
    const struct flag_buckets *buckets = (const struct flag_buckets *)flag_block_at(run, place, sizeof(*buckets));
    if (!buckets)
        return FLAG_END_FAIL;
    __u32 count = FLAG_LOAD(buckets->count), point = flag_project(run, FLAG_LOAD(buckets->total));
    for (__u32 i = FLAG_START(run); FLAG_MAY_LOOP(rounds, FLAG_MAX_BUCKETS) && i < count; i++) {
        const struct flag_bucket *bucket =
            (const struct flag_bucket *)flag_block_at(run, place + sizeof(*buckets) + i * (__u32)sizeof(*bucket), sizeof(*bucket));

        if (!bucket)
            return FLAG_END_FAIL;
        if (point < FLAG_LOAD(bucket->end))
            return (__u16)FLAG_LOAD(bucket->variant);
    }
    return FLAG_END_FAIL;
}

/* The weight that an operand says, -1 where it is no whole number of at most 2^31-1: null is 1, a negative one 0. */
FLAG_INLINE __s64 flag_weight_of(struct flag_run *run, __u32 operand)
{
    if (!flag_fetch_left(run, operand))
        return -1;
    if (run->left.type == FLAG_VALUE_NULL)
        return 1;
    __s64 weight = (__s64)run->left.bits;
    /* A double is whole from 2^53 on; a negative one counts as 0 like any other negative number. */
    if (run->left.type == FLAG_VALUE_DOUBLE && (run->left.bits >> 63) && (run->left.bits >> 52 & 0x7ff) >= 1023 + 53 && (run->left.bits >> 52 & 0x7ff) != 0x7ff)
        return 0;
    if (run->left.type != FLAG_VALUE_INTEGER || weight > 0x7fffffff)
        return -1;
    return weight < 0 ? 0 : weight;
}

/*
 * Adds up the weights of the struct flag_weights at `place` in run->sum, and stops at the first bucket that ends beyond
 * `point`: its step; FLAG_NEITHER at the end, FLAG_FAILED where a weight is not sound.
 */
FLAG_RARE_PART int flag_add_weights(struct flag_run *run, __u32 place, __u64 point)
{
    __u32 rounds FLAG_UNUSED = 0;

    if (!run)
        return FLAG_FAILED;
    const struct flag_weights *weights = (const struct flag_weights *)flag_block_at(run, place, sizeof(*weights));
    if (!weights)
        return FLAG_FAILED;
    __u32 count = FLAG_LOAD(weights->count);
    run->sum = 0;
    for (__u32 i = FLAG_START(run); FLAG_MAY_LOOP(rounds, FLAG_MAX_BUCKETS) && i < count; i++) {
        const struct flag_weight *weight = (const struct flag_weight *)flag_block_at(
            run, place + (__u32)sizeof(*weights) + i * (__u32)sizeof(*weight), sizeof(*weight));
        __s64 one = weight ? flag_weight_of(run, FLAG_LOAD(weight->operand)) : -1;

        if (one < 0)
            return FLAG_FAILED;
        run->sum += one;
        if (run->sum > point)
            return FLAG_LOAD(weight->step);
    }
    return FLAG_NEITHER;
}

/* The step of the bucket that holds the hash, where the weights are computed. */
FLAG_INLINE int flag_weigh_step(struct flag_run *run)
{
    if (flag_add_weights(run, run->step.extra, ~0ULL) != FLAG_NEITHER || run->sum == 0 || run->sum > 0x7fffffff)
        return run->step.no;
    int step = flag_add_weights(run, run->step.extra, flag_project(run, (__u32)run->sum));
    return step >= 0 ? step : FLAG_END_FAIL;
}

/* Carries out run->step: the number of the next one, or FLAG_END_…. */
FLAG_PART int flag_step_once(struct flag_run *run)
{
    if (!run)
        return FLAG_END_FAIL;
    __u32 op = run->step.op, how = run->step.how;

    if (op == FLAG_STEP_GIVE) {
        run->variant = run->step.extra;
        return run->variant < FLAG_MAX_VARIANTS ? FLAG_END_GIVE : FLAG_END_FAIL;
    }
    if (op == FLAG_STEP_PASS)
        return FLAG_END_PASS;
    if (op == FLAG_STEP_HASH_BEGIN)
        return flag_branch(run, flag_hash_begin_at(run, run->step.extra));
    if (op == FLAG_STEP_HASH_KEY)
        return flag_branch(run, flag_hash_targeting_key(run));
    if (op == FLAG_STEP_BUCKET)
        return flag_bucket_step(run, run->step.extra);
    if (op == FLAG_STEP_WEIGH)
        return flag_weigh_step(run);

    if (!flag_fetch_left(run, run->step.left))
        return FLAG_END_FAIL;
    switch (op) {
    case FLAG_STEP_SELECT:
        return flag_select(run);
    case FLAG_STEP_TRUTH:
        return flag_branch(run, flag_truth(&run->left));
    case FLAG_STEP_ABSENT:
        return flag_branch(run, run->left.type == FLAG_VALUE_NULL);
    case FLAG_STEP_IN_SET:
        return flag_branch(run, flag_in_set(run, run->step.extra, how));
    case FLAG_STEP_HASH_STRING:
        return flag_branch(run, flag_hash_string(run));
    case FLAG_STEP_HASH_TEXT:
        return flag_branch(run, flag_hash_any(run));
    case FLAG_STEP_VERSION:
        if (run->step.extra)
            return flag_branch(run, flag_in_version(run, how, run->step.extra));
        break;
    }

    if (!flag_fetch_right(run, run->step.right))
        return FLAG_END_FAIL;
    switch (op) {
    case FLAG_STEP_COMPARE:
        return flag_branch(run, flag_compare(run, how));
    case FLAG_STEP_IN:
        return flag_branch(run, flag_in(run));
    case FLAG_STEP_VERSION:
        return flag_branch(run, flag_in_version(run, how, 0));
    case FLAG_STEP_STARTS_WITH:
    case FLAG_STEP_ENDS_WITH:
        if (run->left.type != FLAG_VALUE_STRING || run->right.type != FLAG_VALUE_STRING)
            return run->step.neither;
        flag_swap(run);
        if (run->left.bytes > run->right.bytes)
            return run->step.no;
        return flag_branch(run, flag_text_match(run, op == FLAG_STEP_STARTS_WITH ? 0 : run->right.bytes - run->left.bytes));
    case FLAG_STEP_CALCULATE:
        if (!flag_calculate(run, how))
            return FLAG_END_FAIL;
        run->registers[run->step.extra & (FLAG_REGISTERS - 1)] = run->left;
        return run->step.yes;
    default:
        return FLAG_END_FAIL;
    }
}

/* Runs the program in the block from where run->course is: FLAG_END_…, with run->variant where it gives one. */
FLAG_INLINE int flag_run_program(struct flag_run *run)
{
    __u32 rounds FLAG_UNUSED = 0;

    if (!run)
        return FLAG_END_FAIL;
    int at = run->course.at & (FLAG_MAX_STEPS - 1);
    const struct flag_block *head = flag_block_head(run);
    if (!head)
        return FLAG_END_FAIL;
    __u32 steps = FLAG_LOAD(head->steps), count = FLAG_LOAD(head->step_count);
    while (FLAG_MAY_LOOP(rounds, FLAG_MAX_STEPS) && at >= 0 && (__u32)at < count) {
        const struct flag_step *step = (const struct flag_step *)flag_block_at(run, steps + (__u32)at * (__u32)sizeof(*step), sizeof(*step));

        if (!step)
            return FLAG_END_FAIL;
        ((flag_word *)&run->step)[0] = FLAG_LOAD(((const flag_word *)step)[0]);
        ((flag_word *)&run->step)[1] = FLAG_LOAD(((const flag_word *)step)[1]);
        int next = flag_step_once(run);
        FLAG_TRACE(flag_caller(run), run->depth, at, next);
        if (next < 0)
            return next;
        if (next <= at)
            return FLAG_END_FAIL;
        at = next;
    }
    return FLAG_END_FAIL;
}

#endif
