/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The steps that most rules are made of: a text or a whole number of the caller against constants, and shares. Their values
 * stay out of memory, and in the kernel they take no call, which costs more there than a step does. At the first step that
 * takes more they leave off, and flag_steps.h goes on there.
 */
#ifndef FABRIC_FLAG_QUICK_H
#define FABRIC_FLAG_QUICK_H

#include "flag_steps.h"

/* What these steps leave to the others. */
#define FLAG_UNUSUAL (-4)

/*
 * Bytes of the longest text that is looked at here. A constant that does not lie so far from where a block may end at the
 * latest is left to the others: then every place is bounded by a number that the compiler and the verifier know.
 */
#ifndef FLAG_QUICK_BYTES
#define FLAG_QUICK_BYTES FLAG_KEY_BYTES
#endif

/* A number, of which the verifier forgets what it knew: it would go through a loop again for each that it knows of. */
#ifndef FLAG_FORGET
#define FLAG_FORGET(quick, x) (x)
#endif

/* Places of a set that are looked at; most texts are at the first. */
#define FLAG_QUICK_PROBES 8

/* Buckets that are looked at. */
#define FLAG_QUICK_BUCKETS 8

/* Steps that are taken at most. */
#ifndef FLAG_QUICK_STEPS
#define FLAG_QUICK_STEPS FLAG_MAX_STEPS
#endif

struct flag_quick {
    const unsigned char *block;
    const struct flag_caller *caller;
    FLAG_QUICK_MEMBERS
    __u32 facts; /* what the block's head says of these */
    __u32 constants;
    __u32 steps;
    __u32 step_count;
};

/* The targeting key, and an attribute by the place and the length of its name: 1, or FLAG_UNUSUAL. */
FLAG_INLINE int flag_quick_key(struct flag_quick *quick, struct flag_value *to);
FLAG_INLINE int flag_quick_attribute(struct flag_quick *quick, __u32 name, __u32 bytes, struct flag_value *to);

/* Up to eight bytes of a text that one of these gave, with zeros behind its end. */
FLAG_INLINE __u64 flag_quick_word(struct flag_quick *quick, const struct flag_value *text, __u32 at);

/* Four bytes that it has. */
FLAG_INLINE __u32 flag_quick_half(struct flag_quick *quick, const struct flag_value *text, __u32 at);

/*
 * Keeps a number in one register, so that the verifier sees that the one that is used is the one that was checked; where there
 * is none, nothing.
 */
#ifndef FLAG_ONE_REGISTER
#define FLAG_ONE_REGISTER(x) ((void)0)
#endif

/*
 * `name`, a part of the block at `place`; leaves the step to the others where it cannot be there. Within the room of the
 * longest block every place is in the table.
 */
#define FLAG_QUICK_PART(quick, type, name, place)                                    \
    __u64 name##_place = (__u32)(place);                                             \
    FLAG_ONE_REGISTER(name##_place);                                                 \
    if (__builtin_expect(name##_place > FLAG_MAX_BLOCK_BYTES - sizeof(type), 0))     \
        return FLAG_UNUSUAL;                                                         \
    const type *name = (const type *)((quick)->block + name##_place)

/* A text of the block, and the zeros that fill its last word. */
struct flag_quick_text {
    __u64 words[FLAG_QUICK_BYTES / 8 + 1];
};

/* Reads a fact of the caller. 1, or FLAG_UNUSUAL. */
FLAG_INLINE int flag_quick_fact(struct flag_quick *quick, __u32 operand, struct flag_value *to)
{
    FLAG_QUICK_PART(quick, flag_word, fact, quick->facts + operand * (__u32)sizeof(struct flag_fact));
    __u64 word = FLAG_LOAD(*fact);
    __u32 source = word & 0xff;
    int read = FLAG_UNUSUAL;

    if (operand >= FLAG_OPERAND_CONSTANT)
        return FLAG_UNUSUAL;
    if (source == FLAG_FACT_TARGETING_KEY)
        read = flag_quick_key(quick, to);
    else if (source == FLAG_FACT_ATTRIBUTE)
        read = flag_quick_attribute(quick, (__u32)(word >> 32), word >> 16 & 0xffff, to);
    if (read != FLAG_UNUSUAL)
        FLAG_TRACE_FACT(quick->caller, 0, operand, to);
    return read;
}

/* Whether `text` is `other`, of the same length. */
FLAG_INLINE int flag_quick_equal(struct flag_quick *quick, const struct flag_value *text, const struct flag_quick_text *other)
{
    __u32 bytes = FLAG_FORGET(quick, text->bytes);

    FLAG_LOOP
    for (__u32 i = 0; i < FLAG_QUICK_BYTES && i < bytes; i += 8) {
        if (flag_quick_word(quick, text, i) != FLAG_LOAD(other->words[i / 8]))
            return 0;
    }
    return 1;
}

/* Whether `text` has so many bytes of `other` at `at`; it is long enough. */
FLAG_INLINE int flag_quick_match(struct flag_quick *quick, const struct flag_value *text, __u32 at, const struct flag_quick_text *other, __u32 bytes)
{
    bytes = FLAG_FORGET(quick, bytes);
    FLAG_LOOP
    for (__u32 i = 0; i < FLAG_QUICK_BYTES && i < bytes; i += 8) {
        __u64 word = flag_quick_word(quick, text, at + i);

        if (bytes - i < 8)
            word &= (1ULL << ((bytes - i) * 8 & 63)) - 1;
        if (word != FLAG_LOAD(other->words[i / 8]))
            return 0;
    }
    return 1;
}

FLAG_INLINE __u64 flag_quick_hash(struct flag_quick *quick, const struct flag_value *text)
{
    __u64 hash = flag_hash_begin(text->bytes);
    __u32 bytes = FLAG_FORGET(quick, text->bytes);

    FLAG_LOOP
    for (__u32 i = 0; i < FLAG_QUICK_BYTES && i < bytes; i += 8)
        hash = flag_hash_word(hash, flag_quick_word(quick, text, i));
    return flag_hash_end(hash);
}

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
    FLAG_QUICK_PART(quick, struct flag_constant, constant, quick->constants + (right & FLAG_OPERAND_INDEX) * (__u32)sizeof(struct flag_constant));
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
        course->pending |= flag_quick_word(quick, text, whole) << pending * 8;
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
    FLAG_QUICK_PART(quick, struct flag_step, words, quick->steps + at * (__u32)sizeof(struct flag_step));

    *step = FLAG_LOAD(((const flag_word *)words)[0]);
    *more = FLAG_LOAD(((const flag_word *)words)[1]);
    return at < quick->step_count ? 1 : FLAG_UNUSUAL;
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

/* Opens the block of a version; FLAG_UNUSUAL where it cannot be. */
FLAG_INLINE int flag_quick_open(struct flag_quick *quick, const struct flag_view *view, const struct flag_body *body)
{
    __u64 offset = FLAG_LOAD(body->block_offset);

    if (offset > FLAG_MEASURE(view, heap_bytes) - FLAG_MAX_BLOCK_BYTES)
        return FLAG_UNUSUAL;
    quick->block = view->base + FLAG_MEASURE(view, heap_offset) + offset;
    const struct flag_block *head = (const struct flag_block *)quick->block;
    quick->facts = FLAG_LOAD(head->facts);
    quick->constants = FLAG_LOAD(head->constants);
    quick->steps = FLAG_LOAD(head->steps);
    quick->step_count = FLAG_LOAD(head->step_count);
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
