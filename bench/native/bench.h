/* SPDX-License-Identifier: Apache-2.0 */
/* What the benchmarks in C share: the clock, lists of names, and how a sample is printed. */
#ifndef FABRIC_BENCH_H
#define FABRIC_BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Keys that rollouts are asked for, in turn: so many that the processor does not learn their answers by heart. */
#define BENCH_KEYS 1024
#define BENCH_KEY_BYTES 11

static inline int64_t now_ns(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * 1000000000LL + at.tv_nsec;
}

static inline _Noreturn void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* Each line of a file in memory of its own, shuffled, so that neighbours in the list are none in memory. */
static inline size_t read_names(const char *path, char ***names)
{
    size_t count = 0, room = 0, length = 0;
    char *line = NULL;
    FILE *file = fopen(path, "r");

    if (!file)
        fail(path);
    *names = NULL;
    for (ssize_t got; (got = getline(&line, &length, file)) > 0; count++) {
        if (line[got - 1] == '\n')
            line[got - 1] = 0;
        if (count == room && !(*names = realloc(*names, (room = room * 2 + 64) * sizeof(char *))))
            fail("names");
        if (!((*names)[count] = strdup(line)))
            fail("names");
    }
    free(line);
    fclose(file);
    if (count == 0) {
        fprintf(stderr, "%s names no flag\n", path);
        exit(1);
    }
    uint64_t random = 88172645463325252ULL;
    for (size_t i = count - 1; i > 0; i--) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        size_t other = random % (i + 1);
        char *name = (*names)[i];
        (*names)[i] = (*names)[other];
        (*names)[other] = name;
    }
    return count;
}

typedef char bench_key[16];

static inline void make_keys(bench_key keys[BENCH_KEYS])
{
    for (int i = 0; i < BENCH_KEYS; i++)
        snprintf(keys[i], sizeof(keys[i]), "user-%06d", (i * 7919 + 104729) % 1000000);
    if (strlen(keys[0]) != BENCH_KEY_BYTES)
        abort();
}

/* One thing to measure of a table that has a flag for each. */
struct bench_case {
    char name[64];
    char how[16];  /* which function a program asks by; see doors.c */
    double share;  /* of the keys that are answered yes, from 0 to 1 */
    char flag[64];
};
#define BENCH_CASES 64

/* Lines of `NAME HOW SHARE FLAG`. Returns how many. */
static inline int read_cases(const char *path, struct bench_case cases[BENCH_CASES])
{
    FILE *file = fopen(path, "r");
    int count = 0;

    if (!file)
        fail(path);
    while (count < BENCH_CASES && fscanf(file, "%63s %15s %lf %63s", cases[count].name, cases[count].how, &cases[count].share, cases[count].flag) == 4)
        count++;
    if (count == 0 || !feof(file)) {
        fprintf(stderr, "%s is no list of cases\n", path);
        exit(1);
    }
    fclose(file);
    return count;
}

/* A flag that is not there is answered quickly too: of all keys so many must be answered yes as the case says. */
static inline void check_share(const struct bench_case *one, unsigned on)
{
    if (on < (one->share - 0.05) * BENCH_KEYS || on > (one->share + 0.05) * BENCH_KEYS) {
        fprintf(stderr, "%s: of %d answers %u are yes, and %.0f were to be expected\n", one->name, BENCH_KEYS, on, one->share * BENCH_KEYS);
        exit(1);
    }
}

/* One sample: `sample CASE NANOSECONDS-PER-CALL`, read by Fabric.Bench. */
static inline void print_sample(const char *name, int64_t taken, int64_t calls)
{
    printf("sample %s %.3f\n", name, (double)taken / calls);
}

/* Runs the expression so often, `i` counting up and `sum` taking its results, and prints the sample. */
#define SAMPLE(name, calls, expression)                    \
    do {                                                   \
        int64_t begun = now_ns();                          \
        unsigned sum = 0;                                  \
        for (unsigned i = 0; i < (unsigned)(calls); i++)   \
            sum += (expression);                           \
        __asm__ volatile("" ::"r"(sum));                   \
        print_sample(name, now_ns() - begun, calls);       \
    } while (0)

#endif
