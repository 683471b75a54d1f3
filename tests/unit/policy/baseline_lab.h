/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A baseline with what it gives out: its rows, as a store would keep them, and its
 * observations. It may be restarted: then only the rows are left.
 */
#include "base/arena.h"
#include "base/hash.h"
#include "base/map.h"
#include "policy/baseline.h"

struct lab_row {
	struct slice kind, key;
	us_time first_at, last_at;
	uint64_t count;
	bool is_there;
};

struct lab_told {
	enum observation_kind kind;
	struct id id;
	us_time happened_at, from, until;
	bool is_again;
	enum path path;
	struct slice detail, caller; /* of the call that it is told by */
};

struct baseline_lab {
	struct baseline_options options;
	struct baseline *baseline; /* owned */
	struct arena arena;
	struct map map;
	struct hash_key hash_key;
	struct lab_row **rows; /* all there ever were, in the order they came */
	size_t row_count, row_size;
	struct lab_told *told;
	size_t told_count, told_size;
	uint64_t kept, dropped; /* calls */
	const char *silenced;	/* principals that begin so are no news; NULL = none */
	uint64_t excesses;	/* of them for kind "too-many" */
};

void baseline_lab_init(struct baseline_lab *lab, const struct baseline_options *options);
void baseline_lab_release(struct baseline_lab *lab);

/* A new baseline, made of the rows. */
void baseline_lab_restart(struct baseline_lab *lab);

/* One login through Session Manager, authorized; "" is not said. */
struct lab_login {
	us_time at;
	const char *principal, *source_ip, *os_user;
	enum path path;					 /* PATH_NONE: the usual one */
	const char *tunnel_principal, *tunnel_source_ip; /* NULL: through no tunnel */
};
bool baseline_lab_learn(struct baseline_lab *lab, const struct lab_login *login);

bool baseline_lab_forget(struct baseline_lab *lab, const char *kind, const char *key);

/* NULL when there is none. */
const struct lab_row *baseline_lab_row(const struct baseline_lab *lab, const char *kind,
				       const char *key);

/* How many rows of the kind there are. */
size_t baseline_lab_rows(const struct baseline_lab *lab, const char *kind);

/* How many observations of the kind were told, again or anew; OBSERVATION_COUNT = all. */
size_t baseline_lab_told(const struct baseline_lab *lab, enum observation_kind kind);
