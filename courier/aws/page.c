/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One page of one query, from the daemon's question to the answer: checked before
 * anything is sent, asked in one form after the other where the first does not do, and
 * handed on as it came.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "courier/aws/cloudtrail.h"
#include "courier/aws/options.h"
#include "courier/aws/request.h"
#include "courier/aws/systems_manager.h"

/* A denied optional query is not asked again for so long. */
#define DENIAL_LIFE (10 * US_PER_MINUTE)

const struct aws_query *aws_query_find(uint64_t kind)
{
	static const struct aws_query *const queries[QUERY_COUNT] = {
		[QUERY_TRAIL] = &query_trail,
		[QUERY_SESSION] = &query_session,
		[QUERY_COMMAND] = &query_command,
	};

	return kind < QUERY_COUNT ? queries[kind] : NULL;
}

static void answer_page(struct aws_asked *asked, enum message_outcome outcome,
			const char *detail, const struct page *page)
{
	struct message message = { .page = *page };

	asked_answer(&asked->common, outcome, detail, &message);
}

static void ask_turn(struct aws_asked *asked);

static bool has_next_turn(const struct aws_asked *asked)
{
	return asked->turn + 1 < asked->query->turns;
}

/* A page that is too large is asked for again, smaller. With a token the pass has to be
 * begun again: a token is good for the same question only. */
static void take_too_large(struct aws_asked *asked)
{
	struct provider *provider = asked->common.list->provider;

	if (asked->query != &query_trail || !has_next_turn(asked)) {
		asked_answer_empty(&asked->common, OUTCOME_BAD_ANSWER,
				   "one event alone is larger than is taken");
		return;
	}
	free(provider->large);
	provider->large = memory_copy_text(asked->common.page.value);
	provider->large_turn = ++asked->turn;
	if (asked->common.page.token.len)
		asked_answer_empty(&asked->common, OUTCOME_BAD_ANSWER,
				   "the page is larger than is taken: begin again, with "
				   "smaller ones");
	else
		ask_turn(asked);
}

/* What the role may not do is remembered for a while where it is not needed. */
static void remember_denial(struct aws_asked *asked, const char *detail)
{
	struct aws_denial *denial =
		&asked->common.list->provider->denials[asked->common.page.query];

	if (!asked->query->is_optional)
		return;
	free(denial->detail);
	denial->detail = memory_copy_text(slice_text(detail));
	denial->until =
		aws_client_monotonic(&asked->common.list->provider->client) + DENIAL_LIFE;
}

static void take_failed_page(struct aws_asked *asked, const struct aws_answer *failed)
{
	struct page page = {
		.answered_at = failed->answered_at,
		.retry_after_us = failed->retry_after,
	};

	if (failed->is_too_large) {
		take_too_large(asked);
		return;
	}
	if (failed->fault == FAULT_NOT_THERE && asked->query->nothing) {
		page.body = slice_text(asked->query->nothing);
		answer_page(asked, OUTCOME_OK, "", &page);
		return;
	}
	if (failed->outcome == OUTCOME_DENIED)
		remember_denial(asked, failed->detail);
	if (failed->outcome != OUTCOME_THROTTLED &&
	    failed->outcome != OUTCOME_UNREACHABLE)
		page.retry_after_us = 0;
	answer_page(asked, failed->outcome, failed->detail, &page);
}

static bool is_large(const struct aws_asked *asked)
{
	const char *large = asked->common.list->provider->large;

	return asked->query == &query_trail && large &&
	       slice_equal(slice_text(large), asked->common.page.value);
}

/* The pass is over: the next one may do with pages of full size. */
static void forget_large(struct aws_asked *asked)
{
	if (!is_large(asked))
		return;
	free(asked->common.list->provider->large);
	asked->common.list->provider->large = NULL;
}

static void take_page(void *ctx, const struct aws_answer *answered)
{
	struct aws_asked *asked = ctx;
	AUTO_BUF struct buf token = BUF_LIMIT(LIMIT_PAGE_TOKEN_BYTES);
	struct page page = { .body = answered->body,
			     .answered_at = answered->answered_at };
	bool is_empty;
	struct err err;

	if (answered->outcome != OUTCOME_OK) {
		take_failed_page(asked, answered);
	} else if (asked->query->read(answered->body, &token, &is_empty, &err) < 0) {
		err_add(&err, "the answer to %s is none", asked->query->permission);
		asked_answer_empty(&asked->common, OUTCOME_BAD_ANSWER, err.text);
	} else if (is_empty && has_next_turn(asked)) {
		asked->turn++;
		ask_turn(asked);
	} else {
		page.token = buf_slice(&token);
		if (token.len == 0)
			forget_large(asked);
		answer_page(asked, OUTCOME_OK, "", &page);
	}
}

/* Asks in form `turn`, which was found writable before. */
static void ask_turn(struct aws_asked *asked)
{
	AUTO_BUF struct buf body = BUF_LIMIT(ASKED_TEXT_BYTES);
	const struct config *config = asked->common.list->provider->client.config;
	const struct aws_query *query = asked->query;

	if (query->write(&asked->common.page, asked->turn, &body, &asked->common.why) <
	    0) {
		asked_refuse(&asked->common, OUTCOME_BAD_REQUEST);
		return;
	}
	aws_call(&asked->common.list->provider->client,
		 &(struct aws_request){
			 .service = query->service,
			 .configured = query == &query_trail
					       ? config->aws.cloudtrail_endpoint
					       : config->aws.ssm_endpoint,
			 .target = query->target,
			 .permission = query->permission,
			 .region = asked->common.page.region,
			 .body = buf_slice(&body),
			 .answer_limit = LIMIT_API_ANSWER_BYTES,
		 },
		 take_page, asked);
}

/* Fails, with the outcome, where nothing needs to be sent to know the answer. */
static int check_page(struct aws_asked *asked, const struct ask_page *page,
		      enum message_outcome *ret_outcome)
{
	struct provider *provider = asked->common.list->provider;
	const struct aws_denial *denial;

	*ret_outcome = OUTCOME_BAD_REQUEST;
	if (asked_keep_page(&asked->common, page) < 0)
		return -1;
	if (page->query == QUERY_METADATA)
		return 0;
	asked->query = aws_query_find(page->query);
	if (!asked->query)
		return err_set(&asked->common.why, ERR_USAGE, "no such query");
	if (asked->query->is_optional && !provider->client.config->aws.ask_ssm)
		return err_set(&asked->common.why, ERR_USAGE,
			       "[aws] ask_ssm = no: Systems Manager is not asked");

	denial = &provider->denials[page->query];
	if (denial->detail && aws_client_monotonic(&provider->client) < denial->until) {
		*ret_outcome = OUTCOME_DENIED;
		return err_set(&asked->common.why, ERR_MISSING, "%s", denial->detail);
	}
	return 0;
}

void aws_page_begin(struct aws_asked *asked, const struct ask_page *page)
{
	enum message_outcome outcome;

	if (check_page(asked, page, &outcome) < 0) {
		asked_refuse(&asked->common, outcome);
		return;
	}
	if (page->query == QUERY_METADATA) {
		aws_options_begin(asked);
		return;
	}
	asked->turn = is_large(asked) ? asked->common.list->provider->large_turn : 0;
	ask_turn(asked);
}
