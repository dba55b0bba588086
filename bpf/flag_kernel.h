/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel's programs share: the table, its measures, and the evaluator as BPF may run it. */
#ifndef FABRIC_FLAG_KERNEL_H
#define FABRIC_FLAG_KERNEL_H

#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

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

/* The table's measures, set by the node before the programs are loaded, so that the verifier sees constants. */
struct flag_geometry {
    __u64 table_bytes;
    __u64 heap_offset;
    __u64 heap_bytes;
    __u32 slot_mask;
    __u32 may_override; /* 0: decide, and leave the registers alone */
};
extern const volatile struct flag_geometry geometry;
#define FLAG_MEASURE(view, name) (geometry.name)

#include "flag_eval.h"

/* The table: one element, whose size the node sets before loading. */
struct flag_table_map {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, 1);
    __type(key, __u32);
    __uint(value_size, FLAG_HEADER_BYTES);
};

#endif
