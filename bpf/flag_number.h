/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Numbers without floating point. JSONLogic's numbers are doubles; one that is whole and within 2^53 is held as an
 * integer, every other as the bits of the double.
 */
#ifndef FABRIC_FLAG_NUMBER_H
#define FABRIC_FLAG_NUMBER_H

#include "flag_run.h"

#define FLAG_WHOLE (1ULL << 53) /* integers up to this one are exact in a double */
#define FLAG_SIGN (1ULL << 63)
#define FLAG_MANTISSA ((1ULL << 52) - 1)

FLAG_INLINE __u64 flag_magnitude(__s64 x)
{
    return x < 0 ? -(__u64)x : (__u64)x;
}

FLAG_INLINE __s64 flag_signed(__u64 magnitude, int negative)
{
    return (__s64)(negative ? -magnitude : magnitude);
}

FLAG_INLINE void flag_set_integer(struct flag_value *to, __s64 x)
{
    to->type = FLAG_VALUE_INTEGER;
    to->bytes = 0;
    to->bits = (__u64)x;
}

/* A double as it comes from the caller. */
FLAG_INLINE void flag_set_double(struct flag_value *to, __u64 bits)
{
    __u32 exponent = bits >> 52 & 0x7ff;
    __u64 mantissa = (bits & FLAG_MANTISSA) | (1ULL << 52);
    __s64 shift = 1075 - (__s64)exponent;

    to->type = FLAG_VALUE_DOUBLE;
    to->bytes = 0;
    to->bits = bits;
    if (exponent == 0x7ff && (bits & FLAG_MANTISSA)) {
        to->type = FLAG_VALUE_NAN;
    } else if ((bits & ~FLAG_SIGN) == 0) {
        flag_set_integer(to, 0);
    } else if (shift == -1 && mantissa == 1ULL << 52) {
        flag_set_integer(to, flag_signed(FLAG_WHOLE, bits >> 63));
    } else if (shift >= 0 && shift <= 52 && (mantissa & ((1ULL << shift) - 1)) == 0) {
        flag_set_integer(to, flag_signed(mantissa >> shift, bits >> 63));
    }
}

/* The double next to a whole number; ties go to the even one. */
FLAG_INLINE __u64 flag_double_of(__u64 magnitude, int negative)
{
    __u64 sign = negative ? FLAG_SIGN : 0;

    if (magnitude == 0)
        return 0;
    __u32 zeros = __builtin_clzll(magnitude);
    __u64 high = magnitude << zeros; /* the leading one is bit 63 */
    __u64 mantissa = high >> 11, below = high & 0x7ff;
    __u64 exponent = 1023 + 63 - zeros;

    mantissa += below > 0x400 || (below == 0x400 && (mantissa & 1));
    /* A carry out of the mantissa makes the exponent one larger, as it should. */
    return sign | ((exponent << 52) + (mantissa - (1ULL << 52)));
}

/* Doubles in an order that is that of unsigned integers. */
FLAG_INLINE __u64 flag_ordered(__u64 bits)
{
    return bits & FLAG_SIGN ? ~bits : bits | FLAG_SIGN;
}

/* A whole number beyond 2^53 against a double: the double is whole too where it comes near. */
FLAG_INLINE int flag_compare_large(__s64 whole, __u64 bits)
{
    __u32 exponent = bits >> 52 & 0x7ff;
    int negative = bits >> 63;

    if (exponent >= 1023 + 63) /* beyond 64 bits, or infinite; -2^63 itself is the smallest integer */
        return negative && bits == (FLAG_SIGN | 1086ULL << 52) && whole == (__s64)FLAG_SIGN ? 0 : negative ? 1 : -1;
    if (exponent < 1023 + 53)
        return whole < 0 ? -1 : 1;
    __s64 other = flag_signed(((bits & FLAG_MANTISSA) | (1ULL << 52)) << (exponent - 1075), negative);
    return whole < other ? -1 : whole > other;
}

/* -1, 0 or 1; both are numbers, none is a NaN. */
FLAG_INLINE int flag_compare_numbers(const struct flag_value *left, const struct flag_value *right)
{
    __s64 a = (__s64)left->bits, b = (__s64)right->bits;
    int left_whole = left->type == FLAG_VALUE_INTEGER, right_whole = right->type == FLAG_VALUE_INTEGER;

    if (left_whole && right_whole)
        return a < b ? -1 : a > b;
    if (left_whole && flag_magnitude(a) > FLAG_WHOLE)
        return flag_compare_large(a, right->bits);
    if (right_whole && flag_magnitude(b) > FLAG_WHOLE)
        return -flag_compare_large(b, left->bits);
    __u64 x = flag_ordered(left_whole ? flag_double_of(flag_magnitude(a), a < 0) : left->bits);
    __u64 y = flag_ordered(right_whole ? flag_double_of(flag_magnitude(b), b < 0) : right->bits);
    return x < y ? -1 : x > y;
}

/* 1 where a < b. Without a branch: the verifier would follow each way of each round of a division. */
FLAG_INLINE __u64 flag_below(__u64 a, __u64 b)
{
    return ((~a & b) | (~(a ^ b) & (a - b))) >> 63;
}

/* dividend / divisor as the nearest double, by long division; the divisor is not 0. */
FLAG_RARE_PART __u64 flag_quotient(__u64 dividend, __u64 divisor, int negative)
{
    if (dividend == 0 || divisor == 0)
        return 0;
    /* Both with bit 63 set: then the quotient lies between 1/2 and 2, times a power of two. */
    __u32 up = __builtin_clzll(dividend), over = __builtin_clzll(divisor);
    dividend <<= up;
    divisor <<= over;
    __u64 quotient = 1 ^ flag_below(dividend, divisor);
    __u64 remainder = dividend - (divisor & -quotient), exponent = 1022 + quotient + over - up, shift = 2 + quotient;
    /* A bit carried out of the remainder makes it more than the divisor. */
    FLAG_LOOP
    for (int i = 0; i < 55; i++) {
        __u64 carried = remainder >> 63;

        remainder <<= 1;
        __u64 bit = carried | (1 ^ flag_below(remainder, divisor));
        remainder -= divisor & -bit;
        quotient = quotient << 1 | bit;
    }
    /* 55 or 56 bits, of which 53 are kept. */
    __u64 mantissa = quotient >> shift, half = 1ULL << shift;
    __u64 below = (quotient & (half - 1)) << 1 | (remainder != 0);
    mantissa += below > half || (below == half && (mantissa & 1));
    return (negative ? FLAG_SIGN : 0) | ((exponent << 52) + (mantissa - (1ULL << 52)));
}

/* a * b as high and low word. */
FLAG_INLINE void flag_multiply(__u64 a, __u64 b, __u64 *high, __u64 *low)
{
    __u64 ah = a >> 32, al = (__u32)a, bh = b >> 32, bl = (__u32)b;
    __u64 middle = ah * bl + (al * bl >> 32);
    __u64 other = al * bh + (__u32)middle;

    *high = ah * bh + (middle >> 32) + (other >> 32);
    *low = other << 32 | (__u32)(al * bl);
}

#endif
