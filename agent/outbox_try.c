/* SPDX-License-Identifier: Apache-2.0 */
/* One record through every sink at once, to see whether it arrives. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent/outbox_state.h"
#include "base/err.h"

static const struct outlet_trial_word {
	enum delivery_fate fate;
	const char *outcome;
} outcomes[] = {
	{ DELIVERY_SAFE, "delivered" },
	{ DELIVERY_AGAIN, "failed" },
	{ DELIVERY_REFUSED, "refused" },
};

static void tell(struct outlet *outlet, enum delivery_fate fate, struct slice detail)
{
	struct trial *trial = &outlet->outbox->trial;
	struct trial told = *trial;
	struct outbox_trial result = { .sink = outlet->name, .detail = detail };

	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
		if (outcomes[i].fate == fate)
			result.outcome = outcomes[i].outcome;
	}
	result.is_last = --trial->waiting == 0;
	if (result.is_last)
		trial->done = NULL;
	told.done(told.ctx, &result);
}

static void take_answer(void *ctx, const struct message *answer)
{
	const struct delivered *delivered = &answer->delivered;
	struct slice detail = answer->detail;
	enum delivery_fate fate = DELIVERY_AGAIN;

	if (answer->kind == MESSAGE_DELIVERED) {
		if (delivered->count) {
			fate = (enum delivery_fate)delivered->results[0].fate;
			if (delivered->results[0].detail.len)
				detail = delivered->results[0].detail;
		}
		if (detail.len == 0)
			detail = delivered->answer;
	}
	if (answer->outcome == OUTCOME_BAD_REQUEST)
		fate = DELIVERY_REFUSED;
	tell(ctx, fate, detail);
}

/* What waits for a sink on this host waits because it fails; a file takes records in
 * their order only. */
static void try_here(struct outbox *outbox, struct outlet *outlet, uint64_t number)
{
	struct sink_record record = { number, buf_slice(&outbox->line) };
	uint64_t waiting = outbox_waiting_of(outbox, outlet).records;
	struct err err;
	size_t done;

	if (waiting) {
		err_set(&err, ERR_SYSTEM, "%" PRIu64 " records wait before it%s%.256s",
			waiting, outlet->last_error[0] ? ": " : "", outlet->last_error);
		tell(outlet, DELIVERY_AGAIN, slice_text(err.text));
		return;
	}
	if (outlet->sink->ops->write(outlet->sink, &record, 1, &done, &err) < 0) {
		tell(outlet, DELIVERY_AGAIN, slice_text(err.text));
		return;
	}
	outlet_save(outlet, outbox->options.store);
	outbox->options.settled(outbox->options.ctx);
	tell(outlet, DELIVERY_SAFE, SLICE("written"));
}

static void try_there(struct outbox *outbox, struct outlet *outlet,
		      const struct alert_record *record)
{
	char key[OUTBOX_KEY_BYTES];
	const struct store_delivery delivery = {
		.number = record->number,
		.told_at = record->told_at,
		.stream = (uint8_t)record->stream,
		.key = slice_text(outbox_key(record, key)),
		.bytes = buf_slice(&outbox->line),
	};
	struct message request;

	outbox_address(outbox, outlet, &request);
	request.deliver.count = 1;
	request.deliver.records[0] = outbox_record(&delivery);
	if (!outbox->options.ask(outbox->options.ctx, &request, take_answer, outlet))
		tell(outlet, DELIVERY_AGAIN, SLICE("the courier is busy"));
}

static void try_one(struct outbox *outbox, struct outlet *outlet,
		    const struct alert_record *record)
{
	buf_clear(&outbox->line);
	alert_format_append(outlet->format, &outbox->line, record);
	if (buf_overflowed(&outbox->line) || outbox->line.len == 0)
		tell(outlet, DELIVERY_REFUSED, SLICE("its format cannot say it"));
	else if (outlet->sink)
		try_here(outbox, outlet, record->number);
	else
		try_there(outbox, outlet, record);
}

/* ---- which ones ----------------------------------------------------------------------
 */

/* Whether the name is among those that blanks part; all are where there are none. */
static bool is_among(struct slice names, const char *name)
{
	struct slice item;

	if (names.len == 0)
		return true;
	while (slice_take_until(&names, ' ', &item)) {
		if (slice_equal(item, slice_text(name)))
			return true;
	}
	return slice_equal(names, slice_text(name));
}

static bool is_sink(const struct outbox *outbox, struct slice name)
{
	for (size_t i = 0; i < outbox->count; i++) {
		if (slice_equal(name, slice_text(outbox->outlets[i].name)))
			return true;
	}
	return false;
}

static int check_names(const struct outbox *outbox, struct slice names, struct err *err)
{
	struct slice item;

	while (names.len) {
		if (!slice_take_until(&names, ' ', &item)) {
			item = names;
			names.len = 0;
		}
		if (item.len && !is_sink(outbox, item))
			return err_set(err, ERR_USAGE, "there is no sink '%.*s'",
				       SLICE_ARG(slice_first(item, 64)));
	}
	return 0;
}

int outbox_try(struct outbox *outbox, struct slice sinks,
	       const struct alert_record *record,
	       void (*done)(void *ctx, const struct outbox_trial *trial), void *ctx,
	       struct err *err)
{
	bool is_tried[CONFIG_SINKS_MAX] = { false };

	if (outbox->trial.done)
		return err_set(err, ERR_LIMIT, "another test is going on: ask again");
	if (check_names(outbox, sinks, err) < 0)
		return -1;
	outbox->trial = (struct trial){ done, ctx, 0 };
	for (size_t i = 0; i < outbox->count; i++) {
		is_tried[i] = is_among(sinks, outbox->outlets[i].name);
		outbox->trial.waiting += is_tried[i];
	}
	for (size_t i = 0; i < outbox->count; i++) {
		if (is_tried[i])
			try_one(outbox, &outbox->outlets[i], record);
	}
	return 0;
}
