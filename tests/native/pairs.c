/*
 * `pairs COUNT`: reads flags that change together until COUNT reads stood, and prints `READS TORN REVISIONS`: how many stood,
 * how many of them showed parts of two change sets, and how many times the revision was another than the read before.
 *
 * pair-a and pair-b have the same value in every change set, and all four flags the same revision. `needs` has two definitions
 * in turn, each of which is on only with the change set's own pair-b.
 */
#include <inttypes.h>
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

int main(int count, char **arguments)
{
    uint64_t wanted = count > 1 ? strtoull(arguments[1], NULL, 10) : 0, reads = 0, torn = 0, revisions = 0, last = 0;
    /* Where there is no table nothing ever stands. */
    uint64_t tries = wanted * 20 + 1000;

    while (reads < wanted && tries--) {
        struct flagfabric_answer answers[FLAGS], alone;

        if (flagfabric_evaluate_all(flags, FLAGS, NULL, answers)) {
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
    }
    printf("%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", reads, torn, revisions);
    return 0;
}
