/*
 * A C program that asks for flags: prints its answers and then each change.
 *
 *   cc demo.c -lflagfabric -o demo && ./demo new-checkout-flow
 */
#include <stdio.h>
#include <time.h>

#include <flagfabric.h>

int main(int count, char **flags)
{
    int last[64];

    if (count < 2 || count > 64) {
        fprintf(stderr, "usage: demo FLAG...\n");
        return 2;
    }
    for (int i = 1; i < count; i++)
        last[i] = -1;
    for (;;) {
        for (int i = 1; i < count; i++) {
            int on = is_feature_enabled(flags[i]);

            if (on != last[i]) {
                printf("C program:      is_feature_enabled(\"%s\") = %s\n", flags[i], on ? "true" : "false");
                fflush(stdout);
                last[i] = on;
            }
        }
        nanosleep(&(struct timespec) { .tv_nsec = 5000000 }, NULL);
    }
}
