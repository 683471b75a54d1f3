/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Hear: remembers what the correlator told in a scenario, by the names that its lines
 * gave to logins (login=NAME), and holds it against the scenario's `expect` lines:
 *
 *     10min  expect  login a  verdict=unauthorized stage=final reasons=no-api-call
 *     10min  expect  login a  history=pending>unauthorized:provisional>unauthorized:final
 *     10min  expect  observation  forged-log-line count=1
 *
 * A list must be complete ("-" is the empty one), a key that is not written is not
 * checked, and an observation that no line expects is an error at the scenario's end.
 */
#include "correlator/correlator.h"
#include "tests/scenarios/script.h"

#define HEAR_LOGINS_MAX 16
#define HEAR_LINES_MAX 512
#define HEAR_NAME_BYTES 32
#define HEAR_TEXT_BYTES 160

/* The latest that was told of one login, in the words of expect lines. */
struct heard_login {
	char name[HEAR_NAME_BYTES];
	struct id id;
	unsigned told; /* how often */
	char verdict[HEAR_TEXT_BYTES], stage[HEAR_TEXT_BYTES], reasons[HEAR_TEXT_BYTES];
	char path[HEAR_TEXT_BYTES], through[HEAR_TEXT_BYTES];
	char call[HEAR_TEXT_BYTES], through_call[HEAR_TEXT_BYTES];
	char matched[HEAR_TEXT_BYTES], through_matched[HEAR_TEXT_BYTES];
	char user[HEAR_TEXT_BYTES], tty[HEAR_TEXT_BYTES], trust[HEAR_TEXT_BYTES];
	char repeats[HEAR_TEXT_BYTES], history[HEAR_TEXT_BYTES];
	char time[HEAR_TEXT_BYTES], ended[HEAR_TEXT_BYTES],
		sudo[HEAR_TEXT_BYTES]; /* since the scenario's start */
	char rule[HEAR_TEXT_BYTES];    /* of the policy */
};

struct heard {
	us_time start; /* set before anything is heard */
	struct heard_login logins[HEAR_LOGINS_MAX];
	uint32_t login_count;
	char names[HEAR_LINES_MAX][HEAR_NAME_BYTES]; /* by line number: login=NAME */
	unsigned observed[OBSERVATION_COUNT], over[OBSERVATION_COUNT];
	unsigned expected[OBSERVATION_COUNT]; /* by the latest expect line */
	unsigned unnamed; /* verdicts on logins that no line gave a name */
	char latest_call[OBSERVATION_COUNT][HEAR_TEXT_BYTES];
	char latest_reason[OBSERVATION_COUNT][HEAR_TEXT_BYTES];
};

/* A sink that writes into `heard`, which starts zeroed but for its start. */
struct correlator_sink hear_sink(struct heard *heard);

/* Line `number` is about the login of this name. */
void hear_name(struct heard *heard, unsigned number, struct slice name);

/* Checks one expect line; the error says what was expected and what came. */
int hear_expect(struct heard *heard, const struct script_line *line, struct err *err)
	__attribute__((warn_unused_result));

/* That nothing was observed that no line expected. */
int hear_end(const struct heard *heard, struct err *err)
	__attribute__((warn_unused_result));
