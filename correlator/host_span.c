/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/host_span.h"

#include <stdlib.h>

#include "base/memory.h"

/* The name without its domain; empty for nobody's names. */
static struct slice host_label(struct slice host)
{
	struct slice label = host, before;

	if (slice_take_until(&label, '.', &before))
		host = before;
	if (slice_equal(host, SLICE("-")) ||
	    slice_equal_ignoring_case(host, SLICE("localhost")))
		return (struct slice){ 0 };
	return host;
}

/* Whether two heads may name one host: "web-1", "WEB-1.example.net", and nobody's names.
 */
static bool may_be_same(struct slice a, struct slice b)
{
	a = host_label(a);
	b = host_label(b);
	return a.len == 0 || b.len == 0 || slice_equal_ignoring_case(a, b);
}

static struct host_span *span_of(struct correlator *correlator, enum host_source source,
				 struct slice host)
{
	struct host_span *span;

	for (size_t i = 0; i < correlator->host_span_count; i++) {
		span = &correlator->host_spans[i];
		if (span->source == source && slice_equal(span->host, host))
			return span;
	}
	correlator->host_spans = memory_resize(
		correlator->host_spans, correlator->host_span_count + 1, sizeof(*span));
	span = &correlator->host_spans[correlator->host_span_count++];
	*span = (struct host_span){ .source = source };
	span->host = text_keep(&span->texts, host);
	return span;
}

void host_span_add(struct correlator *correlator, const struct event *event)
{
	const struct host_coverage *coverage = &event->host_coverage;
	us_time from = coverage->from < US_TIME_MIN ? US_TIME_MIN : coverage->from;
	us_time until = coverage->until > US_TIME_MAX ? US_TIME_MAX : coverage->until;

	intervals_add(&span_of(correlator, coverage->source, coverage->host)->covered,
		      from, until);
}

void host_span_lose(struct correlator *correlator, enum host_source source, us_time from,
		    us_time until)
{
	us_time first = from == US_TIME_NONE ? US_TIME_MIN : from;
	us_time last = until == US_TIME_NONE ? US_TIME_MAX : until;
	intervals_add(&correlator->host_lost[source], first, last);
}

bool host_span_covers(const struct correlator *correlator, enum host_source source,
		      struct slice host, us_time from, us_time until)
{
	for (size_t i = 0; i < correlator->host_span_count; i++) {
		const struct host_span *span = &correlator->host_spans[i];

		if (span->source == source && may_be_same(span->host, host) &&
		    intervals_cover(&span->covered, from, until))
			return !intervals_touch(&correlator->host_lost[source], from,
						until);
	}
	return false;
}

us_time host_span_end(const struct correlator *correlator, enum host_source source)
{
	us_time end = US_TIME_NONE;

	for (size_t i = 0; i < correlator->host_span_count; i++)
		if (correlator->host_spans[i].source == source &&
		    intervals_end(&correlator->host_spans[i].covered) > end)
			end = intervals_end(&correlator->host_spans[i].covered);
	return end;
}

bool host_span_begins(const struct correlator *correlator, enum host_source source,
		      struct slice host, us_time time, us_time *ret_end)
{
	for (size_t i = 0; i < correlator->host_span_count; i++) {
		const struct host_span *span = &correlator->host_spans[i];

		if (span->source != source || !may_be_same(span->host, host) ||
		    span->covered.count == 0 || span->covered.items[0].from > time)
			continue;
		*ret_end = intervals_end(&span->covered);
		return true;
	}
	return false;
}

void host_span_forget(struct correlator *correlator, us_span keep)
{
	us_time latest = US_TIME_NONE;

	for (size_t i = 0; i < correlator->host_span_count; i++) {
		struct intervals *covered = &correlator->host_spans[i].covered;
		us_time end = intervals_end(covered);

		if (end == US_TIME_NONE)
			continue;
		intervals_forget(covered, end - keep);
		latest = end > latest ? end : latest;
	}
	for (size_t source = 0; source < HOST_SOURCE_COUNT; source++) {
		us_time end = host_span_end(correlator, (enum host_source)source);

		end = end == US_TIME_NONE ? latest : end;
		if (end != US_TIME_NONE)
			intervals_forget(&correlator->host_lost[source], end - keep);
	}
}

void host_span_release(struct correlator *correlator)
{
	for (size_t i = 0; i < correlator->host_span_count; i++) {
		intervals_release(&correlator->host_spans[i].covered);
		text_free(correlator->host_spans[i].texts);
	}
	free(correlator->host_spans);
	for (size_t source = 0; source < HOST_SOURCE_COUNT; source++)
		intervals_release(&correlator->host_lost[source]);
}
