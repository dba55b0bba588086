/*
 * A program that is counted: `count HOW … FLAG…`, linked with libflagfabric.
 *
 *     run PROGRESS THREADS CALLS FLAG…  each thread asks so often (0: until it is killed), for the flags in turn; PROGRESS
 *                                       is a file in which each thread notes after each call how many it has finished
 *     fork CALLS FLAG                   asks, forks, and both ask again, the child longer than its parent lives
 *     exec CALLS FLAG                   asks, and becomes another process that asks
 *     closed CALLS FLAG                 asks, closes all its descriptors, becomes a daemon, and asks again
 *     signals CALLS FLAG                is interrupted all the time by a handler that asks, too; prints how often both asked
 *     reloaded LIBRARY CALLS FLAG       loads the library anew for each call
 *     values FLAG…                      calls each function of the library once for each flag
 *     held CALLS FLAG                   asks so often for each line of input
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <flagfabric.h>

#define THREADS 64
#define WORDS 8 /* a thread's own cache line */

static uint64_t *progress;
static long calls;
static char **flags;
static int flag_count;

static void ask(long times, const char *flag)
{
    while (times-- > 0)
        is_feature_enabled(flag);
}

static void *run_thread(void *at)
{
    uint64_t *finished = &progress[(uintptr_t)at * WORDS];

    for (long i = 0; calls == 0 || i < calls; i++) {
        is_feature_enabled(flags[i % flag_count]);
        __atomic_store_n(finished, *finished + 1, __ATOMIC_RELEASE);
    }
    return NULL;
}

static int run(const char *path, long threads)
{
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    pthread_t all[THREADS];

    if (fd < 0 || ftruncate(fd, THREADS * WORDS * 8))
        return 1;
    progress = mmap(NULL, THREADS * WORDS * 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    /* Opens the table: while one thread does, the others have none, and calls without a table are nobody's. */
    flagfabric_revision();
    for (long i = 0; i < threads; i++)
        pthread_create(&all[i], NULL, run_thread, (void *)i);
    for (long i = 0; i < threads; i++)
        pthread_join(all[i], NULL);
    return 0;
}

static int fork_and_ask(const char *flag)
{
    ask(calls, flag);
    if (fork() == 0) {
        ask(calls, flag);
        /* Its parent is gone by now, or soon. */
        while (getppid() != 1 && usleep(1000) == 0)
            continue;
        ask(calls, flag);
        puts("child done");
        return 0;
    }
    ask(calls, flag);
    return 0;
}

static int close_and_ask(const char *flag)
{
    ask(calls, flag);
    fflush(NULL);
    if (fork())
        _exit(0);
    setsid();
    for (int fd = 3; fd < 1024; fd++)
        close(fd);
    ask(calls, flag);
    puts("daemon done");
    fflush(stdout);
    /* Until it is told to end: all this time its sheet is its own. */
    return getchar() == EOF;
}

static atomic_long handled;
static const char *handled_flag;

static void handle(int signal)
{
    (void)signal;
    is_feature_enabled(handled_flag);
    handled++;
}

static int ask_under_signals(const char *flag)
{
    struct itimerval often = { { 0, 50 }, { 0, 50 } }, never = { { 0, 0 }, { 0, 0 } };

    handled_flag = flag;
    is_feature_enabled(flag);
    signal(SIGALRM, handle);
    setitimer(ITIMER_REAL, &often, NULL);
    for (long i = 0; i < calls; i++) {
        char other[32];

        is_feature_enabled(flag);
        /* New names all the time, so that the handler comes while rows are made. */
        snprintf(other, sizeof(other), "no-flag-%ld", i);
        is_feature_enabled(other);
    }
    setitimer(ITIMER_REAL, &never, NULL);
    printf("%ld\n", 1 + 2 * calls + handled);
    return 0;
}

static int reload_and_ask(const char *library, const char *flag)
{
    for (long i = 0; i < calls; i++) {
        void *loaded = dlopen(library, RTLD_NOW | RTLD_LOCAL);
        bool (*asks)(const char *) = loaded ? (bool (*)(const char *))dlsym(loaded, "is_feature_enabled") : NULL;

        if (!asks)
            return 1;
        asks(flag);
        dlclose(loaded);
    }
    return 0;
}

static void ask_every_way(const char *flag)
{
    struct flagfabric_answer answer;
    char text[64];

    is_feature_enabled(flag);
    is_feature_enabled_for(flag, "ann");
    flagfabric_boolean(flag, NULL, true);
    flagfabric_integer(flag, NULL, 1);
    flagfabric_double(flag, NULL, 1);
    flagfabric_string(flag, NULL, "", text, sizeof(text));
    flagfabric_object(flag, NULL, "", text, sizeof(text));
    flagfabric_variant(flag, NULL, text, sizeof(text));
    flagfabric_evaluate(flag, NULL, &answer);
    flagfabric_evaluate_all(&flag, 1, NULL, &answer);
}

static int hold(const char *flag)
{
    char line[64];

    while (fgets(line, sizeof(line), stdin)) {
        ask(calls, flag);
        puts("asked");
        fflush(stdout);
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *how = argc > 2 ? argv[1] : "";

    if (strcmp(how, "run") == 0 && argc > 5) {
        calls = atol(argv[4]);
        flags = argv + 5;
        flag_count = argc - 5;
        return run(argv[2], atol(argv[3]));
    }
    if (strcmp(how, "values") == 0) {
        for (int i = 2; i < argc; i++)
            ask_every_way(argv[i]);
        return 0;
    }
    if (strcmp(how, "reloaded") == 0 && argc == 5) {
        calls = atol(argv[3]);
        return reload_and_ask(argv[2], argv[4]);
    }
    if (argc != 4)
        return 2;
    calls = atol(argv[2]);
    if (strcmp(how, "fork") == 0)
        return fork_and_ask(argv[3]);
    if (strcmp(how, "closed") == 0)
        return close_and_ask(argv[3]);
    if (strcmp(how, "signals") == 0)
        return ask_under_signals(argv[3]);
    if (strcmp(how, "held") == 0)
        return hold(argv[3]);
    if (strcmp(how, "exec") == 0) {
        ask(calls, argv[3]);
        return execl(argv[0], argv[0], "held", argv[2], argv[3], NULL);
    }
    return 2;
}
