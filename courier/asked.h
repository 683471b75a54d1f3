/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the daemon asked of a cloud and is not answered yet: kept in a list, answered once
 * and then gone. A cloud that keeps more about a request puts struct asked first in a
 * struct of its own.
 */
#include "courier/provider.h"

/* All texts of one question of the daemon's. */
#define ASKED_TEXT_BYTES ((size_t)64 * 1024)

struct asked_list;

struct asked {
	struct asked_list *list; /* borrowed */
	struct asked *previous, *next;
	enum message_kind kind; /* of the answer */
	provider_done_fn *done;
	void *ctx;
	struct ask_page page; /* after asked_keep_page(); its texts are of `texts` */
	struct buf texts;
	sd_event_source *refusal; /* tells the two below from the loop */
	enum message_outcome outcome;
	struct err why;
};

struct asked_list {
	sd_event *event;		      /* borrowed */
	struct provider *provider;	      /* borrowed */
	size_t size_bytes;		      /* of each: at least struct asked */
	void (*release)(struct asked *asked); /* what a cloud added; may be NULL */
	struct asked *first;
	unsigned count;
};

/* Drops all without an answer. */
void asked_list_release(struct asked_list *list);

/* Takes up a request: what `kind` says is MESSAGE_IDENTITY, _PAGE or _CHECK, and it is to
 * be answered. NULL when there is nothing to do: it is refused already. */
struct asked *asked_new(struct asked_list *list, const struct message *request,
			provider_done_fn *done, void *ctx);

/* Copies the question into `page`. Fails, with `why` set, when it is longer than any that
 * is asked. */
int asked_keep_page(struct asked *asked, const struct ask_page *page)
	__attribute__((warn_unused_result));

/* Gives the answer, of which kind, outcome and detail are set here; frees the request. */
void asked_answer(struct asked *asked, enum message_outcome outcome, const char *detail,
		  struct message *message);

/* As asked_answer(), without content. */
void asked_answer_empty(struct asked *asked, enum message_outcome outcome,
			const char *detail);

/* Gives the outcome, with `why` as its detail, from the loop. */
void asked_refuse(struct asked *asked, enum message_outcome outcome);
