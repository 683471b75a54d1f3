/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The inside of the outbox, for its own files: outbox.c puts and hands out, outbox_open.c
 * opens, outbox_send.c speaks with the courier, outbox_share.c keeps each sink to its
 * share of the disk, outbox_try.c tries.
 */
#include "agent/outlet.h"

struct trial {
	void (*done)(void *ctx, const struct outbox_trial *trial); /* NULL = none */
	void *ctx;
	size_t waiting; /* sinks that have not answered */
};

struct outbox {
	struct outbox_options options;
	struct buf line;
	struct outlet outlets[CONFIG_SINKS_MAX];
	size_t count;
	us_time heartbeat_at; /* on the agent's clock; US_TIME_NONE = never */
	struct trial trial;
};

/* What waits for the sink; a database that cannot be read fails loudly at the next
 * commit, and is taken for empty here. */
struct store_waiting outbox_waiting_of(const struct outbox *outbox,
				       const struct outlet *outlet);

/* outbox_send.c: gives the courier what the sink may have now, if anything. */
void outbox_send(struct outbox *outbox, struct outlet *outlet, us_time now);

/* outbox_share.c: drops what is past the sink's share, or tells of what was. True when
 * the store's batch has changed. */
bool outbox_keep_share(struct outbox *outbox, struct outlet *outlet, us_time now);
/* When it has something to tell though nothing else happens; US_TIME_NONE = nothing. */
us_time outbox_share_deadline(const struct outlet *outlet);

/* Formats the record for the sink into outbox->line; false when it cannot be. */
bool outbox_format(struct outbox *outbox, struct outlet *outlet,
		   const struct alert_record *record);

/* The record's own key, which no other record of any host has. */
#define OUTBOX_KEY_BYTES 33
const char *outbox_key(const struct alert_record *record, char key[OUTBOX_KEY_BYTES]);

/* Fills a request but for its records. */
void outbox_address(const struct outbox *outbox, const struct outlet *outlet,
		    struct message *ret_request);
/* A record as the courier has it; borrows from the delivery. */
struct deliver_record outbox_record(const struct store_delivery *delivery);
