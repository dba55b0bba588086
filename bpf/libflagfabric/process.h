/* SPDX-License-Identifier: Apache-2.0 */
/* The evaluator as a process runs it: pointers into the mapped table and to what the caller passed. */
#ifndef FLAGFABRIC_PROCESS_H
#define FLAGFABRIC_PROCESS_H

#include <string.h>
#include <time.h>

#include "flagfabric.h"

/* A key's words stand wherever the caller put them, aligned or not. */
typedef __UINT32_TYPE__ __attribute__((aligned(1), may_alias)) flag_unaligned_word;
#define FLAG_WORD flag_unaligned_word

#define FLAG_APART static __attribute__((noinline))

/* Bytes of a path of the process, and the terminator; a longer one counts as none. */
#define FLAG_PATH_BYTES 512

/* Bytes of a thread's name, and the terminator. */
#define FLAG_COMM_BYTES 16

/* Attributes that are looked at. */
#define FLAG_MAX_ATTRIBUTES 4096

struct flag_caller {
    const char *key;
    const struct flagfabric_attribute *attributes;
    size_t count;
    const struct flag_clock *clock; /* NULL: the host's */
    int remote;                     /* the caller is no process of this host: it has no facts of one */
    struct flag_trace *trace;       /* where an explanation is written, NULL for none */
};

/* A clock that stands, for whoever wants to know what an answer will be. */
struct flag_clock {
    uint64_t unix_ns;
    uint64_t boot_ns;
};

#define FLAG_QUICK_MEMBERS

#define FLAG_RUN_MEMBERS              \
    const struct flag_view *view;     \
    const struct flag_caller *caller; \
    char comm[FLAG_COMM_BYTES];       \
    char exe[FLAG_PATH_BYTES];        \
    char cgroup[FLAG_PATH_BYTES];

#include "../flag_rules.h"

FLAG_INLINE struct flag_view flag_view_of(struct flag_run *run)
{
    return *run->view;
}

FLAG_INLINE const struct flag_caller *flag_caller(struct flag_run *run)
{
    return run->caller;
}

FLAG_INLINE const void *flag_table_at(struct flag_run *run, __u64 offset, __u32 size FLAG_UNUSED)
{
    return run->view->base + offset;
}

FLAG_INLINE const void *flag_block_at(struct flag_run *run, __u32 place, __u32 size)
{
    return (__u64)place + size <= run->block_bytes ? run->view->base + run->block + place : NULL;
}

FLAG_INLINE __u64 flag_block_text(struct flag_run *run, __u32 place, __u32 bytes FLAG_UNUSED)
{
    return (__u64)(uintptr_t)(run->view->base + run->block + place);
}

FLAG_INLINE __u64 flag_scratch_text(struct flag_run *run)
{
    return (__u64)(uintptr_t)run->scratch;
}

FLAG_INLINE __u64 flag_load_bytes(const unsigned char *from, size_t bytes)
{
    __u64 word = 0;
    __u32 low = 0, high = 0;

    if (bytes >= 8) {
        memcpy(&word, from, 8);
        return word;
    }
    /* Two loads that overlap, in the place of a loop. */
    if (bytes >= 4) {
        memcpy(&low, from, 4);
        memcpy(&high, from + bytes - 4, 4);
        return low | (__u64)high << (8 * (bytes - 4));
    }
    /* The first one, the middle one and the last one are all. */
    return bytes ? from[0] | (__u64)from[bytes / 2] << (8 * (bytes / 2)) | (__u64)from[bytes - 1] << (8 * (bytes - 1)) : 0;
}

FLAG_INLINE __u64 flag_text_word(struct flag_run *run FLAG_UNUSED, const struct flag_value *text, __u32 at)
{
    return at < text->bytes ? flag_load_bytes((const unsigned char *)(uintptr_t)text->bits + at, text->bytes - at) : 0;
}

