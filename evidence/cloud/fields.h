/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Fields: the few top-level values of an API record by which it is counted and by which
 * it is told whether the rest of it matters. Read from where a scan found their keys,
 * without decoding; whatever is not plain (an escape in the value, a value that is no
 * string, a key said twice) is said to be so and left to a full parse.
 */
#include "base/slice.h"
#include "evidence/cloud/scan.h"

enum field {
	FIELD_NAME,    /* eventName */
	FIELD_SOURCE,  /* eventSource */
	FIELD_TIME,    /* eventTime */
	FIELD_REGION,  /* awsRegion */
	FIELD_ACCOUNT, /* recipientAccountId */
	FIELD_ID,      /* eventID */
	FIELD_RECORD_COUNT,
	FIELD_LOOKUP =
		FIELD_RECORD_COUNT, /* CloudTrailEvent: LookupEvents' record as text */
	FIELD_DIGEST, /* digestStartTime: a digest file of CloudTrail's, no log */
	FIELD_COUNT
};

struct fields {
	struct slice values[FIELD_COUNT]; /* borrowed; raw, between the quotes; empty =
					     not said */
	unsigned seen;			  /* 1 << enum field, for each key there is */
	bool is_plain; /* all of the record's are there, once, as strings without escapes
			* and of at most LIMIT_FIELD_BYTES */
};

/* Any of these makes an object a record. */
#define FIELDS_OF_A_RECORD (1U << FIELD_NAME | 1U << FIELD_SOURCE | 1U << FIELD_TIME)

/* Reads the fields of the object that `scan` has walked to its end; `object` is all of
 * it. */
void fields_read(struct fields *fields, struct slice object, const struct scan *scan);
