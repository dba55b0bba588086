/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel's programs share: the table, its measures, and the evaluator as BPF may run it. */
#ifndef FABRIC_FLAG_KERNEL_H
#define FABRIC_FLAG_KERNEL_H

#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "flag_table.h"

#ifndef NULL
#define NULL ((void *)0)
#endif

/* A loop whose end the verifier cannot see: the kernel stops it after some millions of rounds (may_goto, Linux 6.9). */
#define FLAG_MAY_LOOP(rounds, limit)                                                     \
    ({                                                                             \
        __label__ out, on;                                                         \
        int again = 1;                                                             \
        asm volatile goto("1:.byte 0xe5;"                                          \
                          ".byte 0;"                                               \
                          ".long ((%l[out] - 1b - 8) / 8) & 0xffff;"               \
                          ".short 0"                                               \
                          :: :: out);                                              \
        goto on;                                                                   \
    out:                                                                           \
        again = 0;                                                                 \
    on:;                                                                           \
        again;                                                                     \
    })

/* A program has 512 bytes of stack: a loop stays a loop. */
#define FLAG_LOOP _Pragma("clang loop unroll(disable)")

#define FLAG_START(run) FLAG_LOAD((run)->zero)

/* What went through memory, the verifier knows nothing of. */
#define FLAG_VERSION(answer, version) FLAG_LOAD((answer)->version)

#define FLAG_ONE_REGISTER(x) __asm__ volatile("" : "+r"(x))

/* A global function: the verifier walks through it once, and not once for each way that leads to it. */
#define FLAG_PART __noinline
#define FLAG_RARE_PART __noinline

/* The table's measures, set by the node before the programs are loaded, so that the verifier sees constants. */
struct flag_geometry {
    __u64 table_bytes;
    __u64 heap_offset;
    __u64 heap_bytes;
    __u32 slot_mask;
    __u32 may_override; /* 0: decide, and leave the registers alone */
    __u32 may_look;     /* 0: the kernel does not let its memory be read, so a process has no exe and no cgroup */
    __u32 usage_mask;   /* cells of the map `usage`, less one; 0: count nothing */
    __u32 own_runs;     /* 0: no task keeps a place for the whole machine, as where the kernel has no memory for it */
    __u32 spare_runs;   /* places that are borrowed then */
};
extern const volatile struct flag_geometry geometry;
#define FLAG_MEASURE(view, name) (geometry.name)

/* The table: one element, whose size the node sets before loading. */
struct flag_table_map {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, 1);
    __type(key, __u32);
    __uint(value_size, FLAG_HEADER_BYTES);
};
extern struct flag_table_map table SEC(".maps");

#define FLAG_FIND(view, words, hash, sequence) flag_find_apart((struct flag_name *)(words), hash, sequence)
struct flag_name {
    __u64 words[FLAG_NAME_BYTES / 8];
};
__u32 flag_find_apart(struct flag_name *name, __u64 hash, __u32 *sequence);

/* Room for texts, which are copied before they are read. */
#define FLAG_KEY_ROOM 256
#define FLAG_PATH_BYTES 512 /* a longer path counts as none */
#define FLAG_COMM_BYTES 16
#define FLAG_READ_SLACK 8   /* texts are read by the word */

/* Who asks: where the targeting key is in the process's memory, and for Go its length; how, in the link's cookie. */
struct flag_caller {
    unsigned long address;
    unsigned long length;
    __u64 cookie;

    /* The key's hash while it is computed: a program has 512 bytes of stack, so nothing stands there twice. */
    __u64 pending;
    __u32 hash;
    __u32 shift;
};

/* The usual steps look at keys up to this length, which stand with the question, and not with the task, and are read once. */
#define FLAG_QUICK_BYTES 63
#define FLAG_QUICK_STEPS 12
struct flag_quick_key {
    __u64 words[FLAG_QUICK_BYTES / 8 + 1]; /* with zeros behind its end; read by the word, at any byte */
    __u64 zero;
    __u32 type;  /* enum flag_value_type */
    __u32 bytes;
};
#define FLAG_FORGET(quick, x) ((x) ^ (__u32)FLAG_LOAD((quick)->key->zero))
#define FLAG_QUICK_MEMBERS struct flag_quick_key *key;

/* Whether a key has been read, in the place of its type. */
#define FLAG_KEY_UNREAD 0xff

/* What has been copied already: FLAG_HAVE_…. */
#define FLAG_HAVE_KEY 1
#define FLAG_HAVE_EXE 2
#define FLAG_HAVE_CGROUP 4

#ifndef FLAG_EXTRA_MEMBERS
#define FLAG_EXTRA_MEMBERS
#endif
#define FLAG_RUN_MEMBERS                                              \
    struct flag_caller caller;                                        \
    __u32 have;                                                       \
    __u32 key_bytes;                                                  \
    __u32 exe_at; /* a path is built from its end */                  \
    __u32 cgroup_at;                                                  \
    __u8 key[FLAG_KEY_ROOM + FLAG_READ_SLACK];                        \
    __u8 comm[FLAG_COMM_BYTES + FLAG_READ_SLACK];                     \
    __u8 exe[FLAG_PATH_BYTES + FLAG_KEY_ROOM];                        \
    __u8 cgroup[FLAG_PATH_BYTES + FLAG_KEY_ROOM];                     \
    FLAG_EXTRA_MEMBERS

