/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the receivers of sinks answer, read: for each protocol, whether it has taken what
 * it was sent, will never take it, or is to be asked again. Pure reading of bytes that
 * may be anybody's; nothing counts as taken but what says so.
 */
#include "base/err.h"
#include "courier/message.h"

enum answer_meaning {
	ANSWER_TAKEN,
	ANSWER_REFUSED,	    /* it will never take this */
	ANSWER_TOO_LARGE,   /* not all of this at once */
	ANSWER_CREDENTIALS, /* it does not take it from us: to be mended, then again */
	ANSWER_BUSY,	    /* we ask too much: again, later */
	ANSWER_AGAIN,	    /* it cannot just now */
	ANSWER_ODD,	    /* it is none that it could give: again */
	ANSWER_MEANING_COUNT
};

#define ANSWER_TEXT_BYTES 200

struct sink_answer {
	enum answer_meaning meaning;
	char text[ANSWER_TEXT_BYTES]; /* printable ASCII, for people: "200", "400,
					 code 6: Invalid data format" */
};

/* Of any receiver by HTTP, from the status; the body is looked at for what servers in
 * front of them say with one that means something else (nginx: 400 for a certificate). */
void answer_read_status(int status, struct slice body, struct sink_answer *ret_answer);

/* Slack's webhooks: 200 and "ok", or a word for what is wrong. */
void answer_read_slack(int status, struct slice body, struct sink_answer *ret_answer);

/* Microsoft Teams: 202 of a workflow; the older webhooks answer 200 to failures, too, and
 * tell of them in the text only. */
void answer_read_teams(int status, struct slice body, struct sink_answer *ret_answer);

/* PagerDuty's Events API v2: 202 and {"status":"success",...}. */
void answer_read_pagerduty(int status, struct slice body, struct sink_answer *ret_answer);

/* Splunk's HTTP Event Collector. */
struct splunk_answer {
	struct sink_answer answer;
	bool has_ack_id;
	uint64_t ack_id;
	bool has_invalid; /* one event is what is wrong: this, from 0 */
	uint64_t invalid;
};
void answer_read_splunk(int status, struct slice body, struct splunk_answer *ret_answer);

/* Whether one of the ids is acknowledged: {"acks":{"0":true,"1":false}}. */
bool answer_read_acks(struct slice body, const uint64_t *ack_ids, size_t count);

/* Elasticsearch's _bulk: an item for each record, in order; at most MESSAGE_LIST_MAX.
 * Fails, and says nothing of any, unless they are all there and those that were sent. */
int answer_read_bulk(struct slice body, const struct deliver_record *records,
		     size_t count, struct sink_answer *ret_items, struct err *err)
	__attribute__((warn_unused_result));
