// SPDX-License-Identifier: Apache-2.0
/* Finds the host's table and maps it: a BPF array by its pin, or a file. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/magic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "book.h"
#include "table.h"

#define RETRY_NANOSECONDS 1000000000LL

static const char *const usual_places[] = { "/run/fabric/bpf/table", "/run/fabric/table" };

/* A table is never unmapped: another thread may still be reading it. It is replaced only when its layout grows. */
_Atomic(const struct flag_view *) flagfabric_current;
static atomic_flag opening = ATOMIC_FLAG_INIT;
static _Atomic int64_t next_try;

static int64_t now(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC_COARSE, &at);
    return at.tv_sec * 1000000000LL + at.tv_nsec;
}

static int open_pin(const char *path)
{
    union bpf_attr attributes;

    /* A read-only descriptor cannot be mapped; the map is frozen, so that this one cannot write either. */
    memset(&attributes, 0, sizeof(attributes));
    attributes.pathname = (uint64_t)(uintptr_t)path;
    return syscall(SYS_bpf, BPF_OBJ_GET, &attributes, sizeof(attributes));
}

static uint64_t pin_bytes(int fd)
{
    struct bpf_map_info info;
    union bpf_attr attributes;

    memset(&info, 0, sizeof(info));
    memset(&attributes, 0, sizeof(attributes));
    attributes.info.bpf_fd = fd;
    attributes.info.info_len = sizeof(info);
    attributes.info.info = (uint64_t)(uintptr_t)&info;
    if (syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attributes, sizeof(attributes)))
        return 0;
    return info.type == BPF_MAP_TYPE_ARRAY && info.max_entries == 1 ? info.value_size : 0;
}

static uint64_t file_bytes(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
}

/* Whether the header's measures describe this many bytes, so that no offset made from them leads outside. */
static int measures_fit(const struct flag_table_header *header, uint64_t bytes)
{
    uint64_t slots = header->slot_count;

    return header->magic == FLAG_TABLE_MAGIC && header->layout == FLAG_TABLE_LAYOUT && slots != 0 &&
           (slots & (slots - 1)) == 0 && header->heap_offset == FLAG_HEADER_BYTES + slots * sizeof(struct flag_slot) &&
           header->heap_bytes >= FLAG_MAX_BLOCK_BYTES && header->heap_offset <= bytes &&
           header->heap_bytes <= bytes - header->heap_offset;
}

/* What the process notes of a table; its successor's calls are counted where its own were. */
static void note_table(struct flagfabric_open *open, const char *path, int pinned)
{
    static uint64_t tables;
    const struct flag_view *before = atomic_load_explicit(&flagfabric_current, memory_order_relaxed);

    tables++;
    open->number = tables < FLAGFABRIC_TABLES && open->view.slot_mask < 1u << FLAGFABRIC_SLOT_BITS ? tables : 0;
    open->book = usage_book_for(flag_header(&open->view), before ? flagfabric_open_of(before)->book : NULL, path, pinned);
}

static const struct flag_view *map_table(int fd, uint64_t bytes, const char *path, int pinned)
{
    struct flagfabric_open *open = NULL;

    if (bytes < FLAG_HEADER_BYTES)
        return NULL;
    void *base = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
    if (base == MAP_FAILED)
        return NULL;

    const struct flag_table_header *header = base;
    if (!measures_fit(header, bytes) || FLAG_LOAD(header->retired) || !(open = malloc(sizeof(*open)))) {
        munmap(base, bytes);
        return NULL;
    }
    open->view.base = base;
    open->view.slot_mask = header->slot_count - 1;
    open->view.heap_offset = header->heap_offset;
    open->view.heap_bytes = header->heap_bytes;
    note_table(open, path, pinned);
    return &open->view;
}

static const struct flag_view *open_table(const char *path)
{
    struct statfs fs;
    const struct flag_view *view = NULL;
    int pinned = statfs(path, &fs) == 0 && fs.f_type == BPF_FS_MAGIC;
    int fd = pinned ? open_pin(path) : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd >= 0) {
        view = map_table(fd, pinned ? pin_bytes(fd) : file_bytes(fd), path, pinned);
        close(fd);
    }
    return view;
}

static const struct flag_view *find_table(void)
{
    /* A program with raised rights does not let its caller choose its flags. */
    const char *named = secure_getenv("FABRIC_TABLE");
    const struct flag_view *view = NULL;

    if (named && *named)
        return open_table(named);
    for (size_t i = 0; !view && i < sizeof(usual_places) / sizeof(*usual_places); i++)
        view = open_table(usual_places[i]);
    return view;
}

__attribute__((cold)) const struct flag_view *flagfabric_reopen(const struct flag_view *old)
{
    if (now() < atomic_load_explicit(&next_try, memory_order_relaxed) || atomic_flag_test_and_set(&opening))
        return old;

    const struct flag_view *found = find_table();
    if (found)
        atomic_store_explicit(&flagfabric_current, found, memory_order_release);
    else
        atomic_store_explicit(&next_try, now() + RETRY_NANOSECONDS, memory_order_relaxed);
    atomic_flag_clear(&opening);
    /* A retired table still holds the last answers; they are better than none until its successor is found. */
    return found ? found : old;
}
