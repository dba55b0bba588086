// A program that has never heard of Fabric: it has a function that says whether a feature is on,
// and prints the answer whenever it changes. The function's own answer is always off.
//
//     target FLAG…             asks is_feature_enabled(FLAG)
//     target --for KEY FLAG…   asks is_feature_enabled_for(FLAG, KEY)
//     target --steadily FLAG…  asks without ever pausing
//     target --keys COUNT FLAG asks that once for each of the keys user-0, user-1, … and ends

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

int main(int argc, char **argv)
{
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
