/* SPDX-License-Identifier: GPL-2.0-only */
/* What an overridden function was called with, read out of the process: names and keys, and where they are. */

extern int bpf_copy_from_user_str(void *to, __u32 to__sz, const void *from__ign, __u64 flags) __ksym;

#define COPY_PAD_ZEROS 1

/* What the link's cookie says of the function it is attached to. */
#define OVERRIDE_DELTA(cookie) ((__s64)(__s32)(__u32)(cookie)) /* from the entry to a `ret`, in bytes */
#define OVERRIDE_GO (1ULL << 32)      /* Go's register ABI: a string is a pointer and a length */
#define OVERRIDE_WITH_KEY (1ULL << 33) /* a targeting key follows the flag's name */
#define OVERRIDE_PLACE(cookie) (((cookie) >> 34) & 0xfff) /* where in its page the entry is */

/* Reads a C string into a zero-padded buffer. Its length, or -1 where it cannot be read or does not fit. */
static __always_inline int read_c_string(void *to, __u32 size, unsigned long from)
{
    int copied = bpf_copy_from_user_str(to, size, (const void *)from, COPY_PAD_ZEROS);

    /* A copy that fills the buffer may have been cut short. */
    return copied <= 0 || copied >= (int)size ? -1 : copied - 1;
}

/* The same for Go, into a buffer that is zero before. */
static __always_inline int read_go_string(void *to, __u32 size, unsigned long from, unsigned long length)
{
    if (length == 0)
        return 0;
    /* Otherwise the compiler makes one comparison of the two, which the verifier of 6.18.15 does not follow. */
    FLAG_ONE_REGISTER(length);
    if (length >= size || bpf_copy_from_user(to, length, (const void *)from))
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

/* A short key, for the usual steps. */
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
