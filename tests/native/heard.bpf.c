// SPDX-License-Identifier: GPL-2.0-only
/* What a probed function is asked for, where no answer may be given: the key that its caller passes. */
#include <linux/bpf.h>
#include <linux/ptrace.h>

#include <bpf/bpf_helpers.h>

#define KEY_BYTES 64

char LICENSE[] SEC("license") = "GPL";

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, char[KEY_BYTES]);
} heard SEC(".maps");

SEC("uprobe")
int hear_c(struct pt_regs *registers)
{
    const __u32 zero = 0;
    char *key = bpf_map_lookup_elem(&heard, &zero);

    if (key)
        bpf_probe_read_user_str(key, KEY_BYTES, (const void *)registers->rdi);
    return 0;
}

/* Go's texts have their length beside them. */
SEC("uprobe")
int hear_go(struct pt_regs *registers)
{
    const __u32 zero = 0;
    const __u64 length = registers->rbx;
    char *key = bpf_map_lookup_elem(&heard, &zero);

    if (key && length < KEY_BYTES)
        bpf_probe_read_user(key, length & (KEY_BYTES - 1), (const void *)registers->rax);
    return 0;
}
