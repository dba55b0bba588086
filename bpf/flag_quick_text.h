/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* What the usual steps (flag_quick.h) hold, and how they read facts and texts. */
#ifndef FABRIC_FLAG_QUICK_TEXT_H
#define FABRIC_FLAG_QUICK_TEXT_H

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
};

/* What the block's head says. */
#define FLAG_QUICK_HEAD(quick, member) FLAG_LOAD(((const struct flag_block *)(quick)->block)->member)

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
    FLAG_QUICK_PART(quick, flag_word, fact, FLAG_QUICK_HEAD(quick, facts) + operand * (__u32)sizeof(struct flag_fact));
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

#endif
