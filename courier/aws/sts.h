/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * STS AssumeRole: the form that is sent, and the credentials that come back as XML (the
 * only form that is documented). Pure. Source: AWS Security Token Service API Reference,
 * version 2011-06-15.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"

/* What AssumeRole gave; borrowed from the answer. */
struct sts_credentials {
	struct slice access_key_id, secret_access_key, session_token;
	us_time expires_at;
};

/* Appends the form. `external_id` "" = none. `session_name` becomes the user name of the
 * calls made with it. Fails when one of them cannot be sent. */
int sts_write(const char *role_arn, const char *external_id, const char *session_name,
	      struct buf *body, struct err *err) __attribute__((warn_unused_result));

/* Reads the answer, trusting nothing of it. No byte of it is ever in `err`. */
int sts_read(struct slice answer, struct sts_credentials *ret_credentials,
	     struct err *err) __attribute__((warn_unused_result));
