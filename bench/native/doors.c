// SPDX-License-Identifier: Apache-2.0
/*
 * What a call of libflagfabric costs, through the PLT as a program makes it.
 *
 *     doors plain|rollout NAMES ROUNDS
 *     doors cases CASES ROUNDS
 *
 * NAMES lists the flags of the table that FABRIC_TABLE names, all of that kind; CASES lists cases (bench.h) that ask
 * for flags of that table, each by one of the functions in `ask`. The cases take turns, so that what else runs on the
 * machine touches all of them alike.
 */
#include <flagfabric.h>

#include "bench.h"
#include "nothing.h"

#define HOT_CALLS 10000
#define WALK_CALLS 2000
#define CASE_CALLS 2000
#define ATTRIBUTES 4

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

static struct flagfabric_attribute attributes[BENCH_KEYS][ATTRIBUTES];
static struct flagfabric_context with_country[BENCH_KEYS], with_all[BENCH_KEYS];

/* Who asks: the keys' owners, all in one country and of age, each with one of three plans. */
static void make_contexts(void)
{
    static const char *const plans[] = { "free", "team", "enterprise" };

    for (int i = 0; i < BENCH_KEYS; i++) {
        attributes[i][0] = (struct flagfabric_attribute)FLAGFABRIC_TEXT("country", "de");
        attributes[i][1] = (struct flagfabric_attribute)FLAGFABRIC_TEXT("plan", plans[i % 3]);
        attributes[i][2] = (struct flagfabric_attribute)FLAGFABRIC_WHOLE("age", 18 + i % 60);
        attributes[i][3] = (struct flagfabric_attribute)FLAGFABRIC_TEXT("version", "2.3.1");
        with_country[i] = (struct flagfabric_context){ .targeting_key = keys[i], .attributes = attributes[i], .count = 1 };
        with_all[i] = (struct flagfabric_context){ .targeting_key = keys[i], .attributes = attributes[i], .count = ATTRIBUTES };
    }
}

/* So often, a key after the other: how many answers are yes, by the function that `how` names. */
static unsigned ask(const char *how, const char *flag, unsigned calls)
{
    unsigned on = 0;

#define ASK(word, call)                          \
    if (strcmp(how, word) == 0) {                \
        for (unsigned i = 0; i < calls; i++)     \
            on += (call);                        \
        return on;                               \
    }
    ASK("nothing", nothing(flag))
    ASK("nothing-for", nothing_for(flag, keys[i % BENCH_KEYS]))
    ASK("nothing-with", nothing_with(flag, &with_all[i % BENCH_KEYS], false))
    ASK("all", is_feature_enabled(flag))
    ASK("key", is_feature_enabled_for(flag, keys[i % BENCH_KEYS]))
    ASK("country", flagfabric_boolean(flag, &with_country[i % BENCH_KEYS], false))
    ASK("context", flagfabric_boolean(flag, &with_all[i % BENCH_KEYS], false))
#undef ASK
    fprintf(stderr, "there is no way to ask that is called %s\n", how);
    exit(1);
}

static void run_cases(const char *path, int rounds)
{
    static struct bench_case cases[BENCH_CASES];
    int many = read_cases(path, cases);

    make_contexts();
    for (int i = 0; i < many; i++)
        check_share(&cases[i], ask(cases[i].how, cases[i].flag, BENCH_KEYS));
    while (rounds-- > 0) {
        for (int i = 0; i < many; i++) {
            int64_t begun = now_ns();
            unsigned on = ask(cases[i].how, cases[i].flag, CASE_CALLS);
            __asm__ volatile("" ::"r"(on));
            print_sample(cases[i].name, now_ns() - begun, CASE_CALLS);
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: %s plain|rollout NAMES ROUNDS\n       %s cases CASES ROUNDS\n", argv[0], argv[0]);
        return 2;
    }
    int rollout = strcmp(argv[1], "rollout") == 0;

    make_keys(keys);
    if (strcmp(argv[1], "cases") == 0) {
        run_cases(argv[2], atoi(argv[3]));
        return 0;
    }
    count = read_names(argv[2], &names);
    check_answers(rollout);
    for (int rounds = atoi(argv[3]); rounds > 0; rounds--)
        (rollout ? rollout_round : plain_round)();
    return 0;
}
