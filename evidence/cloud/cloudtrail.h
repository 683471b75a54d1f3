/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * CloudTrail: one parsed record becomes one event. What the record says of the call
 * (what, who, where, for what) is checked and borrowed, nothing is copied but what has to
 * be computed. Record contents: AWS CloudTrail User Guide, "CloudTrail record contents".
 */
#include "evidence/cloud/request.h"

/* The fields by which every record is counted, out of a parsed one. */
struct record_head {
	struct slice name, source, id, account, region;
	us_time happened_at; /* US_TIME_NONE = missing or impossible */
};

/* eventTime as CloudTrail writes it (RFC 3339), or as some pipelines rewrite it, UTC
 * without a zone ("2026-01-13 19:58:59.000000000"). */
bool cloudtrail_time(struct slice text, us_time *ret_time);

/* Fails on a value that is no string. The account is recipientAccountId, else the
 * caller's. */
int cloudtrail_head(const json_t *record, struct record_head *ret_head, struct err *err)
	__attribute__((warn_unused_result));

/* Makes the event of a record whose action matters. What it borrows lives in `record` and
 * `room`. Fails, naming the path, on what is not as it should be. */
int cloudtrail_event(const json_t *record, const struct record_head *head,
		     enum api_action action, struct request_room *room,
		     struct event *ret_event, struct err *err)
	__attribute__((warn_unused_result));
