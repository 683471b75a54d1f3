/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Delivery: finished bytes to a place over the network, a file for each protocol, found
 * by the type of the configuration's [sink NAME]. There is none yet, so courier.c answers
 * every MESSAGE_DELIVER with OUTCOME_BAD_REQUEST; this is what one has to be.
 */
#include "config/config.h"
#include "courier/http.h"
#include "courier/message.h"

struct delivery;

/* Takes the answer to one delivery: OK only when the receiver said that it has it. The
 * texts are borrowed for the call. */
typedef void deliver_done_fn(void *ctx, enum message_outcome outcome, const char *detail);

struct deliver_ops {
	const char *type; /* of [sink NAME] */
	/* `http` and `sink` outlive it. */
	struct delivery *(*open)(sd_event *event, struct http *http,
				 const struct config_sink *sink);
	/* Sends the bytes as they are; `done` is called once, from the loop. The same
	 * number is the same bytes: a receiver that can tell doubles apart is told it. */
	void (*send)(struct delivery *delivery, uint64_t number, struct slice bytes,
		     deliver_done_fn *done, void *ctx);
	void (*close)(struct delivery *delivery); /* cancels; `done` is not called */
};
