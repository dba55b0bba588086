/*
 * Tries, as an unprivileged user, each way to change a table or to take its place. Prints a line an attempt:
 * `refused WAY errno` or `ALLOWED WAY`. Reading must work: `read WAY`.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../bpf/flag_table.h"

static void said(const char *way, int allowed)
{
    if (allowed)
        printf("ALLOWED %s\n", way);
    else
        printf("refused %s %s\n", way, strerrorname_np(errno));
}

static int bpf(int command, union bpf_attr *attributes)
{
    return syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

static int get(const char *path, uint32_t flags)
{
    union bpf_attr a;

    memset(&a, 0, sizeof(a));
    a.pathname = (uintptr_t)path;
    a.file_flags = flags;
    return bpf(BPF_OBJ_GET, &a);
}

static void read_mapped(const char *way, int fd)
{
    struct flag_table_header *header = mmap(NULL, FLAG_HEADER_BYTES, PROT_READ, MAP_SHARED, fd, 0);

    if (header != MAP_FAILED && header->magic == FLAG_TABLE_MAGIC)
        printf("read %s\n", way);
    else
        said(way, 0);
    if (header != MAP_FAILED)
        said("mprotect-writable", mprotect(header, FLAG_HEADER_BYTES, PROT_READ | PROT_WRITE) == 0);
}

static void attack_map(const char *path)
{
    union bpf_attr a;
    uint32_t key = 0;
    int fd = get(path, 0);

    if (fd < 0) {
        said("open", 0);
        return;
    }
    read_mapped("map", fd);
    said("map-writable", mmap(NULL, FLAG_HEADER_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED);

    void *value = calloc(1, 64 << 20);
    memset(&a, 0, sizeof(a));
    a.map_fd = fd;
    a.key = (uintptr_t)&key;
    a.value = (uintptr_t)value;
    said("update", bpf(BPF_MAP_UPDATE_ELEM, &a) == 0);
    said("delete", bpf(BPF_MAP_DELETE_ELEM, &a) == 0);

    memset(&a, 0, sizeof(a));
    a.pathname = (uintptr_t)path;
    a.bpf_fd = fd;
    said("pin-over", bpf(BPF_OBJ_PIN, &a) == 0);

    memset(&a, 0, sizeof(a));
    a.map_type = BPF_MAP_TYPE_ARRAY;
    a.key_size = 4;
    a.value_size = 4096;
    a.max_entries = 1;
    said("create-map", bpf(BPF_MAP_CREATE, &a) >= 0);

    struct bpf_insn exit_zero[] = { { .code = BPF_ALU64 | BPF_MOV | BPF_K }, { .code = BPF_JMP | BPF_EXIT } };
    memset(&a, 0, sizeof(a));
    a.prog_type = BPF_PROG_TYPE_SYSCALL;
    a.prog_flags = BPF_F_SLEEPABLE;
    a.insn_cnt = 2;
    a.insns = (uintptr_t)exit_zero;
    a.license = (uintptr_t)"GPL";
    said("load-writer", bpf(BPF_PROG_LOAD, &a) >= 0);
}

static void attack_file(const char *path)
{
    int fd = open(path, O_RDONLY);

    if (fd < 0) {
        said("open", 0);
        return;
    }
    read_mapped("map", fd);
    said("map-writable", mmap(NULL, FLAG_HEADER_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED);
    said("open-writable", open(path, O_RDWR) >= 0);
    said("truncate", truncate(path, 0) == 0);

    char reopened[64];
    snprintf(reopened, sizeof(reopened), "/proc/self/fd/%d", fd);
    said("reopen-writable", open(reopened, O_RDWR) >= 0);
}

int main(int count, char **arguments)
{
    const char *path = arguments[1];
    char other[4096];

    if (count != 3)
        return 2;
    if (geteuid() == 0 && (setgroups(0, NULL) || setgid(65534) || setuid(65534)))
        return 1;
    if (!strcmp(arguments[2], "bpf"))
        attack_map(path);
    else
        attack_file(path);

    said("unlink", unlink(path) == 0);
    said("chmod", chmod(path, 0777) == 0);
    said("chown", chown(path, 65534, 65534) == 0);
    snprintf(other, sizeof(other), "%s.mine", path);
    said("rename", rename(path, other) == 0);
    said("create-beside", mkdir(other, 0777) == 0);
    snprintf(other, sizeof(other), "/proc/%d/mem", getppid());
    said("write-the-nodes-memory", open(other, O_RDWR) >= 0);
    return 0;
}
