/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of the shapes of libflagfabric's that do nothing: what a call and its loop cost by themselves. */
#ifndef FABRIC_BENCH_NOTHING_H
#define FABRIC_BENCH_NOTHING_H

#include <stdbool.h>

bool nothing(const char *flag);
bool nothing_for(const char *flag, const char *targeting_key);
bool nothing_with(const char *flag, const void *context, bool fallback);

#endif
