/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A store with an outbox, sinks that are reached over a courier which a test plays, and
 * what those sinks were sent.
 */
#include "agent/outbox.h"
#include "tests/unit/agent/store/put.h"

#define LAB_SINKS 3
#define LAB_ASKS 64
#define LAB_RECORDS 4096

/* A batch, or a test, that the courier has. */
struct lab_ask {
	bool is_open;
	char sink[32];
	size_t count;
	uint64_t numbers[MESSAGE_LIST_MAX];
	char keys[MESSAGE_LIST_MAX][40];
	void (*done)(void *ctx, const struct message *answer);
	void *ctx;
};

/* What one sink was sent and has taken. */
struct lab_sink {
	uint64_t last_first; /* the highest number that was sent so far */
	uint64_t sent[LAB_RECORDS], taken[LAB_RECORDS], refused[LAB_RECORDS];
	char keys[LAB_RECORDS][40];
};

struct outbox_lab {
	struct scratch scratch;
	struct store *store;
	struct config config;
	struct config_sink sinks[LAB_SINKS];
	struct outbox *outbox;
	us_time now;
	struct lab_ask asks[LAB_ASKS];
	struct lab_sink received[LAB_SINKS];
	uint64_t base; /* numbers are counted from here */
	bool is_put[LAB_RECORDS];
	uint64_t last_put; /* number */
	uint64_t settled;
	bool is_busy; /* the courier takes nothing */
	/* What went wrong. */
	bool is_disordered, is_rekeyed, is_overlapping;
	struct outbox_loss loss; /* the last one told */
	char loss_sink[32];
	uint64_t losses;
	const struct verdict *verdict; /* of the login being put */
};

/* Sinks "a", "b" and "c", of types https, splunk and syslog, native format. */
struct outbox_lab *lab_new(void);
void lab_release(struct outbox_lab **lab);
#define AUTO_OUTBOX_LAB __attribute__((cleanup(lab_release)))

void lab_open(struct outbox_lab *lab);	/* the outbox */
void lab_close(struct outbox_lab *lab); /* and all that is under way is forgotten */
/* As kill -9 does: what was not committed is gone. */
void lab_restart(struct outbox_lab *lab);

/* A finding of this severity; its number. */
uint64_t lab_put(struct outbox_lab *lab, int severity, const char *rule);
/* One that was of another severity when it was told last. */
void lab_put_change(struct outbox_lab *lab, int severity, int before);
/* A record of the logins' stream. */
void lab_put_login(struct outbox_lab *lab);
void lab_commit(struct outbox_lab *lab);
/* Commits and hands out until there is nothing to do at this time. */
void lab_flush(struct outbox_lab *lab);

/* The sink's batch under way, NULL = none. */
struct lab_ask *lab_ask_of(struct outbox_lab *lab, const char *sink);
/* The last of several. */
struct lab_ask *lab_last_ask_of(struct outbox_lab *lab, const char *sink);

/* Answers with these fates, one a record; the last holds for those behind it. */
void lab_answer(struct outbox_lab *lab, struct lab_ask *ask,
		const enum delivery_fate *fates, size_t count);
/* Answers with an outcome and no results. */
void lab_fail(struct outbox_lab *lab, struct lab_ask *ask, enum message_outcome outcome);

struct lab_sink *lab_sink(struct outbox_lab *lab, const char *name);
uint64_t lab_waiting(struct outbox_lab *lab, const char *sink);
uint64_t lab_dead(struct outbox_lab *lab, const char *sink);
struct outbox_state lab_state(struct outbox_lab *lab, size_t index);
