/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Credentials of the instance's role, from IMDSv2 alone: fetched when first needed,
 * renewed before they expire, refused when expired or when the service says anything but
 * "Success". A failure is remembered for a moment, so that many who ask do not hammer.
 * Wiped when replaced and at the end; never in a log, an error or a message. (Those of a
 * role to assume with them are courier/aws/client.h's.)
 */
#include "courier/aws/metadata.h"
#include "courier/message.h"

struct aws_credentials {
	const char *access_key_id, *secret_access_key, *session_token;
	us_time expires_at;
	const char *role; /* the instance's role name */
};

typedef void aws_credentials_done_fn(void *ctx, enum message_outcome outcome,
				     const char *detail,
				     const struct aws_credentials *credentials);

/* Gives credentials that live at least another minute, or says why there are none; once,
 * from the loop. Many may ask at the same time: they share one fetch. */
void aws_credentials_get(struct aws_metadata *metadata, aws_credentials_done_fn *done,
			 void *ctx);
/* The service said that they are expired or refused: the next asking fetches anew. */
void aws_credentials_renew(struct aws_metadata *metadata);
