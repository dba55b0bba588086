/* SPDX-License-Identifier: Apache-2.0 */
/* What the library's own files call of each other. */
#ifndef FLAGFABRIC_ANSWER_H
#define FLAGFABRIC_ANSWER_H

#include "flagfabric.h"
#include "table.h"
#include "usage.h"

/* What is_feature_enabled and is_feature_enabled_for do where no probe answers for them; entered from entry.S. */
bool flagfabric_enabled(const char *flag);
bool flagfabric_enabled_for(const char *flag, const char *targeting_key);

/* A whole answer, with the version of the flag that gave it. */
struct flagfabric_found {
    const struct flag_view *view; /* NULL where there is no table */
    struct flag_answer answer;
    uint64_t place; /* usage_place of it, or USAGE_NOWHERE */
};

/* Reads a flag for a caller. It is not counted yet: a caller may have to read again. */
void flagfabric_find(const char *flag, const struct flag_caller *caller, struct flagfabric_found *found);

/* Counts what a program was answered; `given` is 0 where its own default runs. */
void flagfabric_count(const char *flag, const struct flagfabric_found *found, int given);

/* A name as the table has it. Its length, or 0 where no flag can have it. */
static inline size_t flagfabric_pad_name(const char *flag, __u64 name[FLAG_NAME_BYTES / 8])
{
    size_t length = strnlen(flag, FLAG_NAME_BYTES);

    if (length >= FLAG_NAME_BYTES)
        return 0;
    memset(name, 0, FLAG_NAME_BYTES);
    memcpy(name, flag, length);
    return length;
}

/* The caller that a context describes; NULL is nobody in particular. */
static inline struct flag_caller flagfabric_caller(const struct flagfabric_context *context)
{
    return context ? (struct flag_caller){ .key = context->targeting_key,
                                           .attributes = context->attributes,
                                           .count = context->attributes ? context->count : 0 }
                   : (struct flag_caller){ .key = NULL };
}

#endif
