/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Outlet: one sink of the outbox: what it takes, what is on its way there, how it fares,
 * and what was counted. Knows no loop and no courier; what it has counted outlives a
 * restart as a value of the store.
 */
#include "agent/breaker.h"
#include "agent/outbox.h"
#include "agent/outlet_aside.h"
#include "agent/sink/sink.h"

/* Records that had to be dropped, until all that was left is delivered. */
struct outlet_loss {
	us_time since, until; /* of the first and the last; US_TIME_NONE = none */
	uint64_t count, told; /* all, and those that were told */
	us_time told_at; /* on the agent's clock; US_TIME_NONE = in no life of ours */
};

/* The batch that the courier has. */
struct outlet_flight {
	bool is_under_way;
	size_t count;
	uint64_t numbers[MESSAGE_LIST_MAX];
};

struct outlet {
	struct outbox *outbox;	   /* it belongs to */
	char *name, *type, *rules; /* owned */
	const char *records;	   /* "findings", "logins", "both" */
	const struct alert_format *format;
	struct sink *sink;	/* owned; NULL = through the courier */
	unsigned streams;	/* 1 << enum alert_stream: those it takes */
	enum severity severity; /* the least of the findings it takes */
	size_t batch;
	uint64_t max_bytes;
	struct breaker breaker;
	struct outlet_flight flight;
	uint64_t alone_until; /* up to this number records are sent one by one */
	struct outlet_doubt doubt;
	uint64_t delivered, refused, dropped;
	uint64_t heartbeat;	  /* the number of the last that was put; 0 = none */
	uint64_t stale_heartbeat; /* one before it, that was on its way then */
	struct outlet_loss loss;
	bool is_trying; /* a trial is on its way */
	char last_error[256];
};

/* Fills the outlet from the configuration; the store knows what was counted. Fails on
 * what cannot be. */
int outlet_init(struct outlet *outlet, const struct config *config,
		const struct config_sink *from, struct store *store, struct err *err)
	__attribute__((warn_unused_result));
void outlet_release(struct outlet *outlet);

/* Whether the sink is to have the record. */
bool outlet_wants(const struct outlet *outlet, const struct alert_record *record,
		  const struct outbox_about *about);

/* What the record is to this sink: the first that it gets of a finding creates it there,
 * whatever those were that it did not want. */
enum alert_activity outlet_activity(const struct outlet *outlet,
				    const struct alert_record *record,
				    const struct outbox_about *about);

/* Puts what was counted, and where a file was written to, into the batch. */
void outlet_save(const struct outlet *outlet, struct store *store);

/* Takes what became of the batch under way. */
void outlet_take_answer(struct outlet *outlet, struct store *store,
			const struct message *answer, us_time now);

/* Whether the record is on its way: neither to be dropped nor sent again. */
bool outlet_has_under_way(const struct outlet *outlet, uint64_t number);

/* Keeps what is wrong, for people. */
void outlet_note(struct outlet *outlet, struct slice why);
/* As that, and backs off. */
void outlet_fail(struct outlet *outlet, us_time now, us_span retry_after,
		 struct slice why);
/* As that, where no trying again mends it. */
void outlet_stop(struct outlet *outlet, us_time now, struct slice why);

/* "good", "waiting", "failing", "open". */
const char *outlet_state_word(const struct outlet *outlet, uint64_t waiting);
