// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel's decision costs on top of a probe that does nothing.
 *
 *     probe OBJECT PLAIN-TABLE PLAIN-NAMES ROLLOUT-TABLE ROLLOUT-NAMES ROUNDS
 *     probe OBJECT TABLE CASES ROUNDS
 *
 * OBJECT is fabric.bpf.o; the tables are pins. override_flag is loaded with may_override 0, so that a kernel that
 * refuses to write registers takes it too: only the two stores at its end are missing. All probes stay attached, each
 * to a stub of its own, and the measurements take turns. One counts what it answers; the others do not.
 *
 * CASES lists cases (bench.h) that ask for flags of one table with a targeting key. Where the kernel takes the program
 * with may_override 1, each is also asked that way before the measurement, so that the answers can be looked at.
 */
#include <errno.h>
#include <fcntl.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"
#include "flag_table.h"

#define UPROBE_MULTI 48   /* BPF_TRACE_UPROBE_MULTI */
#define LINK_CREATE 28    /* BPF_LINK_CREATE */
#define SYS_UPROBE 336
/* The link's cookie, as bpf/override.bpf.h reads it. */
#define WITH_KEY (1ULL << 33)
#define PLACE(site) (((unsigned long)(site) & 0xfff) << 34)
#define STUB_RET 17       /* from a stub's entry to its `ret` */

#define CELLS 65536 /* of the map `usage` */
#define USAGE_BYTES (4096 + 512 * 576 + CELLS * 144) /* bpf/usage.bpf.h */

#define CALLS 1000
#define CHECKS 10000
#define LEAST_DECISION 25 /* ns; a decision copies the name at the very least */

bool stub_unprobed(const char *flag, const char *key);
bool stub_empty(const char *flag, const char *key);
bool stub_plain(const char *flag, const char *key);
bool stub_rollout(const char *flag, const char *key);
bool stub_counting(const char *flag, const char *key);
bool stub_override(const char *flag, const char *key);

typedef bool stub(const char *flag, const char *key);

/* struct flag_geometry of bpf/flag_kernel.h, which only a BPF program can include. */
struct geometry {
    __u64 table_bytes;
    __u64 heap_offset;
    __u64 heap_bytes;
    __u32 slot_mask;
    __u32 may_override;
    __u32 may_look;
    __u32 usage_mask;
    __u32 own_runs;
    __u32 spare_runs;
};

struct probe {
    int program;
    unsigned char *site;
};

static bench_key keys[BENCH_KEYS];

static void check(int result, const char *what)
{
    if (result < 0) {
        errno = -result;
        fail(what);
    }
}

/* Loads one program of the object over the table that is pinned at `pin`; -1 where the kernel refuses it. */
static int try_load(const char *object, const char *name, const char *pin, int may_override, int counts)
{
    int table = bpf_obj_get(pin);
    struct bpf_map_info info = { 0 };
    __u32 size = sizeof(info);

    check(table, pin);
    check(bpf_obj_get_info_by_fd(table, &info, &size), "table's measures");
    const struct flag_table_header *header = mmap(NULL, FLAG_HEADER_BYTES, PROT_READ, MAP_SHARED, table, 0);
    if (header == MAP_FAILED)
        fail("table");

    struct bpf_object *loaded = bpf_object__open_file(object, NULL);
    if (!loaded)
        fail(object);
    struct bpf_program *program, *wanted = bpf_object__find_program_by_name(loaded, name);
    bpf_object__for_each_program(program, loaded)
        check(bpf_program__set_autoload(program, program == wanted), "choose a program");
    check(bpf_program__set_expected_attach_type(wanted, UPROBE_MULTI), "attach type");

    struct bpf_map *map = bpf_object__find_map_by_name(loaded, "table");
    check(bpf_map__set_value_size(map, info.value_size), "size of the table");
    check(bpf_map__reuse_fd(map, table), "table");
    struct geometry geometry = {
        .table_bytes = info.value_size,
        .heap_offset = header->heap_offset,
        .heap_bytes = header->heap_bytes,
        .slot_mask = header->slot_count - 1,
        .may_override = may_override,
        .may_look = 1,
        .usage_mask = counts ? CELLS - 1 : 0,
        .own_runs = 1,
        .spare_runs = 128,
    };
    if (counts)
        check(bpf_map__set_value_size(bpf_object__find_map_by_name(loaded, "usage"), USAGE_BYTES), "size of the counters");
    check(bpf_map__set_initial_value(bpf_object__find_map_by_name(loaded, ".rodata.geometry"), &geometry, sizeof(geometry)), "constants");
    return bpf_object__load(loaded) ? -1 : bpf_program__fd(wanted);
}

