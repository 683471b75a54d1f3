/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Post: what sinks that are reached by HTTP have in common. Takes a batch, sends it as
 * one request or as one a record, and gathers what became of each. A batch that is
 * refused as a whole because of some record of it is sent once more, one record a
 * request, so that only the culprits are refused. Secrets are read for each sending and
 * wiped after it.
 *
 *   IDLE --batch--> [build, send, judge] --NEXT--> the next group ... --> IDLE (told)
 *                        ^      |--SPLIT--> the same records, one by one
 *                        |      |--ASK-----> once more, after a while, about the same
 *                        '------'--STOP----> what is left is to be sent again
 */
#include "courier/deliver.h"
#include "courier/deliver_answer.h"
#include "courier/fates.h"

/* Records of a batch that are sent together. */
struct post_group {
	const struct deliver *batch;
	size_t from, count;
};

/* What is sent; all of it is wiped afterwards. */
struct post_request {
	struct buf url, body;
	struct buf headers; /* "Name: value" and NUL, each */
};

enum post_step {
	POST_NEXT,  /* the fate of each of the group is known */
	POST_SPLIT, /* one by one */
	POST_ASK,   /* build another request about the group, in `ask_after` */
	POST_STOP,  /* it is no use going on now */
};

struct post_kind {
	const char *type;
	bool is_one_by_one;
	const char *default_url; /* NULL = the section must say */
	size_t state_bytes;	 /* of the kind's own, zeroed; post_state() */
	/* Makes the request from `delivery->url` and the other secrets; `is_asking` after
	 * POST_ASK. Fails on what is wrong with the records themselves. */
	int (*build)(struct delivery *delivery, const struct post_group *group,
		     struct post_request *request, struct err *err);
	/* Tells the fates of the group by an answer that came whole. */
	enum post_step (*judge)(struct delivery *delivery, const struct post_group *group,
				const struct http_answer *answer);
};

struct delivery {
	const struct post_kind *kind;
	sd_event *event; /* borrowed, as sink */
	const struct config_sink *sink;
	struct http *http;
	struct http_call *call;
	sd_event_source *pause; /* until POST_ASK, or a failure is told */
	void *state;		/* of the kind */
	/* of the batch under way: */
	const struct deliver *batch; /* NULL = none, or it is checked only */
	deliver_done_fn *done;	     /* NULL = nothing is under way */
	void *ctx;
	struct fates fates;
	struct post_group group;
	bool is_split, is_asking;
	us_span ask_after;
	uint64_t deadline; /* CLOCK_MONOTONIC, of all of it */
	/* Wiped when it is over. The url is without a '/' at its end. */
	struct buf url, token, hmac_key;
};

int post_open(const struct post_kind *kind, sd_event *event, const struct config *config,
	      const struct config_sink *sink, struct delivery **ret_delivery);
/* Slots of deliver_ops. */
void post_send(struct delivery *delivery, const struct deliver *batch,
	       deliver_done_fn *done, void *ctx);
void post_check(struct delivery *delivery, deliver_done_fn *done, void *ctx);
void post_close(struct delivery *delivery);

/* Adds a header's line. */
void post_add_header(struct post_request *request, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What one answer about all of the group means. */
enum post_step post_apply(struct delivery *delivery, const struct post_group *group,
			  const struct sink_answer *answer);

/* What an answer about one record means; true when it is to be sent again. */
bool post_apply_one(struct delivery *delivery, size_t index,
		    const struct sink_answer *answer);

/* How long the whole sending may still take; at least 1 ms. */
us_span post_time_left(const struct delivery *delivery);
