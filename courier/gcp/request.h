/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the daemon asked of Google Cloud and is not answered yet: for provider.c, which
 * answers who this instance is, page.c (Cloud Logging), metadata_page.c and options.c
 * (the metadata server).
 */
#include "courier/asked.h"
#include "courier/gcp/check.h"
#include "courier/gcp/client.h"
#include "courier/gcp/key_texts.h"
#include "courier/option_list.h"

struct provider {
	struct gcp_client client;
	struct asked_list asked;
	/* Pages of the doors are too large in the forms before this one; 0 = as far as is
	 * known, none is. */
	unsigned large_turn;
};

/* Freed when it was answered. */
struct gcp_asked {
	struct asked base;	   /* first */
	unsigned turn;		   /* of the question */
	unsigned empty;		   /* pages without the newest entry, so far */
	struct buf token;	   /* of the next of these; owned */
	struct gcp_key_texts keys; /* owned */
	struct option_list options;
	struct gcp_check *check; /* owned */
};

/* Begins to answer a MESSAGE_ASK_PAGE. */
void gcp_page_begin(struct gcp_asked *asked, const struct ask_page *page);

/* Begins to answer a QUERY_METADATA, which is in `base.page`. */
void gcp_metadata_page_begin(struct gcp_asked *asked);

/* Begins to answer one for the options that open doors (options.c). */
void gcp_options_begin(struct gcp_asked *asked);

/* Gives the page. */
void gcp_asked_answer_page(struct gcp_asked *asked, enum message_outcome outcome,
			   const char *detail, const struct page *page);
