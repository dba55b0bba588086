/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* sem_ver: versions are read from texts, and compared by their precedence. */
#ifndef FABRIC_FLAG_VERSION_H
#define FABRIC_FLAG_VERSION_H

#include "flag_value.h"

#define FLAG_VERSION_BYTES 256

/* Where in a version a reader is. */
#define FLAG_IN_NUMBERS 0
#define FLAG_IN_PRERELEASE 1
#define FLAG_IN_BUILD 2

/* An identifier must not be empty, and a number in a prerelease must not begin with a zero. */
FLAG_INLINE int flag_identifier_is_sound(const struct flag_version_reading *at)
{
    return at->length > 0 && !(at->where == FLAG_IN_PRERELEASE && at->zero && at->length > 1 && at->digits == at->length);
}

FLAG_INLINE int flag_is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

/* A digit of one of the three numbers. 0 for 01, and for what is more than 2^53 - 1 for sure. */
FLAG_INLINE int flag_version_digit(struct flag_version_reading *at, int c)
{
    if ((at->digits > 0 && at->number == 0) || at->digits >= 16)
        return 0;
    at->number = at->number * 10 + (c - '0');
    at->digits++;
    return 1;
}

/* The end of a number: what separates it from what follows is `c`, 0 at the end of all. */
FLAG_INLINE int flag_version_number_ends(struct flag_version_reading *at, struct flag_version_parts *to, __u32 i, int c)
{
    if (at->digits == 0 || at->number >= FLAG_WHOLE || at->part > 2)
        return 0;
    to->number[at->part == 0 ? 0 : at->part == 1 ? 1 : 2] = at->number;
    at->part++;
    at->number = at->digits = 0;
    if (c == 0 || (c == '.' && at->part < 3))
        return 1;
    if (at->part != 3 || (c != '-' && c != '+'))
        return 0;
    at->where = c == '-' ? FLAG_IN_PRERELEASE : FLAG_IN_BUILD;
    at->start = at->end = i + 1;
    at->length = at->digits = at->zero = 0;
    return 1;
}

FLAG_INLINE int flag_version_identifier_ends(struct flag_version_reading *at, __u32 i, int c)
{
    if (!flag_identifier_is_sound(at) || (c != 0 && c != '.' && (c != '+' || at->where == FLAG_IN_BUILD)))
        return 0;
    if (at->where == FLAG_IN_PRERELEASE)
        at->end = i;
    if (c == '+')
        at->where = FLAG_IN_BUILD;
    at->length = at->digits = at->zero = 0;
    return 1;
}

/* The byte at `i`, 0 at the end; 0 where the text is no version. */
FLAG_PART int flag_version_byte(struct flag_run *run, __u32 which, __u32 i)
{
    if (!run)
        return 0;
    struct flag_version_reading *at = &run->version;
    int c = i < run->left.bytes ? flag_text_byte(run, &run->left, i) : 0;

    if (c == 0 && i < run->left.bytes)
        return 0;
    if (at->where == FLAG_IN_NUMBERS)
        return flag_is_digit(c) ? flag_version_digit(at, c) : flag_version_number_ends(at, &run->versions[which & 1], i, c);
    if (!flag_is_digit(c) && !flag_is_letter(c))
        return flag_version_identifier_ends(at, i, c);
    if (at->length == 0)
        at->zero = c == '0';
    at->digits += flag_is_digit(c);
    at->length++;
    return 1;
}

/* Reads `left` into run->versions[which]; 0 where it is no version. */
FLAG_PART int flag_read_version(struct flag_run *run, __u32 which)
{
    __u32 rounds FLAG_UNUSED = 0;

    if (!run || run->left.bytes > FLAG_VERSION_BYTES)
        return 0;
    struct flag_version_parts *to = &run->versions[which & 1];
    __builtin_memset(&run->version, 0, sizeof(run->version));
    to->number[0] = to->number[1] = to->number[2] = 0;
    int first = run->left.bytes ? flag_text_byte(run, &run->left, 0) : 0;
    __u32 i = FLAG_START(run) + (first == 'v' || first == 'V');
    /* One round more than there are bytes: the end closes what is open, as a separator does. */
    for (; FLAG_MAY_LOOP(rounds, FLAG_VERSION_BYTES + 1) && i <= run->left.bytes; i++) {
        if (!flag_version_byte(run, which, i))
            return 0;
    }
    to->prerelease.type = FLAG_VALUE_STRING;
    to->prerelease.bytes = run->version.end - run->version.start;
    to->prerelease.bits = run->left.bits + run->version.start;
    return 1;
}

