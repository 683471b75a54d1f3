/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The head of an HTTP answer, line by line as it arrives: bounded in bytes and in lines
 * over all heads of one request (a server may send any number of 1xx ones), keeping the
 * few fields that matter. A field that is not as its RFC says counts as not sent.
 */
#include "base/time.h"

#define HTTP_ERROR_TYPE_BYTES ((size_t)64)

struct http_head {
	size_t bytes;
	unsigned lines;
	bool is_whole;		/* the empty line has come */
	us_time date;		/* US_TIME_NONE = none */
	us_span retry_after;	/* -1 = none */
	us_time retry_after_at; /* Retry-After was a date; US_TIME_NONE = it was not */
	char error_type[HTTP_ERROR_TYPE_BYTES]; /* a word; "" = none */
	bool is_google;				/* Metadata-Flavor: Google */
	bool is_exhausted; /* x-ms-ratelimit-remaining-subscription-reads: 0 */
};

void http_head_init(struct http_head *head);

/* Takes a line, its end included. False when there were too many, or too many bytes. */
bool http_head_add(struct http_head *head, struct slice line);

/* How long the server wants to be left alone, 0 when it does not say; `now` stands in for
 * a Date that was not sent. At most a day. */
us_span http_head_retry_after(const struct http_head *head, us_time now);

/* The whole slice as an HTTP date, "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7, the
 * form that senders must use). */
bool http_date(struct slice text, us_time *ret_time);
