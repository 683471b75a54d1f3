/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * AWS Signature Version 4 for a request to the path "/" without a query, as all services
 * asked here have it. Pure: request, credentials and time in, the Authorization header
 * out. Every header that is given is signed, so that nothing of what is sent can be
 * changed on its way. Source: "Signature Version 4 signing process", AWS documentation.
 */
#include "base/buf.h"
#include "base/time.h"
#include "courier/aws/credentials.h"

#define SIGV4_HEADERS_MAX 12

struct sigv4_header {
	const char *name;   /* lower case */
	struct slice value; /* blanks around it and runs of blanks in it count as one
			       does */
};

struct sigv4_request {
	const char *method;
	/* All that are signed, in any order; among them "host" (with its port where it is
	 * not the scheme's own), "x-amz-date" and, with a session token,
	 * "x-amz-security-token". */
	struct sigv4_header headers[SIGV4_HEADERS_MAX];
	size_t header_count;
	struct slice body;
	const char *region, *service;
	us_time time;
};

#define SIGV4_DATE_BYTES 17

/* "20260128T095955Z", the value of x-amz-date. Returns `text`. */
const char *sigv4_date(us_time time, char text[SIGV4_DATE_BYTES]);

/* Appends "AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=...". Derived
 * keys are wiped. False past buf's limit. */
bool sigv4_authorization(const struct sigv4_request *request,
			 const struct aws_credentials *credentials, struct buf *buf);
