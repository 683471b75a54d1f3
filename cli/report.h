/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Report: what every way of printing a judgement needs: the counts, what is to be shown,
 * and how much of an id names one thing. Counts are of everything, also of what is not
 * shown.
 */
#include "alert/native.h"
#include "cli/problems.h"
#include "cli/screen.h"

typedef void report_login_fn(void *ctx, const struct verdict *verdict);
typedef void report_finding_fn(void *ctx, const struct finding *finding);

/* Where logins and findings come from, all of them in order, as often as asked. */
struct report_source {
	void (*each_login)(const void *from, report_login_fn *take, void *ctx);
	void (*each_finding)(const void *from, report_finding_fn *take, void *ctx);
	const void *from; /* borrowed, passed back */
};

/* What is to be shown; the rest is counted only. */
struct report_filter {
	int verdict; /* an enum verdict_kind to show alone, -1 = all */
	int path;    /* an enum path to show alone, -1 = all */
	bool all;    /* tables show those not judged, too, however many */
};

struct report {
	struct report_source source;
	struct report_filter filter;
	const struct native_context *context; /* borrowed, these three */
	const struct screen *screen;
	struct problems *problems;
	bool has_api_logs; /* for the text's last words */

	struct native_summary summary;
	/* Of what is not suppressed: the worst finding (SEVERITY_LOW when there are
	 * none), and whether one is of an unauthorized login. */
	enum severity worst;
	bool has_unauthorized;
	unsigned id_digits; /* the first so many digits of an id are no other's */
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

/* The table of logins alone, and the words that count them ("3 logins: 1 unauthorized, 2
 * authorized"). */
void report_print_logins(const struct report *report);
void report_append_counts(const struct report *report, struct buf *buf);

/* Prints a text that is escaped already, wrapped, with its further lines so far in, and
 * empties it. */
void report_print_wrapped(const struct report *report, struct buf *text, size_t indent);
