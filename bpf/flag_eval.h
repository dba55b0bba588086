/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The evaluator: from a table, a flag's name and a caller to an answer. The same source runs in the uprobe program, in
 * libflagfabric.so and in the node, so that they cannot disagree. No floating point, no unbounded loop, and safe over any
 * bytes: a block that is being overwritten may hold anything until the generation says so.
 *
 *   flag_eval.h        the table: slots, versions, the plain answer
 *   flag_fractional.h  a rollout in the slot itself
 *   flag_rules.h       the order of an answer where it takes more; prerequisites
 *   flag_time.h        activation, ramps, staleness
 *   flag_quick.h       the decision program as far as its steps are usual: flag_quick_text.h, _test.h, _share.h
 *   flag_steps.h       the decision program
 *   flag_fetch.h       where values come from             flag_number.h   numbers without floats
 *   flag_value.h       what operators make of them        flag_decimal.h  numbers as texts
 *   flag_member.h      in                                 flag_text.h     texts
 *   flag_version.h     sem_ver                            flag_hash.h     names, texts, murmur3
 *   flag_run.h         what one evaluation holds, and what it needs of a process or of the kernel
 */
#ifndef FABRIC_FLAG_EVAL_H
#define FABRIC_FLAG_EVAL_H

#include "flag_table.h"

#include "flag_run.h"

/* Bytes of a targeting key at most; a longer one counts as none. */
#define FLAG_KEY_BYTES 255

/* How often a read that was overtaken by two changes of its flag begins anew before it gives up. */
#define FLAG_READ_TRIES 4

/* A word of a targeting key in memory. */
#ifndef FLAG_WORD
#define FLAG_WORD __u32
#endif

/* Marks what most calls do not need, where keeping it out of their way pays. */
#ifndef FLAG_APART
#define FLAG_APART FLAG_INLINE
#endif

/* Which version of a slot is read; the verifier would go on twice, once for each, of which it knew the number. */
#ifndef FLAG_VERSION
#define FLAG_VERSION(answer, version) (version)
#endif

/* Why an answer is what it is; OpenFeature's reasons. */
enum flag_reason {
    FLAG_REASON_NOT_FOUND = 0, /* no such flag: the caller's default */
    FLAG_REASON_STATIC = 1,
    FLAG_REASON_TARGETING_MATCH = 2,
    FLAG_REASON_DEFAULT = 3,   /* targeting decided nothing or was not asked: a default of the flag, or the caller's */
    FLAG_REASON_DISABLED = 4,  /* the caller's default */
    FLAG_REASON_ERROR = 5,     /* evaluation failed, or was overtaken by changes again and again: the caller's default */
    FLAG_REASON_SPLIT = 6,     /* the ramp */
    FLAG_REASON_STALE = 7,     /* the safe variant of a host that has lost the fabric */
};

/* A table as one reader sees it: where it is, and its measures, which the reader checked when it opened it. */
#ifndef FLAG_MEASURE
#define FLAG_MEASURE(view, name) ((view)->name)
#endif
struct flag_view {
    const unsigned char *base;
#ifndef __bpf__
    __u64 heap_offset;
    __u64 heap_bytes;
    __u32 slot_mask;
#endif
};

/* The table that an evaluation reads; its base is NULL where the kernel has none. */
FLAG_INLINE struct flag_view flag_view_of(struct flag_run *run);

/*
 * Who asks; the targeting key is read only when a rule asks for it. Whoever includes this defines the structure, and
 *
 *     int flag_hash_key(const struct flag_caller *caller, __u32 shift, __u32 *hash, __u64 *pending);
 *
 * which feeds the key's bytes to flag_hash_words and returns how many there were, or -1 where there is no key, where
 * it cannot be read or where it has more than FLAG_KEY_BYTES.
 */
struct flag_caller;
static int flag_hash_key(const struct flag_caller *caller, __u32 shift, __u32 *hash, __u64 *pending);

struct flag_answer {
    __u64 revision; /* of the flag, 0 when it is not there */
    __u32 slot;     /* where it was found */
    __u8 reason;    /* enum flag_reason */
    __u8 variant;   /* FLAG_NO_VARIANT: the caller's default */
    __u8 type;      /* enum flag_type */
    __u8 truth;     /* 1: the variant is boolean true */
    __u8 version;   /* which body of the slot it came from */
    __u32 variants; /* which list of variants `variant` counts in; 0 when the flag is not there */
};

