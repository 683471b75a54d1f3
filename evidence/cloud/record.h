/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Record: one scanned object of an API log, from its few fields to the event it makes.
 * Counts it in the extents, tells the reader's owner of it, and parses it in full only if
 * its action matters or its fields are not plain. Where in a file it stood is only passed
 * on.
 */
#include "evidence/cloud/extent.h"
#include "evidence/cloud/kind.h"

struct record_sink {
	struct cloud_reader_ops ops;
	struct emitter emitter;
	struct extents *extents; /* owned by the reader */
	struct record_room room; /* of the record being read */
};

struct record_place {
	uint64_t position;
	uint64_t line;
};

/* Reads the record whose bytes and fields are given. Fails when it is a hole: not JSON,
 * without a time, an id too long ... `*ret_is_record` is false, and nothing was told,
 * when it has none of the keys that make it a record of any kind. */
int record_read(struct record_sink *sink, struct slice bytes, const struct fields *fields,
		const struct record_place *place, bool *ret_is_record, struct err *err)
	__attribute__((warn_unused_result));