/* How two identifiers compare that have both ended. Numbers come before words; a longer number is larger, since none begins
 * with a zero. */
FLAG_INLINE int flag_compare_identifiers(const struct flag_identifiers *at)
{
    if (at->a_number != at->b_number)
        return at->a_number ? -1 : 1;
    if (at->a_number && at->a_length != at->b_length)
        return at->a_length < at->b_length ? -1 : 1;
    if (at->difference)
        return at->difference;
    return at->a_length < at->b_length ? -1 : at->a_length > at->b_length;
}

/* A byte further in both identifiers; where one has ended, in the other alone. */
FLAG_INLINE void flag_step_identifiers(struct flag_identifiers *at, int x, int y)
{
    if (x != '.' && y != '.' && x != y && !at->difference)
        at->difference = x < y ? -1 : 1;
    if (x != '.') {
        at->a++;
        at->a_length++;
        at->a_number &= flag_is_digit(x);
    }
    if (y != '.') {
        at->b++;
        at->b_length++;
        at->b_number &= flag_is_digit(y);
    }
}

FLAG_INLINE void flag_begin_identifiers(struct flag_identifiers *at)
{
    at->a_length = at->b_length = 0;
    at->a_number = at->b_number = 1;
    at->difference = 0;
}

/* -1, 0 or 1: the prereleases of both versions, of which one that has none comes last. */
FLAG_PART int flag_compare_prereleases(struct flag_run *run)
{
    __u32 rounds FLAG_UNUSED = 0;

    if (!run)
        return 0;
    const struct flag_value *a = &run->versions[0].prerelease, *b = &run->versions[1].prerelease;
    struct flag_identifiers *at = &run->identifiers;
    if (a->bytes == 0 || b->bytes == 0)
        return a->bytes ? -1 : b->bytes ? 1 : 0;
    at->a = at->b = 0;
    flag_begin_identifiers(at);
    while (FLAG_MAY_LOOP(rounds, 2 * FLAG_VERSION_BYTES + 2)) {
        int x = at->a < a->bytes ? flag_text_byte(run, a, at->a) : '.';
        int y = at->b < b->bytes ? flag_text_byte(run, b, at->b) : '.';

        if (x != '.' || y != '.') {
            flag_step_identifiers(at, x, y);
            continue;
        }
        int order = flag_compare_identifiers(at);
        if (order)
            return order;
        if (at->a >= a->bytes || at->b >= b->bytes)
            return at->a < a->bytes ? 1 : at->b < b->bytes ? -1 : 0;
        at->a++;
        at->b++;
        flag_begin_identifiers(at);
    }
    return 0;
}

/* versions[0] enum flag_version_comparison `how` versions[1]. */
FLAG_INLINE int flag_compare_versions(struct flag_run *run, __u32 how)
{
    const struct flag_version_parts *a = &run->versions[0], *b = &run->versions[1];
    int order = 0;

    if (how == FLAG_VERSION_SAME_MAJOR)
        return a->number[0] == b->number[0];
    if (how == FLAG_VERSION_SAME_MINOR)
        return a->number[0] == b->number[0] && a->number[1] == b->number[1];
    for (int i = 0; i < 3 && order == 0; i++)
        order = a->number[i] < b->number[i] ? -1 : a->number[i] > b->number[i];
    if (order == 0)
        order = flag_compare_prereleases(run);
    switch (how) {
    case FLAG_VERSION_EQUAL:
        return order == 0;
    case FLAG_VERSION_NOT_EQUAL:
        return order != 0;
    case FLAG_VERSION_LESS:
        return order < 0;
    case FLAG_VERSION_LESS_OR_EQUAL:
        return order <= 0;
    case FLAG_VERSION_GREATER:
        return order > 0;
    default:
        return order >= 0;
    }
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
FLAG_RARE_PART int flag_in_version(struct flag_run *run, __u32 how, __u32 place)
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

#endif
