/*
 * The library's calls for Node.js, by Node-API: its ABI is the same from Node.js 10 on, so this is compiled once and not
 * for each version.
 */
#include <flagfabric.h>
#include <node_api.h>
#include <stdlib.h>

/*
 * The longest name and the longest targeting key with their ends, and room for one character more: what is cut there is
 * still too long, and so as unknown to the library as the whole would be.
 */
#define FLAG_BYTES (64 + 4)
#define KEY_BYTES (256 + 4)

/* A text of JavaScript's, cut where it does not fit; 0 where it is none. */
static int read_text(napi_env env, napi_value from, char *to, size_t size)
{
    size_t length;

    return napi_get_value_string_utf8(env, from, to, size, &length) == napi_ok;
}

/* A text of any length in memory that is the caller's to free; NULL where it is none. */
static char *copy_text(napi_env env, napi_value from, size_t *length)
{
    if (napi_get_value_string_utf8(env, from, NULL, 0, length) != napi_ok)
        return NULL;
    char *text = malloc(*length + 1);
    if (text)
        napi_get_value_string_utf8(env, from, text, *length + 1, length);
    return text;
}

static napi_value truth(napi_env env, bool value)
{
    napi_value result;

    napi_get_boolean(env, value, &result);
    return result;
}

struct question {
    char flag[FLAG_BYTES], key[KEY_BYTES];
    const char *user; /* NULL for none */
    napi_value known;
};

/* What all three functions are asked with: flag, user, known. 0 with an exception where there is no flag. */
static int read_question(napi_env env, napi_callback_info info, struct question *question)
{
    napi_value arguments[3];
    size_t count = 3;

    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    question->known = arguments[2];
    question->user = read_text(env, arguments[1], question->key, KEY_BYTES) ? question->key : NULL;
    if (read_text(env, arguments[0], question->flag, FLAG_BYTES))
        return 1;
    napi_throw_type_error(env, NULL, "a flag's key is a string");
    return 0;
}

static napi_value enabled(napi_env env, napi_callback_info info)
{
    struct question question;

    return read_question(env, info, &question) ? truth(env, is_feature_enabled(question.flag)) : NULL;
}

static napi_value enabled_for(napi_env env, napi_callback_info info)
{
    struct question question;

    if (!read_question(env, info, &question))
        return NULL;
    return truth(env, is_feature_enabled_for(question.flag, question.user));
}

/* A property's value; 0 where it is neither text nor number nor truth. */
static int read_value(napi_env env, napi_value value, struct flagfabric_attribute *to)
{
    napi_valuetype type;
    size_t length;

    napi_typeof(env, value, &type);
    switch (type) {
    case napi_boolean:
        to->type = FLAGFABRIC_BOOLEAN;
        return napi_get_value_bool(env, value, &to->boolean) == napi_ok;
    case napi_number:
        to->type = FLAGFABRIC_DOUBLE;
        return napi_get_value_double(env, value, &to->number) == napi_ok;
    case napi_string:
        to->type = FLAGFABRIC_STRING;
        to->string = copy_text(env, value, &length);
        to->length = length > UINT32_MAX - 1 ? UINT32_MAX - 1 : length;
        return to->string != NULL;
    default:
        return 0;
    }
}

static void free_known(struct flagfabric_attribute *known, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free((char *)known[i].name);
        if (known[i].type == FLAGFABRIC_STRING)
            free((char *)known[i].string);
    }
    free(known);
}

/* The properties of an object as attributes that free_known frees; NULL where it has none. */
static struct flagfabric_attribute *read_known(napi_env env, napi_value object, size_t *count)
{
    napi_value names, name, value;
    napi_valuetype type;
    uint32_t properties;
    size_t length;

    *count = 0;
    napi_typeof(env, object, &type);
    if (type != napi_object || napi_get_property_names(env, object, &names) != napi_ok || napi_get_array_length(env, names, &properties) != napi_ok)
        return NULL;
    struct flagfabric_attribute *known = calloc(properties, sizeof *known);
    for (uint32_t i = 0; known && i < properties; i++) {
        struct flagfabric_attribute attribute = { 0 };

        if (napi_get_element(env, names, i, &name) != napi_ok || napi_get_property(env, object, name, &value) != napi_ok ||
            !read_value(env, value, &attribute))
            continue;
        attribute.name = copy_text(env, name, &length);
        known[(*count)++] = attribute;
    }
    return known;
}

/* The variant's name, asked for again with more room where it is long; null where the program's own default applies. */
static napi_value ask_variant(napi_env env, const char *flag, const struct flagfabric_context *context)
{
    char some[64], *name = some;
    size_t size = sizeof some;
    ptrdiff_t length;
    napi_value result;

    while ((length = flagfabric_variant(flag, context, name, size)) >= (ptrdiff_t)size) {
        if (name != some)
            free(name);
        size = length + 1;
        name = malloc(size);
        if (!name)
            return NULL;
    }
    if (length < 0)
        napi_get_null(env, &result);
    else
        napi_create_string_utf8(env, name, length, &result);
    if (name != some)
        free(name);
    return result;
}

static napi_value variant(napi_env env, napi_callback_info info)
{
    struct question question;
    struct flagfabric_context context;
    size_t count;

    if (!read_question(env, info, &question))
        return NULL;
    struct flagfabric_attribute *known = read_known(env, question.known, &count);
    context = (struct flagfabric_context) { question.user, known, count };
    napi_value name = ask_variant(env, question.flag, &context);
    free_known(known, count);
    return name;
}

NAPI_MODULE_INIT()
{
    const napi_property_descriptor functions[] = {
        { .utf8name = "isFeatureEnabled", .method = enabled, .attributes = napi_enumerable },
        { .utf8name = "isFeatureEnabledFor", .method = enabled_for, .attributes = napi_enumerable },
        { .utf8name = "variant", .method = variant, .attributes = napi_enumerable },
    };

    napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
    return exports;
}
