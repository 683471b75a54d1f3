/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What `countersign doctor` asks: try everything that is needed of AWS, one after the
 * other, and say of each what came out and what to grant.
 */
#include "courier/aws/client.h"
#include "courier/message.h"

struct aws_check;

typedef void aws_check_done_fn(void *ctx, const struct check *check);

/* Begins; `done` is called once, from the loop. The caller frees the result, also within
 * `done`; no call of the client's may be under way then but from within `done`. */
struct aws_check *aws_check_new(struct aws_client *client, aws_check_done_fn *done,
				void *ctx);
void aws_check_free(struct aws_check *check); /* NULL is allowed */
