// SPDX-License-Identifier: Apache-2.0
/*
 * A program that asks for one flag again and again and says when the answer changed.
 *
 *     watcher FLAG
 *
 * Prints `ANSWER NANOSECONDS` of CLOCK_MONOTONIC for the first answer and for each that differs from the one before,
 * until its input ends. It sleeps 50 µs between two questions, so as not to take a processor from what it watches:
 * that is in the figures.
 */
#include <flagfabric.h>
#include <poll.h>
#include <unistd.h>

#include "bench.h"

int main(int argc, char **argv)
{
    struct timespec between = { .tv_nsec = 50000 };
    struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
    int shown = -1;

    if (argc != 2) {
        fprintf(stderr, "usage: %s FLAG\n", argv[0]);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (unsigned asked = 0;; asked++) {
        int answer = is_feature_enabled(argv[1]);

        if (answer != shown)
            printf("%d %lld\n", shown = answer, (long long)now_ns());
        if (asked % 1024 == 0 && poll(&input, 1, 0) > 0)
            return 0;
        nanosleep(&between, NULL);
    }
}
