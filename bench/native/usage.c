// SPDX-License-Identifier: Apache-2.0
/*
 * What counting adds to a call of libflagfabric.
 *
 *     usage COUNTING SILENT FOLDER NAMES ROUNDS
 *
 * COUNTING and SILENT are two copies of the library, so that one process has both: the first counts in FOLDER, the second
 * does not count. NAMES lists plain flags, all on, of the table that FABRIC_TABLE names. The cases take turns, so that what
 * else runs on the machine touches all of them alike.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

#include "bench.h"
#include "nothing.h"

#define HOT_CALLS 10000
#define WALK_CALLS 2000
#define FEW 100
#define THREADS 64

struct door {
    bool (*ask)(const char *flag);
};

static char **names;
static size_t count;

/* A copy of the library that has made its first call, so that the environment is settled for it. */
static struct door load(const char *library, const char *folder, const char *flag)
{
    void *loaded = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    struct door door;

    if (!loaded) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    setenv("FABRIC_USAGE", folder, 1);
    door.ask = (bool (*)(const char *))dlsym(loaded, "is_feature_enabled");
    if (!door.ask || !door.ask(flag)) {
        fprintf(stderr, "%s does not answer\n", library);
        exit(1);
    }
    return door;
}

#define BOTH(name, calls, expression)                                             \
    do {                                                                          \
        struct door door = silent;                                                \
        SAMPLE(name "-silent", calls, expression);                                \
        door = counting;                                                          \
        SAMPLE(name "-counting", calls, expression);                              \
    } while (0)

struct crowd {
    struct door door;
    pthread_barrier_t *barrier;
    pthread_t thread;
    int64_t taken;
};

static void *ask_in_a_crowd(void *of)
{
    struct crowd *one = of;

    pthread_barrier_wait(one->barrier);
    int64_t begun = now_ns();
    for (int i = 0; i < HOT_CALLS; i++)
        one->door.ask(names[0]);
    one->taken = now_ns() - begun;
    return NULL;
}

/* As many threads as CPUs, all for one flag at once; the time of the slowest. */
static void crowd(const char *name, struct door door)
{
    static struct crowd all[THREADS];
    long many = sysconf(_SC_NPROCESSORS_ONLN);
    pthread_barrier_t barrier;
    int64_t slowest = 0;

    if (many > THREADS)
        many = THREADS;
    pthread_barrier_init(&barrier, NULL, many);
    for (long i = 0; i < many; i++) {
        all[i] = (struct crowd){ .door = door, .barrier = &barrier };
        if (pthread_create(&all[i].thread, NULL, ask_in_a_crowd, &all[i]))
            fail("thread");
    }
    for (long i = 0; i < many; i++) {
        pthread_join(all[i].thread, NULL);
        slowest = all[i].taken > slowest ? all[i].taken : slowest;
    }
    pthread_barrier_destroy(&barrier);
    print_sample(name, slowest, HOT_CALLS);
}

/* Goes on where the one before has stopped, among the first so many. */
static inline const char *next(size_t *at, size_t limit)
{
    *at = *at + 1 >= limit ? 0 : *at + 1;
    return names[*at];
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr, "usage: %s COUNTING SILENT FOLDER NAMES ROUNDS\n", argv[0]);
        return 2;
    }
    count = read_names(argv[4], &names);
    struct door counting = load(argv[1], argv[3], names[0]), silent = load(argv[2], "", names[0]);
    size_t at_few = 0, at_all = 0;
    unsigned last = 0;

    for (int rounds = atoi(argv[5]); rounds > 0; rounds--) {
        SAMPLE("nothing", HOT_CALLS, nothing(names[0]));
        BOTH("hot", HOT_CALLS, door.ask(names[0]));
        BOTH("serial", HOT_CALLS, last = door.ask(names[0] + (last & 2)));
        BOTH("few", HOT_CALLS, door.ask(next(&at_few, FEW)));
        BOTH("walk", WALK_CALLS, door.ask(next(&at_all, count)));
        BOTH("unknown", HOT_CALLS, door.ask("no-such-flag-anywhere"));
        crowd("crowd-silent", silent);
        crowd("crowd-counting", counting);
    }
    return 0;
}
