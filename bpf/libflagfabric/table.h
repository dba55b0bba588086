/* SPDX-License-Identifier: Apache-2.0 */
/* The table as this process has it open. */
#ifndef FLAGFABRIC_TABLE_H
#define FLAGFABRIC_TABLE_H

#include <stdatomic.h>
#include <string.h>

/* A targeting key: its text, or NULL. */
struct flag_key {
    const char *text;
};

/* A key's words stand wherever the caller put them, aligned or not. */
typedef __UINT32_TYPE__ __attribute__((aligned(1), may_alias)) flag_unaligned_word;
#define FLAG_WORD flag_unaligned_word

#define FLAG_APART static __attribute__((noinline))

#include "../flag_eval.h"

static inline int flag_hash_key(const struct flag_key *key, __u32 shift, __u32 *hash, __u64 *pending)
{
    __u32 tail = 0;

    if (!key->text)
        return -1;
    size_t length = strnlen(key->text, FLAG_KEY_BYTES + 1);
    if (length > FLAG_KEY_BYTES)
        return -1;

    __u32 whole = length & ~3u;
    flag_hash_words((const FLAG_WORD *)key->text, whole, FLAG_KEY_BYTES / 4, shift, hash, pending);
    for (__u32 i = whole; i < length; i++)
        tail |= (__u32)(unsigned char)key->text[i] << (8 * (i - whole));
    *pending |= (__u64)tail << shift;
    return (int)length;
}

/* The open table, or NULL before there is one; read it by flagfabric_table. */
extern _Atomic(const struct flag_view *) flagfabric_current;

/* Looks for a table where that is due; never waits for another thread that does. */
const struct flag_view *flagfabric_reopen(const struct flag_view *old);

/* The open table, or NULL. */
static inline const struct flag_view *flagfabric_table(void)
{
    const struct flag_view *view = atomic_load_explicit(&flagfabric_current, memory_order_acquire);

    if (__builtin_expect(!view || FLAG_LOAD(flag_header(view)->retired), 0))
        return flagfabric_reopen(view);
    return view;
}

#endif
