/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What `countersign doctor` asks: try everything that is needed of Google Cloud, one
 * after the other, and say of each what came out and what to grant.
 */
#include "courier/gcp/client.h"

struct gcp_check;

typedef void gcp_check_done_fn(void *ctx, const struct check *check);

/* Begins; `done` is called once, from the loop. The caller frees the result, also within
 * `done`; no call of the client's may be under way then but from within `done`. */
struct gcp_check *gcp_check_new(struct gcp_client *client, gcp_check_done_fn *done,
				void *ctx);
void gcp_check_free(struct gcp_check *check); /* NULL is allowed */
