/*
 * libflagfabric by the line: reads `FLAG [KEY]` from the standard input and prints
 * `boolean fallback-true variant-name reason variant revision`, then `- REVISION-OF-TABLE`.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <flagfabric.h>

int main(void)
{
    char line[4096];

    while (fgets(line, sizeof(line), stdin)) {
        char *flag = line, *key, name[64];
        struct flagfabric_answer answer;

        line[strcspn(line, "\n")] = 0;
        key = strchr(flag, ' ');
        if (key)
            *key++ = 0;
        flagfabric_evaluate(flag, key, &answer);
        ptrdiff_t length = flagfabric_variant(flag, key, name, sizeof(name));
        printf("%d %d %s %d %d %" PRIu64 " - %" PRIu64 "\n", is_feature_enabled_for(flag, key), flagfabric_boolean(flag, key, true),
               length < 0 ? "-" : name, answer.reason, answer.variant, answer.revision, flagfabric_revision());
        if (!key && is_feature_enabled(flag) != is_feature_enabled_for(flag, NULL))
            puts("the two functions disagree");
        fflush(stdout);
    }
    return is_feature_enabled(NULL) || flagfabric_variant(NULL, NULL, NULL, 0) != -1;
}
