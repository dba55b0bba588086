// SPDX-License-Identifier: Apache-2.0
/* The functions that programs call for truth and for answers in full; values.c has those with values. */
#include "flagfabric.h"

#include "answer.h"

#define HINTS 512

/*
 * Where a name at this address was found last. Programs pass the same literals again and again; the name is compared
 * all the same, so a wrong hint costs time and nothing else.
 */
static _Atomic uint32_t hints[HINTS];

static inline _Atomic uint32_t *hint_of(const char *flag)
{
    uintptr_t address = (uintptr_t)flag;

    return &hints[(address ^ (address >> 9)) & (HINTS - 1)];
}

FLAG_INLINE int read_hinted(const struct flag_view *view, const char *flag, uint32_t index, const struct flag_caller *caller,
                            struct flag_answer *answer)
{
    const struct flag_slot *slot = flag_slot_at(view, index);
    uint64_t generation = FLAG_LOAD(flag_header(view)->generation);
    uint32_t sequence = FLAG_LOAD(slot->name_seq);

    FLAG_READ_BARRIER();
    /* An unused slot has an empty name; the last byte of any name is zero. */
    if (strcmp(flag, slot->name) != 0 || !flag_read_slot(view, slot, generation, caller, answer))
        return 0;
    answer->slot = index;
    return answer->reason != FLAG_REASON_NOT_FOUND && flag_name_stands(slot, sequence);
}

/* A name as the table has it. Its length, or 0 where no flag can have it. */
static size_t pad_name(const char *flag, __u64 name[FLAG_NAME_BYTES / 8])
{
    size_t length = strnlen(flag, FLAG_NAME_BYTES);

    if (length >= FLAG_NAME_BYTES)
        return 0;
    memset(name, 0, FLAG_NAME_BYTES);
    memcpy(name, flag, length);
    return length;
}

static __attribute__((noinline)) void read_named(const struct flag_view *view, const char *flag, const struct flag_caller *caller,
                                                 struct flag_answer *answer)
{
    __u64 name[FLAG_NAME_BYTES / 8];
    size_t length = pad_name(flag, name);

    if (length == 0) {
        flag_answer_nothing(answer, FLAG_REASON_NOT_FOUND);
        return;
    }
    __u64 hash = flag_name_hash(name, length);

    for (int tries = 0; tries < FLAG_READ_TRIES; tries++) {
        if (flag_try(view, name, hash, caller, answer)) {
            if (answer->reason != FLAG_REASON_NOT_FOUND)
                atomic_store_explicit(hint_of(flag), answer->slot, memory_order_relaxed);
            return;
        }
    }
    flag_answer_nothing(answer, FLAG_REASON_ERROR);
}

void flagfabric_find(const char *flag, const struct flag_caller *caller, struct flagfabric_found *found)
{
    found->view = flagfabric_table();
    if (!found->view || !flag) {
        flag_answer_nothing(&found->answer, FLAG_REASON_NOT_FOUND);
        return;
    }
    uint32_t hint = atomic_load_explicit(hint_of(flag), memory_order_relaxed);
    if (!read_hinted(found->view, flag, hint, caller, &found->answer))
        read_named(found->view, flag, caller, &found->answer);
}

FLAG_INLINE bool truth_of(const struct flag_answer *answer, bool fallback)
{
    return answer->variant != FLAG_NO_VARIANT && answer->type == FLAG_TYPE_BOOLEAN ? answer->truth : fallback;
}

/* Apart, with an answer of its own, so that the answer of the usual way below stays in registers. */
static __attribute__((noinline)) bool boolean_named(const struct flag_view *view, const char *flag, const struct flag_caller *caller, bool fallback)
{
    struct flag_answer answer;

    read_named(view, flag, caller, &answer);
    return truth_of(&answer, fallback);
}

FLAG_INLINE bool boolean_for(const char *flag, const struct flag_caller *caller, bool fallback)
{
    const struct flag_view *view = flagfabric_table();
    struct flag_answer answer;

    if (!view || !flag)
        return fallback;
    uint32_t hint = atomic_load_explicit(hint_of(flag), memory_order_relaxed);
    if (read_hinted(view, flag, hint, caller, &answer))
        return truth_of(&answer, fallback);
    return boolean_named(view, flag, caller, fallback);
}

bool flagfabric_enabled(const char *flag)
{
    const struct flag_caller nobody = { .key = NULL };

    return boolean_for(flag, &nobody, false);
}

bool flagfabric_enabled_for(const char *flag, const char *targeting_key)
{
    const struct flag_caller caller = { .key = targeting_key };

    return boolean_for(flag, &caller, false);
}

bool flagfabric_boolean(const char *flag, const struct flagfabric_context *context, bool fallback)
{
    const struct flag_caller caller = flagfabric_caller(context);

    return boolean_for(flag, &caller, fallback);
}

static void to_public(const struct flag_answer *answer, struct flagfabric_answer *to)
{
    *to = (struct flagfabric_answer) {
        .revision = answer->revision,
        .variant = answer->variant == FLAG_NO_VARIANT ? -1 : answer->variant,
        .reason = answer->reason,
        .boolean = answer->type == FLAG_TYPE_BOOLEAN && answer->truth,
    };
}

bool flagfabric_evaluate(const char *flag, const struct flagfabric_context *context, struct flagfabric_answer *answer)
{
    const struct flag_caller caller = flagfabric_caller(context);
    struct flagfabric_found found;

    flagfabric_find(flag, &caller, &found);
    to_public(&found.answer, answer);
    return answer->variant >= 0;
}

/* All answers at one generation. 0 where one of them was overtaken. */
static int evaluate_all_at(const struct flag_view *view, uint64_t generation, const char *const *flags, size_t count,
                           const struct flag_caller *caller, struct flagfabric_answer *answers)
{
    for (size_t i = 0; i < count; i++) {
        __u64 name[FLAG_NAME_BYTES / 8];
        size_t length = flags[i] ? pad_name(flags[i], name) : 0;
        struct flag_answer answer;

        if (length == 0)
            flag_answer_nothing(&answer, FLAG_REASON_NOT_FOUND);
        else if (!flag_try_at(view, name, flag_name_hash(name, length), generation, caller, &answer))
            return 0;
        to_public(&answer, &answers[i]);
    }
    return 1;
}

uint64_t flagfabric_evaluate_all(const char *const *flags, size_t count, const struct flagfabric_context *context,
                                 struct flagfabric_answer *answers)
{
    const struct flag_view *view = flagfabric_table();
    const struct flag_caller caller = flagfabric_caller(context);

    for (int tries = 0; view && tries < FLAG_READ_TRIES; tries++) {
        uint64_t generation = FLAG_LOAD(flag_header(view)->generation);
        uint64_t revision = FLAG_LOAD(flag_header(view)->revision[generation & 1]);

        if (evaluate_all_at(view, generation, flags, count, &caller, answers))
            return revision;
    }
    for (size_t i = 0; i < count; i++)
        answers[i] = (struct flagfabric_answer){ .variant = -1, .reason = view ? FLAGFABRIC_ERROR : FLAGFABRIC_NOT_FOUND };
    return 0;
}

uint64_t flagfabric_revision(void)
{
    const struct flag_view *view = flagfabric_table();

    if (!view)
        return 0;
    uint64_t generation = FLAG_LOAD(flag_header(view)->generation);
    return FLAG_LOAD(flag_header(view)->revision[generation & 1]);
}
