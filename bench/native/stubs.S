/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions to attach probes to, one for each thing that is measured, so that all probes can stay attached and the
 * measurements take turns. Each begins as libflagfabric's entries do (bpf/libflagfabric/entry.S) and does nothing
 * else: what a probe that overrides leaves of a call.
 */
.macro stub name
    .globl \name
    .type \name, @function
    .p2align 6
\name:
    .byte 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00
    .byte 0x0f, 0x1f, 0x44, 0x00, 0x00
    xorl %eax, %eax
    ret
    .size \name, . - \name
.endm

    .text
    stub stub_unprobed
    stub stub_empty
    stub stub_plain
    stub stub_rollout
    stub stub_counting
    stub stub_override
    .section .note.GNU-stack, "", @progbits