#include "flag_rules.h"

/* The table as this function sees it: each looks it up for itself, which costs next to nothing. */
#define FLAG_TABLE_BASE()                        \
    ({                                           \
        __u32 first_ = 0;                        \
        (unsigned char *)bpf_map_lookup_elem(&table, &first_); \
    })

FLAG_INLINE struct flag_view flag_view_of(struct flag_run *run)
{
    return (struct flag_view){ .base = FLAG_TABLE_BASE() };
}

__noinline __u32 flag_find_apart(struct flag_name *name, __u64 hash, __u32 *sequence)
{
    struct flag_view view = { .base = FLAG_TABLE_BASE() };

    return view.base && name && sequence ? flag_find(&view, name->words, hash, sequence) : FLAG_NO_SLOT;
}

/*
 * Reads the caller's key, of which the type says that it has not been: 1, or FLAG_UNUSUAL for one that is longer. Whoever
 * includes this defines it.
 */
static int read_quick_key(const struct flag_caller *caller, struct flag_quick_key *key);

FLAG_INLINE int flag_quick_key(struct flag_quick *quick, struct flag_value *to)
{
    struct flag_quick_key *key = quick->key;

    if (key->type == FLAG_KEY_UNREAD && read_quick_key(quick->caller, key) == FLAG_UNUSUAL)
        return FLAG_UNUSUAL;
    to->type = key->type;
    to->bytes = key->bytes;
    return 1;
}

FLAG_INLINE int flag_quick_attribute(struct flag_quick *quick, __u32 name, __u32 bytes, struct flag_value *to)
{
    return FLAG_UNUSUAL;
}

FLAG_INLINE __u64 flag_quick_word(struct flag_quick *quick, const struct flag_value *text, __u32 at)
{
    __u64 from = at;

    FLAG_ONE_REGISTER(from);
    return from <= FLAG_QUICK_BYTES ? *(const __u64 *)((const char *)quick->key + from) : 0;
}

FLAG_INLINE __u32 flag_quick_half(struct flag_quick *quick, const struct flag_value *text, __u32 at)
{
    return (__u32)flag_quick_word(quick, text, at);
}

FLAG_INLINE const struct flag_caller *flag_caller(struct flag_run *run)
{
    return &run->caller;
}

FLAG_INLINE const void *flag_table_at(struct flag_run *run, __u64 offset, __u32 size)
{
    unsigned char *base = FLAG_TABLE_BASE();

    return base && offset <= geometry.table_bytes - size ? base + offset : NULL;
}

FLAG_INLINE const void *flag_block_at(struct flag_run *run, __u32 place, __u32 size)
{
    return (__u64)place + size <= run->block_bytes ? flag_table_at(run, run->block + place, size) : NULL;
}

/* A text is in the table, or else in the run, so far from its beginning. */
#define FLAG_IN_TABLE (1ULL << 63)

FLAG_INLINE __u64 flag_block_text(struct flag_run *run, __u32 place, __u32 bytes)
{
    return (run->block + place) | FLAG_IN_TABLE;
}

FLAG_INLINE __u64 flag_scratch_text(struct flag_run *run)
{
    return __builtin_offsetof(struct flag_run, scratch);
}

FLAG_INLINE __u64 flag_text_word(struct flag_run *run, const struct flag_value *text, __u32 at)
{
    __u64 offset = (text->bits & ~FLAG_IN_TABLE) + at, word;

    if (at >= text->bytes)
        return 0;
    if (text->bits & FLAG_IN_TABLE) {
        const __u64 *from = (const __u64 *)flag_table_at(run, offset, sizeof(word));
        word = from ? *from : 0;
    } else {
        if (offset > sizeof(*run) - sizeof(word))
            return 0;
        word = *(const __u64 *)((const char *)run + offset);
    }
    __u32 rest = text->bytes - at;
    return rest < 8 ? word & ((1ULL << (rest * 8)) - 1) : word;
}

/* A text in the run, of which one member is its room. */
#define FLAG_SET_RUN_TEXT(to, member, at, length)                                   \
    ({                                                                              \
        (to)->type = FLAG_VALUE_STRING;                                             \
        (to)->bytes = (length);                                                     \
        (to)->bits = __builtin_offsetof(struct flag_run, member) + (at);            \
        1;                                                                          \
    })

FLAG_INLINE int flag_set_null(struct flag_value *to)
{
    to->type = FLAG_VALUE_NULL;
    to->bytes = 0;
    to->bits = 0;
    return 1;
}

/* The kernel knows CLOCK_TAI; the node says how far it is from CLOCK_REALTIME. */
static inline __u64 flag_unix_ns(struct flag_run *run)
{
    if (run->now_ns == 0) {
        const struct flag_table_header *header = (const struct flag_table_header *)flag_table_at(run, 0, sizeof(*header));
        run->now_ns = bpf_ktime_get_tai_ns() - (header ? FLAG_LOAD(header->tai_offset_ns) : 0);
    }
    return run->now_ns;
}

static inline __u64 flag_boot_ns(struct flag_run *run)
{
    if (run->boot_ns == 0)
        run->boot_ns = bpf_ktime_get_boot_ns();
    return run->boot_ns;
}

#endif
