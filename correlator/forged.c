/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/forged.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "correlator/forged_minute.h"
#include "correlator/id.h"
#include "correlator/observe.h"
#include "correlator/twin.h"

/* Minutes of one writer that are told apart. Lines of an earlier one are counted with the
 * latest, so that who chooses his lines' times wins nothing. */
#define MINUTES 5

#define DETAIL_BYTES (LIMIT_FORGED_CLAIMS * (LIMIT_FORGED_CLAIM_BYTES + 2) + 256)

static const struct forged_minute empty_minute = {
	.due = US_TIME_NONE,
	.again_from = US_TIME_NONE,
};

/* Whose name is used where, and by whom as far as is known. */
struct forger {
	struct slice host;
	struct text_block *texts;
	enum host_source source;
	int kind;			       /* enum event_kind, or KIND_ANY */
	uint32_t writer;		       /* event.forger */
	int64_t latest;			       /* the number of the latest minute */
	us_time fed_at;			       /* its latest line */
	bool has_lines;			       /* `latest` is known */
	struct forged_minute minutes[MINUTES]; /* by number */
};

/* All who are not told apart. */
#define KIND_ANY (-1)

struct forged_lines {
	struct forger *forgers[LIMIT_FORGED_WRITERS]; /* owned */
	size_t count;
	struct forger *others; /* owned, those past them; NULL = none */
	us_time due;	       /* the first of all that are; US_TIME_NONE = none is */
};

/* ---- when ---- */

/* How long after the line was fed it is known that it is forged, at most. */
static us_span found_out_after(const struct correlator *correlator,
			       const struct forger *forger)
{
	return forger->source == HOST_SOURCE_JOURNAL ? 0 : twin_patience(correlator);
}

/* What is fed in this time after the first line that is counted is told with it. No less
 * than what it takes to find a line out: then at most one more telling is under way. */
static us_span window(const struct correlator *correlator, const struct forger *forger)
{
	us_span found_out = found_out_after(correlator, forger);

	return found_out > US_PER_MINUTE ? found_out : US_PER_MINUTE;
}

static us_span wait(const struct correlator *correlator, const struct forger *forger)
{
	return window(correlator, forger) + found_out_after(correlator, forger);
}

static void set_due(struct correlator *correlator, struct forged_minute *minute,
		    us_time due)
{
	minute->due = due;
	if (correlator->forged->due == US_TIME_NONE || due < correlator->forged->due)
		correlator->forged->due = due;
}

/* A line that was fed then is to be told. */
static void make_due(struct correlator *correlator, const struct forger *forger,
		     struct forged_minute *minute, us_time fed_at)
{
	if (minute->due == US_TIME_NONE)
		set_due(correlator, minute, fed_at + wait(correlator, forger));
	else if (minute->again_from == US_TIME_NONE &&
		 fed_at > minute->due - found_out_after(correlator, forger))
		minute->again_from = fed_at;
}

/* ---- telling ---- */

static struct id line_id(const struct event *event)
{
	struct id_maker maker;

	id_start(&maker, observation_word(OBSERVATION_FORGED_LOG_LINE));
	id_add(&maker, event->host);
	id_add_number(&maker, event->source);
	id_add_number(&maker, event->pid);
	id_add_number(&maker, (int64_t)event->text_hash);
	id_add_number(&maker, event->happened_at);
	return id_finish(&maker);
}

/* Of the writer and the minute, whatever is counted. */
static struct id minute_id(const struct forger *forger,
			   const struct forged_minute *minute)
{
	struct id_maker maker;

	id_start(&maker, observation_word(OBSERVATION_FORGED_LOG_LINE));
	id_add(&maker, SLICE("more"));
	id_add(&maker, forger->host);
	id_add_number(&maker, forger->source);
	id_add_number(&maker, forger->kind);
	id_add_number(&maker, forger->writer);
	id_add_number(&maker, minute->number);
	return id_finish(&maker);
}

static void tell_line(struct correlator *correlator, const struct event *event,
		      const struct id *id)
{
	const struct observation observation = {
		.kind = OBSERVATION_FORGED_LOG_LINE,
		.id = *id,
		.happened_at = event->happened_at,
		.reason = REASON_COUNT,
		.evidence = event->evidence,
		.detail = slice_text(event_kind_word(event->kind)),
		.from = US_TIME_NONE,
		.until = US_TIME_NONE,
	};

	observe_tell(correlator, &observation);
}

