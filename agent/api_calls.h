/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * API calls into the pipeline: bytes of an API log, from a file or from the control plane
 * itself, through evidence/cloud, each call once, with the text that shows where it came
 * from. What the folder of API logs and the poller share.
 */
#include "agent/pipeline.h"
#include "evidence/cloud.h"

struct api_calls {
	struct pipeline *pipeline; /* borrowed */
	struct store *store;	   /* borrowed */
	const char *source;	   /* borrowed: a path, or the query's name */

	struct cloud_reader *reader; /* owned */
	uint64_t calls;		     /* fed as new */
	us_time latest; /* what is dated later shows nothing of the log; 0 = any */
	us_time newest; /* of all records, US_TIME_NONE = none */
	bool has_hole;
	struct err hole; /* why the first of them could not be read */
};

/* Begins one file or one answer. */
void api_calls_begin(struct api_calls *calls);
/* Feeds bytes; the end of them when `bytes` is empty. Fails as the reader does. */
int api_calls_feed(struct api_calls *calls, struct slice bytes, struct err *err)
	__attribute__((warn_unused_result));
void api_calls_end(struct api_calls *calls);
