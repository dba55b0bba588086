/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * A version's block, and the decision program in it: what a flag's definition says beyond what fits a slot.
 *
 *   struct flag_block            its head: how many there are of each part, and where
 *   struct flag_bucket[]         the body's own buckets, directly after the head
 *   everything else              wherever the head says; every part begins at a multiple of eight
 *
 * Places are offsets from the block's start, never 0. The program is a list of steps. A step looks at values and says
 * which step is next, always one further on: a program ends after at most as many steps as it has. A value is named by
 * an operand: a fact that is read from the caller, the host's clock or the process; a constant; or a register that an
 * earlier step has computed.
 *
 * src/Fabric.Flags/Compilation makes programs, src/Fabric.Bpf/Table/Encoding writes them, flag_eval.h runs them.
 */
#ifndef FABRIC_FLAG_PROGRAM_H
#define FABRIC_FLAG_PROGRAM_H

#include <linux/types.h>

/* What is refused beyond, when a definition is written. */
#define FLAG_MAX_BLOCK_BYTES 262144
#define FLAG_MAX_STEPS 1024
#define FLAG_MAX_FACTS 64
#define FLAG_MAX_CONSTANTS 1024
#define FLAG_REGISTERS 8
#define FLAG_MAX_BUCKETS 64
#define FLAG_MAX_PREREQUISITES 8
#define FLAG_MAX_EVALUATIONS 32 /* flags that one answer asks: the flag, its prerequisites, theirs, … counted each time */
#define FLAG_MAX_DEPTH 5        /* a flag, its prerequisites, theirs, … */
#define FLAG_MAX_TEXT 65535     /* bytes of one string constant or attribute */

/* Bits of flag_body.extras: what has to be looked at beside state, rule and default variant. */
enum flag_extra {
    FLAG_HAS_ACTIVATION = 1,
    FLAG_HAS_RAMP = 2,
    FLAG_HAS_PREREQUISITES = 4,
    FLAG_HAS_STALENESS = 8,
};

/* A share of the callers that grows or shrinks evenly with time. */
struct flag_ramp {
    __u64 start_ns; /* Unix time; before it `from` applies */
    __u64 end_ns;   /* after it `to` applies; later than start_ns */
    __u64 from;     /* share in 2^-32: 0 to 2^32 */
    __u64 to;
    __u32 seed_hash; /* murmur3's state after the whole words of the salt, or of the flag's key */
    __u32 seed_tail; /* the bytes after its last whole word */
    __u8 seed_bytes; /* its length */
    __u8 variant;    /* for those in the share */
    __u8 reserved[6];
};

struct flag_block {
    __u32 bytes;        /* of the whole block */
    __u16 bucket_count; /* of the body's own buckets, where they are too many for the body; otherwise 0 */
    __u16 variant_count;
    __u16 step_count;
    __u16 fact_count;
    __u16 constant_count;
    __u16 prerequisite_count;
    __u32 variants;      /* place of struct flag_variant[variant_count] */
    __u32 steps;         /* place of struct flag_step[step_count] */
    __u32 facts;         /* place of struct flag_fact[fact_count] */
    __u32 constants;     /* place of struct flag_constant[constant_count] */
    __u32 prerequisites; /* place of struct flag_prerequisite[prerequisite_count] */
    __u32 definition_hash; /* place of a __u64 where what the host is or has attached is folded in, for the digest; otherwise 0 */
    __u64 activate_at_ns; /* Unix time */
    __u64 stale_after_ns; /* since the table's last contact */
    struct flag_ramp ramp;
};

/* The body's own buckets, and those of a FLAG_STEP_BUCKET. */
struct flag_bucket {
    __u32 end;     /* running sum of the weights */
    __u32 variant; /* in a body: FLAG_NO_VARIANT decides nothing; in a program: the step that is next */
};

/* A variant's name and value. */
struct flag_variant {
    __u32 name;       /* place of the name's text */
    __u32 name_bytes;
    __u32 name_hash;  /* lower half of flag_text_hash of the name, unique in the flag */
    __u32 value_bytes;
    /*
     * String: place of the text. Object: place of its JSON. Boolean: 0 or 1. Number: an integer of up to 2^53 as such,
     * with value_bytes 8; any other as the bits of a double, with value_bytes 0.
     */
    __u64 value;
};

/* Another flag that must answer a certain variant, for the same caller and at the same generation. */
struct flag_prerequisite {
    char name[64]; /* the flag's, zero-padded */
    __u64 hash;    /* flag_name_hash of the name */
    __u32 variant; /* name_hash of the wanted variant */
    __u32 reserved;
};

/* ---- values ---- */

