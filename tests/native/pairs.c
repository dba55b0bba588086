/*
 * `pairs COUNT REVISIONS [apart]`: reads flags that change together until COUNT reads stood and REVISIONS times the revision was
 * another than at the read before; prints `READS TORN REVISIONS`: how many stood, how many of them showed parts of two change
 * sets, and how many revisions there were. With `apart` each flag is asked by itself, so that parts must show.
 *
 * pair-a and pair-b have the same value in every change set, and all four flags the same revision. `needs` has two definitions
 * in turn, each of which is on only with the change set's own pair-b.
 */
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include <flagfabric.h>

static const char *const flags[] = { "pair-a", "pair-b", "needs", "steady" };
#define FLAGS (sizeof(flags) / sizeof(*flags))

static int is_torn(const struct flagfabric_answer *answers)
{
    for (size_t i = 1; i < FLAGS; i++) {
        if (answers[i].revision != answers[0].revision)
            return 1;
    }
    return answers[0].boolean != answers[1].boolean || !answers[2].boolean || !answers[3].boolean;
}

static uint64_t read_apart(struct flagfabric_answer *answers)
{
    for (size_t i = 0; i < FLAGS; i++) {
        flagfabric_evaluate(flags[i], NULL, &answers[i]);
        if (answers[i].reason == FLAGFABRIC_ERROR)
            return 0;
    }
    return 1;
}

int main(int count, char **arguments)
{
    if (count < 3)
        return 2;
    uint64_t wanted = strtoull(arguments[1], NULL, 10), different = strtoull(arguments[2], NULL, 10);
    uint64_t reads = 0, torn = 0, revisions = 0, last = 0;
    /* Where there is no table nothing ever stands. */
    uint64_t tries = wanted * 100;

    while ((reads < wanted || revisions < different) && tries--) {
        struct flagfabric_answer answers[FLAGS], alone;

        if (count > 3 ? read_apart(answers) : flagfabric_evaluate_all(flags, FLAGS, NULL, answers)) {
            reads++;
            torn += is_torn(answers);
            revisions += answers[0].revision != last;
            last = answers[0].revision;
        }
        /* By itself, it asks pair-b as of one moment, too. A read that changes overtook says ERROR. */
        flagfabric_evaluate("needs", NULL, &alone);
        if (alone.reason != FLAGFABRIC_ERROR) {
            reads++;
            torn += !alone.boolean;
        }
        /* The writer shares the processors with all readers. */
        if (tries % 1024 == 0)
            sched_yield();
    }
    printf("%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", reads, torn, revisions);
    return 0;
}
