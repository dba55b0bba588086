/*
 * The evaluator over bytes that nobody vouches for: a table whose one flag has a body and a block out of the input, asked by a
 * caller out of the input. Whatever the bytes are, it must end, stay inside what it was given, and give a variant or none.
 *
 * An input: struct fuzz_head; the key; for each attribute a struct fuzz_attribute, its name and its text; the rest is the block.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../bpf/libflagfabric/table.h"

#define SLOTS 4
#define HEAP (2 * FLAG_MAX_BLOCK_BYTES)
#define TABLE (FLAG_HEADER_BYTES + SLOTS * sizeof(struct flag_slot) + HEAP)
#define ATTRIBUTES 64

struct fuzz_head {
    uint8_t state, type, rule, extras;
    uint8_t default_variant, off_variant, safe_variant, bucket_count;
    uint8_t seeding, seed_bytes, key_bytes, attribute_count;
    uint8_t flags; /* 1: there is a key */
    uint8_t reserved[3];
    uint64_t unix_ns, boot_ns, contact_ns;
};

struct fuzz_attribute {
    uint8_t type, name_bytes;
    uint16_t text_bytes; /* of a string; of a list its elements */
    uint32_t reserved;
    uint64_t bits;
};

/* What is left of an input. Each part is copied out to a place of its own, so that one byte too many is seen. */
struct input {
    const uint8_t *at;
    size_t left;
};

static char *take(struct input *input, size_t bytes, int terminated)
{
    size_t got = bytes < input->left ? bytes : input->left;
    char *copy = malloc(got + terminated);

    memcpy(copy, input->at, got);
    if (terminated)
        copy[got] = 0;
    input->at += got;
    input->left -= got;
    return copy;
}

static void take_attribute(struct input *input, struct flagfabric_attribute *to)
{
    struct fuzz_attribute from = { 0 };
    size_t bytes = sizeof(from) < input->left ? sizeof(from) : input->left;

    memcpy(&from, input->at, bytes);
    input->at += bytes;
    input->left -= bytes;
    *to = (struct flagfabric_attribute){ .type = from.type % 8, .length = from.text_bytes, .integer = (int64_t)from.bits };
    to->name = from.name_bytes ? take(input, from.name_bytes, 1) : NULL;
    if (to->type == FLAGFABRIC_STRING) {
        size_t left = input->left;
        to->string = take(input, from.text_bytes, 0);
        to->length = from.text_bytes < left ? from.text_bytes : left;
    }
    if (to->type == FLAGFABRIC_BOOLEAN) {
        uint8_t truth = from.bits & 1;
        memset(&to->integer, 0, sizeof(to->integer));
        memcpy(&to->boolean, &truth, 1);
    }
}

static void fill_table(unsigned char *table, const struct fuzz_head *head, const struct input *block)
{
    struct flag_table_header *header = (struct flag_table_header *)table;
    struct flag_slot *slot = (struct flag_slot *)(table + FLAG_HEADER_BYTES);
    struct flag_body *body = &slot->body[0];
    uint32_t bytes = block->left < FLAG_MAX_BLOCK_BYTES ? block->left : FLAG_MAX_BLOCK_BYTES;

    header->generation = 1;
    header->last_contact_ns = head->contact_ns;
    slot->generation[0] = 1;
    *body = (struct flag_body){
        .revision = 1, .truths = 0x5555555555555555, .state = head->state, .type = head->type, .rule = head->rule, .extras = head->extras,
        .default_variant = head->default_variant, .off_variant = head->off_variant, .safe_variant = head->safe_variant,
        .bucket_count = head->bucket_count, .seeding = head->seeding, .seed_bytes = head->seed_bytes, .total_weight = 100,
        .block_bytes = bytes, .bucket_end = { 50, 100 }, .bucket_variant = { 0, 1 },
    };
    memcpy(table + FLAG_HEADER_BYTES + SLOTS * sizeof(struct flag_slot), block->at, bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned char *table;
    struct fuzz_head head = { 0 };
    struct flagfabric_attribute attributes[ATTRIBUTES] = { 0 };
    struct input input = { data, size };

    if (size < sizeof(head))
        return 0;
    if (!table)
        table = calloc(1, TABLE);
    memcpy(&head, data, sizeof(head));
    input.at += sizeof(head);
    input.left -= sizeof(head);
    char *key = take(&input, head.key_bytes, 1);
    size_t count = head.attribute_count % (ATTRIBUTES + 1);
    for (size_t i = 0; i < count; i++)
        take_attribute(&input, &attributes[i]);
    fill_table(table, &head, &input);

    const struct flag_view view = {
        .base = table, .heap_offset = FLAG_HEADER_BYTES + SLOTS * sizeof(struct flag_slot), .heap_bytes = HEAP, .slot_mask = SLOTS - 1,
    };
    const struct flag_clock clock = { .unix_ns = head.unix_ns | 1, .boot_ns = head.boot_ns | 1 };
    const struct flag_caller caller = {
        .key = head.flags & 1 ? key : NULL, .attributes = attributes, .count = count, .clock = &clock,
    };
    struct flag_answer answer;
    if (flag_read_slot(&view, flag_slot_at(&view, 0), 1, &caller, &answer) && answer.reason > FLAG_REASON_STALE)
        abort();

    free(key);
    for (size_t i = 0; i < count; i++) {
        free((char *)attributes[i].name);
        if (attributes[i].type == FLAGFABRIC_STRING)
            free((char *)attributes[i].string);
    }
    return 0;
}
