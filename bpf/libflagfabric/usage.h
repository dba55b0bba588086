/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counting, as a call does it: one atomic addition into memory that this process shares with nobody but its forks, and with
 * the node, which only reads. It never changes an answer, never waits, and where it cannot be done it is left out.
 */
#ifndef FLAGFABRIC_USAGE_H
#define FLAGFABRIC_USAGE_H

#include <stddef.h>

#include "../usage_sheet.h"
#include "table.h"

/* A row of a sheet as this process counts in it. Once it can be found, only `place` and missing lines change. */
struct usage_entry {
    _Atomic uint64_t place; /* where the name was found last: what usage_place makes */
    uint32_t variants;
    uint16_t group;
    uint16_t row;
    uint64_t hash; /* of the name */
    struct usage_sheet *sheet;
    _Atomic(_Atomic uint64_t *) lines[USAGE_SHARES];
};

/* Where a name at this address was found last, and where it was counted. */
struct usage_hint {
    _Atomic uint32_t slot;
    _Atomic(struct usage_entry *) entry;
};

/* The counter of a variant; USAGE_DEFAULT is that of the caller's own default. */
#define USAGE_VARIANT(variant) ((uint32_t)(variant) + 1)

extern const ptrdiff_t __rseq_offset __attribute__((weak, visibility("default")));

/* The CPU as the kernel noted it for this thread; where the C library has no such note, something of the thread's own. */
FLAG_INLINE uint32_t usage_share(void)
{
    uintptr_t thread;
    uint32_t cpu;

    __asm__("mov %%fs:0, %0" : "=r"(thread));
    if (!&__rseq_offset)
        return (uint32_t)(thread >> 12 ^ thread >> 18) & (USAGE_SHARES - 1);
    __asm__ volatile("mov %%fs:(%1), %0" : "=r"(cpu) : "r"(__rseq_offset));
    return cpu & (USAGE_SHARES - 1);
}

/* Not a place: no entry ever has it, and none is there without a table's number. */
#define USAGE_NOWHERE 1

/* One place of one table at one time of its name: no two names ever have the same. */
FLAG_INLINE uint64_t usage_place(const struct flag_view *view, uint32_t slot, uint32_t sequence)
{
    return (uint64_t)sequence << 32 | flagfabric_open_of(view)->number << FLAGFABRIC_SLOT_BITS | slot;
}

/* The rest of counting: makes what is missing. */
void usage_count_named(const struct flag_view *view, struct usage_hint *hint, const char *flag, uint64_t place, uint32_t variants,
                       uint32_t counter);

FLAG_INLINE void usage_count(const struct flag_view *view, struct usage_hint *hint, const char *flag, uint64_t place, uint32_t variants,
                             uint32_t counter)
{
    struct usage_entry *entry = atomic_load_explicit(&hint->entry, memory_order_acquire);

    if (__builtin_expect(entry && atomic_load_explicit(&entry->place, memory_order_relaxed) == place && entry->variants == variants &&
                             entry->group == counter / USAGE_COUNTERS, 1)) {
        _Atomic uint64_t *line = atomic_load_explicit(&entry->lines[usage_share()], memory_order_acquire);

        if (__builtin_expect(line != NULL, 1)) {
            atomic_fetch_add_explicit(&line[counter % USAGE_COUNTERS], 1, memory_order_relaxed);
            return;
        }
    }
    usage_count_named(view, hint, flag, place, variants, counter);
}

#endif
