/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Alert record: what is said to a sink about one login or one observation, and how what
 * was said before is changed by it. One uid a login (its id) or observation (its id): the
 * first record creates, later ones update, and the last closes.
 *
 *   observed ── create (New, informational) ──▶ verdict ── update (severity) ──▶
 *       authorized, retracted, over ── close (Resolved)
 */
#include "alert/finding.h"
#include "alert/native.h"

enum alert_activity {
	ALERT_CREATE = 1, /* OCSF activity_id, and so on */
	ALERT_UPDATE = 2,
	ALERT_CLOSE = 3,
};

struct alert_record {
	enum alert_activity activity;
	uint64_t number;	       /* of all records of this host, ascending */
	us_time told_at;	       /* when it is said, real time */
	const struct verdict *verdict; /* of a login; NULL with observation */
	const struct observation *observation; /* NULL with verdict */
	const struct native_context *context;  /* borrowed */
};

/* One output format: a file of alert/, a row of alert/formats.c. */
struct alert_format {
	const char *name; /* "ocsf", "native" */
	/* Appends one record on one line, without a newline. */
	void (*append)(struct buf *buf, const struct alert_record *record);
};

/* NULL when there is none of this name. */
const struct alert_format *alert_format_find(const char *name);
/* All of them, NULL-terminated, for messages and help. */
extern const struct alert_format *const alert_formats[];

/* Which record a verdict calls for, given whether any was told of this login before and
 * whether the last one closed it; false when none does (pending again, not a door, no
 * change worth telling). The first record always creates: of a login that is authorized
 * or not judged at once it creates a finding that is resolved (alert/view.h). A login
 * that was closed and is judged anew for the worse is updated, which opens it again; one
 * that turns out to have come through no door of the cloud is closed. */
struct alert_told {
	bool is_told, is_closed;
	enum verdict_kind verdict; /* of the last record */
	enum stage stage;
};
bool alert_activity_of(const struct verdict *verdict, const struct alert_told *told,
		       enum alert_activity *ret_activity);
