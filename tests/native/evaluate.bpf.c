// SPDX-License-Identifier: GPL-2.0-only
/*
 * The evaluator inside BPF programs that can be run by themselves, for tests: the same source as the override program's, with
 * a question from memory in the place of a process's registers.
 */
#include <linux/types.h>

#define QUESTION_ATTRIBUTES 128
#define QUESTION_TEXT 65536

/* An attribute's text is so far from the beginning of the question's text. */
struct question_attribute {
    __u64 name_hash; /* flag_text_hash of the name; 0 for an element of a list */
    __u32 type;
    __u32 bytes; /* of a string; elements of a list */
    __u64 bits;  /* of a string its place */
};

struct question {
    __u64 name[8];
    __u64 unix_ns; /* 0: the host's clock */
    __u64 boot_ns;
    __u32 name_bytes;
    __u32 attribute_count;
    __s32 key_bytes; /* -1: no key */
    __u32 text_bytes;
    char key[256];
    struct question_attribute attributes[QUESTION_ATTRIBUTES];
    __u8 text[QUESTION_TEXT + 8];
};

/* The usual steps' key and course stand here as well: a program has 512 bytes of stack. */
#define FLAG_EXTRA_MEMBERS         \
    struct question question;      \
    struct flag_quick_key usual;   \
    struct flag_course left_off;
#include "../../bpf/flag_kernel.h"

char LICENSE[] SEC("license") = "GPL";

const volatile struct flag_geometry geometry SEC(".rodata.geometry") = {
    .table_bytes = FLAG_HEADER_BYTES,
};

struct flag_table_map table SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct flag_run);
} test_run SEC(".maps");

static __always_inline struct flag_run *the_run(void)
{
    __u32 first = 0;

    return bpf_map_lookup_elem(&test_run, &first);
}

static __always_inline int copy_key(struct flag_run *run)
{
    if (run->question.key_bytes < 0 || run->question.key_bytes > FLAG_KEY_BYTES)
        return -1;
    __builtin_memcpy(run->key, run->question.key, FLAG_KEY_ROOM);
    return run->question.key_bytes;
}

#include "../../bpf/process_facts.bpf.h"

static __always_inline int read_quick_key(const struct flag_caller *caller, struct flag_quick_key *key)
{
    struct flag_run *run = the_run();

    if (!run)
        return FLAG_UNUSUAL;
    __s32 bytes = run->question.key_bytes;
    if (bytes > FLAG_QUICK_BYTES && bytes <= FLAG_KEY_BYTES)
        return FLAG_UNUSUAL;
    __builtin_memcpy(key->words, run->question.key, FLAG_QUICK_BYTES + 1);
    key->type = bytes < 0 || bytes > FLAG_KEY_BYTES ? FLAG_VALUE_NULL : FLAG_VALUE_STRING;
    key->bytes = key->type == FLAG_VALUE_STRING ? bytes : 0;
    return 1;
}

/* The key's words, which are padded with zeros. */
__noinline int hash_question_key(struct flag_run *run)
{
    struct flag_caller *caller;
    __u32 length;

    if (!run || run->question.key_bytes < 0 || run->question.key_bytes > FLAG_KEY_BYTES)
        return -1;
    caller = &run->caller;
    length = run->question.key_bytes;
    flag_hash_words((const __u32 *)run->question.key, length, (FLAG_KEY_BYTES + 3) / 4, caller->shift, &caller->hash, &caller->pending);
    return length;
}

static __always_inline int flag_hash_key(const struct flag_caller *who, __u32 shift, __u32 *hash, __u64 *pending)
{
    struct flag_run *run = the_run();

    if (!run)
        return -1;
    run->caller.hash = *hash;
    run->caller.pending = *pending;
    run->caller.shift = shift;
    int length = hash_question_key(run);
    *hash = run->caller.hash;
    *pending = run->caller.pending;
    return length;
}

/* Where an index is kept from the compiler, it would else make a pointer of it that the verifier cannot follow. */
static __always_inline int attribute_value(struct flag_run *run, __u32 at, struct flag_value *to)
{
    asm volatile("" : "+r"(at));
    if (at >= QUESTION_ATTRIBUTES)
        return 0;
    const struct question_attribute *attribute = &run->question.attributes[at];

    to->type = attribute->type;
    to->bytes = attribute->bytes;
    to->bits = attribute->bits;
    if (to->type == FLAG_VALUE_STRING)
        to->bits += __builtin_offsetof(struct flag_run, question.text);
    if (to->type == FLAG_VALUE_LIST)
        to->bits = at + 1;
    if (to->type == FLAG_VALUE_DOUBLE)
        flag_set_double(to, attribute->bits);
    return to->type != FLAG_VALUE_STRING || to->bytes <= FLAG_MAX_TEXT;
}

/* The hash of a name in the block. */
__noinline __u64 hash_block_text(struct flag_run *run, __u32 place, __u32 bytes)
{
    __u32 rounds FLAG_UNUSED = 0;

    if (!run)
        return 0;
    struct flag_value name = { .type = FLAG_VALUE_STRING, .bytes = bytes, .bits = flag_block_text(run, place, bytes) };
    __u64 hash = flag_hash_begin(bytes);
    for (__u32 i = FLAG_START(run); FLAG_MAY_LOOP(rounds, 0) && i < bytes; i += 8)
        hash = flag_hash_word(hash, flag_text_word(run, &name, i));
    return flag_hash_end(hash);
}

