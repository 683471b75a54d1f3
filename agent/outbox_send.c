/* SPDX-License-Identifier: Apache-2.0 */
/* What the outbox sends through the courier, one batch of each sink at a time. */
#include "agent/outbox_state.h"
#include "base/arena.h"
#include "base/fault.h"
#include "base/limits.h"

/* When all places in the conversation with the courier are taken. */
#define BUSY_FOR US_PER_SECOND

void outbox_address(const struct outbox *outbox, const struct outlet *outlet,
		    struct message *ret_request)
{
	*ret_request = (struct message){ .kind = MESSAGE_DELIVER };
	ret_request->deliver.sink = slice_text(outlet->name);
	ret_request->deliver.host = slice_text(outbox->options.host);
	ret_request->deliver.content_type = slice_text(outlet->format->content_type);
}

/* RFC 5424: informational, notice, warning, error, critical. */
static uint64_t syslog_severity(uint8_t severity)
{
	return severity > 4 ? 2 : 6 - (uint64_t)severity;
}

struct deliver_record outbox_record(const struct store_delivery *delivery)
{
	enum alert_stream stream = delivery->stream < ALERT_STREAM_COUNT
					   ? (enum alert_stream)delivery->stream
					   : ALERT_FINDINGS;

	return (struct deliver_record){
		.number = delivery->number,
		.severity = syslog_severity(delivery->severity),
		.told_at = delivery->told_at,
		.stream = slice_text(alert_stream_word(stream)),
		.key = delivery->key,
		.bytes = delivery->bytes,
	};
}

struct gathering {
	const struct outlet *outlet;
	uint64_t after; /* none up to this number */
	uint64_t only;	/* 0 = any that is not aside */
	struct arena arena;
	struct deliver *batch;
	size_t most, bytes;
};

static bool take_delivery(void *ctx, const struct store_delivery *delivery)
{
	struct gathering *gathering = ctx;
	struct deliver *batch = gathering->batch;
	struct deliver_record *record = &batch->records[batch->count];

	if (delivery->number <= gathering->after)
		return true;
	if (gathering->only ? delivery->number != gathering->only
			    : outlet_is_aside(gathering->outlet, delivery->number))
		return !gathering->only || delivery->number < gathering->only;
	if (delivery->number <= gathering->outlet->alone_until)
		gathering->most = 1;
	if (batch->count &&
	    (batch->count >= gathering->most ||
	     gathering->bytes + delivery->bytes.len > LIMIT_DELIVERY_BATCH_BYTES))
		return false;
	*record = outbox_record(delivery);
	record->key = arena_copy(&gathering->arena, delivery->key);
	record->bytes = arena_copy(&gathering->arena, delivery->bytes);
	gathering->bytes += delivery->bytes.len;
	return ++batch->count < gathering->most;
}

static void take_answer(void *ctx, const struct message *answer)
{
	struct outlet *outlet = ctx;
	const struct outbox_options *options = &outlet->outbox->options;

	outlet_take_answer(outlet, options->store, answer, options->now(options->ctx));
	options->settled(options->ctx);
}

static void send(struct outbox *outbox, struct outlet *outlet, struct message *request,
		 us_time now)
{
	const struct deliver *batch = &request->deliver;
	struct outlet_flight *flight = &outlet->flight;

	if (!outbox->options.ask(outbox->options.ctx, request, take_answer, outlet)) {
		outlet->breaker.retry_at = now + BUSY_FOR;
		return;
	}
	FAULT_POINT("outbox-sent");
	flight->is_under_way = true;
	flight->count = batch->count;
	for (size_t i = 0; i < batch->count; i++)
		flight->numbers[i] = batch->records[i].number;
}

static int gather(const struct outbox *outbox, struct gathering *gathering,
		  struct err *err)
{
	return store_each_delivery(outbox->options.store, gathering->outlet->name, 0,
				   take_delivery, gathering, err);
}

/* The one that is aside, if it is still there. */
static int gather_aside(const struct outbox *outbox, struct gathering *gathering,
			struct outlet *outlet, uint64_t number, struct err *err)
{
	gathering->only = number;
	if (gather(outbox, gathering, err) < 0)
		return -1;
	gathering->only = 0;
	if (gathering->batch->count == 0)
		outlet_forget_aside(outlet, number);
	return 0;
}

/* What is aside has its turn when it is due and the sink takes others, or when there are
 * no others; a sink that takes nothing is tried with each in turn. */
static int gather_any(const struct outbox *outbox, struct gathering *gathering,
		      struct outlet *outlet, us_time now, struct err *err)
{
	const struct deliver *batch = gathering->batch;
	uint64_t due = outlet_aside_due(outlet, now);

	if (due && !outlet->breaker.is_open &&
	    gather_aside(outbox, gathering, outlet, due, err) < 0)
		return -1;
	gathering->after = outlet->breaker.is_open ? outlet->doubt.probed : 0;
	if (batch->count == 0 && gather(outbox, gathering, err) < 0)
		return -1;
	if (batch->count == 0 && gathering->after) {
		gathering->after = 0;
		if (gather(outbox, gathering, err) < 0)
			return -1;
	}
	if (batch->count == 0 && due && outlet_is_aside(outlet, due))
		return gather_aside(outbox, gathering, outlet, due, err);
	return 0;
}

void outbox_send(struct outbox *outbox, struct outlet *outlet, us_time now)
{
	struct message request;
	struct gathering gathering = { .outlet = outlet, .batch = &request.deliver };
	struct err err;

	if (outlet->flight.is_under_way)
		return;
	gathering.most = breaker_allows(&outlet->breaker, now, outlet->batch);
	if (gathering.most == 0)
		return;
	breaker_begin(&outlet->breaker);
	outbox_address(outbox, outlet, &request);
	arena_init(&gathering.arena);
	if (gather_any(outbox, &gathering, outlet, now, &err) < 0)
		outlet_fail(outlet, now, 0, slice_text(err.text));
	else if (request.deliver.count)
		send(outbox, outlet, &request, now);
	arena_release(&gathering.arena);
}
