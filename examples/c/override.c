/*
 * Knows nothing of Fabric: it has a function of its own, which says no, and prints the answer whenever it changes.
 *
 *   cc override.c -o override && ./override new-checkout-flow
 *   fabric attach --exe "$PWD/override" --symbol is_feature_enabled
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static volatile sig_atomic_t stopping;

static void stop(int signal)
{
    (void)signal;
    stopping = 1;
}

/*
 * What runs where nobody overrides it. Not inlined, so that there is one place to attach to. The empty instruction takes
 * the flag and may change the answer, so that no compiler knows better: it would leave out an argument that nobody looks
 * at, and a call whose answer it knows.
 */
__attribute__((noinline, visibility("default"))) bool is_feature_enabled(const char *flag)
{
    bool by_default = false;

    __asm__ volatile("" : "+r"(by_default) : "r"(flag) : "memory");
    return by_default;
}

int main(int count, char **arguments)
{
    const char *flag = count > 1 ? arguments[1] : "new-checkout-flow";
    const char *milliseconds = getenv("INTERVAL_MS");
    const long interval = milliseconds ? atol(milliseconds) : 100;
    int last = -1;

    signal(SIGTERM, stop);
    while (!stopping) {
        int on = is_feature_enabled(flag);

        if (on != last) {
            printf("%s %s\n", flag, on ? "on" : "off");
            fflush(stdout);
            last = on;
        }
        nanosleep(&(struct timespec) { interval / 1000, interval % 1000 * 1000000 }, NULL);
    }
    return 0;
}
