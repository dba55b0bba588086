/* SPDX-License-Identifier: Apache-2.0 */
/* What the library's own files call of each other. */
#ifndef FLAGFABRIC_ANSWER_H
#define FLAGFABRIC_ANSWER_H

#include "flagfabric.h"
#include "table.h"

/* What is_feature_enabled and is_feature_enabled_for do where no probe answers for them; entered from entry.S. */
bool flagfabric_enabled(const char *flag);
bool flagfabric_enabled_for(const char *flag, const char *targeting_key);

/* The answer, and the version of the flag that gave it; NULL where the caller's default applies. */
const struct flag_body *flagfabric_body(const char *flag, const char *targeting_key, struct flagfabric_answer *answer,
                                        const struct flag_view **view);

#endif
