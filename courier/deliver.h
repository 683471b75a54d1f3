/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Delivery: finished records to a place over the network, a file for each protocol, found
 * by the type of the configuration's [sink NAME]. A delivery keeps no queue and repeats
 * nothing: it sends what it is given once and says what became of each record; the daemon
 * keeps them, and asks again. It goes where its section says and nowhere else: never to
 * metadata or link-local addresses, no redirects, no plain HTTP but to an address that
 * the section itself names so. Secrets come from files or credentials (courier/secret.h),
 * and are in no text that leaves this folder.
 */
#include "config/config.h"
#include "courier/http.h"
#include "courier/message.h"

struct delivery;

/* Takes what became of one batch: `outcome`, `detail` and `delivered` of the answer are
 * set. All is borrowed for the call. */
typedef void deliver_done_fn(void *ctx, const struct message *answer);

struct deliver_ops {
	const char *type; /* of [sink NAME] */
	/* `sink` outlives it. Fails on what no sending would mend: a file that is missing
	 * or that others may read. */
	int (*open)(sd_event *event, const struct config *config,
		    const struct config_sink *sink, struct delivery **ret_delivery,
		    struct err *err);
	/* Sends the records; `done` is called once, from the loop. One batch at a time. */
	void (*send)(struct delivery *delivery, const struct deliver *batch,
		     deliver_done_fn *done, void *ctx);
	void (*close)(struct delivery *delivery); /* cancels; `done` is not called */
};
