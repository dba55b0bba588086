// SPDX-License-Identifier: Apache-2.0
/*
 * Finds and makes rows. Nothing here waits for anybody: what two threads make at once, one of them drops, so that a fork or
 * a signal in the middle of it leaves nothing locked.
 */
#include "usage.h"

#include "answer.h"
#include "book.h"

/* Of what is counted by itself. */
struct key {
    __u64 name[FLAG_NAME_BYTES / 8];
    uint64_t hash;
    uint32_t variants;
    uint16_t group;
};

static struct usage_row *row_at(const struct usage_sheet *sheet, uint32_t row)
{
    return (struct usage_row *)((char *)sheet->header + USAGE_HEADER_BYTES) + row;
}

/* Takes rows and lines that nobody else gets, in this process or a fork of it. What was taken before; UINT64_MAX where there is no room. */
static uint64_t take(const struct usage_sheet *sheet, uint32_t rows, uint32_t lines)
{
    __u64 before = __atomic_load_n(&sheet->header->taken, __ATOMIC_RELAXED), after;

    do {
        after = before + (rows | (uint64_t)lines << 32);
        if (USAGE_HEADER_BYTES + (uint32_t)after * sizeof(struct usage_row) + (after >> 32) * USAGE_LINE_BYTES > sheet->header->bytes)
            return UINT64_MAX;
    } while (!__atomic_compare_exchange_n(&sheet->header->taken, &before, after, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    return before;
}

static const char *name_of(const struct usage_entry *entry)
{
    return row_at(entry->sheet, entry->row)->name;
}

static int is_of(const struct usage_entry *entry, const struct key *key)
{
    return entry->hash == key->hash && entry->variants == key->variants && entry->group == key->group &&
           memcmp(name_of(entry), key->name, FLAG_NAME_BYTES) == 0;
}

/* The entry of a key, or NULL and where in the index it would be. */
static struct usage_entry *find_entry(const struct usage_sheet *sheet, const struct key *key, uint32_t *at)
{
    for (*at = (uint32_t)key->hash;; ++*at) {
        uint16_t number = atomic_load_explicit(&sheet->index[*at & sheet->index_mask], memory_order_acquire);

        if (number == 0)
            return NULL;
        if (is_of(&sheet->entries[number - 1], key))
            return &sheet->entries[number - 1];
    }
}

/* The number of a line for this share of the CPUs; where there is no room for one, any that the row has. */
static uint16_t find_line_number(const struct usage_sheet *sheet, struct usage_row *row, uint32_t share)
{
    uint16_t number = __atomic_load_n(&row->lines[share], __ATOMIC_RELAXED);
    uint64_t taken = number ? UINT64_MAX : take(sheet, 0, 1);

    if (taken != UINT64_MAX) {
        uint16_t mine = (taken >> 32) + 1;

        /* A fork may have been faster. */
        if (__atomic_compare_exchange_n(&row->lines[share], &number, mine, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            number = mine;
    }
    for (uint32_t i = 0; number == 0 && i < USAGE_SHARES; i++)
        number = __atomic_load_n(&row->lines[i], __ATOMIC_RELAXED);
    return number;
}

/* The line of an entry, noted for the next call; 0 where the file says what cannot be: its bytes never lead outside of it. */
static uint16_t find_line(struct usage_entry *entry, uint32_t share)
{
    const struct usage_sheet *sheet = entry->sheet;
    uint16_t number = atomic_load_explicit(&entry->lines[share], memory_order_relaxed);

    if (number)
        return number;
    number = find_line_number(sheet, row_at(sheet, entry->row), share);
    if (number > (sheet->header->bytes - USAGE_HEADER_BYTES) / USAGE_LINE_BYTES)
        return 0;
    atomic_store_explicit(&entry->lines[share], number, memory_order_relaxed);
    return number;
}

static void fill_row(struct usage_row *row, const struct key *key, uint32_t share, uint16_t line)
{
    memcpy(row->name, key->name, FLAG_NAME_BYTES);
    row->variants = key->variants;
    row->group = key->group;
    row->lines[share] = line;
    row->first_ns = flag_clock_ns(CLOCK_REALTIME);
    /* Before anybody counts in it, so that there is no count which the node would not find. */
    __atomic_store_n(&row->whole, 1, __ATOMIC_RELEASE);
}

/* Adds a key where `at` says; NULL where the sheet is full. */
static struct usage_entry *add_entry(struct usage_sheet *sheet, const struct key *key, uint32_t at)
{
    uint32_t share = usage_share();
    uint64_t taken = atomic_load_explicit(&sheet->used, memory_order_relaxed) < sheet->limit ? take(sheet, 1, 1) : UINT64_MAX;

    if (taken == UINT64_MAX)
        return NULL;
    uint32_t number = atomic_fetch_add_explicit(&sheet->used, 1, memory_order_relaxed);
    if (number >= sheet->limit)
        return NULL;
    struct usage_entry *entry = &sheet->entries[number];
    entry->sheet = sheet;
    entry->hash = key->hash;
    entry->variants = key->variants;
    entry->group = key->group;
    entry->row = (uint16_t)taken;
    fill_row(row_at(sheet, entry->row), key, share, (taken >> 32) + 1);
    for (;; at++) {
        uint16_t there = 0;

        if (atomic_compare_exchange_strong(&sheet->index[at & sheet->index_mask], &there, number + 1))
            return entry;
        if (is_of(&sheet->entries[there - 1], key))
            return &sheet->entries[there - 1];
    }
}

/* A sheet after `full`, or the first, made where there is none; NULL where none can be had for now. */
static struct usage_sheet *sheet_after(struct usage_sheet *full, const struct flag_view *view)
{
    struct usage_book *book = flagfabric_open_of(view)->book;
    struct usage_sheet *newest = full, *made;
    uint64_t now = FLAG_LOAD(flag_header(view)->last_contact_ns) + 1;

    /* The node stamps its table each second it lives, so this tries once a second without a look at a clock. */
    if (atomic_load_explicit(&book->gave_up, memory_order_relaxed) == now)
        return NULL;
    made = usage_sheet_open(book, full);
    if (made && atomic_compare_exchange_strong(&book->newest, &newest, made))
        return made;
    if (made)
        usage_sheet_discard(made);
    else if ((newest = atomic_load_explicit(&book->newest, memory_order_acquire)) == full)
        atomic_store_explicit(&book->gave_up, now, memory_order_relaxed);
    return newest == full ? NULL : newest;
}

/* What there is of a key already; NULL where there is nothing. Of many flags most are in the newest sheet, which is the largest. */
static struct usage_entry *look_up(struct usage_book *book, const struct key *key)
{
    struct usage_entry *entry = NULL;
    uint32_t at;

    for (struct usage_sheet *sheet = atomic_load_explicit(&book->newest, memory_order_acquire); sheet && !entry; sheet = sheet->smaller)
        entry = find_entry(sheet, key, &at);
    return entry;
}

/* NULL where there is no room for the key: then it is counted under no name, where there is a sheet at all. */
static struct usage_entry *make(const struct flag_view *view, const struct key *key)
{
    struct usage_sheet *sheet = atomic_load_explicit(&flagfabric_open_of(view)->book->newest, memory_order_acquire), *full = NULL;
    uint32_t at;

    while (sheet || (sheet = sheet_after(full, view))) {
        struct usage_entry *entry = find_entry(sheet, key, &at);

        if (entry || (entry = add_entry(sheet, key, at)))
            return entry;
        full = sheet;
        sheet = NULL;
    }
    if (full)
        __atomic_fetch_add(&full->header->beyond, 1, __ATOMIC_RELAXED);
    return NULL;
}

/* Whether a name that the table does not have is one too many to be counted by itself. */
static int is_one_too_many(struct usage_book *book)
{
    return atomic_load_explicit(&book->unknown, memory_order_relaxed) >= USAGE_UNKNOWN_NAMES ||
           atomic_fetch_add_explicit(&book->unknown, 1, memory_order_relaxed) >= USAGE_UNKNOWN_NAMES;
}

static struct usage_entry *look_up_or_make(const struct flag_view *view, const char *flag, uint32_t variants, uint16_t group)
{
    struct usage_book *book = flagfabric_open_of(view)->book;
    struct key key = { .variants = variants, .group = group };
    size_t length = flagfabric_pad_name(flag, key.name);

    key.hash = length ? flag_name_hash(key.name, length) : 0;
    struct usage_entry *entry = look_up(book, &key);
    if (!entry && variants == 0 && key.hash && is_one_too_many(book)) {
        key = (struct key){ .group = group };
        entry = look_up(book, &key);
    }
    return entry ? entry : make(view, &key);
}

/* There is no sheet, and not to be one before the node stamps its table again. */
static int cannot_count(const struct flag_view *view, struct usage_book *book)
{
    return !book || (!atomic_load_explicit(&book->newest, memory_order_relaxed) &&
                     atomic_load_explicit(&book->gave_up, memory_order_relaxed) == FLAG_LOAD(flag_header(view)->last_contact_ns) + 1);
}

__attribute__((noinline)) void usage_count_named(const struct flag_view *view, struct usage_hint *hint, const char *flag, uint64_t place,
                                                 uint32_t variants, uint32_t counter)
{
    struct usage_book *book = flagfabric_open_of(view)->book;
    struct usage_entry *entry = atomic_load_explicit(&hint->entry, memory_order_acquire);

    if (cannot_count(view, book))
        return;
    if (!entry || entry->variants != variants || entry->group != counter / USAGE_COUNTERS || entry->sheet->book != book ||
        strncmp(name_of(entry), flag, FLAG_NAME_BYTES) != 0)
        entry = look_up_or_make(view, flag, variants, counter / USAGE_COUNTERS);
    uint16_t line = entry ? find_line(entry, usage_share()) : 0;
    if (!line)
        return;
    usage_add(entry->sheet, line, counter);
    /* The others are many names, of which a place is one. */
    if (place != USAGE_NOWHERE && flagfabric_open_of(view)->number && entry->hash)
        atomic_store_explicit(&entry->place, place, memory_order_relaxed);
    atomic_store_explicit(&hint->entry, entry, memory_order_release);
}
