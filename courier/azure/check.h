/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What `countersign doctor` asks: try everything that is needed of Azure, one after the
 * other, and say of each what came out and what to grant.
 */
#include "courier/azure/client.h"
#include "courier/message.h"

struct azure_check;

typedef void azure_check_done_fn(void *ctx, const struct check *check);

/* Begins; `done` is called once, from the loop. The caller frees the result, also within
 * `done`; no call of the client's may be under way then but from within `done`. */
struct azure_check *azure_check_new(struct azure_client *client,
				    azure_check_done_fn *done, void *ctx);
void azure_check_free(struct azure_check *check); /* NULL is allowed */
