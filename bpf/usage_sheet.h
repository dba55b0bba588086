/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * A sheet: the file in which one process counts how often it asked for which flag, and what it was answered. Only the
 * process writes it, and the processes that it has forked; the node reads it, and takes it away once no process has it
 * mapped any more. Until then each of them holds it locked (flock): the lock lives with the mapping, not with a descriptor.
 *
 *   header    one kilobyte
 *   rows      from the front: one for each flag that was asked for, in the order in which they were
 *   lines     from the back: eight counters each, a row has one for each share of the CPUs that asked
 *
 * Of counter 0 and 1 + variant, a line has the eight from 8 * group on. Asserted again in src/Fabric.Bpf/Usage/SheetLayout.cs.
 */
#ifndef FABRIC_USAGE_SHEET_H
#define FABRIC_USAGE_SHEET_H

#include <linux/types.h>

#define USAGE_MAGIC 0x4547415355474c46ULL /* "FLGUSAGE" read as a little-endian word */
#define USAGE_LAYOUT 1

#define USAGE_HEADER_BYTES 1024
#define USAGE_EXE_BYTES 512
#define USAGE_NAME_BYTES 64
#define USAGE_SHARES 16   /* of the CPUs: threads that run at the same time hardly ever write the same line */
#define USAGE_COUNTERS 8
#define USAGE_MAX_BYTES (4 << 20)

/* Names that the table does not have and that are counted each by itself, of one process; the others are counted under none. */
#define USAGE_UNKNOWN_NAMES 64

struct usage_header {
    __u64 magic;  /* written last */
    __u32 layout;
    __u32 bytes;  /* of the whole sheet */
    __u64 taken;  /* rows in the lower half, lines in the upper */
    __u64 made_ns; /* Unix time */
    __u64 beyond; /* calls for which there was no room any more */
    __u32 pid;    /* in the process's own namespace */
    __u32 exe_bytes;
    __u8 fabric_id[16]; /* of the table that answered */
    char node[64];
    char exe[USAGE_EXE_BYTES];
};

struct usage_row {
    char name[USAGE_NAME_BYTES]; /* padded with zeros; empty for the others */
    __u64 first_ns;  /* Unix time of the first call */
    __u32 variants;  /* flag_body.variants; 0 counts calls that the table did not know the name of */
    __u16 group;
    __u16 whole;     /* 1, written last */
    __u16 lines[USAGE_SHARES]; /* which line from the back, counted from 1; 0 where there is none */
    __u64 reserved[2];
};

/* The caller's own default ran; in a row without variants, since the table does not have the name. */
#define USAGE_DEFAULT 0
#define USAGE_OVERTAKEN 1 /* in a row without variants: changes overtook the call again and again */

_Static_assert(sizeof(struct usage_header) == 640, "usage_header");
_Static_assert(__builtin_offsetof(struct usage_header, beyond) == 32, "usage_header.beyond");
_Static_assert(__builtin_offsetof(struct usage_header, fabric_id) == 48, "usage_header.fabric_id");
_Static_assert(__builtin_offsetof(struct usage_header, exe) == 128, "usage_header.exe");
_Static_assert(sizeof(struct usage_row) == 128, "usage_row");
_Static_assert(__builtin_offsetof(struct usage_row, lines) == 80, "usage_row.lines");

#endif
