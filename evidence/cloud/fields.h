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

/* To look for another key: here, in fields.c, and its beginning in scan.c. */
enum field {
	/* CloudTrail */
	FIELD_NAME,    /* eventName */
	FIELD_SOURCE,  /* eventSource */
	FIELD_TIME,    /* eventTime */
	FIELD_REGION,  /* awsRegion */
	FIELD_ACCOUNT, /* recipientAccountId */
	FIELD_ID,      /* eventID */
	FIELD_LOOKUP,  /* CloudTrailEvent: LookupEvents' record as text */
	FIELD_DIGEST,  /* digestStartTime: a digest file of CloudTrail's, no log */
	/* Azure's activity log and the logs that are exported like it */
	FIELD_OPERATION,       /* operationName; of an object, its "value" */
	FIELD_EVENT_TIMESTAMP, /* eventTimestamp */
	FIELD_EXPORT_TIME,     /* time */
	FIELD_DATA_ID,	       /* eventDataId */
	FIELD_RESOURCE_ID,     /* resourceId */
	FIELD_CATEGORY,	       /* category; of an object, its "value" */
	FIELD_CORRELATION,     /* correlationId */
	FIELD_RESULT,	       /* resultType */
	FIELD_SUBMITTED,       /* submissionTimestamp */
	/* Google Cloud's log entries */
	FIELD_LOG_NAME,	 /* logName */
	FIELD_PAYLOAD,	 /* protoPayload, an object */
	FIELD_TIMESTAMP, /* timestamp */
	FIELD_INSERT_ID, /* insertId */
	FIELD_RECEIVED,	 /* receiveTimestamp */
	FIELD_NEXT_PAGE, /* nextPageToken: of an answer, which may hold no entries */
	FIELD_COUNT
};

#define FIELD_BIT(field) (UINT32_C(1) << (field))

struct fields {
	struct slice values[FIELD_COUNT]; /* borrowed; raw, between the quotes; empty =
					     not said */
	uint32_t seen;			  /* FIELD_BIT of each key there is */
	uint32_t odd; /* of each that is not there once, as a string without escapes of
		       * at most LIMIT_FIELD_BYTES */
	bool has_all; /* no key was passed over */
};

/* Reads the fields of the object that `scan` has walked to its end; `object` is all of
 * it. */
void fields_read(struct fields *fields, struct slice object, const struct scan *scan);

/* Whether all fields of `needed` are there, and none of them nor of `others` is odd. */
static inline bool fields_are_plain(const struct fields *fields, uint32_t needed,
				    uint32_t others)
{
	return fields->has_all && (fields->seen & needed) == needed &&
	       !(fields->odd & (needed | others));
}

/* The key, without quotes. */
const char *field_name(enum field field);

/* The string of the one member of this name anywhere in the JSON text; `key` with both
 * quotes. False when there is none, or more than one, or it is not plain: only a parse
 * tells then. */
bool fields_find_only(struct slice text, struct slice key, struct slice *ret_raw);
