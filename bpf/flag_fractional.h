/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* flagd's fractional where it is the whole rule: its buckets stand in the slot, or in the block where they are many. */
#ifndef FABRIC_FLAG_FRACTIONAL_H
#define FABRIC_FLAG_FRACTIONAL_H

/*
 * Feeds whole words to murmur3. `shift` says how many bits of an earlier word are still pending below them; the last
 * word may be padded with zeros, in which case its bytes stay pending.
 */
FLAG_INLINE void flag_hash_words(const FLAG_WORD *words, __u32 bytes, __u32 max_words, __u32 shift, __u32 *hash, __u64 *pending)
{
    FLAG_LOOP
    for (__u32 i = 0; i < max_words; i++) {
        if (i * 4 >= bytes)
            break;
        *pending |= (__u64)words[i] << shift;
        if (i * 4 + 4 > bytes)
            break;
        *hash = flag_murmur_round(*hash, (__u32)*pending);
        *pending >>= 32;
    }
}

/* The variant of the first bucket whose end lies above `point`, where the buckets stand in the version's block. */
FLAG_INLINE __u32 flag_block_bucket(const struct flag_view *view, const struct flag_body *body, __u32 count, __u32 point)
{
    __u64 offset = FLAG_LOAD(body->block_offset);

    if (offset > FLAG_MEASURE(view, heap_bytes) - FLAG_MAX_BLOCK_BYTES)
        return FLAG_NO_VARIANT;
    const struct flag_bucket *buckets =
        (const struct flag_bucket *)(view->base + FLAG_MEASURE(view, heap_offset) + offset + sizeof(struct flag_block));

    FLAG_LOOP
    for (__u32 i = 0; i < FLAG_MAX_BUCKETS; i++) {
        if (i >= count)
            break;
        if (point < FLAG_LOAD(buckets[i].end))
            return FLAG_LOAD(buckets[i].variant);
    }
    return FLAG_NO_VARIANT;
}

FLAG_INLINE __u32 flag_inline_bucket(const struct flag_body *body, __u32 count, __u32 point)
{
    for (__u32 i = 0; i < FLAG_INLINE_BUCKETS; i++) {
        if (i >= count)
            break;
        if (point < FLAG_LOAD(body->bucket_end[i]))
            return FLAG_LOAD(body->bucket_variant[i]);
    }
    return FLAG_NO_VARIANT;
}

/* flagd's fractional v2, bit for bit: the hash projected on the weights' sum, and the bucket that holds the point. */
FLAG_APART __u32 flag_fractional(const struct flag_view *view, const struct flag_body *body, const struct flag_caller *caller)
{
    __u32 hash = FLAG_LOAD(body->seed_hash);
    __u64 pending = FLAG_LOAD(body->seed_tail);
    __u32 seed_bytes = FLAG_LOAD(body->seed_bytes);
    __u32 count = FLAG_LOAD(body->bucket_count);
    int length = flag_hash_key(caller, (seed_bytes & 3) * 8, &hash, &pending);

    if (length < 0 || (length == 0 && FLAG_LOAD(body->seeding) == FLAG_SEED_FLAG_AND_KEY))
        return FLAG_NO_VARIANT;
    hash = flag_murmur_finish(hash, pending, (seed_bytes & 3) + (length & 3), seed_bytes + length);

    __u32 total = FLAG_LOAD(body->total_weight);
    __u32 point = (__u32)(((__u64)hash * total) >> 32);
    FLAG_TRACE_BUCKET(caller, hash, point, total);
    return count <= FLAG_INLINE_BUCKETS ? flag_inline_bucket(body, count, point)
                                        : flag_block_bucket(view, body, count, point);
}

#endif