static inline int flag_hash_key(const struct flag_caller *caller, __u32 shift, __u32 *hash, __u64 *pending)
{
    __u32 tail = 0;

    if (!caller->key)
        return -1;
    size_t length = strnlen(caller->key, FLAG_KEY_BYTES + 1);
    if (length > FLAG_KEY_BYTES)
        return -1;

    __u32 whole = length & ~3u;
    flag_hash_words((const FLAG_WORD *)caller->key, whole, FLAG_KEY_BYTES / 4, shift, hash, pending);
    for (__u32 i = whole; i < length; i++)
        tail |= (__u32)(unsigned char)caller->key[i] << (8 * (i - whole));
    *pending |= (__u64)tail << shift;
    return (int)length;
}

FLAG_INLINE int flag_set_text(struct flag_value *to, const char *text, size_t bytes)
{
    to->type = text ? FLAG_VALUE_STRING : FLAG_VALUE_NULL;
    to->bytes = text ? (__u32)bytes : 0;
    to->bits = (__u64)(uintptr_t)text;
    return bytes <= FLAG_MAX_TEXT;
}

/* The value of attribute number `at`; 0 where it is beyond a bound. */
FLAG_INLINE int flag_attribute_value(const struct flag_caller *caller, size_t at, struct flag_value *to)
{
    const struct flagfabric_attribute *attribute = &caller->attributes[at];
    __u64 bits;

    to->type = attribute->type;
    to->bytes = 0;
    to->bits = 0;
    switch (attribute->type) {
    case FLAGFABRIC_NULL:
    case FLAGFABRIC_OBJECT:
        return 1;
    case FLAGFABRIC_BOOLEAN:
        to->bits = attribute->boolean;
        return 1;
    case FLAGFABRIC_INTEGER:
        to->bits = (__u64)attribute->integer;
        return 1;
    case FLAGFABRIC_DOUBLE:
        memcpy(&bits, &attribute->number, sizeof(bits));
        flag_set_double(to, bits);
        return 1;
    case FLAGFABRIC_STRING:
        if (!attribute->string)
            return flag_set_text(to, NULL, 0);
        return flag_set_text(to, attribute->string,
                             attribute->length == FLAGFABRIC_TERMINATED ? strnlen(attribute->string, FLAG_MAX_TEXT + 1) : attribute->length);
    case FLAGFABRIC_LIST:
        to->bytes = attribute->length;
        to->bits = at + 1;
        return attribute->length < caller->count - at;
    default:
        return 0;
    }
}

/* The caller's attribute of a name that has so many bytes and a zero byte behind them. */
FLAG_INLINE int flag_named_attribute(const struct flag_caller *caller, const char *wanted, __u32 bytes, struct flag_value *to)
{
    size_t count = caller->count < FLAG_MAX_ATTRIBUTES ? caller->count : FLAG_MAX_ATTRIBUTES;
    char first = FLAG_LOAD(wanted[0]);

    for (size_t i = 0; i < count; i++) {
        const char *own = caller->attributes[i].name;

        if (own && own[0] == first && strncmp(own, wanted, bytes + 1) == 0)
            return flag_attribute_value(caller, i, to);
    }
    return flag_set_text(to, NULL, 0);
}

FLAG_INLINE int flag_attribute(struct flag_run *run, __u32 name, __u32 bytes, struct flag_value *to)
{
    const char *wanted = flag_block_at(run, name, bytes + 1);

    return wanted && bytes && flag_named_attribute(run->caller, wanted, bytes, to);
}

FLAG_INLINE int flag_element(struct flag_run *run, const struct flag_value *list, __u32 i, struct flag_value *to)
{
    size_t at = list->bits + i;

    return at < run->caller->count && at < FLAG_MAX_ATTRIBUTES && flag_attribute_value(run->caller, at, to);
}

/* A fact of this process, kept in the run where it is a text; facts.c. */
int flagfabric_process_fact(struct flag_run *run, __u32 source, struct flag_value *to);

FLAG_INLINE int flag_key_text(const struct flag_caller *caller, struct flag_value *to)
{
    size_t bytes = caller->key ? strnlen(caller->key, FLAG_KEY_BYTES + 1) : 0;

    return flag_set_text(to, bytes <= FLAG_KEY_BYTES ? caller->key : NULL, bytes <= FLAG_KEY_BYTES ? bytes : 0);
}

