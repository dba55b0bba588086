// SPDX-License-Identifier: Apache-2.0
/*
 * The evaluator as the node calls it: over the table that it writes itself, for callers of its HTTP API, and with a trace
 * where somebody asks why. It is a library of its own, which travels inside the node.
 */
#include <stdint.h>

#define NODE __attribute__((visibility("default")))

/* Steps and facts of one trace; an explanation of more says that it is cut. */
#define TRACE_STEPS 256
#define TRACE_FACTS 64
#define TRACE_TEXT 64

struct flag_run;
struct flag_value;
struct flag_caller;

struct flag_trace_step {
    uint16_t at;
    int16_t next; /* FLAG_END_… at the end */
};

struct flag_trace_fact {
    uint32_t index; /* of the fact in the program */
    uint32_t type;  /* enum flag_value_type */
    uint32_t bytes; /* of a string, of which `text` has the first */
    uint32_t reserved;
    uint64_t bits;
    char text[TRACE_TEXT];
};

struct flag_trace {
    uint32_t step_count;
    uint32_t fact_count;
    uint32_t bucketed; /* 1: a hash was computed, the last one of which is */
    uint32_t hash;
    uint32_t point;    /* where it falls in the sum of the weights */
    uint32_t total;    /* that sum; 0 for a ramp */
    struct flag_trace_step steps[TRACE_STEPS];
    struct flag_trace_fact facts[TRACE_FACTS];
};

static void trace_step(const struct flag_caller *caller, uint32_t depth, int at, int next);
static void trace_fact(const struct flag_caller *caller, uint32_t depth, uint32_t index, const struct flag_value *value);
static void trace_bucket(const struct flag_caller *caller, uint32_t hash, uint32_t point, uint32_t total);
#define FLAG_TRACE(caller, depth, at, next) trace_step(caller, depth, at, next)
#define FLAG_TRACE_FACT(caller, depth, index, value) trace_fact(caller, depth, index, value)
#define FLAG_TRACE_BUCKET(caller, hash, point, total) trace_bucket(caller, hash, point, total)

#include "../libflagfabric/process.h"

/* Of the flag that was asked for, not of its prerequisites. */
static struct flag_trace *trace_of(const struct flag_caller *caller, uint32_t depth)
{
    return depth == 0 ? caller->trace : NULL;
}

static void trace_step(const struct flag_caller *caller, uint32_t depth, int at, int next)
{
    struct flag_trace *trace = trace_of(caller, depth);

    if (!trace)
        return;
    if (trace->step_count < TRACE_STEPS)
        trace->steps[trace->step_count] = (struct flag_trace_step){ .at = at, .next = next };
    trace->step_count++;
}

static void trace_fact(const struct flag_caller *caller, uint32_t depth, uint32_t index, const struct flag_value *value)
{
    struct flag_trace *trace = trace_of(caller, depth);

    if (!trace)
        return;
    for (uint32_t i = 0; i < trace->fact_count; i++) {
        if (trace->facts[i].index == index)
            return;
    }
    if (trace->fact_count == TRACE_FACTS)
        return;
    struct flag_trace_fact *fact = &trace->facts[trace->fact_count++];
    *fact = (struct flag_trace_fact){ .index = index, .type = value->type, .bytes = value->bytes, .bits = value->bits };
    if (value->type == FLAG_VALUE_STRING)
        memcpy(fact->text, (const void *)(uintptr_t)value->bits, value->bytes < TRACE_TEXT ? value->bytes : TRACE_TEXT);
}

/* A flag's own bucket comes after those of its prerequisites, so the last one is its. */
static void trace_bucket(const struct flag_caller *caller, uint32_t hash, uint32_t point, uint32_t total)
{
    struct flag_trace *trace = caller->trace;

    if (!trace)
        return;
    trace->bucketed = 1;
    trace->hash = hash;
    trace->point = point;
    trace->total = total;
}

/* A caller of the node is no process of this host. */
int flagfabric_process_fact(struct flag_run *run FLAG_UNUSED, __u32 source FLAG_UNUSED, struct flag_value *to)
{
    return flag_set_text(to, NULL, 0);
}

struct node_question {
    const unsigned char *table;
    const char *flag;
    struct flagfabric_context context;
    struct flag_clock clock; /* both 0: the host's */
    struct flag_trace *trace;
};

/* 1: `answer` is the table's; 0: changes overtook the read again and again. */
NODE int fabric_answer(const struct node_question *question, struct flag_answer *answer)
{
    const struct flag_table_header *header = (const struct flag_table_header *)question->table;
    const struct flag_view view = {
        .base = question->table,
        .heap_offset = header->heap_offset,
        .heap_bytes = header->heap_bytes,
        .slot_mask = header->slot_count - 1,
    };
    const struct flag_caller caller = {
        .key = question->context.targeting_key,
        .attributes = question->context.attributes,
        .count = question->context.count,
        .clock = question->clock.unix_ns ? &question->clock : NULL,
        .remote = 1,
        .trace = question->trace,
    };
    __u64 name[FLAG_NAME_BYTES / 8] = { 0 };
    size_t length = strnlen(question->flag, FLAG_NAME_BYTES);

    flag_answer_nothing(answer, FLAG_REASON_NOT_FOUND);
    if (length == 0 || length == FLAG_NAME_BYTES)
        return 1;
    memcpy(name, question->flag, length);
    for (int tries = 0; tries < FLAG_READ_TRIES; tries++) {
        if (question->trace)
            memset(question->trace, 0, offsetof(struct flag_trace, steps));
        if (flag_try(&view, name, flag_name_hash(name, length), &caller, answer))
            return 1;
    }
    flag_answer_nothing(answer, FLAG_REASON_ERROR);
    return 0;
}
