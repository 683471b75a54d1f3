/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/asked.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"

/* Under way at a time; the daemon asks a few. */
#define REQUESTS_MAX 32

/* The kind of the answer to a kind of request; 0 where there is none. */
static int answer_kind(enum message_kind request)
{
	switch (request) {
	case MESSAGE_ASK_IDENTITY:
		return MESSAGE_IDENTITY;
	case MESSAGE_ASK_PAGE:
		return MESSAGE_PAGE;
	case MESSAGE_ASK_CHECK:
		return MESSAGE_CHECK;
	default:
		return 0;
	}
}

static void free_asked(struct asked *asked)
{
	struct asked_list *list = asked->list;

	if (asked->previous)
		asked->previous->next = asked->next;
	else
		list->first = asked->next;
	if (asked->next)
		asked->next->previous = asked->previous;
	list->count--;
	if (list->release)
		list->release(asked);
	sd_event_source_disable_unref(asked->refusal);
	buf_release(&asked->texts);
	free(asked);
}

void asked_list_release(struct asked_list *list)
{
	while (list->first)
		free_asked(list->first);
}

struct asked *asked_new(struct asked_list *list, const struct message *request,
			provider_done_fn *done, void *ctx)
{
	int kind = answer_kind(request->kind);
	struct asked *asked = memory_new(1, list->size_bytes);

	assert(list->size_bytes >= sizeof(*asked));
	asked->list = list;
	asked->kind = kind ? (enum message_kind)kind : MESSAGE_PAGE;
	asked->done = done;
	asked->ctx = ctx;
	asked->texts = (struct buf)BUF_LIMIT(ASKED_TEXT_BYTES);
	asked->next = list->first;
	if (asked->next)
		asked->next->previous = asked;
	list->first = asked;
	list->count++;
	if (kind && list->count <= REQUESTS_MAX)
		return asked;
	err_set(&asked->why, ERR_LIMIT,
		kind ? "too many requests at a time" : "no such request");
	asked_refuse(asked, OUTCOME_BAD_REQUEST);
	return NULL;
}

static struct slice keep(struct asked *asked, struct slice text)
{
	size_t from = asked->texts.len;

	buf_append(&asked->texts, text);
	return slice_of(asked->texts.ptr + from, text.len);
}

int asked_keep_page(struct asked *asked, const struct ask_page *page)
{
	size_t len = page->region.len + page->attribute.len + page->value.len +
		     page->token.len;

	/* room for all first: the texts must not move any more */
	if (page->region.len > ASKED_TEXT_BYTES ||
	    page->attribute.len > ASKED_TEXT_BYTES ||
	    page->value.len > ASKED_TEXT_BYTES || page->token.len > ASKED_TEXT_BYTES ||
	    !buf_reserve(&asked->texts, len))
		return err_set(&asked->why, ERR_LIMIT, "the question is too long");
	asked->page = *page;
	asked->page.region = keep(asked, page->region);
	asked->page.attribute = keep(asked, page->attribute);
	asked->page.value = keep(asked, page->value);
	asked->page.token = keep(asked, page->token);
	return 0;
}

void asked_answer(struct asked *asked, enum message_outcome outcome, const char *detail,
		  struct message *message)
{
	message->kind = asked->kind;
	message->outcome = outcome;
	message->detail = slice_text(detail);
	asked->done(asked->ctx, message);
	free_asked(asked);
}

void asked_answer_empty(struct asked *asked, enum message_outcome outcome,
			const char *detail)
{
	struct message message = { .kind = asked->kind };

	if (asked->kind == MESSAGE_IDENTITY)
		message.identity.launched_at = message.identity.credentials_until =
			US_TIME_NONE;
	if (asked->kind == MESSAGE_PAGE)
		message.page.answered_at = US_TIME_NONE;
	asked_answer(asked, outcome, detail, &message);
}

static int tell_refusal(sd_event_source *source, void *userdata)
{
	struct asked *asked = userdata;

	(void)source;
	asked_answer_empty(asked, asked->outcome, asked->why.text);
	return 0;
}

void asked_refuse(struct asked *asked, enum message_outcome outcome)
{
	asked->outcome = outcome;
	if (sd_event_add_defer(asked->list->event, &asked->refusal, tell_refusal, asked) <
	    0)
		abort();
}
