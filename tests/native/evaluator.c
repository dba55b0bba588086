/* The evaluator over any memory that holds a table, for tests that have no path to open it by. */
#include "../../bpf/libflagfabric/table.h"

int evaluate(const unsigned char *base, const char *flag, const char *targeting_key, struct flag_answer *answer)
{
    const struct flag_table_header *header = (const struct flag_table_header *)base;
    const struct flag_view view = {
        .base = base,
        .heap_offset = header->heap_offset,
        .heap_bytes = header->heap_bytes,
        .slot_mask = header->slot_count - 1,
    };
    const struct flag_key key = { targeting_key };
    __u64 name[FLAG_NAME_BYTES / 8] = { 0 };
    size_t length = strnlen(flag, FLAG_NAME_BYTES);

    if (length == 0 || length == FLAG_NAME_BYTES)
        return -1;
    memcpy(name, flag, length);
    for (int tries = 0; tries < FLAG_READ_TRIES; tries++) {
        if (flag_try(&view, name, flag_name_hash(name, length), &key, answer))
            return 1;
    }
    return 0;
}
