/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Outbox: what has to be told, to each sink of the configuration, until the sink has said
 * that it is safe. The records lie in the store, put there in the transaction of the
 * verdict they tell; here they are formatted, handed to the sinks after the commit, and
 * removed. A sink that fails is tried again, ever more seldom, and holds up no other.
 */
#include "agent/store/store.h"
#include "alert/record.h"
#include "config/config.h"

struct outbox;

/* `store` and `config` outlive it. With no sink in the configuration: alerts.jsonl in
 * log_dir and, where there is a journal, the journal. Fails on a sink that cannot be. */
int outbox_open(struct store *store, const struct config *config,
		struct outbox **ret_outbox, struct err *err)
	__attribute__((warn_unused_result));
void outbox_free(struct outbox *outbox);

/* Puts the record for every sink that wants this severity (-1: merely observed, told to
 * all). Becomes durable with the batch. */
void outbox_put(struct outbox *outbox, const struct alert_record *record, int severity);

/* Hands out what was committed. True when something was delivered, so that the removal
 * wants a commit. `now` paces what failed before. */
bool outbox_flush(struct outbox *outbox, us_time now);

/* When outbox_flush() is to be called again though nothing new was put; US_TIME_NONE =
 * no need. */
us_time outbox_deadline(const struct outbox *outbox);

/* Files were rotated: open anew. */
void outbox_reopen(struct outbox *outbox);

/* For status: each sink in turn, false past the last. All borrowed. */
struct outbox_state {
	const char *name, *type, *format;
	uint64_t waiting, delivered;
	const char *last_error; /* "" = it works */
};
bool outbox_state(const struct outbox *outbox, size_t index,
		  struct outbox_state *ret_state);
