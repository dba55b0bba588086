// SPDX-License-Identifier: Apache-2.0
/* Makes books and sheets: a file that the process owns, in a folder that the node has opened to everybody. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "book.h"

#define USUAL_FOLDER "/run/fabric/usage"
#define TRIES 4

/* Each holds more than all before it; a program that asks for more flags than the last holds counts them under no name. */
static const uint32_t sheet_bytes[] = { 32 << 10, 128 << 10, 512 << 10, 2 << 20, USAGE_MAX_BYTES };

struct sheet_name {
    char path[PATH_MAX + 40];
};

/* Where sheets belong; 0 where none are wanted, or the place has too long a name. */
static int find_folder(char folder[PATH_MAX], const char *path, int pinned)
{
    const char *named = secure_getenv("FABRIC_USAGE"), *end = strrchr(path, '/');

    /* A BPF file system takes no files. */
    if (!named && pinned)
        named = USUAL_FOLDER;
    size_t length = named ? strlen(named) : end ? (size_t)(end - path) : 0;
    if (named ? length == 0 : !end)
        return 0;
    if (length + sizeof("/usage") > PATH_MAX)
        return 0;
    memcpy(folder, named ? named : path, length);
    strcpy(folder + length, named ? "" : "/usage");
    return 1;
}

struct usage_book *usage_book_for(const struct flag_table_header *table, struct usage_book *before, const char *path, int pinned)
{
    if (before && memcmp(before->fabric_id, table->fabric_id, sizeof(before->fabric_id)) == 0 &&
        memcmp(before->node, table->node, sizeof(before->node)) == 0)
        return before;

    struct usage_book *book = calloc(1, sizeof(*book));
    if (book && !find_folder(book->folder, path, pinned)) {
        free(book);
        return NULL;
    }
    if (book) {
        memcpy(book->fabric_id, table->fabric_id, sizeof(book->fabric_id));
        memcpy(book->node, table->node, sizeof(book->node));
    }
    return book;
}

static char *put_hex(char *to, uint64_t number)
{
    int shift = 60;

    while (shift > 0 && number >> shift == 0)
        shift -= 4;
    for (; shift >= 0; shift -= 4)
        *to++ = "0123456789abcdef"[number >> shift & 15];
    return to;
}

static void name_sheet(struct sheet_name *name, const struct usage_book *book, uint32_t pid, uint64_t made_ns)
{
    size_t length = strlen(book->folder);

    memcpy(name->path, book->folder, length);
    char *to = name->path + length;
    *to++ = '/';
    to = put_hex(to, pid);
    *to++ = '-';
    to = put_hex(to, made_ns);
    *to = 0;
}

/* A new file under a name that nothing had; -1 where there can be none. */
static int create_file(struct sheet_name *name, const struct usage_book *book, uint32_t pid, uint64_t *made_ns)
{
    for (int i = 0; i < TRIES; i++) {
        *made_ns = flag_clock_ns(CLOCK_REALTIME);
        name_sheet(name, book, pid, *made_ns);
        int fd = open(name->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

/* Writing beyond this limit is answered by a signal, so a sheet that does not keep it is not made. */
static int may_write(uint32_t bytes)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur >= bytes;
}

/* All its blocks now: one that is missing later would end the process with SIGBUS. */
static struct usage_header *map_file(int fd, uint32_t bytes)
{
    if (flock(fd, LOCK_EX | LOCK_NB) || fallocate(fd, 0, 0, bytes))
        return NULL;
    void *base = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return base == MAP_FAILED ? NULL : base;
}

static void fill_header(struct usage_header *header, const struct usage_book *book, uint32_t bytes, uint32_t pid, uint64_t made_ns)
{
    char exe[FLAG_PATH_BYTES];
    ssize_t exe_bytes = flagfabric_read_exe(exe);

    header->layout = USAGE_LAYOUT;
    header->bytes = bytes;
    header->pid = pid;
    header->made_ns = made_ns;
    memcpy(header->fabric_id, book->fabric_id, sizeof(header->fabric_id));
    memcpy(header->node, book->node, sizeof(header->node));
    if (exe_bytes > 0) {
        header->exe_bytes = exe_bytes;
        memcpy(header->exe, exe, exe_bytes);
    }
    __atomic_store_n(&header->magic, USAGE_MAGIC, __ATOMIC_RELEASE);
}

/* What the process notes of a sheet, in memory that is only there once it is written. */
static struct usage_sheet *note_sheet(struct usage_header *header, uint32_t bytes, const struct usage_book *book, struct usage_sheet *smaller)
{
    uint32_t limit = (bytes - USAGE_HEADER_BYTES) / (sizeof(struct usage_row) + USAGE_LINE_BYTES);
    uint32_t slots = 2u << (32 - __builtin_clz(limit));
    size_t head = (sizeof(struct usage_sheet) + 63) & ~63ul, size = head + limit * sizeof(struct usage_entry) + slots * sizeof(uint16_t);
    struct usage_sheet *sheet = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (sheet == MAP_FAILED)
        return NULL;
    sheet->header = header;
    sheet->end = (unsigned char *)header + bytes;
    sheet->book = book;
    sheet->smaller = smaller;
    sheet->which = smaller ? smaller->which + 1 : 0;
    sheet->limit = limit;
    sheet->index_mask = slots - 1;
    sheet->entries = (struct usage_entry *)((char *)sheet + head);
    sheet->index = (_Atomic uint16_t *)(sheet->entries + limit);
    return sheet;
}

static size_t noted_bytes(const struct usage_sheet *sheet)
{
    return (const char *)(sheet->index + sheet->index_mask + 1) - (const char *)sheet;
}

struct usage_sheet *usage_sheet_open(const struct usage_book *book, struct usage_sheet *smaller)
{
    uint32_t which = smaller ? smaller->which + 1 : 0;
    uint32_t bytes = which < sizeof(sheet_bytes) / sizeof(*sheet_bytes) ? sheet_bytes[which] : 0, pid = getpid();
    int kept = errno;
    struct sheet_name name;
    struct usage_sheet *sheet = NULL;
    uint64_t made_ns = 0;

    int fd = bytes && may_write(bytes) ? create_file(&name, book, pid, &made_ns) : -1;
    if (fd >= 0) {
        struct usage_header *header = map_file(fd, bytes);

        if (header && !(sheet = note_sheet(header, bytes, book, smaller)))
            munmap(header, bytes);
        if (sheet) {
            fill_header(header, book, bytes, pid, made_ns);
            /* The node may read it without being root. */
            (void)!fchmod(fd, 0644);
        } else {
            unlink(name.path);
        }
        close(fd);
    }
    errno = kept;
    return sheet;
}

void usage_sheet_discard(struct usage_sheet *sheet)
{
    struct sheet_name name;

    name_sheet(&name, sheet->book, sheet->header->pid, sheet->header->made_ns);
    munmap(sheet->header, sheet->header->bytes);
    munmap(sheet, noted_bytes(sheet));
    unlink(name.path);
}
