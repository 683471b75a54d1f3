/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Store: the agent's only memory across restarts, an SQLite database in state_dir. Holds
 * the correlator's input log, the text of the evidence, cursors of every source, logins
 * and findings as they stand, and the outbox of each sink. What belongs together is put
 * into one batch and becomes durable in one transaction or not at all. Puts only collect
 * in memory; a commit that fails (disk full) keeps the batch, to be tried again. One
 * process, one connection; nobody else opens the database. Reads see what was committed.
 * All SQL is in agent/store/sql.h.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"
#include "correlator/verdict.h"

/* Severities are numbers below this. */
#define STORE_SEVERITIES 8

struct store;

struct store_options {
	const char *folder;  /* state_dir; must exist */
	uint64_t max_bytes;  /* of the database; the oldest logins go first. 0 = no limit,
				here and below */
	us_span keep;	     /* logins, findings and their evidence, on `now` */
	us_span keep_events; /* the correlator's input log, on `fed_at` */
};

/* What opening found, for status and findings. */
struct store_opening {
	bool is_new;	    /* there was none */
	bool was_damaged;   /* it was moved aside and a new one begun */
	char moved_to[512]; /* where to; "" otherwise */
	char damage[256];   /* what was wrong, in words */
};

/* Opens or creates the database, checks it (quick_check after an unclean stop), migrates
 * an older schema, refuses a newer one. A damaged one is moved aside, never deleted.
 * Fails only where nothing can be opened at all. */
int store_open(const struct store_options *options, struct store **ret_store,
	       struct store_opening *ret_opening, struct err *err)
	__attribute__((warn_unused_result));
void store_close(struct store *store); /* drops what was put and not committed */

/* ---- putting: all copied, all into the open batch ---------------------------------- */

/* One event of the correlator's input log, as event_encode() wrote it. `key` (may be
 * empty) makes it unique: an API call's event id. */
void store_put_event(struct store *store, us_time fed_at, struct slice code,
		     struct slice key);

/* Whether an event with this key is stored or in the batch. */
bool store_has_key(struct store *store, struct slice key);

/* A reference for the next evidence text, never given out before; never 0. */
uint64_t store_next_reference(struct store *store);

struct store_text {
	uint64_t reference;
	us_time at;	     /* of the line, for retention */
	struct slice source; /* file, or "journal" */
	struct slice cursor;
	struct slice line;
};
void store_put_text(struct store *store, const struct store_text *text);

/* A named value: cursors ("cursor:/var/log/auth.log"), polls ("poll:...") and the like.
 * An empty value removes it. */
void store_put_value(struct store *store, const char *name, struct slice value);

struct store_login {
	struct id id;
	us_time happened_at;
	us_time changed_at; /* on the agent's clock */
	enum path path;
	enum verdict_kind verdict;
	enum stage stage;
	bool is_door;	   /* it came through a cloud's own door */
	struct slice json; /* native_append_login()'s */
	uint64_t told;	   /* how many records of it were put in the logins' stream */
	bool was_found;	   /* a finding of it was told, */
	bool is_found;	   /* and is open */
	bool is_learned;   /* the baselines know it */
};
void store_put_login(struct store *store, const struct store_login *login);

struct store_finding {
	struct id id;
	struct id login_id; /* zero = of no login */
	us_time happened_at;
	us_time changed_at;
	uint8_t severity; /* enum severity */
	bool is_open;	  /* false: retracted or over */
	struct slice rule;
	struct slice json; /* native_append_finding()'s */
};
void store_put_finding(struct store *store, const struct store_finding *finding);

/* A record for a sink: stays until store_drop_delivery(). `number`, put once, counts all
 * records of this host, ascending, from store_next_number(); store_next_sequence() counts
 * those of one stream (below STORE_STREAMS), ascending, without a hole. */
#define STORE_STREAMS 4
struct store_delivery {
	uint64_t number;
	us_time told_at;  /* on the real clock */
	uint8_t stream;	  /* enum alert_stream */
	uint8_t severity; /* enum severity + 1; 0 = informational */
	struct slice key;
	struct slice bytes;
};
uint64_t store_next_number(struct store *store);
uint64_t store_next_sequence(struct store *store, unsigned stream);
void store_put_delivery(struct store *store, const char *sink,
			const struct store_delivery *delivery);
void store_drop_delivery(struct store *store, const char *sink, uint64_t number);

/* A record that the sink will never take: moved from its deliveries to the list of dead
 * letters, of which each sink keeps the newest STORE_DEAD_LETTERS. */
#define STORE_DEAD_LETTERS 1000
struct store_dead_letter {
	uint64_t number;
	us_time refused_at; /* on the real clock */
	struct slice why;
	struct slice bytes;
};
void store_put_dead_letter(struct store *store, const char *sink,
			   const struct store_dead_letter *letter);

/* What was learned of this host: that something of this kind and name was seen. */
struct store_baseline {
	struct slice kind; /* "principal", "source-network" ... */
	struct slice key;
	us_time first_at, last_at; /* of its logins */
	uint64_t count;
};
void store_put_baseline(struct store *store, const struct store_baseline *row);
/* Forgets one row; all of the kind where `key` is empty; everything where both are. */
void store_drop_baseline(struct store *store, struct slice kind, struct slice key);

/* Bytes put since the last commit: a reason to commit when they grow large. */
size_t store_batch_bytes(const struct store *store);

/* Makes the batch durable (one transaction, synchronous=FULL) and empties it. On failure
 * everything is kept, to be tried again. `*ret_is_full` says that the disk is full, also
 * on success: the reserve was given up for this batch. An empty batch costs nothing. Not
 * to be called from a callback. */
int store_commit(struct store *store, bool *ret_is_full, struct err *err)
	__attribute__((warn_unused_result));

