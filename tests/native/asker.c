/*
 * A program that knows nothing of Fabric, with a function that can be overridden: `asker THREADS CALLS FLAG…`. It waits for
 * a line of input, has each thread ask so often, for the flags in turn, and prints `done`; so for each line.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define THREADS 64

static long calls;
static char **flags;
static int flag_count;

__attribute__((noinline)) bool is_feature_enabled(const char *flag)
{
    __asm__ volatile("" ::"r"(flag) : "memory");
    return false;
}

static void *run_thread(void *unused)
{
    (void)unused;
    for (long i = 0; i < calls; i++)
        is_feature_enabled(flags[i % flag_count]);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t all[THREADS];
    char line[64];

    if (argc < 4)
        return 2;
    long threads = atol(argv[1]);
    calls = atol(argv[2]);
    flags = argv + 3;
    flag_count = argc - 3;
    while (fgets(line, sizeof(line), stdin)) {
        for (long i = 0; i < threads; i++)
            pthread_create(&all[i], NULL, run_thread, NULL);
        for (long i = 0; i < threads; i++)
            pthread_join(all[i], NULL);
        puts("done");
        fflush(stdout);
    }
    return 0;
}
