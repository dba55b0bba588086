/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* What depends on the clock: activation, ramps and staleness. */
#ifndef FABRIC_FLAG_TIME_H
#define FABRIC_FLAG_TIME_H

#include "flag_fetch.h"

/* A stamp so far in the future is of the host's last boot. */
#define FLAG_CLOCK_SLACK_NS 60000000000LL

/* Whether the host has lost the fabric for longer than the flag bears. */
FLAG_INLINE int flag_is_stale(struct flag_run *run, const struct flag_table_header *header, __u64 after)
{
    __u64 contact = FLAG_LOAD(header->last_contact_ns);
    __s64 silence = (__s64)(flag_boot_ns(run) - contact);

    if (contact == 0)
        return 0; /* no node has stamped it yet */
    return silence < -FLAG_CLOCK_SLACK_NS || (silence > 0 && (__u64)silence > after);
}

/* a * b / divisor, where that has 64 bits. */
FLAG_INLINE __u64 flag_share_of(__u64 a, __u64 b, __u64 divisor)
{
#if defined(__SIZEOF_INT128__) && !defined(__bpf__)
    return (__u64)((unsigned __int128)a * b / divisor);
#else
    __u64 high, low;

    flag_multiply(a, b, &high, &low);
    FLAG_LOOP
    for (int i = 0; i < 64; i++) {
        __u64 carried = high >> 63;

        high = high << 1 | low >> 63;
        low <<= 1;
        __u64 bit = carried | (1 ^ flag_below(high, divisor));
        high -= divisor & -bit;
        low |= bit;
    }
    return low;
#endif
}

/* The ramp's share now, in 2^-32. */
FLAG_INLINE __u64 flag_ramp_share(const struct flag_ramp *ramp, __u64 now)
{
    __u64 start = FLAG_LOAD(ramp->start_ns), end = FLAG_LOAD(ramp->end_ns);
    __u64 from = FLAG_LOAD(ramp->from), to = FLAG_LOAD(ramp->to);

    if (now <= start || end <= start)
        return from;
    if (now >= end)
        return to;
    return to >= from ? from + flag_share_of(to - from, now - start, end - start)
                      : from - flag_share_of(from - to, now - start, end - start);
}

/* The variant for those in the ramp's share, FLAG_NO_VARIANT for the others. */
FLAG_RARE_PART __u32 flag_ramp(struct flag_run *run)
{
    if (!run)
        return FLAG_NO_VARIANT;
    const struct flag_block *head = flag_block_head(run);
    if (!head)
        return FLAG_NO_VARIANT;
    const struct flag_ramp *ramp = &head->ramp;
    __u32 seed_bytes = FLAG_LOAD(ramp->seed_bytes), hash = FLAG_LOAD(ramp->seed_hash);
    __u64 pending = FLAG_LOAD(ramp->seed_tail);
    int length = flag_hash_key(flag_caller(run), (seed_bytes & 3) * 8, &hash, &pending);

    if (length <= 0)
        return FLAG_NO_VARIANT;
    hash = flag_murmur_finish(hash, pending, (seed_bytes & 3) + (length & 3), seed_bytes + length);
    FLAG_TRACE_BUCKET(flag_caller(run), hash, hash, 0);
    return hash < flag_ramp_share(ramp, flag_unix_ns(run)) ? FLAG_LOAD(ramp->variant) : FLAG_NO_VARIANT;
}

#endif