/*
 * What a version answers that has a program or extras: the same as flag_decide, where flag_rules.h is. 0 where another
 * flag that it asked was overtaken.
 */
static int flag_decide_by_rules(const struct flag_view *view, const struct flag_slot *slot, __u32 version, __u64 generation,
                                const struct flag_caller *caller, struct flag_answer *answer);

FLAG_INLINE const struct flag_table_header *flag_header(const struct flag_view *view)
{
    return (const struct flag_table_header *)view->base;
}

FLAG_INLINE const struct flag_slot *flag_slot_at(const struct flag_view *view, __u32 index)
{
    return (const struct flag_slot *)(view->base + FLAG_HEADER_BYTES +
                                      (__u64)(index & FLAG_MEASURE(view, slot_mask)) * sizeof(struct flag_slot));
}

/* Whether the slot holds the name in `words`. Without a branch a word, so that the verifier sees one way and not nine. */
FLAG_INLINE int flag_name_equals(const struct flag_slot *slot, const __u64 words[8])
{
    const __u64 *name = (const __u64 *)slot->name;
    __u64 difference = 0;

    for (int i = 0; i < 8; i++)
        difference |= FLAG_LOAD(name[i]) ^ words[i];
    return difference == 0;
}

#include "flag_fractional.h"

/* The answer of a version: this variant, or the caller's default. */
FLAG_INLINE void flag_settle(const struct flag_body *body, __u32 variant, __u8 reason, struct flag_answer *answer)
{
    answer->revision = FLAG_LOAD(body->revision);
    answer->type = FLAG_LOAD(body->type);
    answer->variants = FLAG_LOAD(body->variants);
    answer->reason = reason;
    answer->variant = variant;
    answer->truth = variant != FLAG_NO_VARIANT && FLAG_LOAD(body->truths) >> (variant & (FLAG_MAX_VARIANTS - 1)) & 1;
}

/* The answer of a version by its default variant, or the caller's default. */
FLAG_INLINE void flag_settle_default(const struct flag_body *body, __u8 reason, struct flag_answer *answer)
{
    __u32 variant = FLAG_LOAD(body->default_variant);

    flag_settle(body, variant, variant == FLAG_NO_VARIANT ? FLAG_REASON_DEFAULT : reason, answer);
}

/* The answer of a flag that is not there. */
FLAG_INLINE void flag_answer_nothing(struct flag_answer *answer, __u8 reason)
{
    answer->revision = 0;
    answer->reason = reason;
    answer->variant = FLAG_NO_VARIANT;
    answer->type = 0;
    answer->variants = 0;
    answer->truth = 0;
}

/* What one version of a flag answers that has neither a program nor extras. */
FLAG_INLINE void flag_decide(const struct flag_view *view, const struct flag_body *body, const struct flag_caller *caller,
                             struct flag_answer *answer)
{
    __u32 state = FLAG_LOAD(body->state);
    __u32 variant = FLAG_NO_VARIANT;
    __u8 reason = FLAG_REASON_STATIC;

    if (state != FLAG_ENABLED) {
        flag_settle(body, variant, state == FLAG_DISABLED ? FLAG_REASON_DISABLED : FLAG_REASON_NOT_FOUND, answer);
        return;
    }
    if (FLAG_LOAD(body->rule) == FLAG_RULE_FRACTIONAL) {
        variant = flag_fractional(view, body, caller);
        reason = variant == FLAG_NO_VARIANT ? FLAG_REASON_DEFAULT : FLAG_REASON_TARGETING_MATCH;
    }
    if (variant == FLAG_NO_VARIANT)
        flag_settle_default(body, reason, answer);
    else
        flag_settle(body, variant, reason, answer);
}

/* The slot's version at `generation`, and the generation that wrote it; -1 where it was overtaken. */
FLAG_INLINE int flag_version_at(const struct flag_slot *slot, __u64 generation, __u64 *written)
{
    __u64 first = FLAG_LOAD(slot->generation[0]);
    __u64 second = FLAG_LOAD(slot->generation[1]);

    if (first <= generation && (second > generation || first >= second)) {
        *written = first;
        return 0;
    }
    *written = second;
    return second <= generation ? 1 : -1;
}

