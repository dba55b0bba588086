/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where an evaluation by the whole machine stands, which does not fit the stack: with the task, which asks for one flag at a
 * time. A CPU's memory would be shared with whoever runs while the program waits for a page.
 *
 * Linux 7.0 and newer never wait for memory that a program asks for, and may have none at that moment; where the CPU has no
 * cmpxchg16b they never have any. Then one of a few places is borrowed, which belongs to this call alone until it is given
 * back. They are not the first choice: who waits for a page, and be it for ever, would have others go without.
 */

struct held_run {
    struct flag_run run;
    __u64 borrowed;
};

struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct held_run);
} runs SEC(".maps");

#define SPARE_RUNS 128 /* a power of two */

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, SPARE_RUNS);
    __type(key, __u32);
    __type(value, struct held_run);
} spare_runs SEC(".maps");

/* Takes a place that nobody has: its number, or -1. Each CPU begins at another, so that they seldom meet. */
__noinline int borrow_run(void)
{
    __u32 first = bpf_get_smp_processor_id();

    FLAG_LOOP
    for (__u32 step = 0; step < geometry.spare_runs && step < SPARE_RUNS; step++) {
        __u32 at = (first + step) & (SPARE_RUNS - 1);
        struct held_run *spare = bpf_map_lookup_elem(&spare_runs, &at);

        if (spare && FLAG_LOAD(spare->borrowed) == 0 && __sync_val_compare_and_swap(&spare->borrowed, 0, 1) == 0)
            return at;
    }
    return -1;
}

/* The place for this call; NULL where there is none. */
static __always_inline struct held_run *hold_run(void)
{
    struct held_run *own = NULL;

    if (geometry.own_runs)
        own = bpf_task_storage_get(&runs, bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (own)
        return own;
    __u32 at = borrow_run();
    return bpf_map_lookup_elem(&spare_runs, &at);
}

static __always_inline void let_go(struct held_run *held)
{
    if (held->borrowed)
        __sync_lock_test_and_set(&held->borrowed, 0);
}
