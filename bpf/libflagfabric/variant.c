// SPDX-License-Identifier: Apache-2.0
/* Names of variants, read from the block of the flag's version. */
#include "answer.h"

/* Copies the variant's name out of a block whose bytes may be changing. Its length, or -1 where it makes no sense. */
static ptrdiff_t copy_name(const struct flag_view *view, const struct flag_body *body, uint32_t variant, char *to, size_t size)
{
    uint64_t offset = FLAG_LOAD(body->block_offset);
    uint64_t bytes = FLAG_LOAD(body->block_bytes);

    if (offset > view->heap_bytes || bytes > view->heap_bytes - offset || bytes < sizeof(struct flag_block))
        return -1;
    const unsigned char *block = view->base + view->heap_offset + offset;
    uint32_t buckets = FLAG_LOAD(((const struct flag_block *)block)->bucket_count);
    uint32_t variants = FLAG_LOAD(((const struct flag_block *)block)->variant_count);
    uint64_t ends = sizeof(struct flag_block) + (uint64_t)buckets * sizeof(struct flag_bucket);
    uint64_t names = ends + (uint64_t)variants * sizeof(uint16_t);
    if (variant >= variants || names > bytes)
        return -1;

    const uint16_t *end = (const uint16_t *)(block + ends);
    uint32_t first = variant ? FLAG_LOAD(end[variant - 1]) : 0;
    uint32_t last = FLAG_LOAD(end[variant]);
    if (first > last || last > bytes - names)
        return -1;
    size_t length = last - first, copied = length < size ? length : size - 1;
    memcpy(to, block + names + first, copied);
    to[copied] = 0;
    return length;
}

ptrdiff_t flagfabric_variant(const char *flag, const char *targeting_key, char *name, size_t size)
{
    struct flagfabric_answer before, after;
    char none[1];

    if (size == 0) {
        name = none;
        size = sizeof(none);
    }
    /* The answer before and after the copy has one revision: then the block was that revision's all the while. */
    for (int tries = 0; tries < FLAG_READ_TRIES; tries++) {
        const struct flag_view *view;
        const struct flag_body *body = flagfabric_body(flag, targeting_key, &before, &view);

        name[0] = 0;
        if (!body || before.variant < 0)
            return -1;
        ptrdiff_t length = copy_name(view, body, before.variant, name, size);
        FLAG_READ_BARRIER();
        if (flagfabric_body(flag, targeting_key, &after, &view) == body && after.revision == before.revision && length >= 0)
            return length;
    }
    name[0] = 0;
    return -1;
}
