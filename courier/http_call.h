/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What courier/http.c (the loop) and courier/http_call.c (one request) share and nobody
 * else sees.
 */
#include <curl/curl.h>

#include "courier/http.h"

struct http {
	sd_event *event; /* borrowed */
	CURLM *multi;
	sd_event_source *timer;
	char *ca_file, *proxy, *no_proxy; /* owned; "" = none */
	char *client_certificate, *client_key;
	struct http_call *calls; /* under way, in no order */
};

/* Gives the answer of a request that libcurl is done with, and ends it; one that only
 * connected for HTTP_STREAM stays, for its owner to cancel. */
void http_call_finish(struct http_call *call, CURLcode code);

/* libcurl's handle of it, for writing to what was connected; borrowed. */
CURL *http_call_easy(const struct http_call *call);
