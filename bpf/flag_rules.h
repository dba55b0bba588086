/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* The order of an answer where it takes more than a look at the body: docs/flag-language.md says it in words. */
#ifndef FABRIC_FLAG_RULES_H
#define FABRIC_FLAG_RULES_H

#include "flag_eval.h"
#include "flag_quick.h"
#include "flag_steps.h"
#include "flag_time.h"

/* Turns to the version of `frame`; NULL where its block cannot be. */
FLAG_INLINE const struct flag_body *flag_turn_to(struct flag_run *run, const struct flag_frame *frame)
{
    run->body = frame->slot + __builtin_offsetof(struct flag_slot, body) + (frame->version & 1) * sizeof(struct flag_body);
    const struct flag_body *body = (const struct flag_body *)flag_table_at(run, run->body, sizeof(*body));
    if (!body)
        return NULL;
    __u64 offset = FLAG_LOAD(body->block_offset);
    __u32 bytes = FLAG_LOAD(body->block_bytes);
    const struct flag_view view FLAG_UNUSED = flag_view_of(run);
    if (bytes > FLAG_MAX_BLOCK_BYTES || offset > FLAG_MEASURE(&view, heap_bytes) - FLAG_MAX_BLOCK_BYTES)
        return NULL;
    run->block = FLAG_MEASURE(&view, heap_offset) + offset;
    run->block_bytes = bytes;
    const struct flag_block *head = flag_block_head(run);
    run->facts = head ? FLAG_LOAD(head->facts) : 0;
    run->constants = head ? FLAG_LOAD(head->constants) : 0;
    return body;
}

/* What is settled before targeting and prerequisites are asked: 1 where `answer` is. */
FLAG_INLINE int flag_decide_before(struct flag_run *run, const struct flag_body *body, struct flag_answer *answer)
{
    __u32 state = FLAG_LOAD(body->state), extras = FLAG_LOAD(body->extras);

    if (state != FLAG_ENABLED) {
        flag_settle(body, FLAG_NO_VARIANT, state == FLAG_DISABLED ? FLAG_REASON_DISABLED : FLAG_REASON_NOT_FOUND, answer);
        return 1;
    }
    if (!(extras & (FLAG_HAS_STALENESS | FLAG_HAS_ACTIVATION)))
        return 0;
    const struct flag_block *head = flag_block_head(run);
    const struct flag_table_header *header = (const struct flag_table_header *)flag_table_at(run, 0, sizeof(*header));
    if (!head || !header) {
        flag_settle(body, FLAG_NO_VARIANT, FLAG_REASON_ERROR, answer);
        return 1;
    }
    if ((extras & FLAG_HAS_STALENESS) && flag_is_stale(run, header, FLAG_LOAD(head->stale_after_ns))) {
        flag_settle(body, FLAG_LOAD(body->safe_variant), FLAG_REASON_STALE, answer);
        return 1;
    }
    if ((extras & FLAG_HAS_ACTIVATION) && flag_unix_ns(run) < FLAG_LOAD(head->activate_at_ns)) {
        flag_settle(body, FLAG_LOAD(body->off_variant), FLAG_REASON_DEFAULT, answer);
        return 1;
    }
    return 0;
}

/* What targeting says: a variant, FLAG_NO_VARIANT, or FLAG_FAILED. */
FLAG_INLINE int flag_target(struct flag_run *run, const struct flag_body *body)
{
    __u32 rule = FLAG_LOAD(body->rule);

    if (rule == FLAG_RULE_NONE)
        return FLAG_NO_VARIANT;
    if (rule == FLAG_RULE_FRACTIONAL) {
        const struct flag_view view = flag_view_of(run);
        return view.base ? (int)flag_fractional(&view, body, flag_caller(run)) : FLAG_FAILED;
    }
    if (rule != FLAG_RULE_PROGRAM)
        return FLAG_FAILED;
    int end = flag_run_program(run);
    return end == FLAG_END_GIVE ? (int)run->variant : end == FLAG_END_PASS ? FLAG_NO_VARIANT : FLAG_FAILED;
}

/* Targeting, the ramp, the default variant. */
FLAG_INLINE void flag_decide_after(struct flag_run *run, const struct flag_body *body, struct flag_answer *answer)
{
    int variant = flag_target(run, body);
    __u8 reason = FLAG_LOAD(body->rule) == FLAG_RULE_NONE ? FLAG_REASON_STATIC : FLAG_REASON_DEFAULT;

    if (variant == FLAG_FAILED) {
        flag_settle(body, FLAG_NO_VARIANT, FLAG_REASON_ERROR, answer);
        return;
    }
    if (variant != FLAG_NO_VARIANT) {
        flag_settle(body, variant, FLAG_REASON_TARGETING_MATCH, answer);
        return;
    }
    if (FLAG_LOAD(body->extras) & FLAG_HAS_RAMP) {
        reason = FLAG_REASON_DEFAULT;
        variant = flag_ramp(run);
        if (variant != FLAG_NO_VARIANT) {
            flag_settle(body, variant, FLAG_REASON_SPLIT, answer);
            return;
        }
    }
    flag_settle_default(body, reason, answer);
}

/*
 * Puts the flag that `prerequisite` names on top of the frames. 0 where it is not there, FLAG_FAILED where that cannot be
 * said since changes overtook the search.
 */
