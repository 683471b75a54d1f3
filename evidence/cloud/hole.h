/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Holes: what cannot be read of a file, told once each. Until it is known that the file
 * is an API log at all, the first hole is kept and the others are forgotten: of a file
 * that is none, one error says why, and nothing else.
 */
#include "evidence/cloud/record.h"

struct holes {
	struct cloud_reader_ops ops;
	bool is_log;		/* a record was found, or the list of them */
	uint64_t foreign_bytes; /* seen while that was not so */
	bool has_first;		/* it waits for is_log */
	struct record_place first_place;
	struct err first_why;
};

void holes_init(struct holes *holes, const struct cloud_reader_ops *ops);

void holes_add(struct holes *holes, const struct record_place *place,
	       const struct err *why);

/* The file is an API log: what was kept is told now. */
void holes_set_is_log(struct holes *holes);

/* Whether the file is to be given up: `at_end`, or after LIMIT_API_PREAMBLE_BYTES,
 * something was there and none of it was an API log's. */
bool holes_is_foreign(const struct holes *holes, bool at_end);

/* The error that says so. Always -1. */
int holes_fail(const struct holes *holes, struct err *err);
