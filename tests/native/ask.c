/*
 * libflagfabric by the line: reads `FLAG [KEY [NAME=VALUE]…]` from the standard input, where a value is a string, or with
 * `NAME:i=`, `NAME:d=` and `NAME:b=` a whole number, a double or a truth. Prints
 * `boolean fallback-true variant-name reason variant revision`, then `- REVISION-OF-TABLE`, and for flags that are not
 * boolean `string integer double object`, each with `-` where its fallback came.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <flagfabric.h>

#define ATTRIBUTES 16

static size_t read_attributes(struct flagfabric_attribute *attributes)
{
    size_t count = 0;
    char *word;

    while (count < ATTRIBUTES && (word = strtok(NULL, " "))) {
        struct flagfabric_attribute *one = &attributes[count++];
        char *value = strchr(word, '='), *type = strchr(word, ':');

        *value++ = 0;
        if (type)
            *type++ = 0;
        one->name = word;
        switch (type ? *type : 's') {
        case 'i':
            one->type = FLAGFABRIC_INTEGER;
            one->integer = strtoll(value, NULL, 10);
            break;
        case 'd':
            one->type = FLAGFABRIC_DOUBLE;
            one->number = strtod(value, NULL);
            break;
        case 'b':
            one->type = FLAGFABRIC_BOOLEAN;
            one->boolean = *value == '1';
            break;
        default:
            one->type = FLAGFABRIC_STRING;
            one->length = FLAGFABRIC_TERMINATED;
            one->string = value;
        }
    }
    return count;
}

static void print_values(const char *flag, const struct flagfabric_context *context)
{
    char text[256], object[256];

    flagfabric_string(flag, context, "-", text, sizeof(text));
    flagfabric_object(flag, context, "-", object, sizeof(object));
    printf(" %s", text);
    if (flagfabric_integer(flag, context, 1) == flagfabric_integer(flag, context, 2))
        printf(" %" PRId64, flagfabric_integer(flag, context, 0));
    else
        printf(" -");
    if (flagfabric_double(flag, context, 1) == flagfabric_double(flag, context, 2))
        printf(" %.17g", flagfabric_double(flag, context, 0));
    else
        printf(" -");
    printf(" %s", object);
}

int main(void)
{
    char line[8192];

    while (fgets(line, sizeof(line), stdin)) {
        struct flagfabric_attribute attributes[ATTRIBUTES];
        struct flagfabric_context context = { .attributes = attributes };
        struct flagfabric_answer answer;
        char name[64];

        line[strcspn(line, "\n")] = 0;
        char *flag = *line == ' ' || *line == 0 ? "" : strtok(line, " "), *key = *flag ? strtok(NULL, " ") : NULL;
        context.targeting_key = key && strcmp(key, "-") == 0 ? NULL : key;
        context.count = key ? read_attributes(attributes) : 0;

        flagfabric_evaluate(flag, &context, &answer);
        ptrdiff_t length = flagfabric_variant(flag, &context, name, sizeof(name));
        printf("%d %d %s %d %d %" PRIu64 " - %" PRIu64, flagfabric_boolean(flag, &context, false), flagfabric_boolean(flag, &context, true),
               length < 0 ? "-" : name, answer.reason, answer.variant, answer.revision, flagfabric_revision());
        if (answer.variant >= 0 && flagfabric_boolean(flag, &context, false) != flagfabric_boolean(flag, &context, true))
            print_values(flag, &context);
        puts("");
        if (context.count == 0 && is_feature_enabled_for(flag, context.targeting_key) != flagfabric_boolean(flag, &context, false))
            puts("the two functions disagree");
        if (!key && is_feature_enabled(flag) != is_feature_enabled_for(flag, NULL))
            puts("the two functions disagree");
        fflush(stdout);
    }
    return is_feature_enabled(NULL) || flagfabric_variant(NULL, NULL, NULL, 0) != -1;
}
