/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/deliveries.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/fault.h"
#include "base/memory.h"
#include "courier/delivery_ops.h"
#include "courier/fates.h"

static const struct deliver_ops *const protocols[] = {
	&deliver_syslog, &deliver_https, &deliver_splunk,    &deliver_elasticsearch,
	&deliver_slack,	 &deliver_teams, &deliver_pagerduty, NULL,
};

/* Batches that one sink may have: one under way, a test, and that of a daemon which ended
 * meanwhile. */
#define PARCELS_MAX 3

/* A batch, and who waits for what becomes of it. */
struct parcel {
	struct parcel *next;
	struct deliver batch; /* its bytes are in `bytes` */
	struct buf bytes;
	deliver_done_fn *done;
	void *ctx;
};

/* One sink's. The delivery that checks is another than the one that sends, so that
 * neither waits for the other. */
struct place {
	struct deliveries *deliveries;
	const struct config_sink *sink;
	const struct deliver_ops *ops; /* NULL = it is local: the daemon's */
	struct delivery *delivery;     /* NULL = not opened yet */
	struct delivery *checking;
	struct parcel *parcels; /* the first one is under way */
	struct {
		uint64_t outcome;
		char what[80];
		char detail[FATE_DETAIL_BYTES];
	} checked;
};

struct deliveries {
	sd_event *event; /* borrowed, as config */
	const struct config *config;
	struct place places[CONFIG_SINKS_MAX];
	size_t count;
	size_t checks_due;
	sd_event_source *checks_done;
	deliver_done_fn *done; /* of the check under way; NULL = none is */
	void *ctx;
};

static const struct deliver_ops *find_protocol(const char *type)
{
	for (size_t i = 0; protocols[i]; i++) {
		if (strcmp(protocols[i]->type, type) == 0)
			return protocols[i];
	}
	return NULL;
}

static struct place *find_place(struct deliveries *deliveries, struct slice name)
{
	for (size_t i = 0; i < deliveries->count; i++) {
		struct place *place = &deliveries->places[i];

		if (place->ops && slice_equal(slice_text(place->sink->name), name))
			return place;
	}
	return NULL;
}

/* ---- sending ----------------------------------------------------------------------- */

static void tell_outcome(deliver_done_fn *done, void *ctx, enum message_outcome outcome,
			 const char *detail)
{
	const struct message answer = {
		.kind = MESSAGE_DELIVERED,
		.outcome = outcome,
		.detail = slice_text(detail),
	};

	done(ctx, &answer);
}

static struct slice copy(struct buf *bytes, struct slice from)
{
	size_t at = bytes->len;

	buf_append(bytes, from);
	return slice_of(bytes->ptr + at, from.len);
}

/* Keeps the batch until all of it was dealt with: what it came in is gone sooner. */
static void keep_batch(struct parcel *parcel, const struct deliver *batch)
{
	struct buf *bytes = &parcel->bytes;
	size_t total = batch->sink.len + batch->host.len + batch->content_type.len;

	for (size_t i = 0; i < batch->count; i++)
		total += batch->records[i].stream.len + batch->records[i].key.len +
			 batch->records[i].bytes.len;
	/* It was in one message, and is not longer; all at once, so that it stays put. */
	*bytes = (struct buf)BUF_LIMIT(MESSAGE_BYTES_MAX);
	if (!buf_reserve(bytes, total + 1))
		abort();
	parcel->batch = *batch;
	parcel->batch.sink = copy(bytes, batch->sink);
	parcel->batch.host = copy(bytes, batch->host);
	parcel->batch.content_type = copy(bytes, batch->content_type);
	for (size_t i = 0; i < batch->count; i++) {
		struct deliver_record *record = &parcel->batch.records[i];

		record->stream = copy(bytes, record->stream);
		record->key = copy(bytes, record->key);
		record->bytes = copy(bytes, record->bytes);
	}
}

static void free_first(struct place *place)
{
	struct parcel *first = place->parcels;

	place->parcels = first->next;
	buf_release(&first->bytes);
	free(first);
}

static void take_delivered(void *ctx, const struct message *answer);

static void send_first(struct place *place)
{
	FAULT_POINT("courier-delivers");
	place->ops->send(place->delivery, &place->parcels->batch, take_delivered, place);
}

static void take_delivered(void *ctx, const struct message *answer)
{
	struct place *place = ctx;
	deliver_done_fn *done = place->parcels->done;
	void *done_ctx = place->parcels->ctx;
	bool is_one_waiting = place->parcels->next != NULL;

	FAULT_POINT("courier-delivered");
	free_first(place);
	done(done_ctx, answer);
	if (is_one_waiting)
		send_first(place);
}

/* False when there are too many. */
static bool add_parcel(struct place *place, const struct deliver *batch,
		       deliver_done_fn *done, void *ctx)
{
	struct parcel **link = &place->parcels;
	size_t count = 0;

	for (; *link; link = &(*link)->next)
		count++;
	if (count == PARCELS_MAX)
		return false;
	*link = memory_new(1, sizeof(**link));
	(*link)->done = done;
	(*link)->ctx = ctx;
	keep_batch(*link, batch);
	return true;
}

