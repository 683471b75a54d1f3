/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The deliveries of all sinks: opened when first needed, by the name of their section,
 * and kept. Each has connections of its own, and all are under way at once, so that none
 * waits for another.
 */
#include "courier/deliver.h"

struct deliveries;

/* The caller owns the result; both outlive it. */
struct deliveries *deliveries_new(sd_event *event, const struct config *config);
void deliveries_free(struct deliveries *deliveries); /* cancels; NULL is allowed */

/* Sends a batch, which is copied. `done` is called once, from the loop or from within
 * this call. */
void deliveries_send(struct deliveries *deliveries, const struct deliver *batch,
		     deliver_done_fn *done, void *ctx);

/* Checks every sink that is reached over the network; `done` gets a line of each in one
 * MESSAGE_CHECK, from the loop. False, and nothing will be told, when there are none, or
 * a check is under way. */
bool deliveries_check(struct deliveries *deliveries, deliver_done_fn *done, void *ctx);
