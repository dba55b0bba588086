/* SPDX-License-Identifier: Apache-2.0 */
/* The sheets that a process counts in. All of it may run in several threads, and in a fork of the process, at once. */
#ifndef FLAGFABRIC_BOOK_H
#define FLAGFABRIC_BOOK_H

#include <limits.h>
#include <sys/types.h>

#include "usage.h"

/* All that is counted of one node's tables. */
struct usage_book {
    _Atomic(struct usage_sheet *) newest; /* and largest */
    _Atomic uint64_t gave_up; /* 1 + the table's last contact when there was no sheet to be had; 0 before */
    _Atomic uint32_t unknown; /* names so far that the table did not have */
    uint8_t fabric_id[16];
    char node[64];
    char folder[PATH_MAX];
};

/* The book for the calls that a table answers: the one there was, if that is of the same node. NULL where none is wanted. */
struct usage_book *usage_book_for(const struct flag_table_header *table, struct usage_book *before, const char *path, int pinned);

/* The sheet after `smaller`, or the first, nowhere to be found yet; NULL where there is none to be had. */
struct usage_sheet *usage_sheet_open(const struct usage_book *book, struct usage_sheet *smaller);

/* Takes back a sheet that nobody has found. */
void usage_sheet_discard(struct usage_sheet *sheet);

/* The program's path; its length, or -1. */
ssize_t flagfabric_read_exe(char path[FLAG_PATH_BYTES]);

#endif
