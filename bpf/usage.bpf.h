/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the override door counts: for each executable and each name that it asks for, how often it was answered what. All of
 * it stands in one array, which the node reads where it is mapped, and which outlives the program and the node by its pin.
 *
 *   header    one page
 *   exes      the executables that were seen, with their paths
 *   cells     a table of our own, open addressing: one executable, one name, one list of variants, one share of the CPUs
 *   names     of the cells, and what else is seldom read
 *
 * Nothing is ever taken away here, and nothing waits: a cell is found within a few steps or the call is counted without a
 * name. src/Fabric.Bpf/Usage/KernelCounters.cs has the same measures.
 */

#define USAGE_PAGE 4096
#define USAGE_EXES 512
#define USAGE_STEPS 16    /* cells that are looked at for one call */
#define USAGE_CPU_SHARES 4
#define USAGE_COUNTERS 5  /* 0 is the program's own default, then the variants; more have a group each */

/* What the last word that is written of an exe or a cell says. */
#define USAGE_FREE 0
#define USAGE_TAKEN 1           /* being filled by one call */
#define USAGE_WHOLE (1ULL << 63) /* and what it is of, in the other bits */

struct usage_map_header {
    __u64 magic; /* the node's, as all that is not described here */
    __u64 layout;
    __u64 beyond;  /* calls for which there was no cell */
    __u64 unknown; /* cells of names that the table did not have */
    __u64 epoch;
    __u64 fabric[2];
    __u64 unheld;  /* calls that kept their default for want of memory to evaluate a rule in */
};

struct usage_exe {
    __u64 whole; /* USAGE_… */
    __u64 id;
    __u32 at; /* where in the path it begins */
    __u32 reserved[11];
    char path[FLAG_PATH_BYTES];
};

struct usage_cell {
    __u64 exe;       /* 0: not known */
    __u64 hash;      /* of the name */
    __u64 which;     /* USAGE_…, with the list of variants in bits 0 to 31, the share of the CPUs above it, the group from bit 40 */
    __u64 counters[USAGE_COUNTERS];
};

struct usage_name {
    struct flag_name name;
    __u64 first_ns;  /* CLOCK_BOOTTIME */
    __u64 reserved;
};
_Static_assert(sizeof(struct usage_exe) == 576, "usage_exe");
_Static_assert(sizeof(struct usage_cell) == 64, "a cell is one cache line");
_Static_assert(sizeof(struct usage_name) == 80, "usage_name");

#define USAGE_CELLS_AT (USAGE_PAGE + USAGE_EXES * sizeof(struct usage_exe))

/* Its size is the node's choice, which the constant geometry.usage_mask tells the programs: cells less one; 0 counts nothing. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, 1);
    __uint(key_size, sizeof(__u32));
    __uint(value_size, USAGE_PAGE);
} usage SEC(".maps");

#define USAGE_BASE()                                           \
    ({                                                         \
        __u32 first_ = 0;                                      \
        (unsigned char *)bpf_map_lookup_elem(&usage, &first_); \
    })

static __always_inline void usage_count_unheld(void)
{
    struct usage_map_header *header = (struct usage_map_header *)USAGE_BASE();

    if (header)
        __sync_fetch_and_add(&header->unheld, 1);
}

/*
 * Which file the process was started from: what tells it from any other that there was on this host, mixed to one number.
 * A file that is written anew or replaced becomes another, and has the same path.
 */
static __always_inline __u64 usage_exe_id(void)
{
    if (!geometry.may_look)
        return 0;
    struct inode *inode = bpf_get_current_task_btf()->mm->exe_file->f_inode;

    return inode->i_ino * 0x9e3779b97f4a7c15ULL ^ inode->i_sb->s_dev * 0xff51afd7ed558ccdULL ^ inode->i_ctime_sec * 0xc4ceb9fe1a85ec53ULL;
}

static __always_inline struct usage_cell *usage_cell_at(unsigned char *base, __u64 at)
{
    return (struct usage_cell *)(base + USAGE_CELLS_AT + (at & geometry.usage_mask) * sizeof(struct usage_cell));
}

static __always_inline struct usage_exe *usage_exe_at(unsigned char *base, __u64 at)
{
    return (struct usage_exe *)(base + USAGE_PAGE + (at & (USAGE_EXES - 1)) * sizeof(struct usage_exe));
}

static __always_inline struct usage_name *usage_name_at(unsigned char *base, __u64 at)
{
    return (struct usage_name *)(base + USAGE_CELLS_AT + (geometry.usage_mask + 1) * sizeof(struct usage_cell) +
                                 (at & geometry.usage_mask) * sizeof(struct usage_name));
}

static __always_inline int usage_claim(__u64 *word)
{
    return FLAG_LOAD(*word) == USAGE_FREE && __sync_val_compare_and_swap(word, USAGE_FREE, USAGE_TAKEN) == USAGE_FREE;
}

/* Shows what has been filled, after all of it. */
static __always_inline void usage_show(__u64 *word, __u64 as)
{
    __sync_lock_test_and_set(word, as);
}

/* Where a cell is looked for first. */
static __always_inline __u64 usage_first(__u64 hash, __u64 exe, __u64 which)
{
    __u64 at = hash + exe + (which >> 32) + (which << 7);

    return at ^ at >> 17;
}

