/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the daemon asked of Azure and is not answered yet: for provider.c, which takes it
 * up and answers it, page.c, which makes pages of it, and options.c (the metadata).
 */
#include "courier/asked.h"
#include "courier/azure/check.h"
#include "courier/azure/client.h"

struct provider {
	struct azure_client client;
	struct asked_list asked; /* of struct azure_asked */
};

struct azure_asked {
	struct asked common;	   /* first: it is what the list knows */
	struct azure_check *check; /* owned */
};

/* Begins to answer a MESSAGE_ASK_PAGE. */
void azure_page_begin(struct asked *asked, const struct ask_page *page);

/* Begins to answer a QUERY_METADATA, which is in `page` (options.c). */
void azure_options_begin(struct asked *asked);
