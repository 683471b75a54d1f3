/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The document in which a cloud's metadata hands out an OAuth 2.0 access token (RFC 6749
 * section 5.1; Azure adds expires_on and client_id, and writes numbers as texts). Checked
 * and copied out, since the token becomes a header. Pure; no part of it is ever in an
 * error.
 */
#include "base/err.h"
#include "base/limits.h"
#include "base/time.h"

#define TOKEN_CLIENT_BYTES 129

struct token {
	char text[LIMIT_CREDENTIAL_BYTES];
	char client[TOKEN_CLIENT_BYTES]; /* whose it is; "" = not said */
	us_span life;			 /* from `now` */
};

/* `now` is the clock of whoever gave it. Fails when it is no bearer token, or does not
 * say how long it lives. */
int token_read(struct slice document, us_time now, struct token *ret_token,
	       struct err *err) __attribute__((warn_unused_result));