void deliveries_send(struct deliveries *deliveries, const struct deliver *batch,
		     deliver_done_fn *done, void *ctx)
{
	struct place *place = find_place(deliveries, batch->sink);
	struct err err;

	if (!place) {
		tell_outcome(done, ctx, OUTCOME_BAD_REQUEST,
			     "the courier knows no such sink: it reads the configuration "
			     "when it starts");
		return;
	}
	if (!place->delivery &&
	    place->ops->open(deliveries->event, deliveries->config, place->sink,
			     &place->delivery, &err) < 0) {
		tell_outcome(done, ctx, OUTCOME_BAD_REQUEST, err.text);
		return;
	}
	if (batch->count == 0) {
		tell_outcome(done, ctx, OUTCOME_OK, "");
		return;
	}
	if (!add_parcel(place, batch, done, ctx)) {
		tell_outcome(done, ctx, OUTCOME_THROTTLED,
			     "records for this sink are under way already");
		return;
	}
	if (!place->parcels->next)
		send_first(place);
}

/* ---- checking ---------------------------------------------------------------------- */

static void take_checked(void *ctx, const struct message *answer)
{
	struct place *place = ctx;
	const struct check_line *line = &answer->check.lines[0];

	place->checked.outcome = line->outcome;
	snprintf(place->checked.what, sizeof(place->checked.what), "sink %s (%s)",
		 place->sink->name, place->sink->type);
	snprintf(place->checked.detail, sizeof(place->checked.detail), "%.*s",
		 SLICE_ARG(line->detail));
	if (--place->deliveries->checks_due == 0 &&
	    sd_event_source_set_enabled(place->deliveries->checks_done,
					SD_EVENT_ONESHOT) < 0)
		abort();
}

static void end_checks(struct deliveries *deliveries)
{
	for (size_t i = 0; i < deliveries->count; i++) {
		struct place *place = &deliveries->places[i];

		if (place->checking)
			place->ops->close(place->checking);
		place->checking = NULL;
	}
}

/* From the loop: a delivery cannot be closed from within its own answer. */
static int tell_checked(sd_event_source *source, void *userdata)
{
	struct deliveries *deliveries = userdata;
	deliver_done_fn *done = deliveries->done;
	struct message answer = { .kind = MESSAGE_CHECK };

	(void)source;
	end_checks(deliveries);
	for (size_t i = 0; i < deliveries->count; i++) {
		const struct place *place = &deliveries->places[i];

		if (!place->ops)
			continue;
		answer.check.lines[answer.check.count++] = (struct check_line){
			.outcome = place->checked.outcome,
			.what = slice_text(place->checked.what),
			.detail = slice_text(place->checked.detail),
		};
	}
	deliveries->done = NULL;
	done(deliveries->ctx, &answer);
	return 0;
}

static void tell_no_check(struct place *place, const struct err *err)
{
	const struct message answer = {
		.kind = MESSAGE_CHECK,
		.check = { .count = 1,
			   .lines = { { .outcome = OUTCOME_BAD_REQUEST,
					.detail = slice_text(err->text) } } },
	};

	take_checked(place, &answer);
}

bool deliveries_check(struct deliveries *deliveries, deliver_done_fn *done, void *ctx)
{
	struct err err;

	if (deliveries->done)
		return false;
	deliveries->checks_due = 0;
	for (size_t i = 0; i < deliveries->count; i++)
		deliveries->checks_due += deliveries->places[i].ops ? 1 : 0;
	if (deliveries->checks_due == 0)
		return false;
	deliveries->done = done;
	deliveries->ctx = ctx;
	for (size_t i = 0; i < deliveries->count; i++) {
		struct place *place = &deliveries->places[i];

		if (!place->ops)
			continue;
		if (place->ops->open(deliveries->event, deliveries->config, place->sink,
				     &place->checking, &err) < 0)
			tell_no_check(place, &err);
		else
			place->ops->check(place->checking, take_checked, place);
	}
	return true;
}

/* ---- the whole --------------------------------------------------------------------- */

struct deliveries *deliveries_new(sd_event *event, const struct config *config)
{
	struct deliveries *deliveries = memory_new(1, sizeof(*deliveries));

	deliveries->event = event;
	deliveries->config = config;
	deliveries->count = config->sink_count;
	for (size_t i = 0; i < config->sink_count; i++)
		deliveries->places[i] = (struct place){
			.deliveries = deliveries,
			.sink = &config->sinks[i],
			.ops = find_protocol(config->sinks[i].type),
		};
	if (sd_event_add_defer(event, &deliveries->checks_done, tell_checked,
			       deliveries) < 0 ||
	    sd_event_source_set_enabled(deliveries->checks_done, SD_EVENT_OFF) < 0)
		abort();
	return deliveries;
}

void deliveries_free(struct deliveries *deliveries)
{
	if (!deliveries)
		return;
	end_checks(deliveries);
	for (size_t i = 0; i < deliveries->count; i++) {
		struct place *place = &deliveries->places[i];

		if (place->delivery)
			place->ops->close(place->delivery);
		while (place->parcels)
			free_first(place);
	}
	sd_event_source_disable_unref(deliveries->checks_done);
	free(deliveries);
}
