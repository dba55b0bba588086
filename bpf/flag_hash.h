/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* The two hashes of the table: of names and texts, to find them, and of a targeting key, to find its bucket. */
#ifndef FABRIC_FLAG_HASH_H
#define FABRIC_FLAG_HASH_H

#include "flag_table.h"

#ifndef FLAG_INLINE
#define FLAG_INLINE static inline __attribute__((always_inline))
#endif

/* A text is hashed by the word, the last one padded with zeros. Sixty-four bits: place and tag come from different halves. */
FLAG_INLINE __u64 flag_hash_begin(__u64 length)
{
    return 0x9e3779b97f4a7c15ULL ^ length;
}

FLAG_INLINE __u64 flag_hash_word(__u64 hash, __u64 word)
{
    hash = (hash ^ word) * 0xff51afd7ed558ccdULL;
    return hash ^ (hash >> 32);
}

FLAG_INLINE __u64 flag_hash_end(__u64 hash)
{
    hash *= 0xc4ceb9fe1a85ec53ULL;
    return hash ^ (hash >> 29);
}

/* Of a name as eight zero-padded words, of which only those that hold characters are read. */
FLAG_INLINE __u64 flag_name_hash(const __u64 words[8], __u32 length)
{
    __u64 hash = flag_hash_begin(length);

    for (__u32 i = 0; i < 8; i++) {
        if (i * 8 >= length)
            break;
        hash = flag_hash_word(hash, words[i]);
    }
    return flag_hash_end(hash);
}

/* Of a number in a set; the type stands in the place of the length. */
FLAG_INLINE __u64 flag_number_hash(__u32 type, __u64 value)
{
    return flag_hash_end(flag_hash_word(flag_hash_begin(type), value));
}

FLAG_INLINE __u32 flag_name_tag(__u64 hash)
{
    return (__u32)(hash >> 32) | 1;
}

FLAG_INLINE __u32 flag_rotl32(__u32 x, int n)
{
    return (x << n) | (x >> (32 - n));
}

FLAG_INLINE __u32 flag_murmur_scramble(__u32 k)
{
    return flag_rotl32(k * 0xcc9e2d51u, 15) * 0x1b873593u;
}

FLAG_INLINE __u32 flag_murmur_round(__u32 h, __u32 k)
{
    return flag_rotl32(h ^ flag_murmur_scramble(k), 13) * 5 + 0xe6546b64u;
}

/* The last steps of murmur3_x86_32: `tail` holds `rest` (0 to 7) bytes that no round has taken yet. */
FLAG_INLINE __u32 flag_murmur_finish(__u32 h, __u64 tail, __u32 rest, __u32 total_bytes)
{
    if (rest >= 4) {
        h = flag_murmur_round(h, (__u32)tail);
        tail >>= 32;
        rest -= 4;
    }
    if (rest)
        h ^= flag_murmur_scramble((__u32)tail);
    h ^= total_bytes;
    h = (h ^ (h >> 16)) * 0x85ebca6bu;
    h = (h ^ (h >> 13)) * 0xc2b2ae35u;
    return h ^ (h >> 16);
}

#endif
