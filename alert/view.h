/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * View: what every format says about a record, worked out once: which finding it is
 * about, whose id it bears, how bad it is and whether it is over.
 */
#include "alert/record.h"

struct alert_view {
	const struct alert_record *record;
	const struct login *login; /* NULL = it is about none */
	bool has_finding;
	struct finding finding;	     /* where there is one */
	const struct event *call;    /* the API call it is about, NULL = none */
	const struct event *through; /* that of the tunnel, NULL = none */
	struct id uid;
	const char *rule, *title;
	us_time happened_at;
	enum path path;
	bool is_over; /* nothing is left to do about it */
};

/* Borrows from the record. */
struct alert_view alert_view_of(const struct alert_record *record);

/* One sentence for people; what came from outside is escaped. */
void alert_view_message(const struct alert_view *view, struct buf *buf);
