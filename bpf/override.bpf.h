/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The override door: at the entry of a function that asks for a flag, answer in its place. Its own body runs where
 * the table has no answer, so that what the program would do without Fabric is what it does without an answer.
 *
 * The program returns by setting the result and moving the instruction pointer to a `ret` of the function, leaving
 * the stack alone: the CPU pops the return address itself, which keeps a shadow stack straight.
 */

extern int bpf_copy_from_user_str(void *to, __u32 to__sz, const void *from__ign, __u64 flags) __ksym;

#define COPY_PAD_ZEROS 1

/* What the link's cookie says of the function it is attached to. */
#define OVERRIDE_DELTA(cookie) ((__s64)(__s32)(__u32)(cookie)) /* from the entry to a `ret`, in bytes */
#define OVERRIDE_GO (1ULL << 32)      /* Go's register ABI: a string is a pointer and a length */
#define OVERRIDE_WITH_KEY (1ULL << 33) /* a targeting key follows the flag's name */
#define OVERRIDE_PLACE(cookie) (((cookie) >> 34) & 0xfff) /* where in its page the entry is */

/* Reads a string into a buffer that is zero. Its length, or -1 where it cannot be read or does not fit. */
static __always_inline int read_c_string(void *to, __u32 size, unsigned long from)
{
    int copied = bpf_copy_from_user_str(to, size, (const void *)from, COPY_PAD_ZEROS);

    /* A copy that fills the buffer may have been cut short. */
    return copied <= 0 || copied >= (int)size ? -1 : copied - 1;
}

static __always_inline int read_go_string(void *to, __u32 size, unsigned long from, unsigned long length)
{
    if (length >= size)
        return -1;
    if (length && bpf_copy_from_user(to, length, (const void *)from))
        return -1;
    return length;
}

/* A key is read in pieces, since a program has 512 bytes of stack. */
#define KEY_PIECE 64
#define KEY_PIECES ((FLAG_KEY_BYTES + KEY_PIECE) / KEY_PIECE)

struct key_piece {
    __u32 words[KEY_PIECE / 4 + 2]; /* and the terminator that bpf_copy_from_user_str writes */
};

/* The next piece of the key: how many of its bytes there are, fewer than KEY_PIECE in the last one; or -1. */
static __always_inline int read_key_piece(const struct flag_caller *caller, __u32 at, struct key_piece *piece)
{
    if (!(caller->cookie & OVERRIDE_GO)) {
        int copied = bpf_copy_from_user_str(piece->words, KEY_PIECE + 1, (const void *)(caller->address + at), COPY_PAD_ZEROS);

        return copied <= 0 ? -1 : copied - 1;
    }

    unsigned long left = caller->length - at;
    if (left > KEY_PIECE)
        left = KEY_PIECE;
    __builtin_memset(piece, 0, sizeof(*piece));
    if (left && bpf_copy_from_user(piece->words, left, (const void *)(caller->address + at)))
        return -1;
    return left;
}

/*
 * The two hashes are global functions, so that the verifier walks through their loops once and not once for each way
 * that leads to them.
 */
__noinline __u64 hash_name(struct flag_name *name, __u32 length)
{
    return name ? flag_name_hash(name->words, length) : 0;
}

__noinline int hash_key(struct flag_caller *caller)
{
    struct key_piece piece = {};
    __u32 length = 0;

    if (!caller)
        return -1;
    __u32 hash = caller->hash;
    __u64 pending = caller->pending;
    FLAG_LOOP
    for (int i = 0; i < KEY_PIECES; i++) {
        int got = read_key_piece(caller, length, &piece);

        if (got < 0)
            return -1;
        flag_hash_words(piece.words, got, KEY_PIECE / 4, caller->shift, &hash, &pending);
        length += got;
        if (got < KEY_PIECE)
            break;
    }
    caller->hash = hash;
    caller->pending = pending;
    return length > FLAG_KEY_BYTES ? -1 : (int)length;
}

static __always_inline int flag_hash_key(const struct flag_caller *who, __u32 shift, __u32 *hash, __u64 *pending)
{
    struct flag_caller *caller = (struct flag_caller *)who;

    if (!(caller->cookie & OVERRIDE_WITH_KEY) || ((caller->cookie & OVERRIDE_GO) && caller->length > FLAG_KEY_BYTES))
        return -1;
    caller->hash = *hash;
    caller->pending = *pending;
    caller->shift = shift;
    int length = hash_key(caller);
    *hash = caller->hash;
    *pending = caller->pending;
    return length;
}

