/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The override door: at the entry of a function that asks for a flag, answer in its place. Its own body runs where
 * the table has no answer, so that what the program would do without Fabric is what it does without an answer.
 *
 * The program returns by setting the result and moving the instruction pointer to a `ret` of the function, leaving
 * the stack alone: the CPU pops the return address itself, which keeps a shadow stack straight.
 */

#include "override_text.bpf.h"
#include "runs.bpf.h"

/* The caller of a function has no attributes. */
FLAG_INLINE int flag_attribute(struct flag_run *run, __u32 name, __u32 bytes, struct flag_value *to)
{
    return flag_set_null(to);
}

FLAG_INLINE int flag_element(struct flag_run *run, const struct flag_value *list, __u32 i, struct flag_value *to)
{
    return 0;
}

/* One call of an overridden function. */
struct question {
    /* The key is read where the name was, once that has been found: both are more than the stack has room for. */
    union {
        struct flag_name name;
        struct flag_quick_key key;
    };
    struct flag_caller caller;
    struct flag_answer answer;
    struct flag_course course; /* of a program that the usual steps have left off */
    __u64 generation;
};

#include "usage.bpf.h"

/* The reason of an answer that takes the whole machine. */
#define REASON_OPEN 0xff

/*
 * What takes the whole machine is left open here: inside of the functions that look for the flag its own would not fit the
 * stack, and a function of the usual steps' own would be a call, which costs more than a step.
 */
static __always_inline int flag_decide_by_rules(const struct flag_view *view, const struct flag_slot *slot, __u32 version, __u64 generation,
                                                const struct flag_caller *caller, struct flag_answer *answer)
{
    struct question *question = (struct question *)((char *)caller - __builtin_offsetof(struct question, caller));
    struct flag_quick quick = { .caller = caller, .key = &question->key };

    question->key.type = FLAG_KEY_UNREAD;
    if (!flag_decide_quickly(&quick, view, &slot->body[version & 1], &question->course, answer)) {
        question->generation = generation;
        answer->reason = REASON_OPEN;
    }
    return 1;
}

/*
 * Answers what was left open: 1 where the answer stands. Where there is no memory to do it in, the answer is that there is
 * none, which is counted: to try again at once would find no more. A version that is neither 0 nor beyond the generation of the question
 * has not been overwritten since that was read, and neither has the slot's name.
 */
__noinline int decide_open(struct question *question)
{
    struct flag_view view = { .base = FLAG_TABLE_BASE() };

    if (!question || !view.base)
        return 0;
    struct held_run *held = hold_run();
    if (!held) {
        usage_count_unheld();
        flag_answer_nothing(&question->answer, FLAG_REASON_ERROR);
        return 1;
    }
    struct flag_run *run = &held->run;
    __u32 index = question->answer.slot & geometry.slot_mask, version = question->answer.version & 1;
    run->caller = question->caller;
    run->have = 0;
    run->now_ns = run->boot_ns = 0;
    run->course = question->course;
    flag_begin(run, FLAG_HEADER_BYTES + (__u64)index * sizeof(struct flag_slot), version, question->generation);
    int stands = flag_decide_frames(run, &question->answer);
    let_go(held);
    FLAG_READ_BARRIER();
    __u64 written = FLAG_LOAD(flag_slot_at(&view, index)->generation[version]);
    return stands && written != 0 && written <= question->generation;
}

/*
 * In assembly, since the verifier wants a register's offset to be a constant of the store, and the compiler likes to
 * compute it first.
 */
static __always_inline void override_return(struct pt_regs *ctx, __u64 result, __u64 ip)
{
    asm volatile("*(u64 *)(%[ctx] + %[rax]) = %[result];"
                 "*(u64 *)(%[ctx] + %[rip]) = %[ip]"
                 :: [ctx] "r"(ctx), [result] "r"(result), [ip] "r"(ip),
                    [rax] "i"(__builtin_offsetof(struct pt_regs, rax)), [rip] "i"(__builtin_offsetof(struct pt_regs, rip))
                 : "memory");
}

