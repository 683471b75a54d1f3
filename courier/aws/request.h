/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the daemon asked of AWS and is not answered yet: for provider.c, which keeps and
 * answers it, and page.c, which makes pages of it.
 */
#include "courier/aws/check.h"
#include "courier/aws/client.h"
#include "courier/aws/query.h"
#include "courier/provider.h"

/* A question to a service, and all texts of one of the daemon's. */
#define AWS_QUESTION_BYTES ((size_t)64 * 1024)

/* That the role may not ask an optional query, for a while. */
struct aws_denial {
	us_time until; /* on the monotonic clock */
	char *detail;  /* owned; NULL = none */
};

struct provider {
	struct aws_client client;
	struct aws_asked *asked; /* owned */
	unsigned asked_count;
	char *large; /* owned: value of which pages of full size are too large; NULL
		      */
	unsigned large_turn; /* in which form it is asked for instead */
	struct aws_denial denials[QUERY_COUNT];
};

/* Freed when it was answered. */
struct aws_asked {
	struct provider *provider; /* borrowed */
	struct aws_asked *previous, *next;
	enum message_kind kind; /* of the answer */
	provider_done_fn *done;
	void *ctx;
	struct ask_page page; /* its texts are of `texts` */
	struct buf texts;
	const struct aws_query *query;
	unsigned turn;
	sd_event_source *refusal; /* tells the two below from the loop */
	enum message_outcome outcome;
	struct err why;
	struct aws_check *check; /* owned */
};

/* Begins to answer a MESSAGE_ASK_PAGE. */
void aws_page_begin(struct aws_asked *asked, const struct ask_page *page);

/* Gives the answer, of which kind, outcome and detail are set here; frees the request. */
void aws_asked_answer(struct aws_asked *asked, enum message_outcome outcome,
		      const char *detail, struct message *message);

/* As aws_asked_answer(), without content. */
void aws_asked_answer_empty(struct aws_asked *asked, enum message_outcome outcome,
			    const char *detail);

/* Gives the outcome, with `why` as its detail, from the loop. */
void aws_asked_refuse(struct aws_asked *asked, enum message_outcome outcome);
