// SPDX-License-Identifier: Apache-2.0
/* The functions that programs call for truth and for answers in full; values.c has those with values. */
#include "flagfabric.h"

#include "answer.h"

#define HINTS 512

/*
 * By the address of the name. Programs pass the same literals again and again; what a hint says is compared all the same,
 * so a wrong one costs time and nothing else.
 */
static struct usage_hint hints[HINTS];

static inline struct usage_hint *hint_of(const char *flag)
{
    uintptr_t address = (uintptr_t)flag;

    return &hints[(address ^ (address >> 9)) & (HINTS - 1)];
}

FLAG_INLINE int read_hinted(const struct flag_view *view, const char *flag, uint32_t index, const struct flag_caller *caller,
                            struct flag_answer *answer, uint64_t *place)
{
    const struct flag_slot *slot = flag_slot_at(view, index);
    uint64_t generation = FLAG_LOAD(flag_header(view)->generation);
    uint32_t sequence = FLAG_LOAD(slot->name_seq);

    FLAG_READ_BARRIER();
    /* An unused slot has an empty name; the last byte of any name is zero. */
    if (strcmp(flag, slot->name) != 0 || !flag_read_slot(view, slot, generation, caller, answer))
        return 0;
    answer->slot = index;
    *place = usage_place(view, index, sequence);
    return answer->reason != FLAG_REASON_NOT_FOUND && flag_name_stands(slot, sequence);
}

static __attribute__((noinline)) void read_named(const struct flag_view *view, const char *flag, const struct flag_caller *caller,
                                                 struct flag_answer *answer)
{
    __u64 name[FLAG_NAME_BYTES / 8];
    size_t length = flagfabric_pad_name(flag, name);

    if (length == 0) {
        flag_answer_nothing(answer, FLAG_REASON_NOT_FOUND);
        return;
    }
    __u64 hash = flag_name_hash(name, length);

    for (int tries = 0; tries < FLAG_READ_TRIES; tries++) {
        if (flag_try(view, name, hash, caller, answer)) {
            if (answer->reason != FLAG_REASON_NOT_FOUND)
                atomic_store_explicit(&hint_of(flag)->slot, answer->slot, memory_order_relaxed);
            return;
        }
    }
    flag_answer_nothing(answer, FLAG_REASON_ERROR);
}

void flagfabric_find(const char *flag, const struct flag_caller *caller, struct flagfabric_found *found)
{
    found->view = flagfabric_table();
    found->place = USAGE_NOWHERE;
    if (!found->view || !flag) {
        flag_answer_nothing(&found->answer, FLAG_REASON_NOT_FOUND);
        return;
    }
    uint32_t hint = atomic_load_explicit(&hint_of(flag)->slot, memory_order_relaxed);
    if (!read_hinted(found->view, flag, hint, caller, &found->answer, &found->place)) {
        found->place = USAGE_NOWHERE;
        read_named(found->view, flag, caller, &found->answer);
    }
}

/* Which counter a call belongs to. */
FLAG_INLINE uint32_t counter_of(const struct flag_answer *answer, int given)
{
    if (given && answer->variant != FLAG_NO_VARIANT)
        return USAGE_VARIANT(answer->variant);
    return answer->variants == 0 && answer->reason == FLAG_REASON_ERROR ? USAGE_OVERTAKEN : USAGE_DEFAULT;
}

void flagfabric_count(const char *flag, const struct flagfabric_found *found, int given)
{
    if (found->view && flag)
        usage_count(found->view, hint_of(flag), flag, found->place, found->answer.variants, counter_of(&found->answer, given));
}

/* Apart, with an answer of its own, so that the answer of the usual way below stays in registers. */
static __attribute__((noinline)) bool boolean_named(const struct flag_view *view, const char *flag, const struct flag_caller *caller, bool fallback)
{
    struct flag_answer answer;

    read_named(view, flag, caller, &answer);
    int given = answer.variant != FLAG_NO_VARIANT && answer.type == FLAG_TYPE_BOOLEAN;
    usage_count(view, hint_of(flag), flag, USAGE_NOWHERE, answer.variants, counter_of(&answer, given));
    return given ? answer.truth : fallback;
}

