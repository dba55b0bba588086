/*
 * Asks for a flag and prints the answer whenever it changes.
 *
 *   cc demo.c -lflagfabric -o demo && ./demo new-checkout-flow user-17
 */
#include <flagfabric.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static volatile sig_atomic_t stopping;

static void stop(int signal)
{
    (void)signal;
    stopping = 1;
}

/* Prints a line where it differs from the one before. */
static void say(char last[static 512], const char *line)
{
    if (strcmp(last, line) == 0)
        return;
    snprintf(last, 512, "%s", line);
    puts(line);
    fflush(stdout);
}

/* The answer for one user, and the name of the variant for a user of whom more is known; a very long name is cut. */
static void describe(char line[static 512], const char *flag, const char *user, long interval)
{
    struct flagfabric_attribute known[] = { FLAGFABRIC_TEXT("language", "c"), FLAGFABRIC_WHOLE("interval", interval) };
    struct flagfabric_context context = { user, known, sizeof known / sizeof *known };
    char variant[256];

    if (flagfabric_variant(flag, &context, variant, sizeof variant) < 0)
        strcpy(variant, "-");
    snprintf(line, 512, "%s for %s: %s, variant %s", flag, user, is_feature_enabled_for(flag, user) ? "on" : "off", variant);
}

int main(int count, char **arguments)
{
    const char *flag = count > 1 ? arguments[1] : "new-checkout-flow";
    const char *user = count > 2 ? arguments[2] : NULL;
    const char *milliseconds = getenv("INTERVAL_MS");
    const long interval = milliseconds ? atol(milliseconds) : 100;
    char line[512], everybody[512] = "", somebody[512] = "";

    signal(SIGTERM, stop);
    while (!stopping) {
        snprintf(line, sizeof line, "%s %s", flag, is_feature_enabled(flag) ? "on" : "off");
        say(everybody, line);
        if (user) {
            describe(line, flag, user, interval);
            say(somebody, line);
        }
        nanosleep(&(struct timespec) { interval / 1000, interval % 1000 * 1000000 }, NULL);
    }
    return 0;
}
