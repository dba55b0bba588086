// SPDX-License-Identifier: Apache-2.0
/* What the rules may ask of the process itself; only rules that ask pay for it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "book.h"
#include "process.h"

/* What /proc/self/ns/cgroup says in the host's own namespace of control groups. */
#define HOST_CGROUPS "cgroup:[4026531835]"

/* How long a control group is believed: a process is hardly ever moved, and reading it takes some microseconds. */
#define CGROUP_NANOSECONDS 1000000000ULL

/* A path that many threads read and one at a time renews: odd while it is written. */
struct kept_path {
    _Atomic uint32_t sequence;
    _Atomic uint64_t until;
    _Atomic uint32_t bytes;
    _Atomic char path[FLAG_PATH_BYTES];
};

static struct kept_path exe, cgroup;

static void keep(struct kept_path *kept, const char *path, size_t bytes, uint64_t until)
{
    uint32_t sequence = atomic_load(&kept->sequence);

    if ((sequence & 1) || !atomic_compare_exchange_strong(&kept->sequence, &sequence, sequence + 1))
        return;
    for (size_t i = 0; i < bytes; i++)
        atomic_store_explicit(&kept->path[i], path[i], memory_order_relaxed);
    atomic_store_explicit(&kept->bytes, bytes, memory_order_relaxed);
    atomic_store_explicit(&kept->until, until, memory_order_relaxed);
    atomic_store(&kept->sequence, sequence + 2);
}

/* The kept path's length, copied into `to`; -1 where there is none that is to be believed. */
static ssize_t kept(struct kept_path *kept, char to[FLAG_PATH_BYTES], uint64_t now)
{
    uint32_t sequence = atomic_load(&kept->sequence);
    uint32_t bytes = atomic_load_explicit(&kept->bytes, memory_order_relaxed);

    if ((sequence & 1) || sequence == 0 || now >= atomic_load_explicit(&kept->until, memory_order_relaxed) || bytes >= FLAG_PATH_BYTES)
        return -1;
    for (uint32_t i = 0; i < bytes; i++)
        to[i] = atomic_load_explicit(&kept->path[i], memory_order_relaxed);
    atomic_thread_fence(memory_order_acquire);
    return atomic_load(&kept->sequence) == sequence ? (ssize_t)bytes : -1;
}

/* The program's path, as the kernel's walk gives it: without the mark of a file that has been replaced. */
ssize_t flagfabric_read_exe(char path[FLAG_PATH_BYTES])
{
    static const char deleted[] = " (deleted)";
    const size_t mark = sizeof(deleted) - 1;
    ssize_t bytes = readlink("/proc/self/exe", path, FLAG_PATH_BYTES);

    if (bytes <= 0 || bytes >= FLAG_PATH_BYTES)
        return -1;
    if ((size_t)bytes > mark && memcmp(path + bytes - mark, deleted, mark) == 0)
        bytes -= mark;
    return bytes;
}

/* The control group's path from the host's root. In a namespace of its own a process cannot see that. */
static ssize_t read_cgroup(char path[FLAG_PATH_BYTES])
{
    char text[4096], space[64];
    ssize_t own = readlink("/proc/self/ns/cgroup", space, sizeof(space));
    int fd = own == sizeof(HOST_CGROUPS) - 1 && memcmp(space, HOST_CGROUPS, own) == 0 ? open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC) : -1;

    if (fd < 0)
        return -1;
    ssize_t bytes = read(fd, text, sizeof(text) - 1);
    close(fd);
    if (bytes <= 0)
        return -1;
    text[bytes] = 0;
    /* The line of the unified hierarchy. */
    const char *line = strncmp(text, "0::", 3) == 0 ? text : strstr(text, "\n0::");
    if (!line)
        return -1;
    line = strchr(line, '/');
    size_t length = line ? strcspn(line, "\n") : 0;
    if (length == 0 || length >= FLAG_PATH_BYTES)
        return -1;
    memcpy(path, line, length);
    return length;
}

static int path_fact(struct kept_path *place, ssize_t (*read_it)(char *), uint64_t lasts, char path[FLAG_PATH_BYTES], struct flag_value *to)
{
    uint64_t now = flag_clock_ns(CLOCK_MONOTONIC_COARSE);
    ssize_t bytes = kept(place, path, now);

    if (bytes < 0) {
        bytes = read_it(path);
        keep(place, path, bytes < 0 ? 0 : bytes, lasts == UINT64_MAX ? lasts : now + lasts);
    }
    return flag_set_text(to, bytes > 0 ? path : NULL, bytes > 0 ? bytes : 0);
}

int flagfabric_process_fact(struct flag_run *run, __u32 source, struct flag_value *to)
{
    switch (source) {
    case FLAG_FACT_PROCESS_UID:
        flag_set_integer(to, getuid());
        return 1;
    case FLAG_FACT_PROCESS_COMM:
        if (prctl(PR_GET_NAME, run->comm))
            return flag_set_text(to, NULL, 0);
        return flag_set_text(to, run->comm, strnlen(run->comm, FLAG_COMM_BYTES));
    case FLAG_FACT_PROCESS_EXE:
        return path_fact(&exe, flagfabric_read_exe, UINT64_MAX, run->exe, to);
    case FLAG_FACT_PROCESS_CGROUP:
        return path_fact(&cgroup, read_cgroup, CGROUP_NANOSECONDS, run->cgroup, to);
    default:
        return 0;
    }
}