static int load(const char *object, const char *name, const char *pin, int counts)
{
    int program = try_load(object, name, pin, 0, counts);

    if (program < 0) {
        fprintf(stderr, "the kernel refuses %s\n", name);
        exit(1);
    }
    return program;
}

/* The file and the offset in it that an address is mapped from. */
static __u64 file_offset(const void *address, char path[256])
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];

    while (maps && fgets(line, sizeof(line), maps)) {
        unsigned long from, to, offset;

        if (sscanf(line, "%lx-%lx %*s %lx %*s %*s %255s", &from, &to, &offset, path) == 4 &&
            (unsigned long)address >= from && (unsigned long)address < to) {
            fclose(maps);
            return (unsigned long)address - from + offset;
        }
    }
    fail("/proc/self/maps");
}

/* Attaches at the no-operation that this kernel optimises: see bpf/libflagfabric/entry.S. */
static struct probe attach(int program, stub *function, __u64 flags)
{
    int wants_nop10 = syscall(SYS_UPROBE) < 0 && errno == EPROTO;
    unsigned char *site = (unsigned char *)function + (wants_nop10 ? 0 : 10);
    char path[256];
    __u64 offset = file_offset(site, path);
    __u64 cookie = flags | PLACE(site) | (__u32)((unsigned char *)function + STUB_RET - site);
    struct {
        __u32 program, target, attach_type, flags;
        __u64 path, offsets, counters, cookies;
        __u32 count, multi_flags, pid, unused;
    } attributes = {
        .program = program, .attach_type = UPROBE_MULTI, .path = (unsigned long)path,
        .offsets = (unsigned long)&offset, .cookies = (unsigned long)&cookie, .count = 1,
    };
    _Static_assert(sizeof(attributes) == 64, "attributes of a uprobe.multi link");

    if (syscall(SYS_bpf, LINK_CREATE, &attributes, sizeof(attributes)) < 0)
        fail("attach");
    return (struct probe){ .program = program, .site = site };
}

static struct bpf_prog_info statistics_of(int program)
{
    struct bpf_prog_info info = { 0 };
    __u32 size = sizeof(info);

    check(bpf_obj_get_info_by_fd(program, &info, &size), "statistics");
    return info;
}

/*
 * A probe that is never hit is fast: each call must run the program, and by way of the optimised site. Returns how
 * many nanoseconds a run takes by the kernel's own count, which has the count itself in it.
 */
static double check_hit(const char *name, struct probe probe, stub *function, const char *flag)
{
    int counting = bpf_enable_stats(BPF_STATS_RUN_TIME);

    check(counting, "statistics");
    struct bpf_prog_info before = statistics_of(probe.program);
    for (int i = 0; i < CHECKS; i++)
        function(flag, keys[i % BENCH_KEYS]);
    struct bpf_prog_info after = statistics_of(probe.program);
    close(counting);

    __u64 hits = after.run_cnt - before.run_cnt;
    double taken = (double)(after.run_time_ns - before.run_time_ns) / CHECKS;
    int optimised = probe.site[0] == 0xe8 || (probe.site[0] == 0x48 && probe.site[5] == 0xe8);
    printf("note %s %s, %llu runs of the program in %d calls, %.0f ns each\n", name,
           optimised ? "optimised" : "not optimised", hits, CHECKS, taken);
    if (hits != CHECKS) {
        fprintf(stderr, "%s was hit %llu times of %d\n", name, hits, CHECKS);
        exit(1);
    }
    return taken;
}

/* So is a program that finds at once that it has nothing to decide, for a cookie that it does not understand, say. */
static void check_decides(const char *name, struct probe probe, stub *function, const char *flag, double empty)
{
    if (check_hit(name, probe, function, flag) < empty + LEAST_DECISION) {
        fprintf(stderr, "%s takes no longer than a program that does nothing: it decides nothing\n", name);
        exit(1);
    }
}

/* Goes on where the sample before has stopped: short samples are the ones that nothing interrupts. */
#define WALK(name, names, count, at, function) \
    SAMPLE(name, CALLS, function(names[(at + i) % count], keys[i % BENCH_KEYS]))

static int quiet(enum libbpf_print_level level, const char *format, va_list arguments)
{
    (void)level, (void)format, (void)arguments;
    return 0;
}

static unsigned ask_all(stub *function, const char *flag)
{
    unsigned on = 0;

    for (int i = 0; i < BENCH_KEYS; i++)
        on += function(flag, keys[i]);
    return on;
}