/* The slot's answer at `generation`, once. 1: `answer` stands; 0: it was overtaken, read again. */
FLAG_INLINE int flag_read_slot(const struct flag_view *view, const struct flag_slot *slot, __u64 generation,
                               const struct flag_caller *caller, struct flag_answer *answer)
{
    __u64 written;
    int version = flag_version_at(slot, generation, &written), stands = 1;

    if (version < 0)
        return 0;
    FLAG_READ_BARRIER();
    answer->version = version;
    version = FLAG_VERSION(answer, version);
    const struct flag_body *body = &slot->body[version & 1];
    /* A version that was never written says that the flag was not there at this generation. */
    if (written == 0)
        flag_answer_nothing(answer, FLAG_REASON_NOT_FOUND);
    else if (FLAG_LOAD(body->rule) > FLAG_RULE_FRACTIONAL || FLAG_LOAD(body->extras))
        stands = flag_decide_by_rules(view, slot, version & 1, generation, caller, answer);
    else
        flag_decide(view, body, caller, answer);
    FLAG_READ_BARRIER();
    return stands && FLAG_LOAD(slot->generation[version & 1]) == written;
}

/*
 * The slot that holds a name, or FLAG_NO_SLOT. `*sequence` is the slot's name_seq from before its name was compared:
 * the slot is the right one if it still says so after everything was read.
 */
#define FLAG_NO_SLOT (~0u)
FLAG_INLINE __u32 flag_find(const struct flag_view *view, const __u64 words[8], __u64 hash, __u32 *sequence)
{
    __u32 tag = flag_name_tag(hash);
    __u32 at = (__u32)hash;
    __u32 rounds FLAG_UNUSED = 0;

    for (; FLAG_MAY_LOOP(rounds, FLAG_MEASURE(view, slot_mask)); at++) {
        const struct flag_slot *slot = flag_slot_at(view, at);
        __u32 seen = FLAG_LOAD(slot->tag);

        if (seen == 0)
            break;
        if (seen != tag)
            continue;
        *sequence = FLAG_LOAD(slot->name_seq);
        FLAG_READ_BARRIER();
        if (flag_name_equals(slot, words))
            return at & FLAG_MEASURE(view, slot_mask);
    }
    return FLAG_NO_SLOT;
}

/* In the kernel, a function of its own: on the stack of the one that calls it there is no room. */
#ifndef FLAG_FIND
#define FLAG_FIND flag_find
#endif

/* Whether a slot has held the same name all the while. */
FLAG_INLINE int flag_name_stands(const struct flag_slot *slot, __u32 sequence)
{
    return !(sequence & 1) && FLAG_LOAD(slot->name_seq) == sequence;
}

/* The way from a name to its answer at `generation`, once. 1: `answer` stands; 0: it was overtaken. */
FLAG_INLINE int flag_try_at(const struct flag_view *view, const __u64 words[8], __u64 hash, __u64 generation,
                            const struct flag_caller *caller, struct flag_answer *answer)
{
    __u32 sequence = 0;

    FLAG_READ_BARRIER();
    answer->slot = FLAG_FIND(view, words, hash, &sequence);
    FLAG_READ_BARRIER();
    if (answer->slot == FLAG_NO_SLOT) {
        /* A name is only ever moved by a change set: if none was shown meanwhile, it was nowhere. */
        flag_answer_nothing(answer, FLAG_REASON_NOT_FOUND);
        return FLAG_LOAD(flag_header(view)->generation) == generation;
    }

    const struct flag_slot *slot = flag_slot_at(view, answer->slot);
    int stands = flag_read_slot(view, slot, generation, caller, answer);
    FLAG_READ_BARRIER();
    return stands && flag_name_stands(slot, sequence);
}

/* One attempt at the whole way from a name to its answer. 1: `answer` stands; 0: it was overtaken, read again. */
FLAG_INLINE int flag_try(const struct flag_view *view, const __u64 words[8], __u64 hash,
                         const struct flag_caller *caller, struct flag_answer *answer)
{
    return flag_try_at(view, words, hash, FLAG_LOAD(flag_header(view)->generation), caller, answer);
}

#endif
