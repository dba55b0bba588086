/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Facts of the process that asks, as the kernel knows them. Paths are walked from their end: the path of the program up to
 * the root that the process has, as /proc/self/exe shows it to the process itself, and that of its control group up to the
 * host's root.
 *
 * Of the kernel's structures only the members that are read stand here; libbpf puts in where they are.
 */

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct qstr {
    union {
        struct {
            __u32 hash;
            __u32 len;
        };
    };
    const unsigned char *name;
};

struct dentry {
    struct dentry *d_parent;
    struct qstr d_name;
};

struct vfsmount {
    struct dentry *mnt_root;
};

struct mount {
    struct mount *mnt_parent;
    struct dentry *mnt_mountpoint;
    struct vfsmount mnt;
};

struct path {
    struct vfsmount *mnt;
    struct dentry *dentry;
};

struct super_block {
    __u32 s_dev;
};

struct inode {
    struct super_block *i_sb;
    unsigned long i_ino;
    __s64 i_ctime_sec; /* since Linux 6.11 */
};

struct file {
    struct path f_path;
    struct inode *f_inode;
};

struct mm_struct {
    struct file *exe_file;
};

struct fs_struct {
    struct path root;
};

struct kernfs_node {
    struct kernfs_node *parent; /* until Linux 6.14 */
    const char *name;
};

struct kernfs_node___renamed {
    struct kernfs_node *__parent;
};

struct cgroup {
    struct kernfs_node *kn;
};

struct css_set {
    struct cgroup *dfl_cgrp;
};

struct task_struct {
    struct mm_struct *mm;
    struct fs_struct *fs;
    struct css_set *cgroups;
};

#pragma clang attribute pop

/* Copies the targeting key to run->key: its length, or more than FLAG_KEY_BYTES where there is none. */
static int copy_key(struct flag_run *run);

#define PATH_NAME 255

/* Puts `/` and a name of `length` bytes before what is in `path` from `at` on. Where it begins then, or -1. */
static __always_inline int prepend_name(__u8 *path, int at, __u32 length, const void *name)
{
    if (length > PATH_NAME)
        return -1;
    at -= length + 1;
    if (at < 0 || at >= FLAG_PATH_BYTES)
        return -1;
    path[at] = '/';
    return bpf_probe_read_kernel(path + at + 1, length, name) ? -1 : at;
}

/* One step from a place in the tree of files towards its root: 1, or 0 at the root. */
static __always_inline int step_up(struct dentry **dentry, struct vfsmount **mnt, struct dentry *root, struct vfsmount *root_mnt, int *is_name)
{
    *is_name = 0;
    if (*dentry == root && *mnt == root_mnt)
        return 0;
    if (*dentry != BPF_CORE_READ(*mnt, mnt_root)) {
        *is_name = 1;
        return 1;
    }
    struct mount *own = (struct mount *)((char *)*mnt - bpf_core_field_offset(struct mount, mnt));
    struct mount *parent = BPF_CORE_READ(own, mnt_parent);
    if (parent == own)
        return 0;
    *dentry = BPF_CORE_READ(own, mnt_mountpoint);
    *mnt = (struct vfsmount *)((char *)parent + bpf_core_field_offset(struct mount, mnt));
    return 1;
}

/* Writes the program's path to the end of run->exe. Where it begins, or -1. */
__noinline int find_exe(struct flag_run *run)
{
    struct task_struct *task = (struct task_struct *)bpf_get_current_task();
    int at = FLAG_PATH_BYTES, is_name, rounds FLAG_UNUSED = 0;

    if (!run)
        return -1;
    struct file *file = BPF_CORE_READ(task, mm, exe_file);
    if (!file)
        return -1;
    struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry), *root = BPF_CORE_READ(task, fs, root.dentry);
    struct vfsmount *mnt = BPF_CORE_READ(file, f_path.mnt), *root_mnt = BPF_CORE_READ(task, fs, root.mnt);
    FLAG_LOOP
    while (FLAG_MAY_LOOP(rounds, 0)) {
        if (!step_up(&dentry, &mnt, root, root_mnt, &is_name))
            return at;
        if (!is_name)
            continue;
        at = prepend_name(run->exe, at, BPF_CORE_READ(dentry, d_name.len), BPF_CORE_READ(dentry, d_name.name));
        if (at < 0)
            return -1;
        dentry = BPF_CORE_READ(dentry, d_parent);
    }
    return -1;
}

