/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What a correlator has told: the latest verdict of each login, found by the lines it
 * names as evidence, and the observations. Checks what holds whatever the truth is: a
 * login keeps its id, no verdict is told twice in a row, an authorized one names a call
 * that truly let the login in, sight is lost and found in turns.
 */
#include "tests/world/judge.h"

struct told_login {
	bool is_told;
	struct id id;
	enum outcome outcome;
	uint64_t reasons; /* 1 << enum reason */
	enum path path, through;
	int32_t call, through_call; /* index into world.calls, -1 = none */
	us_time happened_at, ended_at;
	uint32_t evidence_count;
	bool repeats;
	uint32_t matched, through_matched;
	uint64_t words; /* a hash of the login's texts */
	uint32_t count; /* how often it was told */
	uint32_t ever;	/* 1 << enum outcome: everything it was called */
};

struct told {
	struct world *world;
	struct told_login logins[WORLD_LOGINS_MAX];
	bool unanswered[WORLD_CALLS_MAX];  /* told: nobody came */
	bool taken_over[WORLD_LOGINS_MAX]; /* told: somebody else resumed it */
	bool elsewhere[WORLD_LOGINS_MAX];  /* told: the agent answers to somebody else */
	bool forged[WORLD_LOGINS_MAX];	   /* told: its line is forged */
	bool only_end_counts; /* what is told on the way to it may be wrong */
	uint32_t blind_lost, blind_back;
	uint64_t digest; /* over everything told, in order */
	uint64_t count;
	us_time now; /* for verbose output; set by the run */
};

void told_init(struct told *told, struct world *world);

/* A sink that writes into `told`. */
struct correlator_sink told_sink(struct told *told);

/* That every login that is authorized now is so by a call that let it in. */
void told_check_calls(struct told *told);

/* That what is kept agrees with what was told last. */
void told_compare_kept(struct told *told, const struct correlator *correlator);

/* The login of a verdict; -1 = none of its lines speaks of one. */
int32_t told_login_of(const struct world *world, const struct login *login);
