/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Outbox: what has to be told, to each sink of the configuration, until the sink has said
 * that it is safe. The records lie in the store, put there in the transaction of the
 * verdict they tell; here they are filtered, formatted, handed out after the commit, and
 * removed when there is a positive answer. Sinks on this host are written at once; the
 * others go through the courier, one batch of each sink at a time. A sink that fails is
 * tried again, ever more seldom, and holds up no other; what waits for it is bounded.
 *
 *   put ──▶ store ──commit──▶ flush ──▶ file, journal ─────────▶ dropped from the store
 *                               └─────▶ courier ──answer──┬─ safe: dropped
 *                                            ▲            ├─ refused: a dead letter
 *                                            └──later─────┴─ again: stays
 */
#include "agent/store/store.h"
#include "alert/record.h"
#include "config/config.h"
#include "courier/message.h"

struct outbox;

/* Records of a sink had to be dropped, or it has taken all that was left after that. */
struct outbox_loss {
	const char *sink;
	uint64_t count;	      /* since it began */
	us_time since, until; /* the first and the last, on the real clock */
	bool is_over;
};

struct outbox_options {
	struct store *store; /* these three are borrowed for the outbox's life */
	const struct config *config;
	const char *host; /* this host's name */
	/* Sends a request to the courier; `done` is called once with the answer, later.
	 * False: not now. */
	bool (*ask)(void *ctx, struct message *request,
		    void (*done)(void *done_ctx, const struct message *answer),
		    void *done_ctx);
	/* An answer has changed what waits: wants a commit, and a flush. */
	void (*settled)(void *ctx);
	/* From within outbox_flush(): to be made a finding. */
	void (*lost)(void *ctx, const struct outbox_loss *loss);
	us_time (*now)(void *ctx); /* the agent's clock */
	void *ctx;
};

/* `options` is copied. With no sink in the configuration: alerts.jsonl in log_dir and,
 * where there is a journal, the journal. Fails on a sink that cannot be. */
int outbox_open(const struct outbox_options *options, struct outbox **ret_outbox,
		struct err *err) __attribute__((warn_unused_result));
void outbox_free(struct outbox *outbox);

/* Drops what waits for sinks that are no longer in the configuration, and says how many
 * records that were: nobody would ever take them. */
int outbox_drop_orphans(struct outbox *outbox, uint64_t *ret_count, struct err *err)
	__attribute__((warn_unused_result));

/* What a finding is filtered by; of the others it is all zero. What was told under
 * another rule or severity before is told on to whom it was told. */
struct outbox_about {
	enum severity severity, severity_before;
	const char *rule, *rule_before; /* before: NULL = nothing was told before */
};

/* Puts the record for every sink that takes its stream and, of findings, its severity and
 * rule. Becomes durable with the batch. */
void outbox_put(struct outbox *outbox, const struct alert_record *record,
		const struct outbox_about *about);

/* Hands out what was committed. True when something was delivered or dropped, so that it
 * wants a commit and to be called again. */
bool outbox_flush(struct outbox *outbox);

/* When outbox_flush() is to be called again though nothing new was put, on the agent's
 * clock; US_TIME_NONE = no need. */
us_time outbox_deadline(const struct outbox *outbox);

/* Whether it is time to tell those that are to be told that the agent lives. */
bool outbox_heartbeat_is_due(const struct outbox *outbox);
/* As outbox_put(); what waits of the one before is replaced. */
void outbox_put_heartbeat(struct outbox *outbox, const struct alert_record *record);

/* Records that wait, of all sinks together. */
uint64_t outbox_waiting(const struct outbox *outbox);

/* The configuration was read anew, files were rotated: all is tried again at once. */
void outbox_reopen(struct outbox *outbox);

/* What came of a record that was sent to one sink to see whether it arrives. */
struct outbox_trial {
	const char *sink;
	const char *outcome; /* "delivered", "refused", "failed" */
	struct slice detail; /* what it answered */
	bool is_last;	     /* of the sinks that were asked */
};

/* Sends the record to the sinks of these names (blanks between them; empty: to all) at
 * once, beside what waits: it is stored nowhere. `done` is called for each sink, for some
 * before this returns. Fails, before anything is sent, on a name that is none, and while
 * another trial is going on. */
int outbox_try(struct outbox *outbox, struct slice sinks,
	       const struct alert_record *record,
	       void (*done)(void *ctx, const struct outbox_trial *trial), void *ctx,
	       struct err *err) __attribute__((warn_unused_result));

/* For status: each sink in turn, false past the last. All borrowed. */
struct outbox_state {
	const char *name, *type, *format, *records;
	const char *state; /* "good", "waiting", "failing", "open" */
	uint64_t waiting, waiting_bytes, max_bytes;
	us_time oldest_at; /* told at; US_TIME_NONE = nothing waits */
	uint64_t delivered, refused, dropped, dead_letters;
	us_time retry_at;	/* on the agent's clock; US_TIME_NONE = any time */
	const char *last_error; /* "" = it works */
};
bool outbox_state(const struct outbox *outbox, size_t index,
		  struct outbox_state *ret_state);
