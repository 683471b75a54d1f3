/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What courier/bearer.c (the token) and courier/bearer_call.c (what is sent with it)
 * share and nobody else sees.
 */
#include "courier/bearer.h"
#include "courier/token.h"

struct bearer_asker;
struct bearer_sent;

struct bearer {
	sd_event *event; /* borrowed, as http and metadata */
	struct http *http;
	struct metadata *metadata;
	bearer_explain_fn *explain;
	char *path;	     /* owned; NULL = not said yet */
	struct token *token; /* owned, wiped; NULL = none */
	us_time dies_at;     /* CLOCK_BOOTTIME: the wall clock may be set */
	bool is_refused;     /* `token` is, by a service */
	bool is_fetching;
	us_time fetched_at;	      /* CLOCK_BOOTTIME, of the last end; 0 = never */
	enum message_outcome outcome; /* of the last fetch */
	struct err why;
	struct bearer_asker *askers; /* owned */
	sd_event_source *deferred;   /* nothing needs to be asked */
	struct bearer_sent *sent;    /* calls under way; owned */
};

/* Cancels: nobody is told. */
void bearer_sent_free(struct bearer_sent *sent);
