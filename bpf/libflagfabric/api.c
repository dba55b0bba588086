// SPDX-License-Identifier: Apache-2.0
/* The functions that programs call. */
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

FLAG_INLINE int read_hinted(const struct flag_view *view, const char *flag, uint32_t index, const struct flag_key *key,
                              struct flag_answer *answer)
{
    const struct flag_slot *slot = flag_slot_at(view, index);
    uint64_t generation = FLAG_LOAD(flag_header(view)->generation);
    uint32_t sequence = FLAG_LOAD(slot->name_seq);

    FLAG_READ_BARRIER();
    /* An unused slot has an empty name; the last byte of any name is zero. */
    if (strcmp(flag, slot->name) != 0 || !flag_read_slot(view, slot, generation, key, answer))
        return 0;
    answer->slot = index;
    return answer->reason != FLAG_REASON_NOT_FOUND && !(sequence & 1) && FLAG_LOAD(slot->name_seq) == sequence;
}

static __attribute__((noinline)) void read_named(const struct flag_view *view, const char *flag, const struct flag_key *key,
                                                 struct flag_answer *answer)
{
    uint64_t name[FLAG_NAME_BYTES / 8] = { 0 };
    size_t length = strnlen(flag, FLAG_NAME_BYTES);

    if (length == 0 || length >= FLAG_NAME_BYTES) {
        flag_answer_nothing(answer, FLAG_REASON_NOT_FOUND);
        return;
    }
    memcpy(name, flag, length);
    uint64_t hash = flag_name_hash((const __u64 *)name, length);

    for (int tries = 0; tries < FLAG_READ_TRIES; tries++) {
        if (flag_try(view, (const __u64 *)name, hash, key, answer)) {
            if (answer->reason != FLAG_REASON_NOT_FOUND)
                atomic_store_explicit(hint_of(flag), answer->slot, memory_order_relaxed);
            return;
        }
    }
    flag_answer_nothing(answer, FLAG_REASON_ERROR);
}

FLAG_INLINE const struct flag_view *answer_for(const char *flag, const char *targeting_key, struct flag_answer *answer)
{
    const struct flag_view *view = flagfabric_table();
    const struct flag_key key = { targeting_key };

    if (!view || !flag) {
        flag_answer_nothing(answer, FLAG_REASON_NOT_FOUND);
        return NULL;
    }
    uint32_t hint = atomic_load_explicit(hint_of(flag), memory_order_relaxed);
    if (!read_hinted(view, flag, hint, &key, answer))
        read_named(view, flag, &key, answer);
    return view;
}

FLAG_INLINE bool truth_of(const struct flag_answer *answer, bool fallback)
{
    return answer->variant != FLAG_NO_VARIANT && answer->type == FLAG_TYPE_BOOLEAN ? answer->truth : fallback;
}

/* Apart, with an answer of its own, so that the answer of the usual way below stays in registers. */
static __attribute__((noinline)) bool boolean_named(const struct flag_view *view, const char *flag, const char *targeting_key, bool fallback)
{
    const struct flag_key key = { targeting_key };
    struct flag_answer answer;

    read_named(view, flag, &key, &answer);
    return truth_of(&answer, fallback);
}

FLAG_INLINE bool boolean_for(const char *flag, const char *targeting_key, bool fallback)
{
    const struct flag_view *view = flagfabric_table();
    const struct flag_key key = { targeting_key };
    struct flag_answer answer;

    if (!view || !flag)
        return fallback;
    uint32_t hint = atomic_load_explicit(hint_of(flag), memory_order_relaxed);
    if (read_hinted(view, flag, hint, &key, &answer))
        return truth_of(&answer, fallback);
    return boolean_named(view, flag, targeting_key, fallback);
}

bool flagfabric_enabled(const char *flag)
{
    return boolean_for(flag, NULL, false);
}

bool flagfabric_enabled_for(const char *flag, const char *targeting_key)
{
    return boolean_for(flag, targeting_key, false);
}

bool flagfabric_boolean(const char *flag, const char *targeting_key, bool fallback)
{
    return boolean_for(flag, targeting_key, fallback);
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

const struct flag_body *flagfabric_body(const char *flag, const char *targeting_key, struct flagfabric_answer *answer,
                                        const struct flag_view **view)
{
    struct flag_answer found;

    *view = answer_for(flag, targeting_key, &found);
    to_public(&found, answer);
    return *view && answer->variant >= 0 ? &flag_slot_at(*view, found.slot)->body[found.version] : NULL;
}

bool flagfabric_evaluate(const char *flag, const char *targeting_key, struct flagfabric_answer *answer)
{
    struct flag_answer found;

    answer_for(flag, targeting_key, &found);
    to_public(&found, answer);
    return found.variant != FLAG_NO_VARIANT;
}

uint64_t flagfabric_revision(void)
{
    const struct flag_view *view = flagfabric_table();

    if (!view)
        return 0;
    uint64_t generation = FLAG_LOAD(flag_header(view)->generation);
    return FLAG_LOAD(flag_header(view)->revision[generation & 1]);
}
