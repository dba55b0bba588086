/* The same for a version's block and the program in it. */
#include <stddef.h>
#include <stdio.h>

#include "../../bpf/flag_program.h"

#define FIELD(type, field) \
    printf(#type "." #field " %zu %zu\n", offsetof(struct type, field), sizeof(((struct type *)0)->field))
#define WHOLE(type) printf(#type " 0 %zu\n", sizeof(struct type))

void print_program_layout(void);

void print_program_layout(void)
{
    WHOLE(flag_ramp);
    FIELD(flag_ramp, start_ns);
    FIELD(flag_ramp, end_ns);
    FIELD(flag_ramp, from);
    FIELD(flag_ramp, to);
    FIELD(flag_ramp, seed_hash);
    FIELD(flag_ramp, seed_tail);
    FIELD(flag_ramp, seed_bytes);
    FIELD(flag_ramp, variant);
    WHOLE(flag_block);
    FIELD(flag_block, bytes);
    FIELD(flag_block, bucket_count);
    FIELD(flag_block, variant_count);
    FIELD(flag_block, step_count);
    FIELD(flag_block, fact_count);
    FIELD(flag_block, constant_count);
    FIELD(flag_block, prerequisite_count);
    FIELD(flag_block, variants);
    FIELD(flag_block, steps);
    FIELD(flag_block, facts);
    FIELD(flag_block, constants);
    FIELD(flag_block, prerequisites);
    FIELD(flag_block, definition_hash);
    FIELD(flag_block, activate_at_ns);
    FIELD(flag_block, stale_after_ns);
    FIELD(flag_block, ramp);
    WHOLE(flag_bucket);
    FIELD(flag_bucket, end);
    FIELD(flag_bucket, variant);
    WHOLE(flag_variant);
    FIELD(flag_variant, name);
    FIELD(flag_variant, name_bytes);
    FIELD(flag_variant, name_hash);
    FIELD(flag_variant, value_bytes);
    FIELD(flag_variant, value);
    WHOLE(flag_prerequisite);
    FIELD(flag_prerequisite, name);
    FIELD(flag_prerequisite, hash);
    FIELD(flag_prerequisite, variant);
    WHOLE(flag_fact);
    FIELD(flag_fact, source);
    FIELD(flag_fact, name_bytes);
    FIELD(flag_fact, name);
    WHOLE(flag_constant);
    FIELD(flag_constant, type);
    FIELD(flag_constant, bytes);
    FIELD(flag_constant, value);
    WHOLE(flag_step);
    FIELD(flag_step, op);
    FIELD(flag_step, how);
    FIELD(flag_step, left);
    FIELD(flag_step, right);
    FIELD(flag_step, yes);
    FIELD(flag_step, no);
    FIELD(flag_step, neither);
    FIELD(flag_step, extra);
    WHOLE(flag_set);
    FIELD(flag_set, slot_count);
    FIELD(flag_set, count);
    WHOLE(flag_set_entry);
    FIELD(flag_set_entry, tag);
    FIELD(flag_set_entry, type);
    FIELD(flag_set_entry, bytes);
    FIELD(flag_set_entry, value);
    WHOLE(flag_version);
    FIELD(flag_version, number);
    FIELD(flag_version, prerelease);
    FIELD(flag_version, prerelease_bytes);
    WHOLE(flag_buckets);
    FIELD(flag_buckets, count);
    FIELD(flag_buckets, total);
    WHOLE(flag_seed);
    FIELD(flag_seed, hash);
    FIELD(flag_seed, tail);
    FIELD(flag_seed, bytes);
    WHOLE(flag_weight);
    FIELD(flag_weight, operand);
    FIELD(flag_weight, step);
    WHOLE(flag_weights);
    FIELD(flag_weights, count);
}
