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

/* Where a caller's targeting key is: its address, and for Go its length. */
struct flag_key {
    unsigned long address;
    unsigned long length;
    __u64 cookie;
};

/* Reads a C string into a zero-padded buffer. Its length, or -1 where it cannot be read or does not fit. */
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
static __always_inline int read_key_piece(const struct flag_key *key, __u32 at, struct key_piece *piece)
{
    if (!(key->cookie & OVERRIDE_GO)) {
        int copied = bpf_copy_from_user_str(piece->words, KEY_PIECE + 1, (const void *)(key->address + at), COPY_PAD_ZEROS);

        return copied <= 0 ? -1 : copied - 1;
    }

    unsigned long left = key->length - at;
    if (left > KEY_PIECE)
        left = KEY_PIECE;
    __builtin_memset(piece, 0, sizeof(*piece));
    if (left && bpf_copy_from_user(piece->words, left, (const void *)(key->address + at)))
        return -1;
    return left;
}

/*
 * The two hashes are global functions, so that the verifier walks through their loops once and not once for each way
 * that leads to them.
 */
struct name_words {
    __u64 words[FLAG_NAME_BYTES / 8];
};

__noinline __u64 hash_name(struct name_words *name, __u32 length)
{
    return name ? flag_name_hash(name->words, length) : 0;
}

struct key_hash {
    struct flag_key key;
    __u64 pending;
    __u32 hash;
    __u32 shift;
};

__noinline int hash_key(struct key_hash *state)
{
    struct key_piece piece = {};
    __u32 length = 0;

    if (!state)
        return -1;
    __u32 hash = state->hash;
    __u64 pending = state->pending;
    FLAG_LOOP
    for (int i = 0; i < KEY_PIECES; i++) {
        int got = read_key_piece(&state->key, length, &piece);

        if (got < 0)
            return -1;
        flag_hash_words(piece.words, got, KEY_PIECE / 4, state->shift, &hash, &pending);
        length += got;
        if (got < KEY_PIECE)
            break;
    }
    state->hash = hash;
    state->pending = pending;
    return length > FLAG_KEY_BYTES ? -1 : (int)length;
}

static __always_inline int flag_hash_key(const struct flag_key *key, __u32 shift, __u32 *hash, __u64 *pending)
{
    struct key_hash state = { .key = *key, .pending = *pending, .hash = *hash, .shift = shift };

    if (!(key->cookie & OVERRIDE_WITH_KEY) || ((key->cookie & OVERRIDE_GO) && key->length > FLAG_KEY_BYTES))
        return -1;
    int length = hash_key(&state);
    *hash = state.hash;
    *pending = state.pending;
    return length;
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

SEC("uprobe.s")
int override_flag(struct pt_regs *ctx)
{
    __u64 cookie = bpf_get_attach_cookie(ctx);
    __u32 first = 0;
    struct name_words name = {};
    struct flag_view view = { .base = bpf_map_lookup_elem(&table, &first) };
    struct flag_answer answer = {};
    struct flag_key key = { .cookie = cookie };
    int length, stands = 0;

    stay_on_own_stack(ctx);
    if (!view.base)
        return 0;
    /*
     * Where several programs are attached to one place (two nodes, or one that changes to another table), each gets
     * the registers as the one before left them: who has answered has moved the instruction pointer.
     */
    if ((FLAG_LOAD(ctx->rip) & 0xfff) != OVERRIDE_PLACE(cookie))
        return 0;
    /* Each register is loaded at its own offset: the verifier refuses one that the compiler computes. */
    unsigned long rdi = FLAG_LOAD(ctx->rdi), rsi = FLAG_LOAD(ctx->rsi);
    if (cookie & OVERRIDE_GO) {
        length = read_go_string(name.words, sizeof(name), FLAG_LOAD(ctx->rax), FLAG_LOAD(ctx->rbx));
        key.address = FLAG_LOAD(ctx->rcx);
        key.length = rdi;
    } else {
        length = read_c_string(name.words, sizeof(name), rdi);
        key.address = rsi;
    }
    if (length <= 0)
        return 0;

    __u64 hash = hash_name(&name, length);
    while (!stands && FLAG_MAY_LOOP(tries, FLAG_READ_TRIES))
        stands = flag_try(&view, name.words, hash, &key, &answer);

    if (!stands || answer.variant == FLAG_NO_VARIANT || answer.type != FLAG_TYPE_BOOLEAN)
        return 0;
    if (geometry.may_override)
        override_return(ctx, answer.truth, FLAG_LOAD(ctx->rip) + OVERRIDE_DELTA(cookie));
    return answer.truth;
}

/* Does nothing: what a probe costs by itself, to measure the other by. */
SEC("uprobe.s")
int empty_probe(struct pt_regs *ctx)
{
    return 0;
}