/* "37 more login-accepted lines in this minute, written by uid 1000, that name, among
 * others: alice from 192.0.2.1, bob". What others chose comes last: nothing that is ours
 * can be taken for it, nor it for ours. */
static void describe(const struct forger *forger, const struct forged_minute *minute,
		     struct buf *buf)
{
	buf_append_format(buf, "%" PRIu64 " more %s line%s in this minute", minute->count,
			  forger->kind == KIND_ANY
				  ? "forged"
				  : event_kind_word((enum event_kind)forger->kind),
			  minute->count == 1 ? "" : "s");
	if (forger->kind == KIND_ANY)
		buf_append_text(buf, " by many writers");
	else if (forger->writer)
		buf_append_format(buf, ", written by uid %" PRIu32, forger->writer - 1);
	forged_minute_name(minute, buf);
}

static void tell_minute(struct correlator *correlator, const struct forger *forger,
			struct forged_minute *minute)
{
	AUTO_BUF struct buf detail = BUF_LIMIT(DETAIL_BYTES);
	uint64_t samples[LIMIT_FORGED_CLAIMS];
	struct observation observation = {
		.kind = OBSERVATION_FORGED_LOG_LINE,
		.id = minute_id(forger, minute),
		.is_again = minute->was_told,
		.happened_at = minute->number * US_PER_MINUTE,
		.reason = REASON_COUNT,
		.evidence = minute->claims[0].evidence,
		.samples = samples,
		.sample_count = minute->claim_count - 1,
		.from = minute->first,
		.until = minute->last,
	};

	for (uint32_t i = 1; i < minute->claim_count; i++)
		samples[i - 1] = minute->claims[i].evidence;
	describe(forger, minute, &detail);
	observation.detail = buf_slice(&detail);
	minute->was_told = true;
	if (correlator->sink.observation)
		correlator->sink.observation(correlator->sink.ctx, &observation);
}

/* Tells the minute if it is due by then. */
static void tell_by(struct correlator *correlator, const struct forger *forger,
		    struct forged_minute *minute, us_time then)
{
	us_time next;

	if (minute->due == US_TIME_NONE || minute->due > then)
		return;
	tell_minute(correlator, forger, minute);
	minute->due = US_TIME_NONE;
	if (minute->again_from == US_TIME_NONE)
		return;
	next = minute->again_from + wait(correlator, forger);
	minute->again_from = US_TIME_NONE;
	if (next > then)
		set_due(correlator, minute, next);
}

/* Tells what is left, and forgets the minute. */
static void close_minute(struct correlator *correlator, const struct forger *forger,
			 struct forged_minute *minute)
{
	tell_by(correlator, forger, minute, INT64_MAX);
	*minute = empty_minute;
}

/* ---- who ---- */

static bool is_forger(const struct forger *forger, const struct event *event)
{
	return forger->kind == (int)event->kind && forger->source == event->source &&
	       forger->writer == event->forger && slice_equal(forger->host, event->host);
}

/* Whether all he wrote is long told: what comes now is news. */
static bool is_idle(const struct correlator *correlator, const struct forger *forger,
		    us_time fed_at)
{
	return fed_at - forger->fed_at >
	       wait(correlator, forger) + MINUTES * US_PER_MINUTE;
}

static void forget_minutes(struct correlator *correlator, struct forger *forger)
{
	for (size_t i = 0; i < MINUTES; i++)
		close_minute(correlator, forger, &forger->minutes[i]);
	forger->has_lines = false;
}

static void forger_free(struct forger *forger)
{
	if (!forger)
		return;
	text_free(forger->texts);
	free(forger);
}

static struct forger *forger_new(void)
{
	struct forger *forger = memory_new(1, sizeof(*forger));

	forger->kind = KIND_ANY;
	for (size_t i = 0; i < MINUTES; i++)
		forger->minutes[i] = empty_minute;
	return forger;
}

static void name_forger(struct forger *forger, const struct event *event)
{
	text_free(forger->texts);
	forger->texts = NULL;
	forger->host = text_keep(&forger->texts, event->host);
	forger->source = event->source;
	forger->kind = (int)event->kind;
	forger->writer = event->forger;
}

