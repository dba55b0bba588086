/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* The usual steps (flag_quick.h) that hash a bucketing value and find its share. */
#ifndef FABRIC_FLAG_QUICK_SHARE_H
#define FABRIC_FLAG_QUICK_SHARE_H

#include "flag_quick_text.h"

/* Feeds `text` to murmur3. */
FLAG_INLINE void flag_quick_murmur(struct flag_quick *quick, struct flag_course *course, const struct flag_value *text)
{
    __u32 bytes = FLAG_FORGET(quick, text->bytes), pending = course->total & 3, whole = bytes & ~3u;

    FLAG_LOOP
    for (__u32 i = 0; i < FLAG_QUICK_BYTES && i < whole; i += 4) {
        course->pending |= (__u64)flag_quick_half(quick, text, i) << pending * 8;
        course->hash = flag_murmur_round(course->hash, (__u32)course->pending);
        course->pending >>= 32;
    }
    if (bytes & 3) {
        /* The verifier of 6.18.15 takes what it has seen of the loop's end for a contradiction. */
        course->pending |= flag_quick_word(quick, text, FLAG_FORGET(quick, whole)) << pending * 8;
        if (pending + (bytes & 3) >= 4) {
            course->hash = flag_murmur_round(course->hash, (__u32)course->pending);
            course->pending >>= 32;
        }
    }
    course->total += text->bytes;
}

/* What a step finds that adds to the hash. */
FLAG_INLINE int flag_quick_add(struct flag_quick *quick, struct flag_course *course, __u64 step)
{
    struct flag_value text;
    __u32 op = step & 0xff;
    int is_key = op == FLAG_STEP_HASH_KEY;

    if (!is_key && op != FLAG_STEP_HASH_STRING && op != FLAG_STEP_HASH_TEXT)
        return FLAG_UNUSUAL;
    if ((is_key ? flag_quick_key(quick, &text) : flag_quick_fact(quick, step >> 16 & 0xffff, &text)) == FLAG_UNUSUAL)
        return FLAG_UNUSUAL;
    if (text.type == FLAG_VALUE_NULL)
        return op == FLAG_STEP_HASH_TEXT;
    if (text.type != FLAG_VALUE_STRING)
        return FLAG_UNUSUAL;
    if (is_key && text.bytes == 0)
        return 0;
    flag_quick_murmur(quick, course, &text);
    return 1;
}

/* FLAG_STEP_BUCKET: the number of the next step. */
FLAG_INLINE int flag_quick_bucket(struct flag_quick *quick, const struct flag_course *course, __u32 place)
{
    FLAG_QUICK_PART(quick, struct flag_buckets, buckets, place);
    __u32 count = FLAG_LOAD(buckets->count), total = FLAG_LOAD(buckets->total);
    __u32 hash = flag_murmur_finish(course->hash, course->pending, course->total & 3, course->total);
    __u32 point = (__u32)(((__u64)hash * total) >> 32);

    FLAG_TRACE_BUCKET(quick->caller, hash, point, total);
    FLAG_LOOP
    for (__u32 i = 0; i < FLAG_QUICK_BUCKETS && i < count; i++) {
        FLAG_QUICK_PART(quick, struct flag_bucket, bucket, place + (__u32)sizeof(*buckets) + i * (__u32)sizeof(struct flag_bucket));

        if (point < FLAG_LOAD(bucket->end))
            return (__u16)FLAG_LOAD(bucket->variant);
    }
    return FLAG_UNUSUAL;
}

/* Where a step leads that found this. */
FLAG_INLINE int flag_quick_branch(int found, __u64 step, __u64 more)
{
    return found == FLAG_UNUSUAL ? FLAG_UNUSUAL : found == FLAG_NEITHER ? more >> 16 & 0xffff : found ? step >> 48 : more & 0xffff;
}

/* Reads step number `at`: 1, or FLAG_UNUSUAL. */
FLAG_INLINE int flag_quick_read(struct flag_quick *quick, __u32 at, __u64 *step, __u64 *more)
{
    FLAG_QUICK_PART(quick, struct flag_step, words, FLAG_QUICK_HEAD(quick, steps) + at * (__u32)sizeof(struct flag_step));

    *step = FLAG_LOAD(((const flag_word *)words)[0]);
    *more = FLAG_LOAD(((const flag_word *)words)[1]);
    return at < FLAG_QUICK_HEAD(quick, step_count) ? 1 : FLAG_UNUSUAL;
}

FLAG_INLINE int flag_quick_seed(struct flag_quick *quick, struct flag_course *course, __u32 place)
{
    FLAG_QUICK_PART(quick, struct flag_seed, seed, place);

    course->hash = FLAG_LOAD(seed->hash);
    course->pending = FLAG_LOAD(seed->tail);
    course->total = FLAG_LOAD(seed->bytes);
    return 1;
}

/* The steps of flag_quick_share. */
FLAG_INLINE int flag_quick_share_at(struct flag_quick *quick, struct flag_course *course, __u64 step, __u64 more)
{
    __u32 next = step >> 48;

    if (flag_quick_seed(quick, course, more >> 32) == FLAG_UNUSUAL || flag_quick_read(quick, next, &step, &more) == FLAG_UNUSUAL)
        return FLAG_UNUSUAL;
    FLAG_TRACE(quick->caller, 0, course->at, next);
    course->at = next;
    int found = flag_quick_add(quick, course, step);
    if (found == FLAG_UNUSUAL)
        return FLAG_UNUSUAL;
    next = found ? step >> 48 : more & 0xffff;
    FLAG_TRACE(quick->caller, 0, course->at, next);
    if (!found)
        return next;
    if (next <= course->at || flag_quick_read(quick, next, &step, &more) == FLAG_UNUSUAL)
        return FLAG_END_FAIL;
    course->at = next;
    if ((step & 0xff) != FLAG_STEP_BUCKET)
        return FLAG_UNUSUAL;
    int then = flag_quick_bucket(quick, course, more >> 32);
    if (then != FLAG_UNUSUAL)
        FLAG_TRACE(quick->caller, 0, course->at, then);
    return then;
}

/*
 * FLAG_STEP_HASH_BEGIN, which is at `at`, a step that adds to its hash and FLAG_STEP_BUCKET, which is what most shares are: the
 * number of the step that is next. FLAG_UNUSUAL where another one is among them: `*left_off` says how far it came.
 */
FLAG_INLINE int flag_quick_share(struct flag_quick *quick, __u32 at, __u64 step, __u64 more, struct flag_course *left_off)
{
    struct flag_course course = { .at = at };
    int next = flag_quick_share_at(quick, &course, step, more);

    if (next == FLAG_UNUSUAL)
        *left_off = course;
    return next;
}

#endif
