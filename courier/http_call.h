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
	struct http_call *calls;	  /* under way, in no order */
};

/* Gives the answer of a request that libcurl is done with, and ends it. */
void http_call_finish(struct http_call *call, CURLcode code);
