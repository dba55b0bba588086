/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entries that a probe may answer for. The kernel replaces a no-operation at a probed place by a call, which
 * spares the trap: Linux 6.18 to 7.1 the five-byte one, 7.2 and later exactly this ten-byte one. An entry therefore
 * begins with both, and a node attaches at the one that its kernel knows.
 */
.macro entry name, target
    .globl \name
    .type \name, @function
    .p2align 6
\name:
    .byte 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00
    .byte 0x0f, 0x1f, 0x44, 0x00, 0x00
    jmp \target
    ret /* where a probe that has answered lets the program go on */
    .size \name, . - \name
.endm

    .text
    .hidden flagfabric_enabled
    .hidden flagfabric_enabled_for
    entry is_feature_enabled, flagfabric_enabled
    entry is_feature_enabled_for, flagfabric_enabled_for
    .section .note.GNU-stack, "", @progbits