enum flag_value_type {
    FLAG_VALUE_NULL = 0,
    FLAG_VALUE_BOOLEAN = 1, /* 0 or 1 */
    FLAG_VALUE_INTEGER = 2, /* 64 bits, signed */
    FLAG_VALUE_DOUBLE = 3,  /* the bits of a double that is not an integer up to 2^53; never a NaN */
    FLAG_VALUE_STRING = 4,
    FLAG_VALUE_LIST = 5,    /* of an attribute only: its length; the elements follow in the context */
    FLAG_VALUE_OBJECT = 6,  /* of an attribute only: opaque, but true */
    FLAG_VALUE_NAN = 7,     /* a number that is none, from the caller */
};

/* Sixteen bits: what kind, and which. */
#define FLAG_OPERAND_FACT 0x0000
#define FLAG_OPERAND_CONSTANT 0x4000
#define FLAG_OPERAND_REGISTER 0x8000
#define FLAG_OPERAND_KIND 0xc000
#define FLAG_OPERAND_INDEX 0x3fff

enum flag_fact_source {
    FLAG_FACT_ATTRIBUTE = 0,     /* the caller's, by name; a path has dots in it */
    FLAG_FACT_TARGETING_KEY = 1,
    FLAG_FACT_TIMESTAMP = 2,     /* Unix time in whole seconds */
    FLAG_FACT_PROCESS_EXE = 3,
    FLAG_FACT_PROCESS_UID = 4,
    FLAG_FACT_PROCESS_COMM = 5,
    FLAG_FACT_PROCESS_CGROUP = 6,
};

struct flag_fact {
    __u8 source; /* enum flag_fact_source */
    __u8 reserved;
    __u16 name_bytes;
    __u32 name; /* place of an attribute's name; followed by a zero byte */
};

struct flag_constant {
    __u32 type;  /* enum flag_value_type: NULL, BOOLEAN, INTEGER, DOUBLE or STRING */
    __u32 bytes; /* of a string */
    __u64 value; /* of a string: the place of its text, followed by a zero byte */
};

/* ---- steps ---- */

/*
 * `yes`, `no` and `neither` are the numbers of the next step, by what the step finds. A step that fails ends the program
 * with an error, and the caller gets its own default.
 */
struct flag_step {
    __u8 op;       /* enum flag_op */
    __u8 how;      /* see there */
    __u16 left;    /* operands */
    __u16 right;
    __u16 yes;
    __u16 no;
    __u16 neither;
    __u32 extra;   /* see there */
};

enum flag_op {
    /* The end: variant number `extra`. */
    FLAG_STEP_GIVE = 1,
    /* The end: targeting decides nothing. */
    FLAG_STEP_PASS = 2,
    /* The end: an error. */
    FLAG_STEP_FAIL = 3,
    /* The end: the variant that `left` names as a string, or as "true" or "false"; null decides nothing; else an error. */
    FLAG_STEP_SELECT = 4,

    /* Whether `left` is true to JSONLogic: not null, false, 0, NaN, "" or an empty list. */
    FLAG_STEP_TRUTH = 5,
    /* Whether the fact `left` is null or not there. */
    FLAG_STEP_ABSENT = 6,
    /*
     * enum flag_comparison `how` of `left` and `right`. `extra`: where `right` is a constant text, that text once more, so that
     * it is found at once (FLAG_TEXT_…); otherwise 0.
     */
    FLAG_STEP_COMPARE = 7,
    /* Whether `left` is in the set at `extra`. `how`: bits of FLAG_SET_…, for what the set holds beside strings and numbers. */
    FLAG_STEP_IN_SET = 8,
    /* Whether `left` is in `right`: part of a string, or element of a list. */
    FLAG_STEP_IN = 9,
    /* `neither` where one of them is no string. `extra` as above. */
    FLAG_STEP_STARTS_WITH = 10,
    FLAG_STEP_ENDS_WITH = 11,
    /*
     * enum flag_version_comparison `how` of the version `left` and the version at `extra` (struct flag_version), or, where
     * `extra` is 0, the version `right`; `neither` where one of them is no version.
     */
    FLAG_STEP_VERSION = 12,

    /* Register `extra` = `left` enum flag_calculation `how` `right`; then `yes`. */
    FLAG_STEP_CALCULATE = 13,

    /*
     * A bucketing value is hashed by steps, then a step projects it. All lead to `yes`.
     * BEGIN starts anew with the text of the constant `left`, whose hash is at `extra` (struct flag_seed).
     * KEY adds the targeting key; without one, or with an empty one, `no`.
     * STRING adds `left`, which must be a string; `no` where it is null, `neither` where it is anything else.
     * TEXT adds `left` as `cat` writes it: null adds nothing; fails for lists and objects.
     */
    FLAG_STEP_HASH_BEGIN = 14,
    FLAG_STEP_HASH_KEY = 15,
    FLAG_STEP_HASH_STRING = 16,
    FLAG_STEP_HASH_TEXT = 17,
    /* Goes on at the bucket that holds the hash: struct flag_buckets at `extra`. */
    FLAG_STEP_BUCKET = 18,
    /* The same with weights that are operands: struct flag_weights at `extra`. `no` where a weight is no whole number, their
     * sum is over 2^31-1 or 0. */
    FLAG_STEP_WEIGH = 19,
};

