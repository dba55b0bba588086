/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Texts: compared, searched, hashed. */
#ifndef FABRIC_FLAG_TEXT_H
#define FABRIC_FLAG_TEXT_H

#include "flag_run.h"

FLAG_INLINE int flag_text_byte(struct flag_run *run, const struct flag_value *text, __u32 at)
{
    return flag_text_word(run, text, at) & 0xff;
}

/* Whether `right` has `left` at `at`; it must be long enough. */
FLAG_PART int flag_text_match(struct flag_run *run, __u32 at)
{
    __u32 rounds FLAG_UNUSED = 0;

    if (!run)
        return 0;
    for (__u32 i = FLAG_START(run); FLAG_MAY_LOOP(rounds, FLAG_MAX_TEXT / 8 + 1) && i < run->left.bytes; i += 8) {
        __u32 rest = run->left.bytes - i;
        __u64 needle = flag_text_word(run, &run->left, i);
        __u64 word = flag_text_word(run, &run->right, at + i);

        if (rest < 8)
            word &= (1ULL << (rest * 8)) - 1;
        if (needle != word)
            return 0;
    }
    return 1;
}

FLAG_INLINE int flag_text_equal(struct flag_run *run)
{
    return run->left.bytes == run->right.bytes && flag_text_match(run, 0);
}

/* Whether `left` is a part of `right`. */
FLAG_RARE_PART int flag_text_contains(struct flag_run *run)
{
    __u32 rounds FLAG_UNUSED = 0;

    if (!run)
        return 0;
    for (__u32 at = FLAG_START(run); FLAG_MAY_LOOP(rounds, FLAG_MAX_TEXT + 1) && (__u64)at + run->left.bytes <= run->right.bytes; at++) {
        if (flag_text_match(run, at))
            return 1;
    }
    return 0;
}

/*
 * A byte of UTF-8 as it sorts where texts are ordered by UTF-16 units: the characters beyond U+FFFF, whose first bytes
 * are 0xf0 to 0xf4, come before those from U+E000 on, with 0xee and 0xef.
 */
FLAG_INLINE int flag_utf16_rank(int byte)
{
    return byte < 0xee ? byte : byte < 0xf0 ? byte + 5 : byte - 2;
}

/* The bit at which the lowest byte begins that is not 0. */
FLAG_INLINE __u32 flag_first_difference(__u64 difference)
{
    __u32 shift = difference & 0xffffffff ? 0 : 32;

    shift += difference >> shift & 0xffff ? 0 : 16;
    return shift + (difference >> shift & 0xff ? 0 : 8);
}

/* -1, 0 or 1: `left` against `right`. */
FLAG_RARE_PART int flag_text_compare(struct flag_run *run)
{
    __u32 rounds FLAG_UNUSED = 0;

    if (!run)
        return 0;
    for (__u32 i = FLAG_START(run); FLAG_MAY_LOOP(rounds, FLAG_MAX_TEXT / 8 + 1) && i < run->left.bytes && i < run->right.bytes; i += 8) {
        __u64 a = flag_text_word(run, &run->left, i);
        __u64 b = flag_text_word(run, &run->right, i);

        if (a == b)
            continue;
        __u32 shift = flag_first_difference(a ^ b);
        /* A text that ends first comes first: where it ends, its byte here is 0, as may be one of the other's. */
        if (i + shift / 8 >= run->left.bytes || i + shift / 8 >= run->right.bytes)
            break;
        return flag_utf16_rank(a >> shift & 0xff) < flag_utf16_rank(b >> shift & 0xff) ? -1 : 1;
    }
    return run->left.bytes < run->right.bytes ? -1 : run->left.bytes > run->right.bytes;
}

/* flag_text_hash of `left`: what a name hashes to, at any length. */
FLAG_PART __u64 flag_text_hash(struct flag_run *run)
{
    __u32 rounds FLAG_UNUSED = 0;

    if (!run)
        return 0;
    __u64 hash = flag_hash_begin(run->left.bytes);
    for (__u32 i = FLAG_START(run); FLAG_MAY_LOOP(rounds, FLAG_MAX_TEXT / 8 + 1) && i < run->left.bytes; i += 8)
        hash = flag_hash_word(hash, flag_text_word(run, &run->left, i));
    return flag_hash_end(hash);
}

/* Feeds up to four bytes to murmur3. */
FLAG_INLINE void flag_murmur_feed(struct flag_course *course, __u32 word, __u32 bytes)
{
    course->pending |= (__u64)word << ((course->total & 3) * 8);
    if ((course->total & 3) + bytes >= 4) {
        course->hash = flag_murmur_round(course->hash, (__u32)course->pending);
        course->pending >>= 32;
    }
    course->total += bytes;
}

/* Feeds `left` to murmur3. */
FLAG_PART int flag_text_murmur(struct flag_run *run)
{
    __u32 rounds FLAG_UNUSED = 0;

    if (!run)
        return 0;
    for (__u32 i = FLAG_START(run); FLAG_MAY_LOOP(rounds, FLAG_MAX_TEXT / 8 + 1) && i < run->left.bytes; i += 8) {
        __u32 rest = run->left.bytes - i;
        __u64 word = flag_text_word(run, &run->left, i);

        flag_murmur_feed(&run->course, (__u32)word, rest < 4 ? rest : 4);
        if (rest > 4)
            flag_murmur_feed(&run->course, (__u32)(word >> 32), rest < 8 ? rest - 4 : 4);
    }
    return 0;
}

#endif
