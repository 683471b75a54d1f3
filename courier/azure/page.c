/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One page of the Activity Log, from the daemon's question to the answer: checked before
 * anything is sent, and handed on as it came.
 */
#include "courier/azure/activity.h"
#include "courier/azure/request.h"

static void take_page(void *ctx, const struct azure_answer *answer)
{
	struct message message = {
		.page = {
			.body = answer->body,
			.token = answer->next,
			.answered_at = answer->answered_at,
			.retry_after_us = answer->retry_after,
		},
	};

	asked_answer(ctx, answer->outcome, answer->detail, &message);
}

static int check_page(struct asked *asked, const struct ask_page *page)
{
	if (asked_keep_page(asked, page) < 0)
		return -1;
	if (page->query == QUERY_METADATA)
		return 0;
	if (page->query != QUERY_ACTIVITY)
		return err_set(&asked->why, ERR_USAGE, "no such query");
	return azure_activity_check(&asked->page, &asked->why);
}

void azure_page_begin(struct asked *asked, const struct ask_page *page)
{
	if (check_page(asked, page) < 0)
		asked_refuse(asked, OUTCOME_BAD_REQUEST);
	else if (page->query == QUERY_METADATA)
		azure_options_begin(asked);
	else
		azure_call(&asked->list->provider->client, &asked->page, take_page,
			   asked);
}
