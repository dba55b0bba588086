/*
 * A user's program: reads flags from its host's table through libflagfabric, again and again, and notes what it saw, a JSON
 * line whenever that has changed and one a second. `reader FILE FLAG…`
 *
 * flagfabric_evaluate_all gives the revisions of all flags as of one moment, and no values; the values are read in between
 * two such calls that agree about every flag, so they are those of that moment.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <flagfabric.h>

#define FLAGS 64
#define PAUSE_NS 10000000L /* Leaves the processor to what is tested. */
#define SECOND 1000000000LL
#define QUESTIONS 1000
#define TRIES 100

static volatile sig_atomic_t ending;

static void end(int signal)
{
    (void)signal;
    ending = 1;
}

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

struct view {
    uint64_t revision;
    struct flagfabric_answer answers[FLAGS];
    int64_t values[FLAGS];
};

/* Whether the view is of one moment; changes may overtake every try. */
static bool look(const char *const *flags, size_t count, struct view *view)
{
    struct flagfabric_answer again[FLAGS];

    for (int try = 0; try < TRIES; try++) {
        bool same = true;

        view->revision = flagfabric_evaluate_all(flags, count, NULL, view->answers);
        if (!view->revision)
            continue;
        for (size_t i = 0; i < count; i++)
            view->values[i] = flagfabric_integer(flags[i], NULL, -1);
        if (!flagfabric_evaluate_all(flags, count, NULL, again))
            continue;
        for (size_t i = 0; i < count; i++)
            same = same && again[i].revision == view->answers[i].revision && again[i].variant == view->answers[i].variant;
        if (same)
            return true;
    }
    return false;
}

static void note(FILE *file, const char *const *flags, size_t count, const struct view *view, int64_t time)
{
    fprintf(file, "{\"time\":%" PRId64 ",\"revision\":%" PRIu64 ",\"values\":{", time, view->revision);
    for (size_t i = 0; i < count; i++) {
        fprintf(file, i ? ",\"%s\":" : "\"%s\":", flags[i]);
        if (view->answers[i].variant < 0)
            fputs("null", file);
        else
            fprintf(file, "%" PRId64, view->values[i]);
    }
    fputs("}}\n", file);
    fflush(file);
}

static bool changed(const struct view *old, const struct view *new, size_t count)
{
    bool differs = old->revision != new->revision;

    for (size_t i = 0; i < count; i++)
        differs = differs || old->answers[i].revision != new->answers[i].revision || old->values[i] != new->values[i];
    return differs;
}

int main(int argc, char **argv)
{
    static struct view seen, last;
    const char *const *flags = (const char *const *)argv + 2;
    size_t count = argc - 2;
    const struct timespec pause = { .tv_nsec = PAUSE_NS };
    int64_t noted = 0;
    FILE *file;

    if (argc < 3 || count > FLAGS || !(file = fopen(argv[1], "w"))) {
        fprintf(stderr, "usage: reader FILE FLAG…, at most %d flags\n", FLAGS);
        return 2;
    }
    signal(SIGTERM, end);
    signal(SIGINT, end);
    while (!ending) {
        int64_t time;

        for (int i = 0; i < QUESTIONS; i++)
            (void)is_feature_enabled(flags[i % count]);
        if (look(flags, count, &seen) && (time = now(), changed(&last, &seen, count) || time - noted > SECOND)) {
            note(file, flags, count, &seen, time);
            last = seen;
            noted = time;
        }
        nanosleep(&pause, NULL);
    }
    return fclose(file) != 0;
}
