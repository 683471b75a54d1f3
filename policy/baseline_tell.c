/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is unusual, made into observations. An attacker who takes another name each time
 * must not bury what matters: past LIMIT_BASELINE_TOLD in an hour, one observation stands
 * for all further ones of its kind, and is told again whenever their number has doubled.
 */
#include <inttypes.h>

#include "base/limits.h"
#include "policy/baseline_state.h"

#define DETAIL_BYTES (4 * LIMIT_BASELINE_KEY_BYTES)

/* A login that much older than the hour begins one of its own; else what comes out of
 * order would be told without a ceiling. */
#define HOUR_REACH US_PER_DAY

static struct observation observation_of(const struct baseline_lesson *lesson,
					 enum observation_kind kind)
{
	const struct verdict *verdict = lesson->verdict;
	const struct event *usual =
		verdict->api_call ? verdict->api_call : verdict->through_api_call;
	const struct event *call = lesson->call ? lesson->call : usual;
	bool is_of_tunnel = call && call == verdict->through_api_call;

	return (struct observation){
		.kind = kind,
		.happened_at = lesson->at,
		.login = verdict->login,
		.api_call = call,
		.path = is_of_tunnel ? verdict->login->through : PATH_NONE,
		.from = US_TIME_NONE,
		.until = US_TIME_NONE,
	};
}

/* Counts one more, in the hour it is in. */
static void count(const struct baseline_lesson *lesson, enum baseline_kind kind)
{
	struct baseline_known *known = &lesson->baseline->known[kind];
	us_time hour = lesson->at - lesson->at % US_PER_HOUR;
	struct baseline_row row = { .kind = SLICE("told") };

	if (known->told == 0 || hour > known->told_in ||
	    hour < known->told_in - HOUR_REACH) {
		known->told_in = hour;
		known->told = 0;
	}
	if (known->told < UINT64_MAX)
		known->told++;
	row.key = slice_text(baseline_kinds[kind].word);
	row.first_at = known->told_in;
	row.last_at = known->told_in;
	row.count = known->told;
	lesson->sink->keep(lesson->sink->ctx, &row);
}

static struct observation apart(const struct baseline_lesson *lesson,
				enum baseline_kind kind, struct slice key,
				struct slice detail)
{
	struct observation observation =
		observation_of(lesson, baseline_kinds[kind].observation);
	char login[ID_TEXT_BYTES];
	const struct slice parts[] = {
		key, slice_text(id_to_text(&lesson->verdict->login->id, login))
	};

	observation.id = observation_id(observation.kind, parts, 2);
	observation.detail = detail;
	return observation;
}

static bool is_news(const struct baseline_sink *sink,
		    const struct observation *observation)
{
	return !sink->is_news || sink->is_news(sink->ctx, observation);
}

static void tell_together(const struct baseline_lesson *lesson, enum baseline_kind kind,
			  struct slice detail, uint64_t further)
{
	const struct baseline_known *known = &lesson->baseline->known[kind];
	struct observation observation =
		observation_of(lesson, baseline_kinds[kind].observation);
	AUTO_BUF struct buf text = BUF_LIMIT(DETAIL_BYTES + 256);
	char hour[TIME_TEXT_BYTES];
	const struct slice parts[] = { SLICE("further"), slice_text(time_to_rfc3339(
								 known->told_in, hour)) };

	observation.id = observation_id(observation.kind, parts, 2);
	observation.is_again = further > 1;
	observation.is_of_many = true;
	buf_append_format(&text,
			  "%" PRIu64 " more in the hour from %s; the latest: ", further,
			  hour);
	buf_append(&text, detail);
	observation.detail = buf_slice(&text);
	observation.from = known->told_in;
	observation.until = lesson->at;
	lesson->sink->observation(lesson->sink->ctx, &observation);
}

void baseline_tell(const struct baseline_lesson *lesson, enum baseline_kind kind,
		   struct slice key, struct slice detail)
{
	const struct observation observation = apart(lesson, kind, key, detail);
	bool counts = is_news(lesson->sink, &observation);
	uint64_t further;

	/* What is no news is kept one by one, and takes nobody's place. */
	if (counts)
		count(lesson, kind);
	if (!counts || lesson->baseline->known[kind].told < LIMIT_BASELINE_TOLD) {
		lesson->sink->observation(lesson->sink->ctx, &observation);
		return;
	}
	further = lesson->baseline->known[kind].told - LIMIT_BASELINE_TOLD + 1;
	if ((further & (further - 1)) == 0)
		tell_together(lesson, kind, detail, further);
}

void baseline_tell_excess(const struct baseline_lesson *lesson,
			  const struct baseline_counter *counter, struct slice subject,
			  const struct baseline_excess *excess)
{
	struct observation observation =
		observation_of(lesson, OBSERVATION_TOO_MANY_LOGINS);
	AUTO_BUF struct buf text = BUF_LIMIT(DETAIL_BYTES);
	char from[TIME_TEXT_BYTES], until[TIME_TEXT_BYTES], window[TIME_TEXT_BYTES];
	const struct slice parts[] = { slice_text(counter->word), subject,
				       slice_text(time_to_rfc3339(excess->from, from)) };

	observation.id = observation_id(observation.kind, parts, 3);
	observation.is_again = excess->is_again;
	observation.from = excess->from;
	observation.until = excess->until;
	buf_append_format(&text, "%" PRIu64 " logins of %s ", excess->count,
			  counter->word);
	buf_append(&text, subject);
	buf_append_format(&text, " from %s to %s; usual are at most %" PRIu64 " in %s",
			  from, time_to_rfc3339(excess->until, until),
			  counter->limit.most,
			  span_to_text(counter->limit.window, window));
	observation.detail = buf_slice(&text);
	lesson->sink->observation(lesson->sink->ctx, &observation);
}
