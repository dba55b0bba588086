// SPDX-License-Identifier: Apache-2.0
#include "nothing.h"

bool nothing(const char *flag)
{
    (void)flag;
    return false;
}

bool nothing_for(const char *flag, const char *targeting_key)
{
    (void)flag;
    (void)targeting_key;
    return false;
}

bool nothing_with(const char *flag, const void *context, bool fallback)
{
    (void)flag;
    (void)context;
    return fallback;
}
