// SPDX-License-Identifier: Apache-2.0
/* Values and names of variants, read from the block of the flag's version. */
#include "answer.h"


/* Takes what is wanted out of a block whose bytes may be changing; 0 where it makes no sense. */
typedef int take(struct flag_run *run, const struct flag_variant *variant, void *to);

/* A text that is copied out. */
struct text {
    char *to;
    size_t size;
    ptrdiff_t length; /* of the whole text */
    int is_name;
};

static void copy_text(struct text *text, const void *from, size_t length)
{
    size_t copied = length < text->size ? length : text->size - 1;

    text->length = length;
    if (text->size == 0)
        return;
    memcpy(text->to, from, copied);
    text->to[copied] = 0;
}

static int take_text(struct flag_run *run, const struct flag_variant *variant, void *to)
{
    struct text *text = to;
    uint64_t place = text->is_name ? FLAG_LOAD(variant->name) : FLAG_LOAD(variant->value);
    uint32_t bytes = text->is_name ? FLAG_LOAD(variant->name_bytes) : FLAG_LOAD(variant->value_bytes);
    const void *from = place <= UINT32_MAX && bytes <= run->block_bytes ? flag_block_at(run, place, bytes) : NULL;

    if (from)
        copy_text(text, from, bytes);
    return from != NULL;
}

static int take_number(struct flag_run *run FLAG_UNUSED, const struct flag_variant *variant, void *to)
{
    struct flag_value *number = to;

    if (FLAG_LOAD(variant->value_bytes) == 8)
        flag_set_integer(number, (int64_t)FLAG_LOAD(variant->value));
    else
        flag_set_double(number, FLAG_LOAD(variant->value));
    return 1;
}

/* Runs `take` on the caller's variant, and says in `found` which that is. 1: taken; 0: the caller's default applies, or the flag has another type. */
static int find_variant(const char *flag, const struct flag_caller *caller, int type, take *how, void *to, struct flagfabric_found *found)
{
    struct flag_run run;

    for (int tries = 0; tries < FLAG_READ_TRIES; tries++) {
        flagfabric_find(flag, caller, found);
        if (!found->view || found->answer.variant == FLAG_NO_VARIANT || (type && found->answer.type != type))
            return 0;
        const struct flag_slot *slot = flag_slot_at(found->view, found->answer.slot);
        uint64_t written = FLAG_LOAD(slot->generation[found->answer.version]);

        FLAG_READ_BARRIER();
        run.view = found->view;
        flag_begin(&run, (const unsigned char *)slot - found->view->base, found->answer.version, 0);
        const struct flag_body *body = flag_turn_to(&run, &run.frames[0]);
        /* The revision before and the generation after the copy: then the block was that version's all the while. */
        if (!body || FLAG_LOAD(body->revision) != found->answer.revision)
            continue;
        const struct flag_variant *variant = FLAG_BLOCK_ELEMENT(&run, variants, struct flag_variant, found->answer.variant);
        int taken = variant && how(&run, variant, to);
        FLAG_READ_BARRIER();
        if (taken && FLAG_LOAD(slot->generation[found->answer.version]) == written)
            return 1;
    }
    return 0;
}

/* The same for a call, which is counted: 1 where its value is the flag's. */
static int with_variant(const char *flag, const struct flagfabric_context *context, int type, take *how, void *to, int (*fits)(const void *))
{
    const struct flag_caller caller = flagfabric_caller(context);
    struct flagfabric_found found;
    int given = find_variant(flag, &caller, type, how, to, &found) && (!fits || fits(to));

    flagfabric_count(flag, &found, given);
    return given;
}

static size_t text_or(const char *flag, const struct flagfabric_context *context, int type, const char *fallback, char *to, size_t size)
{
    struct text text = { .to = to, .size = size };

    if (!with_variant(flag, context, type, take_text, &text, NULL))
        copy_text(&text, fallback ? fallback : "", fallback ? strlen(fallback) : 0);
    return text.length;
}

size_t flagfabric_string(const char *flag, const struct flagfabric_context *context, const char *fallback, char *to, size_t size)
{
    return text_or(flag, context, FLAG_TYPE_STRING, fallback, to, size);
}

size_t flagfabric_object(const char *flag, const struct flagfabric_context *context, const char *fallback, char *to, size_t size)
{
    return text_or(flag, context, FLAG_TYPE_OBJECT, fallback, to, size);
}

ptrdiff_t flagfabric_variant(const char *flag, const struct flagfabric_context *context, char *to, size_t size)
{
    struct text text = { .to = to, .size = size, .is_name = 1 };

    if (with_variant(flag, context, 0, take_text, &text, NULL))
        return text.length;
    copy_text(&text, "", 0);
    return -1;
}

static int is_whole(const void *number)
{
    return ((const struct flag_value *)number)->type == FLAG_VALUE_INTEGER;
}

int64_t flagfabric_integer(const char *flag, const struct flagfabric_context *context, int64_t fallback)
{
    struct flag_value number;

    return with_variant(flag, context, FLAG_TYPE_NUMBER, take_number, &number, is_whole) ? (int64_t)number.bits : fallback;
}

double flagfabric_double(const char *flag, const struct flagfabric_context *context, double fallback)
{
    struct flag_value number;
    double value;

    if (!with_variant(flag, context, FLAG_TYPE_NUMBER, take_number, &number, NULL))
        return fallback;
    if (number.type == FLAG_VALUE_INTEGER)
        return (double)(int64_t)number.bits;
    memcpy(&value, &number.bits, sizeof(value));
    return value;
}
