/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Report: what every way of printing a judgement needs: the counts, what is to be shown,
 * and how much of an id names one thing. Counts are of everything, also of what is not
 * shown.
 */
#include "alert/native.h"
#include "cli/judge.h"
#include "cli/problems.h"
#include "cli/replay_options.h"
#include "cli/screen.h"

struct report {
	const struct judge *judge; /* borrowed, all of these */
	const struct replay_options *options;
	const struct native_context *context;
	const struct screen *screen;
	struct problems *problems;

	struct native_summary summary;
	enum severity worst; /* of the findings; SEVERITY_LOW when there are none */
	unsigned id_digits;  /* the first so many digits of an id are no other's */
	bool has_several_hosts;
	struct slice host; /* of the first login that names one */
};

/* Counts. api_calls and lines of the summary are the caller's to set before or after. */
void report_count(struct report *report);

/* Whether the login, or the finding's, is to be shown. */
bool report_shows(const struct report *report, const struct verdict *verdict);
bool report_shows_finding(const struct report *report, const struct finding *finding);

/* Whether tables leave out the logins that are not judged: they are no news, and so many
 * that they would push the others off the screen. */
bool report_leaves_out(const struct report *report);

/* Writes the buffer to standard output and empties it; what did not fit is a problem. */
void report_write(const struct report *report, struct buf *buf);

/* Prints logins, findings and the summary: as JSON Lines, or as text. */
void report_print_json(const struct report *report);
void report_print_text(const struct report *report);

/* The table of logins alone, for report_print_text(). */
void report_print_logins(const struct report *report);
