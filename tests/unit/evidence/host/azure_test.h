/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the tests of Azure's logs share: a whole log read as a file is, in one piece or in
 * chunks, what comes of it as text.
 */
#include "base/buf.h"
#include "evidence/evidence.h"

struct azure_test {
	enum host_log_kind kind;
	struct buf events; /* a line each, as tests/support/event_print.h has them */
	struct buf texts;  /* their evidence texts, a line each */
	struct host_reader_stats stats;
};

/* Recognises the log and reads it, lines given `chunk_lines` at a time (0 = all at once).
 * `path` may be NULL, `zone` NULL is UTC. */
void azure_test_read(struct azure_test *test, const char *log, const char *path,
		     const char *zone, size_t chunk_lines);

void azure_test_release(struct azure_test *test);

#define AUTO_AZURE_TEST __attribute__((cleanup(azure_test_release)))

/* Whether `text` occurs in anything that came of the log. */
bool azure_test_has(const struct azure_test *test, const char *text);