FLAG_RARE_PART int flag_push_prerequisite(struct flag_run *run, __u32 index)
{
    __u64 written;
    __u32 sequence = 0;

    if (!run)
        return FLAG_FAILED;
    const struct flag_view view = flag_view_of(run);
    const struct flag_prerequisite *wanted = FLAG_BLOCK_ELEMENT(run, prerequisites, struct flag_prerequisite, index);
    if (!wanted || !view.base)
        return FLAG_FAILED;
    for (int i = 0; i < FLAG_NAME_BYTES / 8; i++)
        run->words[i] = FLAG_LOAD(((const flag_word *)wanted->name)[i]);
    __u32 found = FLAG_FIND(&view, run->words, FLAG_LOAD(wanted->hash), &sequence);
    if (found == FLAG_NO_SLOT)
        return FLAG_LOAD(flag_header(&view)->generation) == run->generation ? 0 : FLAG_FAILED;
    int version = flag_version_at(flag_slot_at(&view, found), run->generation, &written);
    if (version < 0)
        return FLAG_FAILED;
    if (written == 0)
        return 0;

    run->depth++;
    run->frames[run->depth & 7] = (struct flag_frame){
        .slot = FLAG_HEADER_BYTES + (__u64)found * sizeof(struct flag_slot),
        .generation = written,
        .sequence = sequence,
        .wanted = FLAG_LOAD(wanted->variant),
        .version = version,
    };
    return 1;
}

/* Whether the flag on top has stayed what it was while it was read. */
FLAG_INLINE int flag_top_stands(struct flag_run *run, const struct flag_frame *frame)
{
    const struct flag_slot *slot = (const struct flag_slot *)flag_table_at(run, frame->slot, sizeof(*slot));

    FLAG_READ_BARRIER();
    return slot && FLAG_LOAD(slot->generation[frame->version & 1]) == frame->generation && flag_name_stands(slot, frame->sequence);
}

/* Whether the answer of the flag on top is the one that the flag below it needs. */
FLAG_INLINE int flag_is_wanted(struct flag_run *run, const struct flag_frame *frame, __u32 variant)
{
    if (variant == FLAG_NO_VARIANT)
        return 0;
    const struct flag_variant *given = FLAG_BLOCK_ELEMENT(run, variants, struct flag_variant, variant);
    return given && FLAG_LOAD(given->name_hash) == frame->wanted;
}

/*
 * Goes on with the flag on top: 1 where `answer` is its answer, 0 where another flag must be asked first, FLAG_FAILED where
 * it was overtaken.
 */
FLAG_RARE_PART int flag_decide_top(struct flag_run *run, struct flag_answer *answer)
{
    if (!run || !answer)
        return FLAG_FAILED;
    struct flag_frame *frame = &run->frames[run->depth & 7];
    const struct flag_body *body = flag_turn_to(run, frame);

    if (!body) {
        flag_answer_nothing(answer, FLAG_REASON_ERROR);
        return 1;
    }
    if (!frame->begun && flag_decide_before(run, body, answer))
        return 1;
    frame->begun = 1;
    if (FLAG_LOAD(body->extras) & FLAG_HAS_PREREQUISITES) {
        const struct flag_block *head = flag_block_head(run);

        if (!frame->failed && head && frame->next < FLAG_LOAD(head->prerequisite_count)) {
            if (run->depth + 1 >= FLAG_MAX_DEPTH || run->asked++ >= FLAG_MAX_EVALUATIONS) {
                flag_settle(body, FLAG_NO_VARIANT, FLAG_REASON_ERROR, answer);
                return 1;
            }
            int pushed = flag_push_prerequisite(run, frame->next);
            if (pushed != 0)
                return pushed < 0 ? FLAG_FAILED : 0;
            frame->failed = 1;
        }
        if (frame->failed) {
            flag_settle(body, FLAG_LOAD(body->off_variant), FLAG_REASON_DEFAULT, answer);
            return 1;
        }
    }
    flag_decide_after(run, body, answer);
    return 1;
}

/* What the flag in the first frame answers. 0 where one that was asked on the way was overtaken. */
FLAG_INLINE int flag_decide_frames(struct flag_run *run, struct flag_answer *answer)
{
    __u32 rounds FLAG_UNUSED = 0;

    if (!run || !answer)
        return 0;
    const struct flag_body *body = flag_turn_to(run, &run->frames[0]);
    if (body && !(FLAG_LOAD(body->extras) & FLAG_HAS_PREREQUISITES)) {
        /* The usual case, which asks for no other flag. */
        if (!flag_decide_before(run, body, answer))
            flag_decide_after(run, body, answer);
        return 1;
    }
    while (FLAG_MAY_LOOP(rounds, FLAG_MAX_EVALUATIONS * (FLAG_MAX_PREREQUISITES + 2))) {
        int decided = flag_decide_top(run, answer);

        if (decided < 0)
            return 0;
        if (decided == 0)
            continue;
        if (run->depth == 0)
            return 1;
        struct flag_frame *top = &run->frames[run->depth & 7];
        int met = flag_is_wanted(run, top, answer->variant);
        if (!flag_top_stands(run, top))
            return 0;
        run->depth--;
        struct flag_frame *below = &run->frames[run->depth & 7];
        below->next++;
        below->failed |= !met;
    }
    return 0;
}

/* Makes the slot's version the first frame. */
FLAG_INLINE void flag_begin(struct flag_run *run, __u64 slot, __u32 version, __u64 generation)
{
    run->generation = generation;
    run->depth = 0;
    run->asked = 1;
    run->zero = 0;
    run->frames[0] = (struct flag_frame){ .slot = slot, .version = version };
}

#endif
