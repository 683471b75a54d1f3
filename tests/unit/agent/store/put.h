/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Opening a store and putting things of a test's, with little to say: what cannot be
 * opened fails a check.
 */
#include "agent/store/store.h"
#include "tests/unit/input/scratch.h"

#define AUTO_STORE __attribute__((cleanup(store_end)))
void store_end(struct store **store);

/* An instant of these tests: seconds after 2024-06-01T12:00:00Z. */
us_time at(int64_t seconds);

/* Opens the store in the folder; NULL, and a failed check, when it cannot be. */
struct store *store_in(const char *folder, struct store_opening *ret_opening);

/* Commits; a failed check when it cannot be. */
void commit(struct store *store);

struct id id_of(unsigned number);
void put_login(struct store *store, unsigned number, int64_t seconds, enum path path,
	       enum verdict_kind verdict, const char *json);
void put_finding(struct store *store, unsigned number, unsigned login, int64_t seconds,
		 const char *json);
/* Told at at(number), of stream number % STORE_STREAMS and severity number % 5. */
void put_delivery(struct store *store, const char *sink, uint64_t number,
		  const char *bytes);

/* What is there, as text: "1:one 2:two". Each is borrowed until the buf's next change. */
const char *list_events(struct store *store, struct buf *buf);
const char *list_logins(struct store *store, const struct store_filter *filter,
			struct buf *buf);
const char *list_findings(struct store *store, const struct store_filter *filter,
			  struct buf *buf);
const char *list_deliveries(struct store *store, const char *sink, uint64_t limit,
			    struct buf *buf);
const char *list_values(struct store *store, const char *prefix, struct buf *buf);

/* Takes what the readers hand over: "json ", into a struct buf. */
bool take_login(void *ctx, const struct store_login *login);
bool take_finding(void *ctx, const struct store_finding *finding);

extern const struct store_filter any;