/* A place for one more: a free one, else that of one who is idle, else NULL. */
static struct forger *place_of_one_more(struct correlator *correlator, us_time fed_at)
{
	struct forged_lines *forged = correlator->forged;

	if (forged->count < LIMIT_FORGED_WRITERS)
		return forged->forgers[forged->count++] = forger_new();
	for (size_t i = 0; i < forged->count; i++)
		if (is_idle(correlator, forged->forgers[i], fed_at)) {
			forget_minutes(correlator, forged->forgers[i]);
			return forged->forgers[i];
		}
	return NULL;
}

static struct forger *forger_of(struct correlator *correlator, const struct event *event,
				us_time fed_at)
{
	struct forged_lines *forged = correlator->forged;
	struct forger *forger;

	for (size_t i = 0; i < forged->count; i++)
		if (is_forger(forged->forgers[i], event))
			return forged->forgers[i];
	forger = place_of_one_more(correlator, fed_at);
	if (forger) {
		name_forger(forger, event);
		return forger;
	}
	if (!forged->others)
		forged->others = forger_new();
	return forged->others;
}

/* ---- minutes ---- */

static struct forged_minute *minute_of(struct correlator *correlator,
				       struct forger *forger, us_time time)
{
	int64_t number = time / US_PER_MINUTE;
	struct forged_minute *minute;

	if (!forger->has_lines || number > forger->latest)
		forger->latest = number;
	else if (number <= forger->latest - MINUTES)
		number = forger->latest;
	forger->has_lines = true;
	minute = &forger->minutes[number % MINUTES];
	if (minute->told && minute->number != number)
		close_minute(correlator, forger, minute);
	minute->number = number;
	return minute;
}

void forged_take(struct correlator *correlator, const struct event *event, us_time fed_at)
{
	struct id id = line_id(event);
	struct forged_minute *minute;
	struct forger *forger;

	if (observe_was_told(correlator, &id))
		return;
	if (!correlator->forged) {
		correlator->forged = memory_new(1, sizeof(*correlator->forged));
		correlator->forged->due = US_TIME_NONE;
	}
	forger = forger_of(correlator, event, fed_at);
	if (forger->has_lines && is_idle(correlator, forger, fed_at))
		forget_minutes(correlator, forger);
	if (!forger->has_lines || fed_at > forger->fed_at)
		forger->fed_at = fed_at;
	minute = minute_of(correlator, forger, forged_minute_time(event));
	if (minute->told < LIMIT_FORGED_TOLD) {
		minute->told++;
		tell_line(correlator, event, &id);
		return;
	}
	/* what was due before this line came is told without it */
	if (!correlator->options.logs_are_complete)
		tell_by(correlator, forger, minute, fed_at);
	forged_minute_count(minute, event);
	make_due(correlator, forger, minute, fed_at);
}

/* ---- time ---- */

static void tell_forger(struct correlator *correlator, struct forger *forger,
			us_time then)
{
	for (size_t i = 0; i < MINUTES; i++) {
		struct forged_minute *minute = &forger->minutes[i];

		tell_by(correlator, forger, minute, then);
		if (minute->due != US_TIME_NONE)
			set_due(correlator, minute, minute->due);
	}
}

void forged_tell_due(struct correlator *correlator)
{
	struct forged_lines *forged = correlator->forged;
	us_time then =
		correlator->options.logs_are_complete ? INT64_MAX : correlator->now;

	if (!forged || forged->due == US_TIME_NONE || forged->due > then)
		return;
	forged->due = US_TIME_NONE;
	for (size_t i = 0; i < forged->count; i++)
		tell_forger(correlator, forged->forgers[i], then);
	if (forged->others)
		tell_forger(correlator, forged->others, then);
}

us_time forged_deadline(const struct correlator *correlator)
{
	return correlator->forged && !correlator->options.logs_are_complete
		       ? correlator->forged->due
		       : US_TIME_NONE;
}

void forged_free(struct forged_lines *forged)
{
	if (!forged)
		return;
	for (size_t i = 0; i < forged->count; i++)
		forger_free(forged->forgers[i]);
	forger_free(forged->others);
	free(forged);
}
