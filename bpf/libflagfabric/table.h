/* SPDX-License-Identifier: Apache-2.0 */
/* The table as this process has it open. */
#ifndef FLAGFABRIC_TABLE_H
#define FLAGFABRIC_TABLE_H

#include <stdatomic.h>

#include "process.h"

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
