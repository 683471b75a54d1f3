/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * API calls into the pipeline: bytes of an API log, from a file or from the control plane
 * itself, through evidence/cloud, each call once, with the text that shows where it came
 * from. What the folder of API logs and the poller share.
 */
#include "agent/pipeline.h"
#include "evidence/cloud.h"

/* A record's id is cut to this where it is named. */
#define API_HOLE_ID_BYTES 96

/* A record that cannot be read; all borrowed. */
struct api_hole {
	us_time happened_at; /* US_TIME_NONE = it does not say, or more than it is lost */
	struct slice id;     /* may be empty */
	const struct err *why;
};

struct api_calls {
	struct pipeline *pipeline; /* borrowed */
	struct store *store;	   /* borrowed */
	const char *source;	   /* borrowed: a path, or the query's name */
	/* How far a record shows the log to be delivered; NULL: its own time. What is
	 * later than `latest` shows nothing; 0 = any. */
	us_time (*shows)(const struct api_record_seen *record);
	us_time latest;
	/* Whether the hole is dealt with: else it is kept in `hole`. NULL = none is. */
	bool (*unread)(void *ctx, const struct api_hole *hole);
	void *ctx;

	struct cloud_reader *reader; /* owned */
	uint64_t calls;		     /* fed as new */
	us_time oldest, newest;	     /* of all records; US_TIME_NONE = none, as below */
	us_time shown;
	uint32_t class_bits; /* 1 << enum log_class, of all records; when it has ended */
	bool has_hole;
	struct err hole; /* why the first of them could not be read */
	/* the record that was seen last */
	uint64_t last_position;
	us_time last_at;
	char last_id[API_HOLE_ID_BYTES];
};

/* Begins one file or one answer. */
void api_calls_begin(struct api_calls *calls);
/* Feeds bytes; the end of them when `bytes` is empty. Fails as the reader does. */
int api_calls_feed(struct api_calls *calls, struct slice bytes, struct err *err)
	__attribute__((warn_unused_result));
void api_calls_end(struct api_calls *calls);