/* The key whole, for rules that look at it. */
static __always_inline int copy_key(struct flag_run *run)
{
    const struct flag_caller *caller = &run->caller;

    if (!(caller->cookie & OVERRIDE_WITH_KEY))
        return -1;
    return caller->cookie & OVERRIDE_GO ? read_go_string(run->key, FLAG_KEY_ROOM, caller->address, caller->length)
                                        : read_c_string(run->key, FLAG_KEY_ROOM, caller->address);
}

static __always_inline int read_quick_key(const struct flag_caller *caller, struct flag_quick_key *key)
{
    int length = -1;

    if (caller->cookie & OVERRIDE_GO) {
        if (caller->length > FLAG_QUICK_BYTES && caller->length <= FLAG_KEY_BYTES)
            return FLAG_UNUSUAL;
        __builtin_memset(key->words, 0, sizeof(key->words));
        if (caller->cookie & OVERRIDE_WITH_KEY)
            length = read_go_string(key->words, sizeof(key->words), caller->address, caller->length);
    } else if (caller->cookie & OVERRIDE_WITH_KEY) {
        length = bpf_copy_from_user_str(key->words, sizeof(key->words), (const void *)caller->address, COPY_PAD_ZEROS) - 1;
        /* A copy that fills the room may have been cut short. */
        if (length >= FLAG_QUICK_BYTES)
            return FLAG_UNUSUAL;
    }
    key->type = length < 0 ? FLAG_VALUE_NULL : FLAG_VALUE_STRING;
    key->bytes = length < 0 ? 0 : length;
    return 1;
}

/* The caller of a function has no attributes. */
FLAG_INLINE int flag_attribute(struct flag_run *run, __u32 name, __u32 bytes, struct flag_value *to)
{
    return flag_set_null(to);
}

FLAG_INLINE int flag_element(struct flag_run *run, const struct flag_value *list, __u32 i, struct flag_value *to)
{
    return 0;
}

/*
 * An evaluation by rules does not fit the stack. It stands with the task, which asks for one flag at a time: a CPU's
 * memory would be shared with whoever runs while this program waits for a page.
 */
struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct flag_run);
} runs SEC(".maps");

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
};

__noinline int decide_quickly(struct question *question, __u32 version)
{
    struct flag_view view = { .base = FLAG_TABLE_BASE() };

    if (!question || !view.base)
        return 0;
    question->key.type = FLAG_KEY_UNREAD;
    struct flag_quick quick = { .caller = &question->caller, .key = &question->key };
    const struct flag_slot *slot = flag_slot_at(&view, question->answer.slot);
    return flag_decide_quickly(&quick, &view, &slot->body[version & 1], &question->course, &question->answer);
}

__noinline int decide_by_rules(struct question *question, __u32 version, __u64 generation)
{
    if (!question)
        return 0;
    struct flag_run *run = bpf_task_storage_get(&runs, bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (!run)
        return 0;
    run->caller = question->caller;
    run->have = 0;
    run->now_ns = run->boot_ns = 0;
    run->course = question->course;
    flag_begin(run, FLAG_HEADER_BYTES + (__u64)(question->answer.slot & geometry.slot_mask) * sizeof(struct flag_slot),
               version, generation);
    return flag_decide_frames(run, &question->answer);
}

static __always_inline int flag_decide_by_rules(const struct flag_view *view, const struct flag_slot *slot, __u32 version, __u64 generation,
                                                const struct flag_caller *caller, struct flag_answer *answer)
{
    struct question *question = (struct question *)((char *)caller - __builtin_offsetof(struct question, caller));

    return decide_quickly(question, version) || decide_by_rules(question, version, generation);
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

    __builtin_memset(name, 0, sizeof(*name));
    return cookie & OVERRIDE_GO ? read_go_string(name->words, sizeof(*name), rax, rbx) : read_c_string(name->words, sizeof(*name), rdi);
}

SEC("uprobe.s")
int override_flag(struct pt_regs *ctx)
{
    __u64 cookie = bpf_get_attach_cookie(ctx);
    struct question question = { .caller.cookie = cookie };
    const struct flag_answer *answer = &question.answer;
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
        stands = answer_once(&question, hash_name(&question.name, length));
    }

    if (!stands || answer->variant == FLAG_NO_VARIANT || answer->type != FLAG_TYPE_BOOLEAN)
        return 0;
    if (geometry.may_override)
        override_return(ctx, answer->truth, FLAG_LOAD(ctx->rip) + OVERRIDE_DELTA(cookie));
    return answer->truth;
}

/* Does nothing: what a probe costs by itself, to measure the other by. */
SEC("uprobe.s")
int empty_probe(struct pt_regs *ctx)
{
    return 0;
}
