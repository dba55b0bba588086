/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The layout of a host's flag table: one run of bytes that the kernel's programs, every process of the host and the
 * node all read. It is the memory of a BPF array, or a file where there are no BPF rights.
 *
 *   header      one page
 *   slots       a power of two of them, open addressing with linear probing
 *   heap        blocks of what does not fit a slot, each owned by one version of one flag
 *
 * There is one writer and there are no locks. A flag has two versions; the writer fills the one that readers do not
 * use, and one store of the header's generation shows all of a change set at once. A reader takes the newest version
 * that is not younger than the generation it read, and afterwards makes sure that it was not overwritten meanwhile:
 * that takes two further changes of the same flag during one read, and then it reads again.
 *
 * Every size and offset is asserted here for C and for BPF, and again in src/Fabric.Bpf/Table/Layout.cs.
 */
#ifndef FABRIC_FLAG_TABLE_H
#define FABRIC_FLAG_TABLE_H

#include <linux/types.h>

#include "flag_program.h"

#define FLAG_TABLE_MAGIC 0x454c424154474c46ULL /* "FLGTABLE" read as a little-endian word */
#define FLAG_TABLE_LAYOUT 3

#define FLAG_HEADER_BYTES 4096
#define FLAG_NAME_BYTES 64      /* a name has at most 63 bytes; the rest is zero */
#define FLAG_INLINE_BUCKETS 6
#define FLAG_MAX_VARIANTS 64
#define FLAG_NO_VARIANT 0xff

/* A version that is being written; no generation ever gets this far. */
#define FLAG_GENERATION_WRITING (~0ULL)

enum flag_state {
    FLAG_ABSENT = 0,
    FLAG_ENABLED = 1,
    FLAG_DISABLED = 2,
};

enum flag_type {
    FLAG_TYPE_BOOLEAN = 1,
    FLAG_TYPE_STRING = 2,
    FLAG_TYPE_NUMBER = 3,
    FLAG_TYPE_OBJECT = 4,
};

enum flag_rule {
    FLAG_RULE_NONE = 0,       /* everybody gets the default variant */
    FLAG_RULE_FRACTIONAL = 1, /* flagd's fractional v2 over the targeting key */
    FLAG_RULE_PROGRAM = 2,    /* the steps in the block */
    FLAG_RULE_REMOTE = 3,     /* not evaluated here: an error, and the caller's default */
};

enum flag_seeding {
    FLAG_SEED_FLAG_AND_KEY = 0, /* hash the flag's name, then the targeting key; an empty key decides nothing */
    FLAG_SEED_KEY = 1,          /* hash the targeting key alone */
};

struct flag_table_header {
    __u64 magic;
    __u32 layout;
    __u32 slot_count;  /* power of two */
    __u32 capacity;    /* flags at most; at most half of the slots, so that probing stays short */
    __u32 retired;     /* 1: another table has taken this one's place; open the path again */
    __u64 heap_offset; /* from the start of the table */
    __u64 heap_bytes;
    __u8 fabric_id[16];
    char node[64];     /* name of the node that writes it */
    __u64 reserved[9];

    /* What every call reads stands alone in its cache line. */
    __u64 generation;  /* versions up to this one are visible */
    __u64 revision[2]; /* log index of the generation, at [generation & 1] */
    __u64 last_contact_ns; /* CLOCK_BOOTTIME when the node last heard of its fabric */
    __u64 tai_offset_ns;   /* CLOCK_TAI less CLOCK_REALTIME: the kernel's programs can read only the former */
    __u64 reserved_hot[3];
};

/* What one version of a flag says. */
struct flag_body {
    __u64 revision;       /* log index of the change set that put the flag */
    __u64 truths;         /* bit i: variant i is boolean true */
    __u8 state;           /* enum flag_state */
    __u8 type;            /* enum flag_type */
    __u8 rule;            /* enum flag_rule */
    __u8 default_variant; /* FLAG_NO_VARIANT leaves the program its own default */
    __u8 extras;          /* enum flag_extra of flag_program.h */
    __u8 bucket_count;
    __u8 seeding;         /* enum flag_seeding */
    __u8 seed_bytes;      /* bytes of the flag's name that are in seed_hash and seed_tail */
    __u32 seed_hash;      /* murmur3's state after the whole words of the flag's name */
    __u32 seed_tail;      /* the name's bytes after its last whole word */
    __u32 total_weight;
    __u32 block_offset;   /* of the version's block in the heap; 0 where block_bytes is 0 */
    __u32 block_bytes;
    __u32 bucket_end[FLAG_INLINE_BUCKETS]; /* running sum of the weights */
    __u8 bucket_variant[FLAG_INLINE_BUCKETS];
    __u8 off_variant;     /* before its activation and without its prerequisites; FLAG_NO_VARIANT likewise */
    __u8 safe_variant;    /* of a host that has lost the fabric */
    __u32 variants;       /* tells lists of variants apart: a hash of their names in order; 0 where there are none */
};

struct flag_slot {
    __u32 tag;        /* upper half of the name's hash, never 0; 0 ends a chain */
    __u32 name_seq;   /* odd while the name is being written */
    __u64 generation[2];
    char name[FLAG_NAME_BYTES];
    struct flag_body body[2];
    __u64 reserved;
};

_Static_assert(sizeof(struct flag_table_header) == 256, "header");
_Static_assert(__builtin_offsetof(struct flag_table_header, retired) == 20, "header.retired");
_Static_assert(__builtin_offsetof(struct flag_table_header, heap_offset) == 24, "header.heap_offset");
_Static_assert(__builtin_offsetof(struct flag_table_header, fabric_id) == 40, "header.fabric_id");
_Static_assert(__builtin_offsetof(struct flag_table_header, node) == 56, "header.node");
_Static_assert(__builtin_offsetof(struct flag_table_header, generation) == 192, "header.generation");
_Static_assert(__builtin_offsetof(struct flag_table_header, tai_offset_ns) == 224, "header.tai_offset_ns");
_Static_assert(sizeof(struct flag_body) == 80, "body");
_Static_assert(__builtin_offsetof(struct flag_body, state) == 16, "body.state");
_Static_assert(__builtin_offsetof(struct flag_body, seed_hash) == 24, "body.seed_hash");
_Static_assert(__builtin_offsetof(struct flag_body, block_offset) == 36, "body.block_offset");
_Static_assert(__builtin_offsetof(struct flag_body, bucket_end) == 44, "body.bucket_end");
_Static_assert(__builtin_offsetof(struct flag_body, bucket_variant) == 68, "body.bucket_variant");
_Static_assert(__builtin_offsetof(struct flag_body, variants) == 76, "body.variants");
_Static_assert(sizeof(struct flag_slot) == 256, "slot");
_Static_assert(__builtin_offsetof(struct flag_slot, generation) == 8, "slot.generation");
_Static_assert(__builtin_offsetof(struct flag_slot, name) == 24, "slot.name");
_Static_assert(__builtin_offsetof(struct flag_slot, body) == 88, "slot.body");

#endif
