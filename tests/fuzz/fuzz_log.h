/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the fuzz targets of logs with a form of their own share: a whole log, the pass
 * over its lines, its events and its evidence texts.
 */
#include <stdint.h>

#include "evidence/host/log_kind.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads the input as such a log. Its first line is also the file's path. */
void fuzz_log(const struct log_kind *kind, const uint8_t *data, size_t size);
