// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's side of Fabric: the program that writes the table, and the one that overrides a function's return
 * value by what the table says.
 */
#include "flag_kernel.h"

char LICENSE[] SEC("license") = "GPL";

const volatile struct flag_geometry geometry SEC(".rodata.geometry") = {
    .table_bytes = FLAG_HEADER_BYTES,
};

struct flag_table_map table SEC(".maps");

#include "table_writer.bpf.h"
#include "process_facts.bpf.h"
#include "override.bpf.h"
