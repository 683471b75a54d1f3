/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Object: what a scanned object of an API log holds: a record, a wrapper of one, an entry
 * of a LookupEvents answer with the record as text, or a digest file of CloudTrail's or
 * an answer without entries, which hold none. Finds the record and has it read.
 */
#include "evidence/cloud/record.h"
#include "evidence/cloud/scan.h"

/* Where the text inside of an entry is decoded and scanned. */
struct object_room {
	struct buf text;
	struct scan scan;
};

void object_room_init(struct object_room *room, enum scan_kernel kernel);
void object_room_release(struct object_room *room);

/* Reads the object that `scan` has walked to its end; `object` is all of it and stands at
 * `place`. Fails as record_read() does; `*ret_is_record` as there, true of what
 * holds none. */
int object_read(struct record_sink *sink, struct object_room *room, struct slice object,
		const struct scan *scan, struct record_place place, bool *ret_is_record,
		struct err *err) __attribute__((warn_unused_result));
