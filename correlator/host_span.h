/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Host spans: over which times this host's own logs were read without a hole, so that a
 * line that is missing can be called missing. Hosts are compared by their first label.
 * For the correlator's own files only.
 */
#include "correlator/state.h"

/* An EVENT_HOST_COVERAGE. */
void host_span_add(struct correlator *correlator, const struct event *event);

/* A stretch of a source that may hide lines; US_TIME_NONE on both sides hides everything.
 */
void host_span_lose(struct correlator *correlator, enum host_source source, us_time from,
		    us_time until);

/* Whether the source was read without a hole over all of from..until; `host` empty = any.
 */
bool host_span_covers(const struct correlator *correlator, enum host_source source,
		      struct slice host, us_time from, us_time until);

/* The last instant to which the source was read; US_TIME_NONE = never. */
us_time host_span_end(const struct correlator *correlator, enum host_source source);

/* Whether the source of this host, by whatever name it has in heads, was being read at or
 * before `time`; `*ret_end` is how far it is known to have been read. */
bool host_span_begins(const struct correlator *correlator, enum host_source source,
		      struct slice host, us_time time, us_time *ret_end);

/* Forgets what was read or lost longer ago than `keep` before the end of what was read.
 */
void host_span_forget(struct correlator *correlator, us_span keep);

void host_span_release(struct correlator *correlator);
