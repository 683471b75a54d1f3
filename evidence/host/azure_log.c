/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/azure_log.h"

/* Several processes append to one log, each line in one write: a line may stand after a
 * slightly later one. More than that backwards, in the hour that happens twice, is its
 * second pass. */
#define DISORDER_US (5 * US_PER_SECOND)

void azure_log_init(struct azure_log *log, const struct host_reader_options *options)
{
	*log = (struct azure_log){
		.zone = options->zone,
		.previous = US_TIME_NONE,
		.stats = { .first = US_TIME_NONE, .last = US_TIME_NONE },
	};
}

static struct slice take_line(struct slice *chunk)
{
	const char *end = memchr(chunk->ptr, '\n', chunk->len);
	struct slice line =
		slice_first(*chunk, end ? (size_t)(end - chunk->ptr) : chunk->len);

	*chunk = slice_skip(*chunk, line.len + (end ? 1 : 0));
	return line;
}

bool azure_log_next(struct azure_log *log, struct slice *chunk, azure_look_fn *look,
		    void *ctx, struct slice *ret_line)
{
	while (chunk->len > 0) {
		struct slice line = take_line(chunk);

		log->stats.lines++;
		if (!look(ctx, line) && log->has_begun && chunk->len > 0)
			continue;
		log->has_begun = true;
		*ret_line = line;
		return true;
	}
	return false;
}

us_time azure_log_time(struct azure_log *log, const struct azure_line *line,
		       us_span *ret_uncertainty)
{
	us_time not_before = US_TIME_NONE;
	us_time time, later;

	*ret_uncertainty = 0;
	if (line->time != US_TIME_NONE)
		return line->time;
	if (log->previous != US_TIME_NONE)
		not_before = log->previous - DISORDER_US;
	time = zone_to_utc(log->zone, &line->civil, not_before);
	later = zone_to_utc(log->zone, &line->civil, time + 1);
	*ret_uncertainty = later > time ? later - time : 0;
	log->previous = time;
	return time;
}

void azure_log_note(struct azure_log *log, us_time time)
{
	if (log->stats.first == US_TIME_NONE || time < log->stats.first)
		log->stats.first = time;
	if (log->stats.last == US_TIME_NONE || time > log->stats.last)
		log->stats.last = time;
}
