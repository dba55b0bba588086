/*
 * The library's calls for Node.js, by Node-API: its ABI is the same from Node.js 10 on, so this is compiled once and not
 * for each version.
 */
#include <flagfabric.h>
#include <node_api.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES 64    /* a flag's name with its end */
#define TEXT_BYTES 256   /* a targeting key or an attribute with its end; what is longer is cut */
#define MAX_KNOWN 16     /* attributes that are passed on */

struct text {
    char bytes[TEXT_BYTES];
};

/* A text of JavaScript's; 0 where it is none. */
static int read_text(napi_env env, napi_value from, char *to, size_t size)
{
    size_t length;

    return napi_get_value_string_utf8(env, from, to, size, &length) == napi_ok;
}

static napi_value truth(napi_env env, bool value)
{
    napi_value result;

    napi_get_boolean(env, value, &result);
    return result;
}

/* One byte more than a name has: what is cut there is still too long to be a flag. */
struct question {
    char flag[NAME_BYTES + 1];
    struct text user;
    napi_value known;
    int has_user;
};

/* What all three functions are asked with: flag, user, known. 0 with an exception where there is no flag. */
static int read_question(napi_env env, napi_callback_info info, struct question *question)
{
    napi_value arguments[3];
    size_t count = 3;

    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    question->known = arguments[2];
    question->has_user = read_text(env, arguments[1], question->user.bytes, TEXT_BYTES);
    if (read_text(env, arguments[0], question->flag, sizeof question->flag))
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
    return truth(env, is_feature_enabled_for(question.flag, question.has_user ? question.user.bytes : NULL));
}

/* One property of an object as an attribute; 0 where it is neither text nor number nor truth. */
static int read_attribute(napi_env env, napi_value value, struct text *text, struct flagfabric_attribute *to)
{
    napi_valuetype type;

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
        to->length = FLAGFABRIC_TERMINATED;
        to->string = text->bytes;
        return read_text(env, value, text->bytes, TEXT_BYTES);
    default:
        return 0;
    }
}

struct known {
    struct flagfabric_attribute attributes[MAX_KNOWN];
    struct text names[MAX_KNOWN], texts[MAX_KNOWN];
    size_t count;
};

static void read_known(napi_env env, napi_value object, struct known *known)
{
    napi_value names, name, value;
    napi_valuetype type;
    uint32_t length = 0;

    known->count = 0;
    if (napi_typeof(env, object, &type) != napi_ok || type != napi_object || napi_get_property_names(env, object, &names) != napi_ok)
        return;
    napi_get_array_length(env, names, &length);
    for (uint32_t i = 0; i < length && known->count < MAX_KNOWN; i++) {
        struct flagfabric_attribute *attribute = &known->attributes[known->count];

        *attribute = (struct flagfabric_attribute) { .name = known->names[known->count].bytes };
        if (napi_get_element(env, names, i, &name) == napi_ok && napi_get_property(env, object, name, &value) == napi_ok &&
            read_text(env, name, known->names[known->count].bytes, TEXT_BYTES) &&
            read_attribute(env, value, &known->texts[known->count], attribute))
            known->count++;
    }
}

/* The variant's name, or null where the program's own default applies. */
static napi_value variant(napi_env env, napi_callback_info info)
{
    struct question question;
    struct known known;
    char name[NAME_BYTES];
    napi_value result;

    if (!read_question(env, info, &question))
        return NULL;
    read_known(env, question.known, &known);
    const struct flagfabric_context context = { question.has_user ? question.user.bytes : NULL, known.attributes, known.count };
    if (flagfabric_variant(question.flag, &context, name, sizeof name) < 0)
        napi_get_null(env, &result);
    else
        napi_create_string_utf8(env, name, NAPI_AUTO_LENGTH, &result);
    return result;
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
