/* SPDX-License-Identifier: Apache-2.0 */
/* What the library's own files call of each other. */
#ifndef FLAGFABRIC_ANSWER_H
#define FLAGFABRIC_ANSWER_H

#include "flagfabric.h"
#include "table.h"

/* What is_feature_enabled and is_feature_enabled_for do where no probe answers for them; entered from entry.S. */
bool flagfabric_enabled(const char *flag);
bool flagfabric_enabled_for(const char *flag, const char *targeting_key);

/* A whole answer, with the version of the flag that gave it. */
struct flagfabric_found {
    const struct flag_view *view; /* NULL where there is no table */
    struct flag_answer answer;
};

/* Reads a flag for a caller. */
void flagfabric_find(const char *flag, const struct flag_caller *caller, struct flagfabric_found *found);

/* The caller that a context describes; NULL is nobody in particular. */
static inline struct flag_caller flagfabric_caller(const struct flagfabric_context *context)
{
    return context ? (struct flag_caller){ .key = context->targeting_key,
                                           .attributes = context->attributes,
                                           .count = context->attributes ? context->count : 0 }
                   : (struct flag_caller){ .key = NULL };
}

#endif
