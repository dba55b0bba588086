/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * One evaluation: what it holds, and how it reads values and texts.
 *
 * The evaluator runs in a process, where it may keep pointers and the caller's texts stay where they are, and in the
 * kernel, where a structure in a map may hold no pointer and a text is copied in before it is read. Whoever includes it
 * says which, by FLAG_RUN_MEMBERS, members of struct flag_run that say where the table and the caller's texts are, and by
 * the functions that are declared at the end of this file.
 */
#ifndef FABRIC_FLAG_RUN_H
#define FABRIC_FLAG_RUN_H

#include "flag_hash.h"

#define FLAG_UNUSED __attribute__((unused))

/*
 * A part of the evaluator that is verified by itself in the kernel. In a process it is put where it is called, but for what
 * few rules need, which would only stand in the way of the others.
 */
#ifndef FLAG_PART
#define FLAG_PART FLAG_INLINE FLAG_UNUSED
#define FLAG_RARE_PART static __attribute__((noinline)) FLAG_UNUSED
#endif

/* Stands before a loop that must stay one, where stack or size is dear. */
#ifndef FLAG_LOOP
#define FLAG_LOOP
#endif

/*
 * Whether a loop may go round once more. A loop ends by itself on sound bytes; this ends it on others, and shows
 * the verifier that it ends.
 */
#ifndef FLAG_MAY_LOOP
#define FLAG_MAY_LOOP(rounds, limit) ((rounds)++ < (limit))
#endif

/* Told of a hash, where it falls in the sum of the weights, and that sum; for explanations. */
#ifndef FLAG_TRACE_BUCKET
#define FLAG_TRACE_BUCKET(caller, hash, point, total) ((void)0)
#endif

/*
 * Where a loop begins to count: 0. In the kernel it is read from memory, since the verifier would go through a loop that
 * begins with a number that it knows once for each number.
 */
#ifndef FLAG_START
#define FLAG_START(run) 0
#endif

/* Loads that the compiler neither merges nor moves nor repeats; x86-64 keeps the order of loads by itself. */
#define FLAG_LOAD(x) (*(const volatile __typeof__(x) *)&(x))
#if defined(__bpf__) || defined(__x86_64__)
#define FLAG_READ_BARRIER() __asm__ volatile("" ::: "memory")
#else
#define FLAG_READ_BARRIER() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#endif

/* Eight bytes of whatever they belong to. */
typedef __u64 __attribute__((may_alias)) flag_word;

#define FLAG_SCRATCH_BYTES 32

struct flag_value {
    __u32 type;  /* enum flag_value_type */
    __u32 bytes; /* of a string; elements of a list */
    __u64 bits;  /* number, truth; of a string where it is; of a list where its first element is */
};

/* A flag that is being evaluated; those above it wait for what it answers. */
struct flag_frame {
    __u64 slot;       /* offset of its slot in the table */
    __u64 generation; /* of its version */
    __u32 sequence;   /* the slot's name_seq */
    __u32 wanted;     /* name_hash of the variant that the flag above needs */
    __u16 version;
    __u16 next;       /* prerequisite that is to be asked next */
    __u16 failed;     /* a prerequisite was not met */
    __u16 begun;
};

/* How far a program has come, and the bucketing value's murmur3. */
struct flag_course {
    __u64 pending; /* bytes that no round of murmur3 has taken yet: as many as `total` has beyond a multiple of four */
    __u32 hash;
    __u32 total;   /* bytes hashed */
    __u32 at;      /* the step that is next */
    __u32 reserved;
};

struct flag_run {
    FLAG_RUN_MEMBERS

    __u64 now_ns;  /* Unix time, 0 until it is asked for */
    __u64 boot_ns; /* CLOCK_BOOTTIME, likewise */
    __u64 generation;

