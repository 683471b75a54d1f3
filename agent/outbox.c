/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/outbox.h"

#include <stdlib.h>
#include <string.h>

#include "agent/outbox_state.h"
#include "base/digest.h"
#include "base/limits.h"
#include "base/memory.h"

/* Records written to a sink on this host at a time. */
#define HANDFUL 64

struct store_waiting outbox_waiting_of(const struct outbox *outbox,
				       const struct outlet *outlet)
{
	struct store_waiting waiting = { .oldest_at = US_TIME_NONE };
	struct err err;

	if (store_waiting_of(outbox->options.store, outlet->name, &waiting, &err) < 0)
		waiting = (struct store_waiting){ .oldest_at = US_TIME_NONE };
	return waiting;
}

uint64_t outbox_waiting(const struct outbox *outbox)
{
	uint64_t count = 0;

	for (size_t i = 0; i < outbox->count; i++)
		count += outbox_waiting_of(outbox, &outbox->outlets[i]).records;
	return count;
}

/* ---- telling -------------------------------------------------------------------------
 */

const char *outbox_key(const struct alert_record *record, char key[OUTBOX_KEY_BYTES])
{
	const struct native_context *context = record->context;
	const uint64_t numbers[] = { record->stream, record->number,
				     (uint64_t)record->told_at };
	uint8_t digest[SHA256_BYTES];
	struct sha256 sha256;
	struct id id;

	sha256_init(&sha256);
	/* With a NUL behind each, so that no two run into one. */
	sha256_add(&sha256, context->host);
	sha256_add(&sha256, slice_of("", 1));
	sha256_add(&sha256, context->instance);
	sha256_add(&sha256, slice_of("", 1));
	sha256_add(&sha256, slice_of((const char *)numbers, sizeof(numbers)));
	sha256_finish(&sha256, digest);
	memcpy(id.bytes, digest, sizeof(id.bytes));
	return id_to_text(&id, key);
}

/* False when it is too long. */
static bool format_line(struct outbox *outbox, const struct outlet *outlet,
			const struct alert_record *record)
{
	size_t most = outlet->sink ? LIMIT_OUTPUT_LINE_BYTES : LIMIT_DELIVERY_BYTES;

	buf_clear(&outbox->line);
	alert_format_append(outlet->format, &outbox->line, record);
	return !buf_overflowed(&outbox->line) && outbox->line.len <= most;
}

bool outbox_format(struct outbox *outbox, struct outlet *outlet,
		   const struct alert_record *record)
{
	struct native_context context = *record->context;
	struct alert_record bare = *record;

	if (format_line(outbox, outlet, record))
		return outbox->line.len > 0;
	/* Without the lines it goes by, which may be as long as somebody wants them: this
	 * host still has them. */
	context.evidence = NULL;
	bare.context = &context;
	if (format_line(outbox, outlet, &bare))
		return outbox->line.len > 0;
	/* Past every ceiling of what it is made of: it cannot be, and would be no record.
	 */
	outlet_note(outlet, SLICE("a record was too long to be told"));
	outlet->refused++;
	return false;
}

static void put(struct outbox *outbox, struct outlet *outlet,
		const struct alert_record *record, int severity)
{
	char key[OUTBOX_KEY_BYTES];
	struct store_delivery delivery = {
		.number = record->number,
		.told_at = record->told_at,
		.stream = (uint8_t)record->stream,
		.severity = (uint8_t)(severity + 1),
		.key = slice_text(outbox_key(record, key)),
	};

	if (!outbox_format(outbox, outlet, record))
		return;
	delivery.bytes = buf_slice(&outbox->line);
	store_put_delivery(outbox->options.store, outlet->name, &delivery);
}

void outbox_put(struct outbox *outbox, const struct alert_record *record,
		const struct outbox_about *about)
{
	int severity = about->rule ? about->severity : SEVERITY_INFORMATIONAL;

	if (about->rule_before && (int)about->severity_before > severity)
		severity = about->severity_before;
	if (record->stream != ALERT_FINDINGS)
		severity = SEVERITY_INFORMATIONAL;
	for (size_t i = 0; i < outbox->count; i++) {
		struct alert_record said = *record;

		if (!outlet_wants(&outbox->outlets[i], record, about))
			continue;
		said.activity = outlet_activity(&outbox->outlets[i], record, about);
		put(outbox, &outbox->outlets[i], &said, severity);
	}
}

/* ---- heartbeats ----------------------------------------------------------------------
 */

bool outbox_heartbeat_is_due(const struct outbox *outbox)
{
	return outbox->heartbeat_at != US_TIME_NONE &&
	       outbox->options.now(outbox->options.ctx) >= outbox->heartbeat_at;
}

void outbox_put_heartbeat(struct outbox *outbox, const struct alert_record *record)
{
	for (size_t i = 0; i < outbox->count; i++) {
		struct outlet *outlet = &outbox->outlets[i];

		if (!(outlet->streams & 1u << ALERT_HEARTBEATS))
			continue;
		/* One that is delivered is not there any more. */
		if (outlet_has_under_way(outlet, outlet->heartbeat))
			outlet->stale_heartbeat = outlet->heartbeat;
		else if (outlet->heartbeat)
			store_drop_delivery(outbox->options.store, outlet->name,
					    outlet->heartbeat);
		put(outbox, outlet, record, SEVERITY_INFORMATIONAL);
		outlet->heartbeat = record->number;
		outlet_save(outlet, outbox->options.store);
	}
	outbox->heartbeat_at = outbox->options.now(outbox->options.ctx) +
			       outbox->options.config->agent.heartbeat;
}

