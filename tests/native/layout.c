/* Prints the layout as the C compiler sees it: `struct.field offset size`, for the C# side to compare with its own. */
#include <stddef.h>
#include <stdio.h>

#include "../../bpf/flag_table.h"

#define FIELD(type, field) \
    printf(#type "." #field " %zu %zu\n", offsetof(struct type, field), sizeof(((struct type *)0)->field))

void print_program_layout(void);

int main(void)
{
    FIELD(flag_table_header, magic);
    FIELD(flag_table_header, layout);
    FIELD(flag_table_header, slot_count);
    FIELD(flag_table_header, capacity);
    FIELD(flag_table_header, retired);
    FIELD(flag_table_header, heap_offset);
    FIELD(flag_table_header, heap_bytes);
    FIELD(flag_table_header, fabric_id);
    FIELD(flag_table_header, node);
    FIELD(flag_table_header, generation);
    FIELD(flag_table_header, revision);
    FIELD(flag_table_header, last_contact_ns);
    FIELD(flag_table_header, tai_offset_ns);
    FIELD(flag_body, revision);
    FIELD(flag_body, truths);
    FIELD(flag_body, state);
    FIELD(flag_body, type);
    FIELD(flag_body, rule);
    FIELD(flag_body, default_variant);
    FIELD(flag_body, extras);
    FIELD(flag_body, bucket_count);
    FIELD(flag_body, seeding);
    FIELD(flag_body, seed_bytes);
    FIELD(flag_body, seed_hash);
    FIELD(flag_body, seed_tail);
    FIELD(flag_body, total_weight);
    FIELD(flag_body, block_offset);
    FIELD(flag_body, block_bytes);
    FIELD(flag_body, bucket_end);
    FIELD(flag_body, bucket_variant);
    FIELD(flag_body, off_variant);
    FIELD(flag_body, safe_variant);
    FIELD(flag_body, variants);
    FIELD(flag_slot, tag);
    FIELD(flag_slot, name_seq);
    FIELD(flag_slot, generation);
    FIELD(flag_slot, name);
    FIELD(flag_slot, body);
    printf("flag_table_header 0 %zu\nflag_body 0 %zu\nflag_slot 0 %zu\n",
           sizeof(struct flag_table_header), sizeof(struct flag_body), sizeof(struct flag_slot));
    print_program_layout();
    return 0;
}