    /* The version that is evaluated. */
    __u64 body;  /* offset in the table */
    __u64 block;
    __u32 block_bytes;
    __u32 facts;     /* what the block's head says of these places */
    __u32 constants;
    __u32 depth;
    struct flag_frame frames[8];
    __u64 words[8]; /* name of the flag that is looked for */

    /* The program. */
    struct flag_step step __attribute__((aligned(8)));
    struct flag_value left;
    struct flag_value right;
    struct flag_value registers[FLAG_REGISTERS];
    struct flag_version_parts {
        __u64 number[3];
        struct flag_value prerelease;
    } versions[2];
    /* What a loop over a text has found so far stands here, for the same reason as FLAG_START. */
    struct flag_number_reading {
        __u64 digits;
        __s32 exponent; /* of the last digit that was taken */
        __u32 zeros;    /* read after it, and not taken yet */
        __u32 count;    /* digits taken, leading zeros left out */
        __u32 any;      /* a digit was read */
        __u32 where;
        __u32 signs;    /* a sign was read, of the number or of its exponent */
        __u32 negative;
        __u32 power;    /* what the exponent says */
        __u32 power_any;
        __u32 power_negative;
    } number;
    struct flag_version_reading {
        __u64 number;
        __u32 part;   /* numbers read */
        __u32 digits; /* of the number, or of the identifier */
        __u32 where;
        __u32 length; /* of the identifier */
        __u32 zero;   /* it begins with a zero */
        __u32 start;  /* of the prerelease */
        __u32 end;
        __u32 reserved;
    } version;
    struct flag_identifiers {
        __u32 a, b;               /* where in both prereleases */
        __u32 a_length, b_length; /* of the identifiers so far */
        __u32 a_number, b_number; /* all digits */
        __s32 difference;         /* of the first bytes that differ */
        __u32 reserved;
    } identifiers;
    struct flag_course course;
    __u32 variant; /* what a program gives */
    __u64 sum;     /* of weights that are computed */
    __u32 asked;   /* flags so far */
    __u32 zero;    /* FLAG_START */
    /* A number's text. Texts are read by the word, so there is room for one behind the last byte. */
    __u8 scratch[FLAG_SCRATCH_BYTES + sizeof(flag_word)] __attribute__((aligned(8)));
};

_Static_assert(FLAG_MAX_DEPTH <= 8, "frames");

/* ---- What is different in a process and in the kernel ---- */

struct flag_caller;

FLAG_INLINE const struct flag_caller *flag_caller(struct flag_run *run);

/* `size` bytes of the table, or of the version's block; NULL where they are not all in it. */
FLAG_INLINE const void *flag_table_at(struct flag_run *run, __u64 offset, __u32 size);
FLAG_INLINE const void *flag_block_at(struct flag_run *run, __u32 place, __u32 size);

/* Where a text of the block is, and where the scratch is: the `bits` of a string. */
FLAG_INLINE __u64 flag_block_text(struct flag_run *run, __u32 place, __u32 bytes);
FLAG_INLINE __u64 flag_scratch_text(struct flag_run *run);

/* Up to eight bytes of a text from `at` on, with zeros behind its end. */
FLAG_INLINE __u64 flag_text_word(struct flag_run *run, const struct flag_value *text, __u32 at);

/* A fact that the caller gave, by the place and the length of its name; an element of a list. 0 where it is beyond a bound. */
FLAG_INLINE int flag_attribute(struct flag_run *run, __u32 name, __u32 bytes, struct flag_value *to);
FLAG_INLINE int flag_element(struct flag_run *run, const struct flag_value *list, __u32 i, struct flag_value *to);

/* The targeting key, or a fact of the process: enum flag_fact_source. */
FLAG_INLINE int flag_process_fact(struct flag_run *run, __u32 source, struct flag_value *to);

/* Unix time and CLOCK_BOOTTIME; one evaluation sees one moment. */
static inline __u64 flag_unix_ns(struct flag_run *run);
static inline __u64 flag_boot_ns(struct flag_run *run);

#endif
