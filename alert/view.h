/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * View: what every format says about a record of any stream, worked out once: whose id it
 * bears, what it is called, how bad it is, whether it is over, and where. What a stream
 * has none of is NULL, "" or PATH_NONE, so that a format asks for the thing and seldom
 * for the stream.
 *
 *   findings    has_finding, but for the record that withdraws what was found about a
 *               login: its finding is of the rule "finding-withdrawn", it is over, and it
 *               bears the id by which the earlier ones are known
 *   logins      never a finding: what came in, by which door, with which call
 *   heartbeats  neither login nor finding
 */
#include "alert/record.h"

#define ALERT_TITLE_BYTES 160

struct alert_view {
	const struct alert_record *record;
	enum alert_stream stream;
	enum alert_activity activity;
	bool is_test; /* nothing happened; title and message say so by themselves */

	const struct verdict *verdict; /* of a login; NULL = it is about none's verdict */
	const struct observation *observation;	 /* NULL = made of none */
	const struct alert_heartbeat *heartbeat; /* NULL = it is none */
	const struct login *login;		 /* NULL = it is about none */
	bool is_command; /* the login is none of a person: the cloud ran something */
	bool has_finding;
	struct finding finding;	     /* of every record of the findings' stream */
	const struct event *call;    /* the API call it is about, NULL = none */
	const struct event *through; /* that of the tunnel, NULL = none */
	bool is_vouched;	     /* `call` vouches; false: it does not fit, or none */

	struct id uid;	  /* shared by all records about it; zero for a heartbeat */
	const char *rule; /* of the finding; of all else a word of the same kind */
	char title[ALERT_TITLE_BYTES];
	enum severity severity; /* informational without a finding */
	bool is_over;		/* nothing is left to do about it */
	us_time happened_at;	/* of a heartbeat: when it is said */
	enum path path;

	/* The host; "" = unknown. */
	enum cloud cloud;
	struct slice host, instance, account, region;
};

/* Borrows from the record. */
struct alert_view alert_view_of(const struct alert_record *record);

/* One sentence for people; what came from outside is escaped. */
void alert_view_message(const struct alert_view *view, struct buf *buf);

/* What to do next; "" where there is nothing to do. */
const char *alert_view_advice(const struct alert_view *view);

/* The record's own id, the same however often it is sent: the uid, ':' and its number; of
 * a heartbeat the instance (or host) instead. Bytes from outside are escaped. */
void alert_view_record_id(const struct alert_view *view, struct buf *buf);
