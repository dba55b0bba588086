/* Prints the layout as the C compiler sees it: `struct.field offset size`, for the C# side to compare with its own. */
#include <stddef.h>
#include <stdio.h>

#include "../../bpf/flag_table.h"
#include "../../bpf/usage_sheet.h"

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
    FIELD(usage_header, magic);
    FIELD(usage_header, layout);
    FIELD(usage_header, bytes);
    FIELD(usage_header, taken);
    FIELD(usage_header, made_ns);
    FIELD(usage_header, beyond);
    FIELD(usage_header, pid);
    FIELD(usage_header, exe_bytes);
    FIELD(usage_header, fabric_id);
    FIELD(usage_header, node);
    FIELD(usage_header, exe);
    FIELD(usage_row, name);
    FIELD(usage_row, first_ns);
    FIELD(usage_row, variants);
    FIELD(usage_row, group);
    FIELD(usage_row, whole);
    FIELD(usage_row, lines);
    printf("flag_table_header 0 %zu\nflag_body 0 %zu\nflag_slot 0 %zu\nusage_header 0 %zu\nusage_row 0 %zu\n",
           sizeof(struct flag_table_header), sizeof(struct flag_body), sizeof(struct flag_slot), sizeof(struct usage_header), sizeof(struct usage_row));
    print_program_layout();
    return 0;
}