/* Asks through a program that overrides, so that what the stub returns is the table's answer. */
static void check_answers(const char *object, const char *table, const struct bench_case *cases, int many)
{
    libbpf_print_fn_t print = libbpf_set_print(quiet);
    int program = try_load(object, "override_flag", table, 1, 0);

    libbpf_set_print(print);
    if (program < 0) {
        printf("note this kernel refuses to override, so the answers could not be looked at\n");
        return;
    }
    attach(program, stub_override, WITH_KEY);
    for (int i = 0; i < many; i++)
        check_share(&cases[i], ask_all(stub_override, cases[i].flag));
    printf("note the answers of all %d cases are what was to be expected\n", many);
}

static int run_cases(const char *object, const char *table, const char *path, int rounds)
{
    static struct bench_case cases[BENCH_CASES];
    int many = read_cases(path, cases);

    make_keys(keys);
    struct probe empty = attach(load(object, "empty_probe", table, 0), stub_empty, 0);
    struct probe decides = attach(load(object, "override_flag", table, 0), stub_rollout, WITH_KEY);
    check_answers(object, table, cases, many);
    double nothing = check_hit("empty", empty, stub_empty, cases[0].flag);
    for (int i = 0; i < many; i++)
        check_decides(cases[i].name, decides, stub_rollout, cases[i].flag, nothing);
    while (rounds-- > 0) {
        SAMPLE("unprobed", CALLS, stub_unprobed(cases[0].flag, keys[i % BENCH_KEYS]));
        SAMPLE("empty", CALLS, stub_empty(cases[0].flag, keys[i % BENCH_KEYS]));
        for (int c = 0; c < many; c++)
            SAMPLE(cases[c].name, CALLS, stub_rollout(cases[c].flag, keys[i % BENCH_KEYS]));
    }
    return 0;
}

int main(int argc, char **argv)
{
    char **plain, **rollout;

    if (argc == 5)
        return run_cases(argv[1], argv[2], argv[3], atoi(argv[4]));
    if (argc != 7) {
        fprintf(stderr, "usage: %s OBJECT PLAIN-TABLE PLAIN-NAMES ROLLOUT-TABLE ROLLOUT-NAMES ROUNDS\n"
                        "       %s OBJECT TABLE CASES ROUNDS\n", argv[0], argv[0]);
        return 2;
    }
    size_t plain_count = read_names(argv[3], &plain), rollout_count = read_names(argv[5], &rollout);
    make_keys(keys);

    struct probe empty = attach(load(argv[1], "empty_probe", argv[2], 0), stub_empty, 0);
    struct probe on_plain = attach(load(argv[1], "override_flag", argv[2], 0), stub_plain, 0);
    struct probe on_rollout = attach(load(argv[1], "override_flag", argv[4], 0), stub_rollout, WITH_KEY);
    struct probe counting = attach(load(argv[1], "override_flag", argv[2], 1), stub_counting, 0);
    double nothing = check_hit("empty", empty, stub_empty, plain[0]);
    check_decides("plain", on_plain, stub_plain, plain[0], nothing);
    check_decides("counting", counting, stub_counting, plain[0], nothing);
    check_decides("rollout", on_rollout, stub_rollout, rollout[0], nothing);

    size_t at = 0;
    for (int rounds = atoi(argv[6]); rounds > 0; rounds--, at += CALLS) {
        SAMPLE("unprobed", CALLS, stub_unprobed(plain[0], keys[i % BENCH_KEYS]));
        SAMPLE("empty", CALLS, stub_empty(plain[0], keys[i % BENCH_KEYS]));
        SAMPLE("plain", CALLS, stub_plain(plain[0], keys[i % BENCH_KEYS]));
        SAMPLE("counting", CALLS, stub_counting(plain[0], keys[i % BENCH_KEYS]));
        SAMPLE("rollout", CALLS, stub_rollout(rollout[0], keys[i % BENCH_KEYS]));
        SAMPLE("unknown", CALLS, stub_plain("no-such-flag-anywhere", keys[i % BENCH_KEYS]));
        SAMPLE("counting-unknown", CALLS, stub_counting("no-such-flag-anywhere", keys[i % BENCH_KEYS]));
        WALK("walk-empty", plain, plain_count, at, stub_empty);
        WALK("walk-plain", plain, plain_count, at, stub_plain);
        /* Elsewhere than the one before, which has just brought these names and slots close. */
        WALK("walk-counting", plain, plain_count, at + plain_count / 2, stub_counting);
        WALK("walk-rollout", rollout, rollout_count, at, stub_rollout);
    }
    return 0;
}
