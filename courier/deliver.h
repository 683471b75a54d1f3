/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Delivery: finished records to a place over the network, a file for each protocol, found
 * by the type of the configuration's [sink NAME]. A delivery keeps no queue: it sends
 * what it is given and says what became of each record; the daemon keeps them, and asks
 * again. Only a batch that was refused as a whole is taken apart and sent once more, one
 * by one. It goes where its section says and nowhere else: never to metadata or
 * link-local addresses, no redirects, no plain HTTP but to this machine itself. Secrets
 * come from files or credentials (courier/secret.h), and are in no text that leaves this
 * folder.
 */
#include "config/config.h"
#include "courier/http.h"
#include "courier/message.h"

struct delivery;

/* Takes what became of one batch: `outcome`, `detail` and `delivered` of the answer are
 * set; or of a check, one line. All is borrowed for the call. */
typedef void deliver_done_fn(void *ctx, const struct message *answer);

struct deliver_ops {
	const char *type; /* of [sink NAME] */
	/* `event`, `config` and `sink` outlive it. Fails on what no sending would mend. A
	 * secret that cannot be read is told at each sending: it may be put right. */
	int (*open)(sd_event *event, const struct config *config,
		    const struct config_sink *sink, struct delivery **ret_delivery,
		    struct err *err);
	/* Sends the records, which are borrowed until `done`; it is called once, from the
	 * loop. One batch or check at a time. */
	void (*send)(struct delivery *delivery, const struct deliver *batch,
		     deliver_done_fn *done, void *ctx);
	/* Whether the receiver can be reached, trusted and the secrets read; sends
	 * nothing. `done` gets a MESSAGE_CHECK of one line. */
	void (*check)(struct delivery *delivery, deliver_done_fn *done, void *ctx);
	/* Cancels: `done` is not called. NULL is allowed. Not from within `done`. */
	void (*close)(struct delivery *delivery);
};
