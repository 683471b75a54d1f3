/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Who this instance is, and with which service account it may ask: from the metadata
 * server, or from [identity] where that says it all. Asked anew each time (an image may
 * have been cloned under us); many who ask at the same time share one asking.
 *
 * Source: "About VM metadata", Compute Engine documentation.
 */
#include "config/config.h"
#include "courier/gcp/identity_texts.h"
#include "courier/gcp/service_account.h"
#include "courier/metadata.h"

#define GCP_METADATA_PATH "/computeMetadata/v1/"

struct gcp_identity {
	struct gcp_identity_texts texts;
	char email[GCP_EMAIL_BYTES];  /* of the service account; "" = none known */
	enum message_outcome account; /* OK: its scopes let it read logs */
	struct err why;		      /* where they do not */
};

typedef void gcp_identity_done_fn(void *ctx, enum message_outcome outcome,
				  const char *detail,
				  const struct gcp_identity *identity);

struct gcp_identity_source;

/* What is given outlives it. */
struct gcp_identity_source *gcp_identity_new(sd_event *event, struct metadata *metadata,
					     const struct config *config);
void gcp_identity_free(struct gcp_identity_source *source); /* nobody is told; NULL is
							       allowed */

/* `done` is called once, from the loop; the identity is borrowed for the call, NULL
 * unless the outcome is OK. */
void gcp_identity_get(struct gcp_identity_source *source, gcp_identity_done_fn *done,
		      void *ctx);

/* Why there is no token, in words: no service account, or what metadata said. */
enum message_outcome gcp_account_explain(const struct metadata_answer *answer,
					 struct err *why);
