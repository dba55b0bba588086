// SPDX-License-Identifier: Apache-2.0
/*
 * What a call of libflagfabric costs, through the PLT as a program makes it.
 *
 *     doors plain|rollout NAMES ROUNDS
 *
 * NAMES lists the flags of the table that FABRIC_TABLE names, all of that kind. The cases take turns, so that what
 * else runs on the machine touches all of them alike.
 */
#include <flagfabric.h>

#include "bench.h"
#include "nothing.h"

#define HOT_CALLS 10000
#define WALK_CALLS 2000

static char **names;
static size_t count, at;
static bench_key keys[BENCH_KEYS];

/* The argument, made to depend on an earlier answer, so that a call cannot begin before the one before has ended. */
static inline const char *after(const char *name, unsigned answer)
{
    unsigned long nothing = answer & 2;

    __asm__("" : "+r"(nothing));
    return name + nothing;
}

/* Goes on where the round before has stopped: short samples are the ones that nothing interrupts. */
#define WALK(name, expression)                      \
    SAMPLE(name, WALK_CALLS, ({                     \
               const char *flag = names[at];        \
               at = at + 1 == count ? 0 : at + 1;   \
               expression;                          \
           }))

static void plain_round(void)
{
    const char *hot = names[0], *unknown = "no-such-flag-anywhere";
    unsigned last = 0;

    SAMPLE("plain-nothing", HOT_CALLS, nothing(hot));
    SAMPLE("plain-hot", HOT_CALLS, is_feature_enabled(hot));
    SAMPLE("plain-serial", HOT_CALLS, last = is_feature_enabled(after(hot, last)));
    SAMPLE("plain-unknown", HOT_CALLS, is_feature_enabled(unknown));
    WALK("plain-walk-nothing", nothing(flag));
    WALK("plain-walk", is_feature_enabled(flag));
}

static void rollout_round(void)
{
    const char *hot = names[0], *unknown = "no-such-flag-anywhere";
    unsigned last = 0;

    SAMPLE("rollout-nothing", HOT_CALLS, nothing_for(hot, keys[i % BENCH_KEYS]));
    SAMPLE("rollout-hot", HOT_CALLS, is_feature_enabled_for(hot, keys[i % BENCH_KEYS]));
    SAMPLE("rollout-serial", HOT_CALLS, last = is_feature_enabled_for(after(hot, last), keys[i % BENCH_KEYS]));
    SAMPLE("rollout-unknown", HOT_CALLS, is_feature_enabled_for(unknown, keys[i % BENCH_KEYS]));
    WALK("rollout-walk-nothing", nothing_for(flag, keys[i % BENCH_KEYS]));
    WALK("rollout-walk", is_feature_enabled_for(flag, keys[i % BENCH_KEYS]));
}

/* A table that is not found answers quickly too: the answers must be the ones that the table was filled with. */
static void check_answers(int rollout)
{
    size_t on = 0, asked = 0;

    for (size_t i = 0; i < count; i++) {
        for (int k = 0; k < (rollout ? 16 : 1); k++, asked++)
            on += rollout ? is_feature_enabled_for(names[i], keys[(i * 16 + k) % BENCH_KEYS]) : is_feature_enabled(names[i]);
    }
    double wanted = rollout ? 0.25 : 1;
    if (on < asked * (wanted - 0.1) || on > asked * (wanted + 0.1)) {
        fprintf(stderr, "of %zu answers %zu are yes, and %.0f were to be expected\n", asked, on, asked * wanted);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: %s plain|rollout NAMES ROUNDS\n", argv[0]);
        return 2;
    }
    int rollout = strcmp(argv[1], "rollout") == 0;

    count = read_names(argv[2], &names);
    make_keys(keys);
    check_answers(rollout);
    for (int rounds = atoi(argv[3]); rounds > 0; rounds--)
        (rollout ? rollout_round : plain_round)();
    return 0;
}