/* ---- sinks on this host --------------------------------------------------------------
 */

struct handful {
	struct sink_record records[HANDFUL];
	char *copies[HANDFUL]; /* owned */
	size_t count;
};

static bool take_delivery(void *ctx, const struct store_delivery *delivery)
{
	struct handful *handful = ctx;
	char *copy = memory_copy_text(delivery->bytes);

	handful->copies[handful->count] = copy;
	handful->records[handful->count++] =
		(struct sink_record){ delivery->number,
				      slice_of(copy, delivery->bytes.len) };
	return handful->count < HANDFUL;
}

static void settle(struct outbox *outbox, struct outlet *outlet,
		   const struct handful *handful, size_t done)
{
	for (size_t i = 0; i < done; i++)
		store_drop_delivery(outbox->options.store, outlet->name,
				    handful->records[i].number);
	outlet->delivered += done;
	outlet_save(outlet, outbox->options.store);
}

/* One handful; true when some of it is out. */
static bool deliver(struct outbox *outbox, struct outlet *outlet, us_time now)
{
	struct handful handful = { .count = 0 };
	size_t done = 0;
	struct err err = { 0 };
	int rc;

	breaker_begin(&outlet->breaker);
	rc = store_each_delivery(outbox->options.store, outlet->name, HANDFUL,
				 take_delivery, &handful, &err);
	if (rc == 0 && handful.count)
		rc = outlet->sink->ops->write(outlet->sink, handful.records,
					      handful.count, &done, &err);
	if (done)
		settle(outbox, outlet, &handful, done);
	if (rc < 0) {
		outlet_fail(outlet, now, 0, slice_text(err.text));
	} else if (handful.count) {
		breaker_succeeded(&outlet->breaker);
		outlet->last_error[0] = '\0';
	}
	for (size_t i = 0; i < handful.count; i++)
		free(handful.copies[i]);
	return done > 0;
}

/* ---- handing out ---------------------------------------------------------------------
 */

static bool flush_outlet(struct outbox *outbox, struct outlet *outlet, us_time now)
{
	bool did = outbox_keep_share(outbox, outlet, now);

	if (outbox_waiting_of(outbox, outlet).records == 0) {
		outlet->doubt.aside_count = 0; /* what was dropped is gone */
		return did;
	}
	if (!outlet->sink)
		outbox_send(outbox, outlet, now);
	else if (breaker_allows(&outlet->breaker, now, HANDFUL))
		did |= deliver(outbox, outlet, now);
	return did;
}

bool outbox_flush(struct outbox *outbox)
{
	us_time now = outbox->options.now(outbox->options.ctx);
	bool did = false;

	for (size_t i = 0; i < outbox->count; i++)
		did |= flush_outlet(outbox, &outbox->outlets[i], now);
	return did;
}

static us_time sooner(us_time a, us_time b)
{
	if (a == US_TIME_NONE || b == US_TIME_NONE)
		return a == US_TIME_NONE ? b : a;
	return a < b ? a : b;
}

/* What is aside waits for the breaker, too. */
static us_time aside_deadline(const struct outlet *outlet)
{
	us_time at = outlet_aside_deadline(outlet), retry_at = outlet->breaker.retry_at;

	if (outlet->flight.is_under_way || at == US_TIME_NONE)
		return US_TIME_NONE;
	return retry_at != US_TIME_NONE && retry_at > at ? retry_at : at;
}

us_time outbox_deadline(const struct outbox *outbox)
{
	us_time deadline = outbox->heartbeat_at;

	for (size_t i = 0; i < outbox->count; i++) {
		const struct outlet *outlet = &outbox->outlets[i];

		deadline = sooner(deadline, outbox_share_deadline(outlet));
		deadline = sooner(deadline, aside_deadline(outlet));
		if (outlet->breaker.retry_at != US_TIME_NONE &&
		    !outlet->flight.is_under_way &&
		    outbox_waiting_of(outbox, outlet).records)
			deadline = sooner(deadline, outlet->breaker.retry_at);
	}
	return deadline;
}

void outbox_reopen(struct outbox *outbox)
{
	for (size_t i = 0; i < outbox->count; i++) {
		struct outlet *outlet = &outbox->outlets[i];

		if (outlet->sink && outlet->sink->ops->reopen)
			outlet->sink->ops->reopen(outlet->sink);
		breaker_try_now(&outlet->breaker);
	}
}

bool outbox_state(const struct outbox *outbox, size_t index,
		  struct outbox_state *ret_state)
{
	const struct outlet *outlet = &outbox->outlets[index];
	struct store_waiting waiting;
	uint64_t dead_letters = 0;
	struct err err;

	if (index >= outbox->count)
		return false;
	waiting = outbox_waiting_of(outbox, outlet);
	if (store_count_dead_letters(outbox->options.store, outlet->name, &dead_letters,
				     &err) < 0)
		dead_letters = 0;
	*ret_state = (struct outbox_state){
		.name = outlet->name,
		.type = outlet->type,
		.format = outlet->format->name,
		.records = outlet->records,
		.state = outlet_state_word(outlet, waiting.records),
		.waiting = waiting.records,
		.waiting_bytes = waiting.bytes,
		.max_bytes = outlet->max_bytes,
		.oldest_at = waiting.oldest_at,
		.delivered = outlet->delivered,
		.refused = outlet->refused,
		.dropped = outlet->dropped,
		.dead_letters = dead_letters,
		.retry_at = outlet->breaker.retry_at,
		.last_error = outlet->last_error,
	};
	return true;
}
