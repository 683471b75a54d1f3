/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * HTTP requests of the courier: libcurl's multi interface on the sd-event loop. Each
 * request says what it is for, and that decides where it may go: metadata requests only
 * to the metadata endpoint, by plain HTTP, never through a proxy; API requests only to
 * HTTPS (plain HTTP only to an endpoint that the configuration itself names so, for
 * tests), never to a link-local or metadata address. A sink's requests go where its
 * section says: by HTTPS, or by plain HTTP to this machine itself; never to a link-local
 * or metadata address either, whatever its name turns out to be. No redirects, TLS 1.2 at
 * least, verified; ceilings on bytes (inflated) and time.
 */
#include <systemd/sd-event.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"

struct http;

struct http_options {
	const char *ca_file;	 /* "" = the system's */
	const char *https_proxy; /* "" = from the environment, "none" = never */
	const char *no_proxy;
	/* To show who this is, both PEM: a file, and where its key is (courier/secret.h),
	 * which is read anew for each request; NULL or "" = none. */
	const char *client_certificate, *client_key;
};

/* The caller owns the result; `event` outlives it. */
struct http *http_new(sd_event *event, const struct http_options *options);
void http_free(struct http *http); /* cancels what is under way */

enum http_purpose {
	HTTP_METADATA,
	HTTP_API,
	HTTP_SINK,
	/* No HTTP at all: a connection by TCP (http://) or TLS (https://), with no proxy
	 * between, that courier/stream.c writes to. */
	HTTP_STREAM,
};

#define HTTP_HEADERS_MAX 16

struct http_request {
	enum http_purpose purpose;
	const char *method; /* "GET", "PUT", "POST" */
	const char *url;
	const char *headers[HTTP_HEADERS_MAX]; /* "Name: value"; NULL ends it */
	struct slice body;		       /* sent as it is; empty = none */
	us_span connect_timeout, timeout;
	size_t answer_limit; /* bytes of the answer's body */
	bool only_connect;   /* as far as TLS, and send nothing */
};

struct http_answer {
	int status;	     /* 0 = there was no answer: `failure` says why; so it does
				where was_refused is set */
	struct slice body;   /* borrowed for the call */
	us_time date;	     /* Date, US_TIME_NONE = none */
	us_span retry_after; /* Retry-After in seconds or as a date; 0 = none */
	struct slice error_type; /* x-amzn-errortype; empty = none */
	bool is_google;		 /* Metadata-Flavor: Google */
	bool is_exhausted;	 /* x-ms-ratelimit-remaining-subscription-reads is 0 */
	struct err failure;
	bool was_refused;  /* it was this side that would not: a destination, a redirect,
			      too many bytes */
	bool was_late;	   /* it was `timeout` or `connect_timeout` that ended it */
	bool was_sent;	   /* the request, or some of it, went out */
	bool is_connected; /* only_connect: it is; `status` stays 0 */
};

typedef void http_done_fn(void *ctx, const struct http_answer *answer);

struct http_call;

/* Sends; all is copied (headers and body that held secrets are wiped after use). `done`
 * is called once from the loop, never from within this call, unless it is cancelled
 * before.
 */
struct http_call *http_send(struct http *http, const struct http_request *request,
			    http_done_fn *done, void *ctx);
void http_cancel(struct http_call *call); /* NULL is allowed */