__noinline int find_attribute(struct flag_run *run, __u64 hash)
{
    __u32 rounds FLAG_UNUSED = 0;

    if (!run)
        return -1;
    for (__u32 i = FLAG_START(run); FLAG_MAY_LOOP(rounds, 0) && i < run->question.attribute_count; i++) {
        __u32 at = i;

        asm volatile("" : "+r"(at));
        if (at < QUESTION_ATTRIBUTES && run->question.attributes[at].name_hash == hash)
            return at;
    }
    return -1;
}

FLAG_INLINE int flag_attribute(struct flag_run *run, __u32 name, __u32 bytes, struct flag_value *to)
{
    int at = find_attribute(run, hash_block_text(run, name, bytes));

    return at < 0 ? flag_set_null(to) : attribute_value(run, at, to);
}

FLAG_INLINE int flag_element(struct flag_run *run, const struct flag_value *list, __u32 i, struct flag_value *to)
{
    return attribute_value(run, (__u32)list->bits + i, to);
}

__noinline int decide_quickly(struct flag_answer *answer, __u32 version)
{
    struct flag_view view = { .base = FLAG_TABLE_BASE() };
    struct flag_run *run = the_run();

    if (!view.base || !run || !answer)
        return 0;
    run->usual.type = FLAG_KEY_UNREAD;
    struct flag_quick quick = { .caller = &run->caller, .key = &run->usual };
    return flag_decide_quickly(&quick, &view, &flag_slot_at(&view, answer->slot)->body[version & 1], &run->left_off, answer);
}

__noinline int decide_by_rules(struct flag_answer *answer, __u32 version, __u64 generation)
{
    struct flag_run *run = the_run();

    if (!run || !answer)
        return 0;
    run->course = run->left_off;
    run->have = 0;
    run->now_ns = run->question.unix_ns;
    run->boot_ns = run->question.boot_ns;
    flag_begin(run, FLAG_HEADER_BYTES + (__u64)(answer->slot & geometry.slot_mask) * sizeof(struct flag_slot), version, generation);
    return flag_decide_frames(run, answer);
}

static __always_inline int flag_decide_by_rules(const struct flag_view *view, const struct flag_slot *slot, __u32 version, __u64 generation,
                                                const struct flag_caller *caller, struct flag_answer *answer)
{
    return decide_quickly(answer, version) || decide_by_rules(answer, version, generation);
}

/* The context of a run: the question, or two names, in the node's memory, and the answer. */
struct evaluation {
    __u64 question;
    __u64 stands;
    struct flag_answer answer;
};

__noinline int answer_at(struct flag_name *name, __u32 length, __u64 generation, struct flag_answer *answer)
{
    struct flag_view view = { .base = FLAG_TABLE_BASE() };
    struct flag_run *run = the_run();

    if (!view.base || !run || !name || !answer)
        return 0;
    return flag_try_at(&view, name->words, flag_name_hash(name->words, length), generation, &run->caller, answer);
}

static __always_inline __u64 generation_now(void)
{
    struct flag_view view = { .base = FLAG_TABLE_BASE() };

    return view.base ? FLAG_LOAD(flag_header(&view)->generation) : 0;
}

/* What one question comes to. */
SEC("syscall")
int evaluate(struct evaluation *evaluation)
{
    struct flag_run *run = the_run();
    struct flag_answer answer = {};
    struct flag_name name;
    int stands = 0;

    if (!run || bpf_copy_from_user(&run->question, sizeof(run->question), (const void *)evaluation->question))
        return 1;
    __builtin_memcpy(&name, run->question.name, sizeof(name));
    while (!stands && FLAG_MAY_LOOP(tries, FLAG_READ_TRIES))
        stands = answer_at(&name, run->question.name_bytes, generation_now(), &answer);
    evaluation->stands = stands;
    evaluation->answer = answer;
    return 0;
}

/* Two flags, read at one generation again and again. */
struct pairs {
    __u64 names;  /* two struct flag_name, and then their lengths, in the node's memory */
    __u64 rounds; /* at least so many reads */
    __u64 reads;  /* that stood */
    __u64 torn;   /* of which the two revisions differ */
};

struct two_names {
    struct flag_name name[2];
    __u32 length[2];
};

struct pair_reader {
    struct two_names names;
    __u64 rounds;
    __u64 reads;
    __u64 torn;
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct pair_reader);
} pair SEC(".maps");

static __always_inline void read_pair(struct pair_reader *reader)
{
    struct flag_answer first = {}, second = {};
    __u64 generation = generation_now();

    if (!answer_at(&reader->names.name[0], reader->names.length[0], generation, &first) ||
        !answer_at(&reader->names.name[1], reader->names.length[1], generation, &second))
        return;
    reader->reads++;
    reader->torn += first.revision != second.revision || first.truth != second.truth;
}

SEC("syscall")
int read_pairs(struct pairs *pairs)
{
    __u32 zero = 0;
    struct pair_reader *reader = bpf_map_lookup_elem(&pair, &zero);

    if (!reader || bpf_copy_from_user(&reader->names, sizeof(reader->names), (const void *)pairs->names))
        return 1;
    reader->reads = reader->torn = 0;
    reader->rounds = 0;
    while (FLAG_MAY_LOOP(rounds, 0) && reader->rounds++ < pairs->rounds)
        read_pair(reader);
    pairs->reads = reader->reads;
    pairs->torn = reader->torn;
    return 0;
}
