/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Script: events written as text, so that a test's row says in a line what was fed. Takes
 *
 *     offer@0 key=K1 request=r-1; accept@1.5 user=alice from=192.0.2.1 pid=10 key=K1
 *
 * steps parted by ';' or newlines, each a verb, the event's time in seconds after
 * SCENE_EPOCH and what it says as key=value; '#' begins a comment line. Gives one event
 * after the other, borrowing from the text. What it does not know stops the test program:
 * a test is wrong then.
 */
#include "correlator/event.h"

/* 2024-06-01T12:00:00Z, time 0 of all scripts. */
#define SCENE_EPOCH INT64_C(1717243200000000)

/* The instant `seconds` after the epoch of scripts. */
#define AT(seconds) \
	(SCENE_EPOCH + (us_time)((seconds)*1e6 + ((seconds) < 0 ? -0.5 : 0.5)))

#define SCRIPT_LIST_MAX 8

struct script {
	struct slice rest;
	struct slice lists[4][SCRIPT_LIST_MAX]; /* what the latest event's lists hold */
	size_t list_count;
	uint64_t evidence; /* each step's line is kept under the next number */
};

/* The text is borrowed. */
void script_start(struct script *script, const char *text);

enum script_step {
	SCRIPT_END,
	SCRIPT_EVENT,	/* the event is to be fed */
	SCRIPT_ADVANCE, /* `now@SECONDS`: time passes to the event's happened_at */
};

/* The next step. The event borrows from the script until the next call. */
enum script_step script_next(struct script *script, struct event *ret_event);
