/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each sink's share of the disk: what is past it is dropped, the oldest of the least
 * severe first, counted, and told.
 */
#include "agent/clock.h"
#include "agent/outbox_state.h"
#include "base/fault.h"

/* Dropped in one go, between two commits. */
#define PIECE 1024

/* How often what is dropped is told, at most. */
#define TELL_EVERY US_PER_MINUTE

struct excess {
	const struct outlet *outlet;
	uint64_t numbers[PIECE];
	size_t count;
	uint64_t bytes, records; /* that still are too many; that there are */
};

static bool take_expendable(void *ctx, uint64_t number, uint64_t bytes)
{
	struct excess *excess = ctx;

	/* The last one stays, however long it is. */
	if (excess->count + 1 >= excess->records)
		return false;
	if (outlet_has_under_way(excess->outlet, number))
		return true;
	excess->numbers[excess->count++] = number;
	excess->bytes -= bytes < excess->bytes ? bytes : excess->bytes;
	return excess->bytes > 0 && excess->count < PIECE;
}

static void note_loss(struct outlet *outlet, uint64_t count)
{
	struct outlet_loss *loss = &outlet->loss;

	loss->until = clock_real();
	if (loss->since == US_TIME_NONE)
		loss->since = loss->until;
	loss->count += count;
	outlet->dropped += count;
}

static bool drop_heartbeat(struct outbox *outbox, struct outlet *outlet)
{
	if (!outlet->heartbeat || outlet_has_under_way(outlet, outlet->heartbeat))
		return false;
	store_drop_delivery(outbox->options.store, outlet->name, outlet->heartbeat);
	outlet->heartbeat = 0;
	return true;
}

/* True when anything was dropped. */
static bool drop_excess(struct outbox *outbox, struct outlet *outlet)
{
	struct store_waiting waiting = outbox_waiting_of(outbox, outlet);
	struct excess excess = { .outlet = outlet };
	bool did;
	struct err err;

	if (waiting.bytes <= outlet->max_bytes)
		return false;
	/* It is no loss: the next one says the same. */
	did = drop_heartbeat(outbox, outlet);
	waiting = outbox_waiting_of(outbox, outlet);
	if (waiting.bytes <= outlet->max_bytes)
		return did;
	excess.bytes = waiting.bytes - outlet->max_bytes;
	excess.records = waiting.records;
	if (store_each_expendable(outbox->options.store, outlet->name, take_expendable,
				  &excess, &err) < 0 ||
	    excess.count == 0)
		return did;
	for (size_t i = 0; i < excess.count; i++)
		store_drop_delivery(outbox->options.store, outlet->name,
				    excess.numbers[i]);
	FAULT_POINT("outbox-dropped");
	note_loss(outlet, excess.count);
	outlet_save(outlet, outbox->options.store);
	return true;
}

static void tell(struct outbox *outbox, struct outlet *outlet, bool is_over)
{
	const struct outbox_loss loss = {
		.sink = outlet->name,
		.count = outlet->loss.count,
		.since = outlet->loss.since,
		.until = outlet->loss.until,
		.is_over = is_over,
	};

	if (is_over)
		outlet->loss = (struct outlet_loss){ US_TIME_NONE, US_TIME_NONE, 0, 0,
						     US_TIME_NONE };
	else
		outlet->loss.told = outlet->loss.count;
	outlet_save(outlet, outbox->options.store);
	outbox->options.lost(outbox->options.ctx, &loss);
}

us_time outbox_share_deadline(const struct outlet *outlet)
{
	const struct outlet_loss *loss = &outlet->loss;

	return loss->count > loss->told && loss->told_at != US_TIME_NONE
		       ? loss->told_at + TELL_EVERY
		       : US_TIME_NONE;
}

bool outbox_keep_share(struct outbox *outbox, struct outlet *outlet, us_time now)
{
	bool did = drop_excess(outbox, outlet);
	struct outlet_loss *loss = &outlet->loss;

	if (loss->count == 0)
		return did;
	if (outbox_waiting_of(outbox, outlet).records == 0) {
		tell(outbox, outlet, true);
		return true;
	}
	if (loss->count == loss->told ||
	    (loss->told_at != US_TIME_NONE && now - loss->told_at < TELL_EVERY))
		return did;
	loss->told_at = now;
	tell(outbox, outlet, false);
	return true;
}
