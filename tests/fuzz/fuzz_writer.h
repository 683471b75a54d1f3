/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the fuzz targets of the host's log writers share: each line of the input is one
 * message of one writer, and every byte that its event borrows is read.
 */
#include <stdint.h>

#include "evidence/host/writer.h"
#include "tests/support/event_print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Hands every line of the input to `parse`, as a file's and as a journal's. Input that
 * begins with a syslog head has it taken off, so that golden fixtures can be seeds. */
void fuzz_writer(host_parse_fn *parse, const uint8_t *data, size_t size);
