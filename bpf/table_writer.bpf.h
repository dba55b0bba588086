/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table's only writer. The map is frozen, so that no process can write it or map it writable, whatever its
 * rights on the pin; the node runs this program with a list of stores instead.
 */

enum table_store_kind {
    TABLE_COPY = 0,    /* `length` bytes from the node's memory at `value` */
    TABLE_STORE64 = 1, /* the eight bytes of `value`, in one store that nothing is reordered around */
};

/* One store. */
struct table_store {
    __u32 kind;
    __u32 offset; /* into the table */
    __u64 value;
    __u32 length;
    __u32 reserved;
};
_Static_assert(sizeof(struct table_store) == 24, "table_store");

#define TABLE_COPY_BYTES 4096

/* The program's context: where the node's memory holds the list. */
struct table_run {
    __u64 stores;
    __u32 count;
    __u32 reserved;
};

struct table_writer {
    unsigned char *base;
    __u64 stores;
    __u32 done;
};

static int table_store_one(unsigned char *base, const struct table_store *store)
{
    __u64 offset = store->offset;
    __u64 size = geometry.table_bytes;

    if (store->kind == TABLE_STORE64) {
        __u64 word = offset / sizeof(__u64); /* the verifier wants to see that it is aligned */

        if (word >= size / sizeof(__u64))
            return -1;
        __sync_lock_test_and_set((__u64 *)base + word, store->value);
        return 0;
    }

    __u32 length = store->length;
    if (length == 0 || length > TABLE_COPY_BYTES || offset > size - TABLE_COPY_BYTES)
        return -1;
    return bpf_copy_from_user(base + offset, length, (const void *)store->value) ? -1 : 0;
}

/* Carries out one store of the list; 1 ends the run. */
static int table_store_next(__u64 index, struct table_writer *writer)
{
    struct table_store store;

    if (bpf_copy_from_user(&store, sizeof(store), (const void *)(writer->stores + index * sizeof(store))))
        return 1;
    if (table_store_one(writer->base, &store))
        return 1;
    writer->done++;
    return 0;
}

/* Carries out the stores in their order and returns how many it did: fewer than asked is a fault of the node's. */
SEC("syscall")
int write_table(struct table_run *run)
{
    __u32 first = 0;
    struct table_writer writer = {
        .base = bpf_map_lookup_elem(&table, &first),
        .stores = run->stores,
    };

    if (writer.base)
        bpf_loop(run->count, table_store_next, &writer, 0);
    return writer.done;
}
