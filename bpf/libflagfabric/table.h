/* SPDX-License-Identifier: Apache-2.0 */
/* The table as this process has it open. */
#ifndef FLAGFABRIC_TABLE_H
#define FLAGFABRIC_TABLE_H

#include <stdatomic.h>

#include "process.h"

struct usage_book;

/* Slots that a table has at most: twice as many as flags, of which there are at most 2^20. */
#define FLAGFABRIC_SLOT_BITS 21
#define FLAGFABRIC_TABLES (1u << (32 - FLAGFABRIC_SLOT_BITS))

/* A table, and what the process has noted of it beside. */
struct flagfabric_open {
    struct flag_view view;   /* first */
    uint64_t number;         /* which of the process's tables it is, from 1; 0 beyond FLAGFABRIC_TABLES */
    struct usage_book *book; /* where the calls are counted that it answers; NULL where they are not */
};

static inline const struct flagfabric_open *flagfabric_open_of(const struct flag_view *view)
{
    return (const struct flagfabric_open *)view;
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
