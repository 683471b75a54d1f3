/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/taker.h"

#include "base/limits.h"

#ifdef FAULT_POINTS
#include <signal.h>
#include <stdlib.h>
#endif

void taker_init(struct taker *taker)
{
	taker->text = (struct buf)BUF_LIMIT(LIMIT_HOST_LINE_BYTES);
	taker->last_at = US_TIME_NONE;
}

void taker_release(struct taker *taker)
{
	buf_release(&taker->text);
}

static void keep_text(struct taker *taker, us_time happened_at)
{
	struct store_text text = {
		.at = happened_at,
		.source = slice_text(taker->source),
		.cursor = slice_text(taker->cursor),
	};

	buf_clear(&taker->text);
	host_reader_evidence(taker->reader, taker->record, &taker->text);
	text.line = slice_first(buf_slice(&taker->text), LIMIT_SYSLOG_LINE_BYTES);
	taker->reference = pipeline_keep_text(taker->pipeline, &text);
}

static void take_event(void *ctx, const struct event *event)
{
	struct taker *taker = ctx;
	struct event taken = *event;

	if (taker->reference == 0)
		keep_text(taker, event->happened_at);
	taken.evidence = taker->reference;
	if (taken.trust == TRUST_ROOT_FILE && !taker->is_safe)
		taken.trust = TRUST_UNVERIFIED;
	if (taken.happened_at > taker->last_at)
		taker->last_at = taken.happened_at;
	taker->events++;
	pipeline_feed(taker->pipeline, &taken);
}

/* Where faults are built in: a line with the text of COUNTERSIGN_POISON kills its reader,
 * as a fault in what parses it would. */
static void die_of_poison(const struct record *record)
{
#ifdef FAULT_POINTS
	const char *poison = getenv("COUNTERSIGN_POISON");

	if (poison && poison[0] && slice_find(record->bytes, slice_text(poison)) >= 0)
		raise(SIGKILL);
#else
	(void)record;
#endif
}

void taker_take(struct taker *taker, const struct record *record, const char *cursor)
{
	const struct emitter emitter = { take_event, taker };

	die_of_poison(record);
	taker->record = record;
	taker->cursor = cursor;
	taker->reference = 0;
	host_reader_read(taker->reader, record, &emitter);
	taker->record = NULL;
	taker->cursor = NULL;
}

void taker_gap(struct taker *taker, const char *cause, us_time from, us_time until,
	       uint64_t lost_bytes)
{
	struct event event = {
		.kind = EVENT_GAP,
		.happened_at = until != US_TIME_NONE ? until : clock_real(),
		.trust = TRUST_ATTESTED, /* it is our own word */
		.source = taker->kind,
		.gap = { .source = slice_text(taker->source),
			 .cause = slice_text(cause),
			 .from = from,
			 .until = until,
			 .lost_bytes = lost_bytes },
	};

	taker->events++;
	pipeline_feed(taker->pipeline, &event);
}

void taker_cover(struct taker *taker, us_time from, us_time until, const char *host)
{
	struct event event = {
		.kind = EVENT_HOST_COVERAGE,
		.happened_at = until,
		.source = taker->kind,
		.host = slice_text(host),
		.host_coverage = { .source = taker->kind,
				   .from = from,
				   .until = until,
				   .host = slice_text(host) },
	};

	/* The others' lines name no host. */
	if (taker->kind != HOST_SOURCE_SYSLOG && taker->kind != HOST_SOURCE_JOURNAL)
		event.host = event.host_coverage.host = (struct slice){ NULL, 0 };
	pipeline_feed(taker->pipeline, &event);
}