/* A text of the block in one word: its length in the lower half, and above it its place, of which there is one in eight bytes. */
#define FLAG_TEXT_BYTES(word) ((word) & 0xffff)
#define FLAG_TEXT_PLACE(word) ((word) >> 16 << 3)

enum flag_comparison {
    FLAG_EQUAL = 0, /* ==, with JSONLogic's coercions */
    FLAG_NOT_EQUAL = 1,
    FLAG_SAME = 2,  /* === */
    FLAG_NOT_SAME = 3,
    FLAG_LESS = 4,
    FLAG_LESS_OR_EQUAL = 5,
    FLAG_GREATER = 6,
    FLAG_GREATER_OR_EQUAL = 7,
};

enum flag_version_comparison {
    FLAG_VERSION_EQUAL = 0,
    FLAG_VERSION_NOT_EQUAL = 1,
    FLAG_VERSION_LESS = 2,
    FLAG_VERSION_LESS_OR_EQUAL = 3,
    FLAG_VERSION_GREATER = 4,
    FLAG_VERSION_GREATER_OR_EQUAL = 5,
    FLAG_VERSION_SAME_MAJOR = 6, /* ^ */
    FLAG_VERSION_SAME_MINOR = 7, /* ~ */
};

enum flag_calculation {
    FLAG_ADD = 0,
    FLAG_SUBTRACT = 1,
    FLAG_MULTIPLY = 2,
    FLAG_DIVIDE = 3,
    FLAG_REMAINDER = 4,
};

#define FLAG_SET_NULL 1
#define FLAG_SET_FALSE 2
#define FLAG_SET_TRUE 4

/* A set: open addressing with linear probing from the lower half of the hash; at most half of the places are taken. */
struct flag_set {
    __u32 slot_count; /* power of two */
    __u32 count;
    /* __u32 slots[slot_count]: places of struct flag_set_entry, 0 where there is none */
};

struct flag_set_entry {
    __u32 tag;   /* upper half of the hash: of a string flag_text_hash, of a number flag_number_hash */
    __u16 type;  /* FLAG_VALUE_STRING, FLAG_VALUE_INTEGER or FLAG_VALUE_DOUBLE */
    __u16 bytes; /* of a string */
    __u64 value; /* of a number; a string's text stands here instead, with as many bytes as it has, then zeros up to a multiple of eight */
};

/* A semantic version, parsed. A part that is left out is 0; build metadata is left out. */
struct flag_version {
    __u64 number[3];
    __u32 prerelease; /* place of the text behind the hyphen */
    __u32 prerelease_bytes;
};

/* How murmur3 stands behind a text that is known. */
struct flag_seed {
    __u32 hash;  /* after its whole words */
    __u32 tail;  /* the bytes after its last whole word */
    __u32 bytes; /* its length */
    __u32 reserved;
};

struct flag_buckets {
    __u32 count; /* 1 to FLAG_MAX_BUCKETS */
    __u32 total; /* 1 to 2^31-1 */
    /* struct flag_bucket buckets[count] */
};

struct flag_weight {
    __u16 operand;
    __u16 step;
};

struct flag_weights {
    __u32 count;
    __u32 reserved;
    /* struct flag_weight weights[count] */
};

_Static_assert(sizeof(struct flag_ramp) == 48, "ramp");
_Static_assert(sizeof(struct flag_block) == 104, "block");
_Static_assert(__builtin_offsetof(struct flag_block, activate_at_ns) == 40, "block.activate_at_ns");
_Static_assert(sizeof(struct flag_bucket) == 8, "bucket");
_Static_assert(sizeof(struct flag_variant) == 24, "variant");
_Static_assert(sizeof(struct flag_prerequisite) == 80, "prerequisite");
_Static_assert(sizeof(struct flag_fact) == 8, "fact");
_Static_assert(sizeof(struct flag_constant) == 16, "constant");
_Static_assert(sizeof(struct flag_step) == 16, "step");
_Static_assert(sizeof(struct flag_set) == 8, "set");
_Static_assert(sizeof(struct flag_set_entry) == 16, "set_entry");
_Static_assert(sizeof(struct flag_version) == 32, "version");
_Static_assert(sizeof(struct flag_seed) == 16, "seed");
_Static_assert(sizeof(struct flag_buckets) == 8, "buckets");
_Static_assert(sizeof(struct flag_weight) == 4, "weight");

#endif
