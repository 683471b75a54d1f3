/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Alert record: what is said to a sink about one login, one finding, or the agent itself,
 * and how what was said before is changed by it. There are three streams, which a sink
 * takes or leaves:
 *
 *   findings    what the security team must hear of. Of a login: create (a finding is
 *               made) ─▶ update (its rule or stage changes) ─▶ close (a late call vouches
 *               after all). Of an observation: create ─▶ update ─▶ close (it is over).
 *   logins      every login through a cloud's own door with its call, whatever the
 *               verdict: create (observed) ─▶ update (its verdict) ─▶ close (settled).
 *   heartbeats  the agent lives.
 *
 * All records about one login share its id in both streams; an observation's share its
 * own.
 */
#include "alert/finding.h"
#include "alert/native.h"

enum alert_stream {
	ALERT_FINDINGS,
	ALERT_LOGINS,
	ALERT_HEARTBEATS,
	ALERT_STREAM_COUNT
};

/* "finding", "login", "heartbeat". */
const char *alert_stream_word(enum alert_stream stream);

enum alert_activity {
	ALERT_CREATE = 1, /* OCSF activity_id, and so on */
	ALERT_UPDATE = 2,
	ALERT_CLOSE = 3,
};

/* "create", "update", "close". */
const char *alert_activity_word(enum alert_activity activity);

/* What a heartbeat says. Counts are since the one before. */
struct alert_heartbeat {
	us_time started_at;  /* of the agent */
	us_span interval_us; /* when the next one is due */
	uint64_t logins, findings;
	uint64_t waiting;  /* records in all outboxes together */
	const char *sight; /* of the control plane: "good", "lost", "none" */
};

struct alert_record {
	enum alert_stream stream;
	enum alert_activity activity;
	uint64_t number;   /* of all records of this host, ascending */
	uint64_t sequence; /* of all records of the stream, without a hole: whoever misses
			      one has lost it */
	us_time told_at;   /* when it is said, real time */
	const struct verdict *verdict; /* of a login; these three: NULL but for one */
	const struct observation *observation;	 /* findings only */
	const struct alert_heartbeat *heartbeat; /* heartbeats only */
	bool is_test; /* `countersign test-alert` made it: nothing happened */
	const struct native_context *context; /* borrowed */
};

/* One output format: a file of alert/, a row of alert/formats.c. */
struct alert_format {
	const char *name; /* "ocsf", "native" ... */
	/* Writes one record of a stream that it can say; alert_format_append() calls it.
	 */
	void (*write)(struct buf *buf, const struct alert_record *record);
	unsigned streams;	  /* 1 << enum alert_stream: those it can say */
	const char *content_type; /* of one record, RFC 9110: "application/json" ... */
};

/* NULL when there is none of this name. */
const struct alert_format *alert_format_find(const char *name);
/* All of them, NULL-terminated, for messages and help. */
extern const struct alert_format *const alert_formats[];

/* Appends the record on one line, without a newline; nothing for a stream that the format
 * cannot say. Where it does not fit, it is written without the lines of its evidence;
 * where that does not fit either nothing is appended and the buf remembers. */
void alert_format_append(const struct alert_format *format, struct buf *buf,
			 const struct alert_record *record);

/* What was told of a login in one stream. */
struct alert_told {
	bool is_told, is_closed;
	enum verdict_kind verdict; /* of the last record */
	enum stage stage;
};

/* Which record of the logins' stream a verdict calls for; false when none does (pending
 * again, not a door, no change worth telling). The first record always creates. A login
 * that was closed and is judged anew for the worse is updated, which opens it again; one
 * that turns out to have come through no door of the cloud is closed. */
bool alert_activity_of_login(const struct verdict *verdict, const struct alert_told *told,
			     enum alert_activity *ret_activity);

/* Which record of the findings' stream it calls for, where `has_finding` says whether
 * there is one that is not suppressed. */
bool alert_activity_of_finding(const struct verdict *verdict, bool has_finding,
			       const struct alert_told *told,
			       enum alert_activity *ret_activity);
