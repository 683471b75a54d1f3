/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Batch: what was put and is not committed yet, copied into memory, in the order it came.
 * What is said again of the same login, finding, value or text replaces what was said
 * before. Knows no SQL.
 */
#include "agent/store/store.h"
#include "base/arena.h"
#include "base/hash.h"
#include "base/map.h"

enum batch_kind {
	BATCH_EVENT,
	BATCH_TEXT,
	BATCH_VALUE,
	BATCH_LOGIN,
	BATCH_FINDING,
	BATCH_DELIVERY,
	BATCH_DROP, /* of a delivery */
	BATCH_DEAD_LETTER,
	BATCH_BASELINE,
	BATCH_FORGET, /* of baselines */
};

struct batch_item {
	enum batch_kind kind;
	struct batch_item *next;
	union {
		struct {
			us_time fed_at;
			struct slice code, key;
		} event;
		struct store_text text;
		struct {
			const char *name;
			struct slice value; /* empty = remove it */
		} value;
		struct store_login login;
		struct {
			struct store_finding row;
			struct batch_item *older; /* of the same login */
		} finding;
		struct {
			const char *sink;
			struct store_delivery row; /* of a drop: its number */
			struct batch_item *newer;  /* delivery, of any sink */
		} delivery;
		struct {
			const char *sink;
			struct store_dead_letter row;
		} letter;
		struct store_baseline baseline;
	};
};

struct batch {
	struct batch_item *first, *last;
	size_t bytes;	/* of all that was put */
	us_time put_at; /* the latest time of the agent's clock that was named;
			   US_TIME_NONE = none */
	struct arena arena;
	struct map items;    /* those that may be replaced or looked for */
	struct map by_login; /* the newest finding of each login */
	struct map deliveries;
	struct map drops; /* of deliveries */
	struct batch_item *first_delivery, *last_delivery;
	struct hash_key hash_key;
};

void batch_init(struct batch *batch);
void batch_release(struct batch *batch);

/* Empties it for the next. */
void batch_clear(struct batch *batch);

static inline bool batch_is_empty(const struct batch *batch)
{
	return !batch->first;
}

/* Each copies all it is given. */
void batch_put_event(struct batch *batch, us_time fed_at, struct slice code,
		     struct slice key);
void batch_put_text(struct batch *batch, const struct store_text *text);
void batch_put_value(struct batch *batch, const char *name, struct slice value);
void batch_put_login(struct batch *batch, const struct store_login *login);
void batch_put_finding(struct batch *batch, const struct store_finding *finding);
void batch_put_delivery(struct batch *batch, const char *sink,
			const struct store_delivery *delivery);
void batch_drop_delivery(struct batch *batch, const char *sink, uint64_t number);
void batch_put_dead_letter(struct batch *batch, const char *sink,
			   const struct store_dead_letter *letter);
void batch_put_baseline(struct batch *batch, const struct store_baseline *row);
void batch_drop_baseline(struct batch *batch, struct slice kind, struct slice key);

/* Whether store_drop_delivery() was said of it. */
bool batch_has_drop(const struct batch *batch, const char *sink, uint64_t number);

/* A record that waits in the batch: the newest that was put of this number, NULL = none.
 */
const struct store_delivery *batch_find_delivery(const struct batch *batch,
						 const char *sink, uint64_t number);
/* The first record that waits in the batch for the sink; NULL = none. */
const struct store_delivery *batch_first_delivery(const struct batch *batch,
						  const char *sink);

/* The newest finding of the login, the others behind it; NULL when there is none. */
const struct batch_item *batch_findings_of(const struct batch *batch,
					   const struct id *login_id);
bool batch_has_finding(const struct batch *batch, const struct id *id);

bool batch_has_key(const struct batch *batch, struct slice key);
/* NULL when it is not in the batch; borrowed until the next batch_clear(). */
const struct store_text *batch_find_text(const struct batch *batch, uint64_t reference);
