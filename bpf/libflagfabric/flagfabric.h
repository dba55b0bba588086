/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libflagfabric: feature flags as plain C functions.
 *
 * A call reads the host's flag table, which the Fabric node of the host keeps up to date: no set-up, no network, no
 * lock, no allocation, and no system call once the table is open, but where a rule asks for a fact of the process
 * (process.*), or a process asks for more flags than it has had room to count. Every function may be called from any thread and from a signal handler after the first call has
 * returned. A program that runs where there is no node, or no such flag, gets its own default: that is not an error.
 *
 * Where the table is: the file or BPF pin named by the environment variable FABRIC_TABLE; otherwise
 * /run/fabric/bpf/table, otherwise /run/fabric/table. While there is none, a call looks for it at most once a second.
 *
 * Each call that a table answers is counted, for `fabric usage`: how often this executable asked for which name, and what it
 * was answered, its variant or the caller's own default. Nothing is noted of who asked: no keys, no attributes. The counts
 * stand in a file of the process's own, of 32 KiB and more where it asks for many flags, in /run/fabric/usage, or in `usage`
 * beside a table that is a file; FABRIC_USAGE names another folder, and turns counting off where it is empty. Where there is
 * no such folder, or no room in it, nothing is counted, and every answer is the same. No descriptor stays open. A fork counts
 * in its parent's file. Once loaded, the library stays loaded, whatever dlclose is told.
 *
 * Flag names have 1 to 63 bytes and targeting keys at most 255; both are UTF-8 and end with a zero byte. What is passed
 * is read during the call and never kept. A longer name, and NULL, is an unknown flag; a longer key counts as none.
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
 * Whether the flag is on for everybody: its boolean value where nothing is known of the caller. False for a flag that is
 * unknown, disabled, not boolean, or that leaves the caller its default. Costs some 10 ns.
 */
bool is_feature_enabled(const char *flag);

/*
 * The same for one caller: a user, a session, a tenant. The same key always gets the same answer while the flag's
 * definition stands, in every process and on every host. NULL is no key. Costs some 30 ns with a percentage.
 */
bool is_feature_enabled_for(const char *flag, const char *targeting_key);

/* ---- Who asks ---- */

enum flagfabric_type {
    FLAGFABRIC_NULL = 0,
    FLAGFABRIC_BOOLEAN = 1,
    FLAGFABRIC_INTEGER = 2,
    FLAGFABRIC_DOUBLE = 3,
    FLAGFABRIC_STRING = 4,
    FLAGFABRIC_LIST = 5, /* `length` attributes follow it, whose names are NULL: its elements, of any type but LIST */
    FLAGFABRIC_OBJECT = 6, /* only that it is there; what is in it has attributes of its own, such as "user.plan" */
};

/* The `length` of a string that ends with a zero byte. */
#define FLAGFABRIC_TERMINATED UINT32_MAX

/* One thing that is known of the caller. Of two with one name the first counts. */
struct flagfabric_attribute {
    const char *name; /* UTF-8, at most 255 bytes, ends with a zero byte */
    uint32_t type;    /* enum flagfabric_type */
    uint32_t length;  /* of a string in bytes, at most 65,535, or FLAGFABRIC_TERMINATED; of a list: how many elements */
    union {
        bool boolean;
        int64_t integer;
        double number;
        const char *string; /* UTF-8; NULL is null */
    };
};

struct flagfabric_context {
    const char *targeting_key;                      /* NULL for none */
    const struct flagfabric_attribute *attributes;  /* may be NULL where `count` is 0 */
    size_t count;                                   /* elements of lists counted; at most 4,096 are looked at */
};

