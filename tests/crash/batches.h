/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Batches that can be told whole from half: batch n is n % 4 + 1 events that name it, a
 * text, a login, the record number n for the sink "alerts", and the value "batch".
 */
#include "agent/store/store.h"

/* Says what is wrong and ends the process with status 2. */
void wrong(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

void batches_put(struct store *store, uint64_t number);

/* That every batch from the first to the last is there, whole, in order; the last. */
uint64_t batches_check(struct store *store);