/* ---- reading ----------------------------------------------------------------------- */

/* A callback that returns false ends the reading. What it is given is borrowed for the
 * call. All fail only on a damaged database. */
int store_each_event(struct store *store,
		     bool (*take)(void *ctx, us_time fed_at, struct slice code),
		     void *ctx, struct err *err) __attribute__((warn_unused_result));

/* The value, copied into `buf`; false when there is none. */
bool store_get_value(struct store *store, const char *name, struct buf *buf);
int store_each_value(struct store *store, const char *prefix,
		     bool (*take)(void *ctx, const char *name, struct slice value),
		     void *ctx, struct err *err) __attribute__((warn_unused_result));

struct store_filter {
	us_time since, until; /* of happened_at, both included; US_TIME_NONE = any */
	enum path path;	      /* PATH_NONE = any */
	int verdict;	      /* enum verdict_kind, -1 = any */
	bool doors_only;      /* leave out direct-ssh and local */
	uint64_t limit;	      /* the newest so many; 0 = all */
};
/* By time and then id, oldest first. */
int store_each_login(struct store *store, const struct store_filter *filter,
		     bool (*take)(void *ctx, const struct store_login *login), void *ctx,
		     struct err *err) __attribute__((warn_unused_result));
int store_each_finding(struct store *store, const struct store_filter *filter,
		       bool (*take)(void *ctx, const struct store_finding *finding),
		       void *ctx, struct err *err) __attribute__((warn_unused_result));

/* Those whose id begins with the hexadecimal digits; the callback is called for each. */
int store_find_login(struct store *store, struct slice prefix,
		     bool (*take)(void *ctx, const struct store_login *login), void *ctx,
		     struct err *err) __attribute__((warn_unused_result));
int store_find_finding(struct store *store, struct slice prefix,
		       bool (*take)(void *ctx, const struct store_finding *finding),
		       void *ctx, struct err *err) __attribute__((warn_unused_result));

/* Whether a finding with this id is stored or in the batch. */
bool store_has_finding(struct store *store, const struct id *id);

/* The findings of one login, committed or in the batch. */
int store_findings_of(struct store *store, const struct id *login_id,
		      bool (*take)(void *ctx, const struct store_finding *finding),
		      void *ctx, struct err *err) __attribute__((warn_unused_result));

/* Finds a text, committed or in the batch; borrowed until the next call of this. */
bool store_find_text(struct store *store, uint64_t reference,
		     struct store_text *ret_text);

/* The oldest undelivered records of a sink, by number; limit 0 = all. Those that
 * store_drop_delivery() was said of are left out, committed or not. */
int store_each_delivery(struct store *store, const char *sink, uint64_t limit,
			bool (*take)(void *ctx, const struct store_delivery *delivery),
			void *ctx, struct err *err) __attribute__((warn_unused_result));

/* The undelivered records of a sink that were committed, the oldest of the least severe
 * first, with their lengths. Those that store_drop_delivery() was said of are left out.
 */
int store_each_expendable(struct store *store, const char *sink,
			  bool (*take)(void *ctx, uint64_t number, uint64_t bytes),
			  void *ctx, struct err *err) __attribute__((warn_unused_result));

/* The sinks that committed records wait for, configured or not. The callback must not
 * change the store. */
int store_each_sink_waiting(struct store *store,
			    bool (*take)(void *ctx, const char *sink), void *ctx,
			    struct err *err) __attribute__((warn_unused_result));

/* What a sink has waiting, committed or in the batch. Counted once, then kept: cheap. */
struct store_waiting {
	uint64_t records, bytes;
	us_time oldest_at; /* told_at; US_TIME_NONE = nothing waits */
};
int store_waiting_of(struct store *store, const char *sink,
		     struct store_waiting *ret_waiting, struct err *err)
	__attribute__((warn_unused_result));

/* The dead letters of a sink, newest first; limit 0 = all. `sink` NULL = all sinks'. */
int store_each_dead_letter(struct store *store, const char *sink, uint64_t limit,
			   bool (*take)(void *ctx, const char *of,
					const struct store_dead_letter *letter),
			   void *ctx, struct err *err)
	__attribute__((warn_unused_result));

/* How many there are of a sink. */
int store_count_dead_letters(struct store *store, const char *sink, uint64_t *ret_count,
			     struct err *err) __attribute__((warn_unused_result));

/* What was learned, by kind and key. */
int store_each_baseline(struct store *store,
			bool (*take)(void *ctx, const struct store_baseline *row),
			void *ctx, struct err *err) __attribute__((warn_unused_result));

struct store_counts {
	uint64_t events, texts, logins, findings, deliveries;
	uint64_t database_bytes;
};
int store_count(struct store *store, struct store_counts *ret_counts, struct err *err)
	__attribute__((warn_unused_result));

/* What `status` shows, for little: anybody may ask for it. Logins and open findings that
 * happened since then. */
struct store_summary {
	uint64_t logins[VERDICT_COUNT];
	uint64_t findings[STORE_SEVERITIES]; /* by enum severity */
	us_time oldest_at;		     /* login kept; US_TIME_NONE = none */
	uint64_t events, database_bytes;
};
int store_summarize(struct store *store, us_time since, struct store_summary *ret_summary,
		    struct err *err) __attribute__((warn_unused_result));

/* Retention by age and size: a bounded piece of work; true while there is more to do. To
 * be called now and then. Never drops undelivered records, values, pending logins, or
 * events within keep_events; nor, be it too large, what was put within keep_events, which
 * the log would tell again as new. Ages are by fed_at, changed_at and, for texts, the
 * latest of these in their batch. */
int store_tidy(struct store *store, us_time now, bool *ret_has_more, struct err *err)
	__attribute__((warn_unused_result));
