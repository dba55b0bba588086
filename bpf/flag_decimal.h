/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Numbers as texts: read from them, and written as JavaScript writes them. */
#ifndef FABRIC_FLAG_DECIMAL_H
#define FABRIC_FLAG_DECIMAL_H

#include "flag_number.h"
#include "flag_text.h"

/* Digits of a number that count, and places before and behind its point. */
#define FLAG_DIGITS 19

FLAG_INLINE int flag_is_space(int c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

FLAG_INLINE int flag_is_digit(int c)
{
    return c >= '0' && c <= '9';
}

/* 10^n; n is at most 19. */
FLAG_INLINE __u64 flag_power_of_ten(__u32 n)
{
    __u64 power = 1;

    FLAG_LOOP
    for (__u64 i = 0; i < FLAG_DIGITS; i++)
        power *= 1 + 9 * flag_below(i, n);
    return power;
}

/* The number that is sign, digits * 10^exponent; 0 where it has too many places. `digits` has at most 19 and is not 0. */
FLAG_INLINE int flag_scale(struct flag_value *to, __u64 digits, __s32 exponent, int negative)
{
    if (exponent >= 0) {
        if (exponent > FLAG_DIGITS)
            return 0;
        __u64 high, low;
        flag_multiply(digits, flag_power_of_ten(exponent), &high, &low);
        if (high || low >= 10000000000000000000ULL)
            return 0;
        if (low <= FLAG_WHOLE)
            flag_set_integer(to, flag_signed(low, negative));
        else
            flag_set_double(to, flag_double_of(low, negative));
        return 1;
    }
    if (exponent < -FLAG_DIGITS)
        return 0;
    flag_set_double(to, flag_quotient(digits, flag_power_of_ten(-exponent), negative));
    return 1;
}

/* Where in a number's text a reader is. */
#define FLAG_BEFORE_NUMBER 0
#define FLAG_BEFORE_POINT 1
#define FLAG_BEHIND_POINT 2
#define FLAG_IN_EXPONENT 3
#define FLAG_BEHIND_NUMBER 4

/* Takes a digit; zeros wait, since trailing ones do not count. 0 where there are too many. */
FLAG_INLINE int flag_take_digit(struct flag_number_reading *at, __u32 digit)
{
    at->any = 1;
    at->exponent -= at->where == FLAG_BEHIND_POINT;
    if (at->where == FLAG_BEFORE_NUMBER)
        at->where = FLAG_BEFORE_POINT;
    if (digit == 0) {
        at->zeros += at->count != 0;
        return 1;
    }
    at->count += at->zeros + 1;
    if (at->count > FLAG_DIGITS)
        return 0;
    at->digits = at->digits * flag_power_of_ten(at->zeros + 1) + digit;
    at->zeros = 0;
    return 1;
}

FLAG_INLINE int flag_take_power_digit(struct flag_number_reading *at, __u32 digit)
{
    at->power_any = 1;
    if (at->power < 1000)
        at->power = at->power * 10 + digit;
    return 1;
}

/* A sign is the first of a number or of its exponent, and the only one. */
FLAG_INLINE int flag_take_sign(struct flag_number_reading *at, int minus)
{
    if (at->signs || at->power_any || (at->where != FLAG_BEFORE_NUMBER && at->where != FLAG_IN_EXPONENT))
        return 0;
    at->signs = 1;
    if (at->where == FLAG_IN_EXPONENT)
        at->power_negative = minus;
    else
        at->negative = minus;
    return 1;
}

/* White space stands before a number and behind it. */
FLAG_INLINE int flag_take_space(struct flag_number_reading *at)
{
    if (at->where == FLAG_BEFORE_NUMBER)
        return !at->signs;
    if (!at->any || (at->where == FLAG_IN_EXPONENT && !at->power_any))
        return 0;
    at->where = FLAG_BEHIND_NUMBER;
    return 1;
}

/* One byte of a number; 0 where there can be no number. */
FLAG_PART int flag_number_byte(struct flag_run *run, __u32 i)
{
    if (!run)
        return 0;
    struct flag_number_reading *at = &run->number;
    int c = flag_text_byte(run, &run->left, i);

    if (flag_is_space(c))
        return flag_take_space(at);
    if (at->where == FLAG_BEHIND_NUMBER)
        return 0;
    if (flag_is_digit(c))
        return at->where == FLAG_IN_EXPONENT ? flag_take_power_digit(at, c - '0') : flag_take_digit(at, c - '0');
    if (c == '+' || c == '-')
        return flag_take_sign(at, c == '-');
    if (c == '.' && at->where < FLAG_BEHIND_POINT) {
        at->where = FLAG_BEHIND_POINT;
        return 1;
    }
    if ((c | 0x20) == 'e' && at->any && at->where < FLAG_IN_EXPONENT) {
        at->where = FLAG_IN_EXPONENT;
        at->signs = 0;
        return 1;
    }
    return 0;
}

/* Reads `left` as a number and puts it in the text's place. 0 where it is none, which leaves the text. */
FLAG_RARE_PART int flag_text_to_number(struct flag_run *run)
{
    __u32 rounds FLAG_UNUSED = 0;

    if (!run)
        return 0;
    struct flag_number_reading *at = &run->number;
    __builtin_memset(at, 0, sizeof(*at));
    for (__u32 i = FLAG_START(run); FLAG_MAY_LOOP(rounds, FLAG_MAX_TEXT) && i < run->left.bytes; i++) {
        if (!flag_number_byte(run, i))
            return 0;
    }
    int empty = at->where == FLAG_BEFORE_NUMBER && !at->signs;
    if (!empty && (!at->any || (at->where == FLAG_IN_EXPONENT && !at->power_any)))
        return 0;
    if (at->digits == 0) {
        flag_set_integer(&run->left, 0);
        return 1;
    }
    __s32 exponent = at->exponent + (__s32)at->zeros + (at->power_negative ? -(__s32)at->power : (__s32)at->power);
    return flag_scale(&run->left, at->digits, exponent, at->negative);
}

/* Writes sign, digits and a point before the last `places` of them into the scratch, and makes that text `left`. */
FLAG_INLINE void flag_write_digits(struct flag_run *run, __u64 digits, __u32 places, int negative)
{
    __u32 at = FLAG_SCRATCH_BYTES + FLAG_START(run), written = FLAG_START(run), rounds FLAG_UNUSED = 0;

    FLAG_LOOP
    while (FLAG_MAY_LOOP(rounds, FLAG_SCRATCH_BYTES - 2)) {
        if (digits == 0 && written > places)
            break;
        if (places && written == places)
            run->scratch[--at & (FLAG_SCRATCH_BYTES - 1)] = '.';
        run->scratch[--at & (FLAG_SCRATCH_BYTES - 1)] = '0' + digits % 10;
        digits /= 10;
        written++;
    }
    if (negative)
        run->scratch[--at & (FLAG_SCRATCH_BYTES - 1)] = '-';
    run->left.type = FLAG_VALUE_STRING;
    run->left.bytes = FLAG_SCRATCH_BYTES - at;
    run->left.bits = flag_scratch_text(run) + at;
}

/*
 * The shortest decimal fraction that reads as the double in `left`, as text in its place. 0 where JavaScript would use an
 * exponent, or would need more than 19 places behind the point.
 */
FLAG_INLINE int flag_write_double(struct flag_run *run)
{
    __u32 rounds FLAG_UNUSED = 0;
    __u64 bits = run->left.bits;
    __u32 exponent = bits >> 52 & 0x7ff;
    __u64 mantissa = (bits & FLAG_MANTISSA) | (1ULL << 52);
    __s32 shift = 1075 - (__s32)exponent;

    /* From 10^-6, which is next to 2^-20, to 2^53: beyond are exponents and whole numbers without all their digits. */
    if (shift < 1 || shift > 72 || (bits & ~FLAG_SIGN) < 0x3eb0c6f7a0b5ed8dULL)
        return 0;
    for (__u32 places = 1 + FLAG_START(run); FLAG_MAY_LOOP(rounds, FLAG_DIGITS) && places <= FLAG_DIGITS; places++) {
        __u64 high, low, power = flag_power_of_ten(places);

        flag_multiply(mantissa, power, &high, &low);
        /* Divided by 2^shift, to the nearest. */
        __u64 digits = shift < 64 ? (low >> shift) | (high << 1 << (63 - shift)) : high >> (shift - 64);
        __u64 next = shift <= 64 ? low >> (shift - 1) : high >> (shift - 65);
        if (shift < 64 && high >> shift)
            return 0;
        digits += next & 1;
        if (flag_quotient(digits, power, bits >> 63) == bits) {
            flag_write_digits(run, digits, places, bits >> 63);
            return 1;
        }
    }
    return 0;
}

/* Makes `left` the text of a constant word of up to eight characters. */
FLAG_INLINE void flag_write_word(struct flag_run *run, __u64 word, __u32 bytes)
{
    *(flag_word *)run->scratch = word;
    run->left.type = FLAG_VALUE_STRING;
    run->left.bytes = bytes;
    run->left.bits = flag_scratch_text(run);
}

#define FLAG_WORD_TRUE 0x65757274ULL
#define FLAG_WORD_FALSE 0x65736c6166ULL
#define FLAG_WORD_NULL 0x6c6c756eULL

/* `left` as text, as JavaScript writes it. 0 where it cannot be. */
FLAG_RARE_PART int flag_to_text(struct flag_run *run)
{
    if (!run)
        return 0;
    __s64 whole = (__s64)run->left.bits;

    switch (run->left.type) {
    case FLAG_VALUE_STRING:
        return 1;
    case FLAG_VALUE_NULL:
        flag_write_word(run, FLAG_WORD_NULL, 4);
        return 1;
    case FLAG_VALUE_BOOLEAN:
        flag_write_word(run, whole ? FLAG_WORD_TRUE : FLAG_WORD_FALSE, whole ? 4 : 5);
        return 1;
    case FLAG_VALUE_INTEGER:
        flag_write_digits(run, flag_magnitude(whole), 0, whole < 0);
        return 1;
    case FLAG_VALUE_DOUBLE:
        return flag_write_double(run);
    default:
        return 0;
    }
}

#endif
