/*
 * Loads each program of a BPF object as the node would, with a table of the usual size, and prints its name and how many
 * instructions the kernel's verifier went through, or why it was refused: `verify OBJECT…`. Exits with 1 where one was.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 32768ULL
#define HEAP (4ULL << 20)
#define CELLS 65536u
#define USAGE_BYTES (4096 + 512 * 576 + CELLS * 144) /* of bpf/usage.bpf.h */
#define LOG_BYTES (4u << 20)

/* struct flag_geometry of bpf/flag_kernel.h, which only a BPF program can include. */
struct geometry {
    unsigned long long table_bytes, heap_offset, heap_bytes;
    unsigned slot_mask, may_override, may_look, usage_mask, own_runs, spare_runs;
};

static char log_text[LOG_BYTES];

static int quiet(enum libbpf_print_level level, const char *format, va_list arguments)
{
    (void)level, (void)format, (void)arguments;
    return 0;
}

/* How many instructions the verifier went through, by what the kernel says of a loaded program. */
static unsigned verified(int fd)
{
    struct bpf_prog_info info;
    unsigned size = sizeof(info);

    memset(&info, 0, sizeof(info));
    return bpf_obj_get_info_by_fd(fd, &info, &size) ? 0 : info.verified_insns;
}

static const char *last_line(void)
{
    char *end = log_text + strlen(log_text), *line;

    do {
        while (end > log_text && end[-1] == '\n')
            *--end = 0;
        line = strrchr(log_text, '\n');
        line = line ? line + 1 : log_text;
        end = line;
    } while (line > log_text && (strncmp(line, "processed ", 10) == 0 || strncmp(line, "stack depth", 11) == 0 || strncmp(line, "verification", 12) == 0));
    return line;
}

static int load(const char *path, const char *name, int may_override)
{
    struct bpf_object *object = bpf_object__open_file(path, NULL);
    struct bpf_program *program;
    size_t size;

    bpf_object__for_each_program(program, object)
        bpf_program__set_autoload(program, strcmp(bpf_program__name(program), name) == 0);
    program = bpf_object__find_program_by_name(object, name);
    if (strncmp(bpf_program__section_name(program), "uprobe", 6) == 0)
        bpf_program__set_expected_attach_type(program, 48 /* BPF_TRACE_UPROBE_MULTI */);
    log_text[0] = 0;
    bpf_program__set_log_buf(program, log_text, sizeof(log_text));

    struct geometry geometry = { .heap_offset = 4096 + SLOTS * 256, .heap_bytes = HEAP, .slot_mask = SLOTS - 1, .may_override = may_override, .may_look = 1, .usage_mask = CELLS - 1, .own_runs = 1, .spare_runs = 128 };
    struct bpf_map *usage = bpf_object__find_map_by_name(object, "usage");
    if (usage)
        bpf_map__set_value_size(usage, USAGE_BYTES);
    geometry.table_bytes = geometry.heap_offset + HEAP;
    bpf_map__set_value_size(bpf_object__find_map_by_name(object, "table"), geometry.table_bytes);
    void *constants = (void *)bpf_map__initial_value(bpf_object__find_map_by_name(object, ".rodata.geometry"), &size);
    memcpy(constants, &geometry, sizeof(geometry));

    int error = bpf_object__load(object);
    if (error)
        printf("refused %s%s %s (%s)\n", name, may_override ? " may_override" : "", strerror(-error), last_line());
    else
        printf("verified %s%s %u\n", name, may_override ? " may_override" : "", verified(bpf_program__fd(program)));
    bpf_object__close(object);
    return error != 0;
}

int main(int argc, char **argv)
{
    int refused = 0;

    libbpf_set_print(quiet);
    for (int i = 1; i < argc; i++) {
        struct bpf_object *object = bpf_object__open_file(argv[i], NULL);
        struct bpf_program *program;

        if (!object) {
            fprintf(stderr, "%s: %s\n", argv[i], strerror(errno));
            return 2;
        }
        bpf_object__for_each_program(program, object) {
            const char *name = bpf_program__name(program);

            refused |= load(argv[i], name, 0);
            if (strcmp(name, "override_flag") == 0 && getenv("FABRIC_VERIFY_OVERRIDE"))
                refused |= load(argv[i], name, 1);
        }
        bpf_object__close(object);
    }
    return refused;
}