FLAG_INLINE int flag_quick_key(struct flag_quick *quick, struct flag_value *to)
{
    return flag_key_text(quick->caller, to);
}

FLAG_INLINE int flag_quick_attribute(struct flag_quick *quick, __u32 name, __u32 bytes, struct flag_value *to)
{
    if (bytes == 0 || name > FLAG_MAX_BLOCK_BYTES - UINT16_MAX - 1 || !flag_named_attribute(quick->caller, (const char *)quick->block + name, bytes, to))
        return FLAG_UNUSUAL;
    return to->type != FLAG_VALUE_STRING || to->bytes <= FLAG_QUICK_BYTES ? 1 : FLAG_UNUSUAL;
}

FLAG_INLINE __u64 flag_quick_word(struct flag_quick *quick FLAG_UNUSED, const struct flag_value *text, __u32 at)
{
    return flag_load_bytes((const unsigned char *)(uintptr_t)text->bits + at, text->bytes - at);
}

FLAG_INLINE __u32 flag_quick_half(struct flag_quick *quick FLAG_UNUSED, const struct flag_value *text, __u32 at)
{
    __u32 half;

    memcpy(&half, (const unsigned char *)(uintptr_t)text->bits + at, sizeof(half));
    return half;
}

FLAG_INLINE int flag_process_fact(struct flag_run *run, __u32 source, struct flag_value *to)
{
    if (source == FLAG_FACT_TARGETING_KEY)
        return flag_key_text(run->caller, to);
    if (run->caller->remote)
        return flag_set_text(to, NULL, 0);
    return flagfabric_process_fact(run, source, to);
}

static inline __u64 flag_clock_ns(clockid_t clock)
{
    struct timespec at;

    clock_gettime(clock, &at);
    return (__u64)at.tv_sec * 1000000000ULL + at.tv_nsec;
}

/* One evaluation sees one moment. */
static inline __u64 flag_unix_ns(struct flag_run *run)
{
    if (run->now_ns == 0)
        run->now_ns = run->caller->clock ? run->caller->clock->unix_ns : flag_clock_ns(CLOCK_REALTIME);
    return run->now_ns;
}

static inline __u64 flag_boot_ns(struct flag_run *run)
{
    if (run->boot_ns == 0)
        run->boot_ns = run->caller->clock ? run->caller->clock->boot_ns : flag_clock_ns(CLOCK_BOOTTIME);
    return run->boot_ns;
}

/* Apart, so that what it takes does not stand in the way of the usual steps. */
FLAG_APART int flag_decide_wholly(const struct flag_view *view, const struct flag_slot *slot, __u32 version, __u64 generation,
                                  const struct flag_caller *caller, const struct flag_course *course, struct flag_answer *answer)
{
    struct flag_run run;

    run.view = view;
    run.caller = caller;
    /* Member by member: a processor waits where it loads at once what was just stored in parts. */
    run.course.pending = FLAG_LOAD(course->pending);
    run.course.hash = FLAG_LOAD(course->hash);
    run.course.total = FLAG_LOAD(course->total);
    run.course.at = FLAG_LOAD(course->at);
    run.now_ns = run.boot_ns = 0;
    /* A block that is being overwritten may name a register that nothing was put into. */
    memset(run.registers, 0, sizeof(run.registers));
    flag_begin(&run, (const unsigned char *)slot - view->base, version, generation);
    return flag_decide_frames(&run, answer);
}

FLAG_APART int flag_decide_by_rules(const struct flag_view *view, const struct flag_slot *slot, __u32 version, __u64 generation,
                                    const struct flag_caller *caller, struct flag_answer *answer)
{
    struct flag_quick quick = { .caller = caller };
    struct flag_course course, *left_off = &course;

    /* In memory, where it is out of the way of the usual steps, and not in registers, as the compiler would have it. */
    __asm__("" : "+r"(left_off));
    return flag_decide_quickly(&quick, view, &slot->body[version & 1], left_off, answer) ||
           flag_decide_wholly(view, slot, version, generation, caller, left_off, answer);
}

#endif
