/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Metrics as text, in what OpenMetrics 1.0 and the older text format of Prometheus have
 * in common, for node_exporter's textfile collector reads only the latter: gauges have
 * their type, what only grows is named ..._total and has none (which both call unknown),
 * and "# EOF" ends the text. All samples of a metric follow its head.
 */
#include "base/buf.h"
#include "base/time.h"

struct metric_label {
	const char *name; /* a literal of ours */
	struct slice value;
};

#define METRIC_LABELS_MAX 4

struct metrics_text {
	struct buf *buf; /* borrowed; ask buf_overflowed() once at the end */
	const char *name;
	struct metric_label labels[METRIC_LABELS_MAX]; /* of the next sample */
	unsigned label_count;
};

void metrics_begin(struct metrics_text *text, struct buf *buf);

/* A metric's head; `name` and `help` are literals. It is of what is now, or of what only
 * grows. */
void metrics_gauge(struct metrics_text *text, const char *name, const char *help);
void metrics_total(struct metrics_text *text, const char *name, const char *help);

/* Gives the next sample a label; bytes that are no printable UTF-8 become U+FFFD. */
void metrics_label(struct metrics_text *text, const char *name, struct slice value);

/* A sample of the metric, with the labels given since the last one. */
void metrics_number(struct metrics_text *text, int64_t number);
/* Seconds since 1970 with their fraction; US_TIME_NONE: no sample. */
void metrics_time(struct metrics_text *text, us_time time);

void metrics_end(struct metrics_text *text);
