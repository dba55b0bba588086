/* A program as its developer writes it: asks for a flag all the time and says when the answer changes. */
#include <stdio.h>
#include <time.h>

#include <flagfabric.h>

int main(int count, char **arguments)
{
    int last = -1;

    if (count != 2)
        return 2;
    for (;;) {
        int on = is_feature_enabled(arguments[1]);

        if (on != last) {
            puts(on ? "on" : "off");
            fflush(stdout);
            last = on;
        }
        nanosleep(&(struct timespec) { .tv_nsec = 1000000 }, NULL);
    }
}
