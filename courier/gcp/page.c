/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One page of Cloud Logging's entries, from the daemon's question to the answer: checked
 * before anything is sent, asked again with smaller pages where one is too large, and
 * handed on as it came.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "courier/gcp/entries.h"
#include "courier/gcp/request.h"

/* Empty pages that may come before the newest entry: a search that takes long is answered
 * in parts. */
#define EMPTY_PAGES_MAX 8

static struct gcp_client *client_of(struct gcp_asked *asked)
{
	return &asked->base.list->provider->client;
}

void gcp_asked_answer_page(struct gcp_asked *asked, enum message_outcome outcome,
			   const char *detail, const struct page *page)
{
	struct message message = { .page = *page };

	asked_answer(&asked->base, outcome, detail, &message);
}

static void ask(struct gcp_asked *asked);

/* ---- what came back ---------------------------------------------------------------- */

/* A page that is too large is asked for again, smaller. With a token the pass has to be
 * begun again: a token is good for the same question only. */
static void take_too_large(struct gcp_asked *asked)
{
	struct provider *provider = asked->base.list->provider;

	if (gcp_entries_is_newest(&asked->base.page) ||
	    asked->turn + 1 >= GCP_ENTRIES_TURNS) {
		asked_answer_empty(&asked->base, OUTCOME_BAD_ANSWER,
				   "one entry alone is larger than is taken");
		return;
	}
	provider->large_turn = ++asked->turn;
	if (asked->base.page.token.len)
		asked_answer_empty(&asked->base, OUTCOME_BAD_ANSWER,
				   "the page is larger than is taken: begin again, with "
				   "smaller ones");
	else
		ask(asked);
}

/* The newest entry was not found yet, but may be on the next page. */
static bool is_to_go_on(const struct gcp_asked *asked, bool is_empty)
{
	return is_empty && asked->token.len && gcp_entries_is_newest(&asked->base.page) &&
	       asked->empty < EMPTY_PAGES_MAX;
}

static void answer_entries(struct gcp_asked *asked, const struct gcp_answer *answer,
			   bool is_empty)
{
	struct page page = {
		.body = is_empty ? SLICE(GCP_ENTRIES_NONE) : answer->body,
		.token = buf_slice(&asked->token),
		.answered_at = answer->answered_at,
	};

	/* the pass is over: the next one may do with pages of full size */
	if (!page.token.len && !gcp_entries_is_newest(&asked->base.page))
		asked->base.list->provider->large_turn = 0;
	gcp_asked_answer_page(asked, OUTCOME_OK, "", &page);
}

static void take_entries(struct gcp_asked *asked, const struct gcp_answer *answer)
{
	bool is_empty;
	struct err err;

	buf_release(&asked->token);
	if (gcp_entries_read(answer->body, &asked->token, &is_empty, &err) < 0) {
		err_add(&err, "the answer to entries.list is none");
		asked_answer_empty(&asked->base, OUTCOME_BAD_ANSWER, err.text);
		return;
	}
	if (is_to_go_on(asked, is_empty)) {
		asked->empty++;
		asked->base.page.token = buf_slice(&asked->token);
		ask(asked);
		return;
	}
	answer_entries(asked, answer, is_empty);
}

static void take_answer(void *ctx, const struct bearer_answer *given)
{
	struct gcp_asked *asked = ctx;
	struct gcp_answer answer;

	gcp_client_read(client_of(asked), given, asked->base.page.token.len > 0, &answer);
	if (answer.is_too_large)
		take_too_large(asked);
	else if (answer.outcome == OUTCOME_OK)
		take_entries(asked, &answer);
	else
		gcp_asked_answer_page(asked, answer.outcome, answer.detail,
				      &(struct page){
					      .answered_at = answer.answered_at,
					      .retry_after_us = answer.retry_after,
				      });
}

/* ---- what goes out ----------------------------------------------------------------- */

/* The identity is known. */
static void ask(struct gcp_asked *asked)
{
	struct gcp_client *client = client_of(asked);
	const struct gcp_identity *own = &client->identity;
	AUTO_BUF struct buf body = BUF_LIMIT(GCP_ENTRIES_BODY_BYTES);

	if (own->account != OUTCOME_OK) {
		asked->base.why = own->why;
		asked_refuse(&asked->base, own->account);
	} else if (gcp_entries_write(&asked->base.page, own->texts.project, asked->turn,
				     &body, &asked->base.why) < 0) {
		asked_refuse(&asked->base, OUTCOME_BAD_REQUEST);
	} else {
		gcp_client_ask(client, buf_slice(&body), take_answer, asked);
	}
}

static void take_identity(void *ctx, enum message_outcome outcome, const char *detail,
			  const struct gcp_identity *identity)
{
	struct gcp_asked *asked = ctx;

	if (outcome != OUTCOME_OK) {
		asked_answer_empty(&asked->base, outcome, detail);
		return;
	}
	gcp_client_know(client_of(asked), identity);
	ask(asked);
}

static void begin_entries(struct gcp_asked *asked)
{
	struct provider *provider = asked->base.list->provider;

	if (gcp_entries_check(&asked->base.page, &asked->base.why) < 0) {
		asked_refuse(&asked->base, OUTCOME_BAD_REQUEST);
		return;
	}
	if (!provider->client.logging.url[0]) {
		asked->base.why = provider->client.why;
		asked_refuse(&asked->base, OUTCOME_BAD_REQUEST);
		return;
	}
	asked->token = (struct buf)BUF_LIMIT(LIMIT_PAGE_TOKEN_BYTES);
	if (!gcp_entries_is_newest(&asked->base.page))
		asked->turn = provider->large_turn;
	if (gcp_client_knows(&provider->client))
		ask(asked);
	else
		gcp_identity_get(provider->client.source, take_identity, asked);
}

void gcp_page_begin(struct gcp_asked *asked, const struct ask_page *page)
{
	if (asked_keep_page(&asked->base, page) < 0) {
		asked_refuse(&asked->base, OUTCOME_BAD_REQUEST);
	} else if (page->query == QUERY_ENTRIES) {
		begin_entries(asked);
	} else if (page->query == QUERY_METADATA) {
		gcp_metadata_page_begin(asked);
	} else {
		err_set(&asked->base.why, ERR_USAGE, "no such query");
		asked_refuse(&asked->base, OUTCOME_BAD_REQUEST);
	}
}