/* For initialisers: struct flagfabric_attribute who[] = { FLAGFABRIC_TEXT("country", "de"), FLAGFABRIC_WHOLE("age", 41) }; */
#define FLAGFABRIC_TEXT(name_, value_) { .name = (name_), .type = FLAGFABRIC_STRING, .length = FLAGFABRIC_TERMINATED, .string = (value_) }
#define FLAGFABRIC_WHOLE(name_, value_) { .name = (name_), .type = FLAGFABRIC_INTEGER, .integer = (value_) }
#define FLAGFABRIC_NUMBER(name_, value_) { .name = (name_), .type = FLAGFABRIC_DOUBLE, .number = (value_) }
#define FLAGFABRIC_TRUTH(name_, value_) { .name = (name_), .type = FLAGFABRIC_BOOLEAN, .boolean = (value_) }

/* ---- Values. The context may be NULL: nothing is known of the caller. ---- */

/* The value of a boolean flag; `fallback` where there is none, or the flag is of another type. */
bool flagfabric_boolean(const char *flag, const struct flagfabric_context *context, bool fallback);

/* The value of a number flag that is a whole number within 64 bits; `fallback` for any other. */
int64_t flagfabric_integer(const char *flag, const struct flagfabric_context *context, int64_t fallback);

/* The value of a number flag; `fallback` where there is none. */
double flagfabric_double(const char *flag, const struct flagfabric_context *context, double fallback);

/*
 * The value of a string flag, copied with a terminator into `to`, which has room for `size` bytes; `fallback`, which may be
 * NULL for an empty string, where there is none. Returns the whole value's length in bytes: where that is `size` or more, as
 * much as fits was copied, and the call may be made again with more room.
 */
size_t flagfabric_string(const char *flag, const struct flagfabric_context *context, const char *fallback, char *to, size_t size);

/* The value of an object flag as JSON text; otherwise as flagfabric_string. */
size_t flagfabric_object(const char *flag, const struct flagfabric_context *context, const char *fallback, char *to, size_t size);

/*
 * The name of the variant, copied likewise. Returns its length, or -1, with an empty string copied, where the caller's
 * default applies.
 */
ptrdiff_t flagfabric_variant(const char *flag, const struct flagfabric_context *context, char *to, size_t size);

/* ---- Answers in full ---- */

/* Why an answer is what it is: OpenFeature's reasons. */
enum flagfabric_reason {
    FLAGFABRIC_NOT_FOUND = 0,       /* no such flag, or no table: the caller's default */
    FLAGFABRIC_STATIC = 1,          /* everybody gets this */
    FLAGFABRIC_TARGETING_MATCH = 2, /* targeting chose it for this caller */
    FLAGFABRIC_DEFAULT = 3,         /* targeting chose nothing or was not asked: a default of the flag, or the caller's */
    FLAGFABRIC_DISABLED = 4,        /* out of service: the caller's default */
    FLAGFABRIC_ERROR = 5,           /* evaluation failed, or the flag changed again and again: the caller's default */
    FLAGFABRIC_SPLIT = 6,           /* a ramp chose it for this caller */
    FLAGFABRIC_STALE = 7,           /* the host has lost the fabric for too long: the flag's safe variant */
};

struct flagfabric_answer {
    uint64_t revision; /* of the flag: the log index of the change that put it; 0 when it is unknown */
    int32_t variant;   /* index in the order of the definition; -1: the caller's default */
    uint8_t reason;    /* enum flagfabric_reason */
    bool boolean;      /* the variant's value, where it is boolean; false otherwise */
    uint8_t reserved[2];
};

/* The answer with its reason. Returns true where there is a variant, false where the caller's default applies. */
bool flagfabric_evaluate(const char *flag, const struct flagfabric_context *context, struct flagfabric_answer *answer);

/*
 * The answers of several flags as of one moment: a change set that touches some of them is seen whole or not at all. Returns
 * that moment, the log index; 0, with answers that leave all to the caller, where there is no table or changes overtook the
 * call again and again. NULL names, and flags that are not there, are answers like any other.
 */
uint64_t flagfabric_evaluate_all(const char *const *flags, size_t count, const struct flagfabric_context *context,
                                 struct flagfabric_answer *answers);

/* The log index up to which this host's table has applied changes; 0 while there is no table. */
uint64_t flagfabric_revision(void);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
