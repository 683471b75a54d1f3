/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the daemon asked of AWS and is not answered yet: for provider.c, which takes it up
 * and answers it, page.c, which makes pages of it, and options.c (the metadata).
 */
#include "courier/asked.h"
#include "courier/aws/check.h"
#include "courier/aws/client.h"
#include "courier/aws/query.h"
#include "courier/option_list.h"

/* That the role may not ask an optional query, for a while. */
struct aws_denial {
	us_time until; /* on the monotonic clock */
	char *detail;  /* owned; NULL = none */
};

struct provider {
	struct aws_client client;
	struct asked_list asked; /* of struct aws_asked */
	char *large; /* owned: value of which pages of full size are too large; NULL
		      */
	unsigned large_turn; /* in which form it is asked for instead */
	struct aws_denial denials[QUERY_COUNT];
};

struct aws_asked {
	struct asked common; /* first: it is what the list knows */
	const struct aws_query *query;
	unsigned turn;
	struct option_list options; /* of a QUERY_METADATA */
	struct aws_check *check;    /* owned */
};

/* Begins to answer a MESSAGE_ASK_PAGE. */
void aws_page_begin(struct aws_asked *asked, const struct ask_page *page);
