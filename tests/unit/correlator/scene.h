/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Scene: a correlator under test, fed by scripts, with what it tells kept as text. After
 * every step it is checked that the correlator has settled (settled.h).
 */
#include "base/buf.h"
#include "correlator/correlator.h"
#include "tests/unit/correlator/script.h"
#include "tests/unit/correlator/settled.h"

struct scene {
	struct correlator *correlator;
	us_time now;
	struct buf told; /* a line for each verdict and observation, as they were told */
	struct buf text; /* what was last handed out */
	struct settled settled;
	uint64_t evidence; /* of the latest step */
	bool is_complete;  /* logs_are_complete: nothing is judged before time is advanced
			    */
	bool unchecked;	   /* not checked after every step: for streams of thousands */
};

void scene_open(struct scene *scene, const struct correlator_options *options);
/* The default options, without or with logs_are_complete. */
void scene_open_live(struct scene *scene);
void scene_open_complete(struct scene *scene);
void scene_close(struct scene *scene);

#define AUTO_SCENE __attribute__((cleanup(scene_close)))

/* Feeds the script. `now` stays what it was unless the script lets time pass. Complete
 * logs are judged at its end. */
void scene_play(struct scene *scene, const char *text);

/* Feeds one event at the scene's `now`. */
void scene_feed(struct scene *scene, const struct event *event);

/* Lets time pass to `now`, or to where it is when it is past that. */
void scene_advance(struct scene *scene, us_time now);

/* What was told since the last call, a line each:
 *     0 alice aws-ec2-instance-connect authorized/final call=c-1
 *     7 bob direct-ssh not-judged
 *     ! forged-log-line login-accepted
 * first the login's time in seconds after SCENE_EPOCH. Borrowed until the next call. */
const char *scene_told(struct scene *scene);

/* The logins as they stand, in the same form. Borrowed until the next call. */
const char *scene_logins(struct scene *scene);

/* The n-th verdict of correlator_each_login(); stops the program when there is none. */
struct verdict scene_verdict(const struct scene *scene, size_t n);

/* The words of these bits, with blanks between. Borrowed until the next call. */
const char *scene_matched(struct scene *scene, uint32_t matched);

/* A row of a test: what is fed, and what comes of it. */
struct scene_row {
	const char *name;
	const char *script;
	const char *logins; /* of scene_logins() at the end; NULL: not looked at */
	const char
		*told; /* of scene_told() of the row's own script; NULL: not looked at */
};

/* Plays `before`, the row and `after` in a scene of its own for each row, and compares.
 */
void scene_check_rows(const struct scene_row *rows, size_t count, bool logs_are_complete,
		      const char *before, const char *after);