static __always_inline struct kernfs_node *kernfs_parent(struct kernfs_node *node)
{
    if (bpf_core_field_exists(struct kernfs_node, parent))
        return BPF_CORE_READ(node, parent);
    return BPF_CORE_READ((struct kernfs_node___renamed *)node, __parent);
}

/* Writes the path of the process's control group to the end of run->cgroup. Where it begins, or -1. */
__noinline int find_cgroup(struct flag_run *run)
{
    struct task_struct *task = (struct task_struct *)bpf_get_current_task();
    int at = FLAG_PATH_BYTES, rounds FLAG_UNUSED = 0;

    if (!run)
        return -1;
    struct kernfs_node *node = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn);
    FLAG_LOOP
    while (FLAG_MAY_LOOP(rounds, 0)) {
        struct kernfs_node *parent = kernfs_parent(node);

        if (!parent)
            break;
        /* Behind the path first, for its length: this much stack there is not. */
        const char *name = BPF_CORE_READ(node, name);
        int length = bpf_probe_read_kernel_str(run->cgroup + FLAG_PATH_BYTES, PATH_NAME + 1, name);
        if (length <= 0)
            return -1;
        at = prepend_name(run->cgroup, at, length - 1, name);
        if (at < 0)
            return -1;
        node = parent;
    }
    if (at == FLAG_PATH_BYTES) /* the root itself */
        run->cgroup[--at & (FLAG_PATH_BYTES - 1)] = '/';
    return at;
}

static __always_inline __u32 comm_bytes(struct flag_run *run)
{
    __u32 bytes = 0;

    for (int i = 0; i < FLAG_COMM_BYTES; i++) {
        if (run->comm[i] == 0)
            break;
        bytes++;
    }
    return bytes;
}

/* A path that is looked for once an evaluation: where it begins, 0xffff0000 and more where there is none. */
#define FLAG_FOUND_PATH(run, member, at, have_it, find, to)                                    \
    ({                                                                                         \
        if (!((run)->have & (have_it))) {                                                      \
            (run)->at = geometry.may_look ? (__u32)find(run) : ~0u;                            \
            (run)->have |= (have_it);                                                          \
        }                                                                                      \
        (run)->at < FLAG_PATH_BYTES ? FLAG_SET_RUN_TEXT(to, member, (run)->at, FLAG_PATH_BYTES - (run)->at) \
                                    : flag_set_null(to);                                       \
    })

FLAG_INLINE int flag_process_fact(struct flag_run *run, __u32 source, struct flag_value *to)
{
    switch (source) {
    case FLAG_FACT_TARGETING_KEY:
        if (!(run->have & FLAG_HAVE_KEY)) {
            int length = copy_key(run);
            run->key_bytes = length;
            run->have |= FLAG_HAVE_KEY;
        }
        return run->key_bytes <= FLAG_KEY_BYTES ? FLAG_SET_RUN_TEXT(to, key, 0, run->key_bytes) : flag_set_null(to);
    case FLAG_FACT_PROCESS_UID:
        flag_set_integer(to, (__u32)bpf_get_current_uid_gid());
        return 1;
    case FLAG_FACT_PROCESS_COMM:
        if (bpf_get_current_comm(run->comm, FLAG_COMM_BYTES))
            return flag_set_null(to);
        return FLAG_SET_RUN_TEXT(to, comm, 0, comm_bytes(run));
    case FLAG_FACT_PROCESS_EXE:
        return FLAG_FOUND_PATH(run, exe, exe_at, FLAG_HAVE_EXE, find_exe, to);
    case FLAG_FACT_PROCESS_CGROUP:
        return FLAG_FOUND_PATH(run, cgroup, cgroup_at, FLAG_HAVE_CGROUP, find_cgroup, to);
    default:
        return 0;
    }
}
