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

/* A sheet as this process has it open. Forks share the file; what is noted of it here each has for itself. */
struct usage_sheet {
    unsigned char *end; /* of the mapping: lines count from there */
    struct usage_header *header;
    const struct usage_book *book;
    struct usage_sheet *smaller; /* the one before, which is full */
    struct usage_entry *entries;
    _Atomic uint16_t *index; /* open addressing by the name's hash: which entry, from 1 */
    uint32_t index_mask;
    uint32_t limit; /* entries */
    uint32_t which; /* of the book's sheets, from 0 */
    _Atomic uint32_t used;
};

/* A row of a sheet as this process counts in it. Once it can be found, only `place` and missing lines change. */
struct usage_entry {
    _Atomic uint64_t place; /* where the name was found last: what usage_place makes */
    uint32_t variants;
    uint16_t group;
    uint16_t row;
    uint64_t hash; /* of the name */
    struct usage_sheet *sheet;
    _Atomic uint16_t lines[USAGE_SHARES]; /* as the row has them, of those that this process has used */
} __attribute__((aligned(64)));
_Static_assert(sizeof(struct usage_entry) == 64, "an entry is one cache line");

#define USAGE_LINE_BYTES (USAGE_COUNTERS * sizeof(uint64_t))

FLAG_INLINE void usage_add(const struct usage_sheet *sheet, uint16_t line, uint32_t counter)
{
    _Atomic uint64_t *counters = (_Atomic uint64_t *)(sheet->end - line * USAGE_LINE_BYTES);

    atomic_fetch_add_explicit(&counters[counter % USAGE_COUNTERS], 1, memory_order_relaxed);
}

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
        uint16_t line = atomic_load_explicit(&entry->lines[usage_share()], memory_order_relaxed);

        if (__builtin_expect(line != 0, 1)) {
            usage_add(entry->sheet, line, counter);
            return;
        }
    }
    usage_count_named(view, hint, flag, place, variants, counter);
}

#endif