static __always_inline int usage_is(const struct usage_cell *cell, __u64 hash, __u64 exe, __u64 which)
{
    return FLAG_LOAD(cell->which) == which && cell->exe == exe && cell->hash == hash;
}

static __always_inline void usage_add(struct usage_cell *cell, __u32 counter)
{
    __u32 at = counter % USAGE_COUNTERS;

    /* The verifier does not follow a division, and the compiler would leave out what it knows. */
    asm volatile("" : "+r"(at));
    if (at < USAGE_COUNTERS)
        __sync_fetch_and_add(&cell->counters[at], 1);
}

/* Notes the path of an executable that is not known yet. Where there is no place for it, it stays a number. */
__noinline int usage_note_exe(__u64 id)
{
    unsigned char *base = USAGE_BASE();

    if (!base || geometry.usage_mask == 0)
        return 0;
    FLAG_LOOP
    for (__u32 step = 0; step < USAGE_STEPS; step++) {
        struct usage_exe *exe = (struct usage_exe *)(base + USAGE_PAGE + (((id >> 32) + step) & (USAGE_EXES - 1)) * sizeof(*exe));

        if (FLAG_LOAD(exe->whole) == USAGE_WHOLE && exe->id == id)
            return 1;
        if (!usage_claim(&exe->whole))
            continue;
        struct held_run *held = hold_run();
        int at = held && geometry.may_look ? find_exe(&held->run) : -1;
        exe->id = id;
        exe->at = at < 0 ? FLAG_PATH_BYTES : at;
        if (held && at >= 0)
            __builtin_memcpy(exe->path, held->run.exe, FLAG_PATH_BYTES);
        if (held)
            let_go(held);
        usage_show(&exe->whole, USAGE_WHOLE);
        return 1;
    }
    return 0;
}

/* Names that the table does not have take no more than a quarter, whatever programs ask for. */
#define USAGE_UNKNOWN_CELLS ((geometry.usage_mask + 1) / 4)

static __always_inline int usage_may_fill(unsigned char *base, __u32 variants)
{
    struct usage_map_header *header = (struct usage_map_header *)base;

    return variants || (FLAG_LOAD(header->unknown) < USAGE_UNKNOWN_CELLS && __sync_fetch_and_add(&header->unknown, 1) < USAGE_UNKNOWN_CELLS);
}

static __always_inline void usage_fill(unsigned char *base, __u64 at, struct question *question, __u64 hash, __u64 exe, __u64 which)
{
    struct usage_cell *cell = usage_cell_at(base, at);
    struct usage_name *name = usage_name_at(base, at);

    cell->exe = exe;
    cell->hash = hash;
    name->first_ns = bpf_ktime_get_boot_ns();
    /* Where the flag was found, a key may stand in the place of the name; the table has it. */
    unsigned char *slots = question->answer.variants ? FLAG_TABLE_BASE() : NULL;
    if (slots) {
        struct flag_view view = { .base = slots };
        __builtin_memcpy(&name->name, flag_slot_at(&view, question->answer.slot & geometry.slot_mask)->name, sizeof(name->name));
    } else {
        name->name = question->name;
    }
    usage_note_exe(exe);
    usage_show(&cell->which, which);
}

/* The counter of an answer: 0 where the program's own default runs. */
static __always_inline __u32 usage_counter(const struct flag_answer *answer)
{
    if (answer->variants == 0)
        return answer->reason == FLAG_REASON_ERROR;
    return answer->type == FLAG_TYPE_BOOLEAN && answer->variant != FLAG_NO_VARIANT ? answer->variant + 1u : 0;
}

/* Finds or fills a cell that is not where a call looks first. What one CPU fills, another does not wait for: it fills one more. */
__noinline int usage_count_apart(struct question *question, __u64 hash, __u64 exe, __u64 which)
{
    unsigned char *base = USAGE_BASE();

    if (!question || !base || geometry.usage_mask == 0)
        return 0;
    __u32 counter = usage_counter(&question->answer);
    __u64 at = usage_first(hash, exe, which);
    FLAG_LOOP
    for (__u32 step = 0; step < USAGE_STEPS; step++) {
        struct usage_cell *cell = usage_cell_at(base, at + step);

        if (FLAG_LOAD(cell->which) == USAGE_FREE && usage_may_fill(base, (__u32)which) && usage_claim(&cell->which))
            usage_fill(base, at + step, question, hash, exe, which);
        else if (!usage_is(cell, hash, exe, which))
            continue;
        usage_add(cell, counter);
        return 1;
    }
    __sync_fetch_and_add(&((struct usage_map_header *)base)->beyond, 1);
    return 0;
}

/* Counts a call that was decided. */
static __always_inline void usage_count(struct question *question, __u64 hash)
{
    unsigned char *base = USAGE_BASE();

    if (geometry.usage_mask == 0 || !base)
        return;
    __u32 counter = usage_counter(&question->answer);
    __u64 exe = usage_exe_id();
    __u64 which = USAGE_WHOLE | (__u64)(counter / USAGE_COUNTERS) << 40 |
                  (__u64)(bpf_get_smp_processor_id() & (USAGE_CPU_SHARES - 1)) << 32 | question->answer.variants;
    struct usage_cell *cell = usage_cell_at(base, usage_first(hash, exe, which));

    if (usage_is(cell, hash, exe, which))
        usage_add(cell, counter);
    else
        usage_count_apart(question, hash, exe, which);
}
