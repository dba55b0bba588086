/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libflagfabric: feature flags as plain C functions.
 *
 * A call reads the host's flag table, which the Fabric node of the host keeps up to date: no set-up, no network, no
 * lock, no allocation, and no system call once the table is open. Every function may be called from any thread and
 * from a signal handler after the first call has returned. A program that runs where there is no node, or no such
 * flag, gets its own default: that is not an error.
 *
 * Where the table is: the file or BPF pin named by the environment variable FABRIC_TABLE; otherwise
 * /run/fabric/bpf/table, otherwise /run/fabric/table. While there is none, a call looks for it at most once a second.
 *
 * Flag names have 1 to 63 bytes and targeting keys at most 255; both are UTF-8 and end with a zero byte. The strings
 * are read during the call and never kept. A longer name is an unknown flag; a longer key counts as none.
 */
#ifndef FLAGFABRIC_H
#define FLAGFABRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * Whether the flag is on for everybody: its boolean value where no targeting key is known. False for a flag that is
 * unknown, disabled, not boolean, or that leaves the caller its default. NULL is an unknown flag.
 */
bool is_feature_enabled(const char *flag);

/*
 * The same for one caller: a user, a session, a tenant. The same key always gets the same answer while the flag's
 * definition stands, in every process and on every host. NULL is no key.
 */
bool is_feature_enabled_for(const char *flag, const char *targeting_key);

/* As is_feature_enabled_for, with the caller's own default in the place of false. */
bool flagfabric_boolean(const char *flag, const char *targeting_key, bool fallback);

/* Why an answer is what it is: OpenFeature's reasons. */
enum flagfabric_reason {
    FLAGFABRIC_NOT_FOUND = 0,       /* no such flag, or no table: the caller's default */
    FLAGFABRIC_STATIC = 1,          /* everybody gets this */
    FLAGFABRIC_TARGETING_MATCH = 2, /* targeting chose it for this key */
    FLAGFABRIC_DEFAULT = 3,         /* targeting chose nothing: the default variant, or the caller's default */
    FLAGFABRIC_DISABLED = 4,        /* out of service: the caller's default */
    FLAGFABRIC_ERROR = 5,           /* the flag changed again and again during the call: the caller's default */
};

/* An answer in full. */
struct flagfabric_answer {
    uint64_t revision; /* of the flag: the log index of the change that put it; 0 when it is unknown */
    int32_t variant;   /* index in the order of the definition; -1: the caller's default */
    uint8_t reason;    /* enum flagfabric_reason */
    bool boolean;      /* the variant's value, where it is boolean; false otherwise */
    uint8_t reserved[2];
};

/* The answer with its reason. Returns true where there is a variant, false where the caller's default applies. */
bool flagfabric_evaluate(const char *flag, const char *targeting_key, struct flagfabric_answer *answer);

/*
 * The name of the variant that the key gets, copied with a terminator into `name`, which has room for `size` bytes.
 * Returns the name's length, which may be `size` or more: then as much as fits was copied. Returns -1, and copies an
 * empty string, where the caller's default applies.
 */
ptrdiff_t flagfabric_variant(const char *flag, const char *targeting_key, char *name, size_t size);

/* The log index up to which this host's table has applied changes; 0 while there is no table. */
uint64_t flagfabric_revision(void);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