/*
 * Since Linux 6.13 the programs of probes keep their variables not on the task's stack but in memory of the CPU's,
 * also those that may sleep (seen in 6.18 and 7.3). Another task that enters while this one is preempted then
 * overwrites them: the name that was asked for, and the address of the registers, so that the answer of one process
 * moves the instruction pointer of another. A program with a tail call is left on the task's stack; this one is never
 * reached, and the verifier removes it after it has counted.
 */
static __always_inline void stay_on_own_stack(struct pt_regs *ctx)
{
    if (geometry.table_bytes == 0)
        bpf_tail_call(ctx, 0, 0);
}

/* One attempt at the answer: 1 where it stands. By itself, since a loop around it would be verified many times over. */
__noinline int answer_once(struct question *question, __u64 hash)
{
    struct flag_view view = { .base = FLAG_TABLE_BASE() };

    return question && view.base && flag_try(&view, question->name.words, hash, &question->caller, &question->answer);
}

/* The flag's name, which the function was called with: its length, or -1. */
static __always_inline int read_name(struct flag_name *name, struct pt_regs *ctx, __u64 cookie)
{
    unsigned long rdi = FLAG_LOAD(ctx->rdi), rax = FLAG_LOAD(ctx->rax), rbx = FLAG_LOAD(ctx->rbx);

    if (!(cookie & OVERRIDE_GO))
        return read_c_string(name->words, sizeof(*name), rdi);
    /* An attempt before this one may have left a key there. */
    __builtin_memset(name, 0, sizeof(*name));
    return read_go_string(name->words, sizeof(*name), rax, rbx);
}

SEC("uprobe.s")
int override_flag(struct pt_regs *ctx)
{
    __u64 cookie = bpf_get_attach_cookie(ctx);
    struct question question = { .caller.cookie = cookie };
    const struct flag_answer *answer = &question.answer;
    __u64 hash = 0;
    int stands = 0;

    stay_on_own_stack(ctx);
    /*
     * Where several programs are attached to one place (two nodes, or one that changes to another table), each gets
     * the registers as the one before left them: who has answered has moved the instruction pointer.
     */
    if ((FLAG_LOAD(ctx->rip) & 0xfff) != OVERRIDE_PLACE(cookie))
        return 0;
    /* Each register is loaded at its own offset: the verifier refuses one that the compiler computes. */
    unsigned long rcx = FLAG_LOAD(ctx->rcx), rsi = FLAG_LOAD(ctx->rsi);
    question.caller.address = cookie & OVERRIDE_GO ? rcx : rsi;
    question.caller.length = FLAG_LOAD(ctx->rdi);
    while (!stands && FLAG_MAY_LOOP(tries, FLAG_READ_TRIES)) {
        int length = read_name(&question.name, ctx, cookie);

        if (length <= 0)
            return 0;
        hash = hash_name(&question.name, length);
        stands = answer_once(&question, hash);
        if (stands && answer->reason == REASON_OPEN)
            stands = decide_open(&question);
    }

    if (!stands)
        flag_answer_nothing(&question.answer, FLAG_REASON_ERROR);
    /* What the table has no name for is counted by the one that was asked for, and a key may stand in its place by now. */
    if (answer->variants == 0 && answer->reason != FLAG_REASON_NOT_FOUND && read_name(&question.name, ctx, cookie) <= 0)
        return 0;
    usage_count(&question, hash);
    if (!stands || answer->variant == FLAG_NO_VARIANT || answer->type != FLAG_TYPE_BOOLEAN)
        return 0;
    if (geometry.may_override)
        override_return(ctx, answer->truth, FLAG_LOAD(ctx->rip) + OVERRIDE_DELTA(cookie));
    return answer->truth;
}

/*
 * Writes the registers, and what they had: where a kernel refuses the program above, this one tells whether that is why. An old
 * verifier meets something else first.
 */
SEC("uprobe.s")
int write_registers(struct pt_regs *ctx)
{
    if (geometry.may_override)
        override_return(ctx, FLAG_LOAD(ctx->rax), FLAG_LOAD(ctx->rip));
    return 0;
}

/* Does nothing: what a probe costs by itself, to measure the other by. */
SEC("uprobe.s")
int empty_probe(struct pt_regs *ctx)
{
    return 0;
}
