/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * An origin (RFC 6454): scheme, host and port of a service, as the configuration or a
 * table of ours names it. What carries secrets goes to an origin that was chosen before,
 * whatever a link in an answer says. Pure.
 */
#include "base/buf.h"
#include "base/err.h"

#define ORIGIN_HOST_BYTES 256
#define ORIGIN_URL_BYTES (ORIGIN_HOST_BYTES + 16)

struct origin {
	char url[ORIGIN_URL_BYTES];   /* "https://management.azure.com" */
	char host[ORIGIN_HOST_BYTES]; /* as in the Host header: with a port that is not
					 the scheme's own */
};

/* Reads "https://host[:port][/]". Fails when it is no http or https URL of a host alone.
 */
int origin_read(const char *url, struct origin *ret_origin, struct err *err)
	__attribute__((warn_unused_result));

/* Whether an absolute link is of this origin; gives what comes after it, from the '/' on.
 * The scheme's own port may be written out. */
bool origin_holds(const struct origin *origin, struct slice link, struct slice *ret_rest);

/* Appends a text as a part of a URL's query or path: all but RFC 3986's unreserved bytes
 * percent-encoded. */
bool origin_append_encoded(struct buf *url, struct slice text);
