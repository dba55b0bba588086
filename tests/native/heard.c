/*
 * Prints the key that a running program asks its own function for: heard heard.bpf.o PROGRAM SYMBOL c|go
 * Ends with 1 where nothing is heard for 30 seconds.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define KEY_BYTES 64
#define TRIES 3000

int main(int count, char **arguments)
{
    LIBBPF_OPTS(bpf_uprobe_opts, options);
    char key[KEY_BYTES] = "", name[16];
    const __u32 zero = 0;

    if (count != 5)
        return 2;
    struct bpf_object *object = bpf_object__open(arguments[1]);
    if (!object || bpf_object__load(object))
        return 2;
    snprintf(name, sizeof(name), "hear_%s", arguments[4]);
    options.func_name = arguments[3];
    struct bpf_program *program = bpf_object__find_program_by_name(object, name);
    if (!program || !bpf_program__attach_uprobe_opts(program, -1, arguments[2], 0, &options))
        return 2;

    int heard = bpf_object__find_map_fd_by_name(object, "heard");
    for (int i = 0; i < TRIES && !*key; i++) {
        nanosleep(&(struct timespec) { .tv_nsec = 10000000 }, NULL);
        bpf_map_lookup_elem(heard, &zero, key);
    }
    puts(key);
    return *key ? 0 : 1;
}
