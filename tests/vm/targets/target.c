// A program that has never heard of Fabric: it has a function that says whether a feature is on,
// and prints the answer whenever it changes. The function's own answer is always off.
//
//     target FLAG…             asks is_feature_enabled(FLAG)
//     target --for KEY FLAG…   asks is_feature_enabled_for(FLAG, KEY)
//     target --steadily FLAG…  asks without ever pausing
//     target --cold FILE       asks for the flag whose name is in FILE, where it is in no memory each time it is asked for
//     target --keys COUNT FLAG asks that once for each of the keys user-0, user-1, … and ends

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define EXPORT __attribute__((noinline, noclone, visibility("default")))

volatile unsigned calls;

// Work that depends on the arguments, so that the compiler can neither drop the calls nor know
// their answer.
static unsigned mix(const char *text, unsigned hash)
{
    while (*text)
        hash = (hash ^ (unsigned char)*text++) * 16777619u;
    return hash;
}

EXPORT bool is_feature_enabled(const char *flag)
{
    unsigned hash = mix(flag, 2166136261u);
    calls++;
    return hash == 0 && calls == 0;
}

EXPORT bool is_feature_enabled_for(const char *flag, const char *key)
{
    unsigned hash = mix(key, mix(flag, 2166136261u));
    calls++;
    return hash == 0 && calls == 0;
}

static int ask_each(int count, const char *flag)
{
    char key[32];

    for (int i = 0; i < count; i++) {
        snprintf(key, sizeof key, "user-%d", i);
        printf("%s %s\n", key, is_feature_enabled_for(flag, key) ? "on" : "off");
    }
    return 0;
}

// A page that is neither mapped nor cached has to be read from the file system by whoever looks at it.
static int ask_cold(const char *path)
{
    int file = open(path, O_RDONLY);
    char *name = mmap(NULL, 1, PROT_READ, MAP_PRIVATE, file, 0);
    int shown = -1;

    if (name == MAP_FAILED)
        return 1;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (;; usleep(20000)) {
        unsigned char resident = 1;
        if (madvise(name, 1, MADV_DONTNEED) || posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) || mincore(name, 1, &resident))
            return 1;
        bool on = is_feature_enabled(name);
        if (resident & 1)
            puts("the page stayed in memory");
        else if (on != shown)
            printf("flag %s %s\n", name, on ? "on" : "off");
        shown = resident & 1 ? -1 : on;
    }
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--cold") == 0)
        return ask_cold(argv[2]);
    if (argc == 4 && strcmp(argv[1], "--keys") == 0)
        return ask_each(atoi(argv[2]), argv[3]);

    const char *key = NULL;
    unsigned pause = 20000;
    int first = 1;
    if (argc > 2 && strcmp(argv[1], "--for") == 0) {
        key = argv[2];
        first = 3;
    } else if (argc > 1 && strcmp(argv[1], "--steadily") == 0) {
        pause = 0;
        first = 2;
    }
    if (first >= argc) {
        fprintf(stderr, "usage: %s [--for KEY | --steadily] FLAG...\n", argv[0]);
        return 2;
    }

    int *shown = malloc(argc * sizeof *shown);
    if (!shown)
        return 1;
    for (int i = first; i < argc; i++)
        shown[i] = -1;

    setvbuf(stdout, NULL, _IOLBF, 0);
    for (;; pause ? usleep(pause) : 0) {
        for (int i = first; i < argc; i++) {
            bool on = key ? is_feature_enabled_for(argv[i], key) : is_feature_enabled(argv[i]);
            if (on == shown[i])
                continue;
            shown[i] = on;
            printf("flag %s %s\n", argv[i], on ? "on" : "off");
        }
    }
}
