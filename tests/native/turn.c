/*
 * Asks for a flag until it is on, and prints when, by CLOCK_REALTIME in ns: the beginning of the last call that said off, and
 * the end of the first that said on. Between the two the flag has turned: `turn FLAG`. Gives up after two minutes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include <flagfabric.h>

#define PATIENCE_NS 120000000000LL

static int64_t now(void)
{
    struct timespec at;

    clock_gettime(CLOCK_REALTIME, &at);
    return at.tv_sec * 1000000000LL + at.tv_nsec;
}

int main(int count, char **arguments)
{
    int64_t begun = now(), last_off = 0;

    if (count != 2)
        return 2;
    puts("asking");
    fflush(stdout);
    while (now() - begun < PATIENCE_NS) {
        int64_t before = now();
        int on = is_feature_enabled(arguments[1]);
        int64_t after = now();

        if (on) {
            printf("%" PRId64 " %" PRId64 "\n", last_off, after);
            return 0;
        }
        last_off = before;
        nanosleep(&(struct timespec){ .tv_nsec = 20000 }, NULL);
    }
    return 1;
}