FLAG_INLINE bool boolean_for(const char *flag, const struct flag_caller *caller, bool fallback)
{
    const struct flag_view *view = flagfabric_table();
    struct flag_answer answer;
    uint64_t place;

    if (!view || !flag)
        return fallback;
    struct usage_hint *hint = hint_of(flag);
    if (!read_hinted(view, flag, atomic_load_explicit(&hint->slot, memory_order_relaxed), caller, &answer, &place))
        return boolean_named(view, flag, caller, fallback);
    int given = answer.variant != FLAG_NO_VARIANT && answer.type == FLAG_TYPE_BOOLEAN;
    usage_count(view, hint, flag, place, answer.variants, given ? USAGE_VARIANT(answer.variant) : USAGE_DEFAULT);
    return given ? answer.truth : fallback;
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
    flagfabric_count(flag, &found, 1);
    to_public(&found.answer, answer);
    return answer->variant >= 0;
}

/* The answer of one of several flags, at one generation. 0 where it was overtaken. */
static int evaluate_one_at(const struct flag_view *view, uint64_t generation, const char *flag, const struct flag_caller *caller,
                           struct flag_answer *answer)
{
    __u64 name[FLAG_NAME_BYTES / 8];
    size_t length = flag ? flagfabric_pad_name(flag, name) : 0;

    if (length)
        return flag_try_at(view, name, flag_name_hash(name, length), generation, caller, answer);
    flag_answer_nothing(answer, FLAG_REASON_NOT_FOUND);
    return 1;
}

/*
 * All answers at one generation. 0 where one of them was overtaken. Until all stand, an answer holds which list its variant
 * is of, and the variant itself in its reserved byte: only then are they counted.
 */
static int evaluate_all_at(const struct flag_view *view, uint64_t generation, const char *const *flags, size_t count,
                           const struct flag_caller *caller, struct flagfabric_answer *answers)
{
    struct flag_answer answer;

    for (size_t i = 0; i < count; i++) {
        if (!evaluate_one_at(view, generation, flags[i], caller, &answer))
            return 0;
        to_public(&answer, &answers[i]);
        answers[i].variant = (int32_t)answer.variants;
        answers[i].reserved[0] = answer.variant;
    }
    return 1;
}

static void count_all(const struct flag_view *view, const char *const *flags, size_t count, struct flagfabric_answer *answers)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t variant = answers[i].reserved[0];
        int given = variant != FLAG_NO_VARIANT;

        if (flags[i])
            usage_count(view, hint_of(flags[i]), flags[i], USAGE_NOWHERE, (uint32_t)answers[i].variant, given ? USAGE_VARIANT(variant) : USAGE_DEFAULT);
        answers[i].variant = given ? variant : -1;
        answers[i].reserved[0] = 0;
    }
}

uint64_t flagfabric_evaluate_all(const char *const *flags, size_t count, const struct flagfabric_context *context,
                                 struct flagfabric_answer *answers)
{
    const struct flag_view *view = flagfabric_table();
    const struct flag_caller caller = flagfabric_caller(context);

    for (int tries = 0; view && tries < FLAG_READ_TRIES; tries++) {
        uint64_t generation = FLAG_LOAD(flag_header(view)->generation);
        uint64_t revision = FLAG_LOAD(flag_header(view)->revision[generation & 1]);

        if (evaluate_all_at(view, generation, flags, count, &caller, answers)) {
            count_all(view, flags, count, answers);
            return revision;
        }
    }
    for (size_t i = 0; i < count; i++) {
        answers[i] = (struct flagfabric_answer){ .variant = -1, .reason = view ? FLAGFABRIC_ERROR : FLAGFABRIC_NOT_FOUND };
        if (view && flags[i])
            usage_count(view, hint_of(flags[i]), flags[i], USAGE_NOWHERE, 0, USAGE_OVERTAKEN);
    }
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
