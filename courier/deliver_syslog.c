/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Syslog: RFC 5424 to a unix socket, over TCP or over TLS (RFC 5425). The protocol has no
 * answers, so a record counts as delivered when all of it is in the receiver's kernel (of
 * a unix socket: when the receiver has read it) and the receiver has not hung up just
 * after. What it had taken and lost because it died then is made good where that can be
 * seen: when the connection is gone, what was sent last over it, if that was not long
 * ago, is sent again in front of what is new, with the same keys.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "courier/delivery_ops.h"
#include "courier/fates.h"
#include "courier/secret.h"
#include "courier/sink_http.h"
#include "courier/stream.h"
#include "courier/syslog_frame.h"

#define CONNECT_TIMEOUT (10 * US_PER_SECOND)

/* A receiver that dies has lost what came so short a time before, at most. */
#define IN_DOUBT US_PER_MINUTE

struct delivery {
	sd_event *event; /* borrowed, as sink */
	const struct config_sink *sink;
	struct stream *stream;
	sd_event_source *start;	     /* a batch is begun from the loop */
	const struct deliver *batch; /* NULL = it is checked only */
	deliver_done_fn *done;	     /* NULL = nothing is under way */
	void *ctx;
	struct fates fates;
	uint64_t deadline; /* CLOCK_MONOTONIC */
	struct buf frames; /* of the batch */
	struct buf last;   /* what went over the connection last */
	uint64_t last_at;  /* CLOCK_MONOTONIC */
	bool is_in_doubt;  /* it is to be sent again */
	size_t piece_records[MESSAGE_LIST_MAX + 1]; /* which record each is */
	struct stream_piece pieces[MESSAGE_LIST_MAX + 1];
};

/* A piece that is no record of the batch, but what was sent before. */
#define NO_RECORD SIZE_MAX

static uint64_t now(const struct delivery *delivery)
{
	uint64_t at = 0;

	if (sd_event_now(delivery->event, CLOCK_MONOTONIC, &at) < 0)
		abort();
	return at;
}

static us_span time_left(const struct delivery *delivery)
{
	uint64_t at = now(delivery);

	return at + 1000 < delivery->deadline ? (us_span)(delivery->deadline - at) : 1000;
}

static void finish(struct delivery *delivery)
{
	deliver_done_fn *done = delivery->done;
	struct message answer;

	fates_tell(&delivery->fates, delivery->batch, &answer);
	delivery->done = NULL;
	delivery->batch = NULL;
	done(delivery->ctx, &answer);
}

static void tell_check(struct delivery *delivery)
{
	bool is_fine = delivery->fates.outcome == OUTCOME_OK;
	deliver_done_fn *done = delivery->done;
	struct message answer = {
		.kind = MESSAGE_CHECK,
		.check = { .count = 1,
			   .lines = { { .outcome = delivery->fates.outcome,
					.what = slice_text(delivery->sink->name),
					.detail = slice_text(
						is_fine ? "reached; nothing was sent"
							: delivery->fates.detail) } } },
	};

	delivery->done = NULL;
	done(delivery->ctx, &answer);
}

static void end(struct delivery *delivery)
{
	if (delivery->batch)
		finish(delivery);
	else
		tell_check(delivery);
}

/* ---- a batch ----------------------------------------------------------------------- */

static enum syslog_framing framing(const struct delivery *delivery)
{
	if (stream_is_datagram(delivery->stream))
		return SYSLOG_DATAGRAM;
	return slice_starts_with(slice_text(delivery->sink->url), SLICE("unix:"))
		       ? SYSLOG_LINE
		       : SYSLOG_COUNTED;
}

/* The pieces to be written: what is in doubt, then a piece a record. Offsets first, as
 * the buffer moves while it grows. */
static size_t make_pieces(struct delivery *delivery)
{
	const struct deliver *batch = delivery->batch;
	size_t ends[MESSAGE_LIST_MAX + 1] = { 0 }, count = 0, begin = 0;

	buf_clear(&delivery->frames);
	if (delivery->is_in_doubt) {
		delivery->piece_records[0] = NO_RECORD;
		delivery->pieces[0].bytes = buf_slice(&delivery->last);
		count = 1;
	}
	for (size_t i = 0; i < batch->count; i++) {
		if (!syslog_frame_append(&delivery->frames, &batch->records[i],
					 batch->host, framing(delivery))) {
			fates_set(&delivery->fates, i, DELIVERY_REFUSED,
				  "it is too long to be sent");
			delivery->frames.len = begin;
			delivery->frames.overflowed = false;
			continue;
		}
		delivery->piece_records[count] = i;
		ends[count++] = begin = delivery->frames.len;
	}
	begin = 0;
	for (size_t i = delivery->is_in_doubt ? 1 : 0; i < count; i++) {
		delivery->pieces[i] = (struct stream_piece){
			.bytes = slice_of(delivery->frames.ptr + begin, ends[i] - begin),
		};
		begin = ends[i];
	}
	return count;
}

static void keep_as_last(struct delivery *delivery)
{
	struct buf last = delivery->frames;

	delivery->frames = delivery->last;
	delivery->last = last;
	delivery->last_at = now(delivery);
	delivery->is_in_doubt = false;
}

static void take_written(void *ctx, const struct stream_result *result)
{
	struct delivery *delivery = ctx;

	if (!result->is_done) {
		fates_fail(&delivery->fates, OUTCOME_UNREACHABLE, "%s",
			   result->failure.text);
		finish(delivery);
		return;
	}
	for (size_t i = 0; i < MESSAGE_LIST_MAX + 1; i++) {
		size_t record = delivery->piece_records[i];

		if (record >= delivery->batch->count)
			continue;
		if (delivery->pieces[i].was_too_long)
			fates_set(&delivery->fates, record, DELIVERY_REFUSED,
				  "it is longer than a datagram of the receiver's "
				  "socket may be");
		else
			fates_set(&delivery->fates, record, DELIVERY_SAFE, NULL);
	}
	keep_as_last(delivery);
	fates_set_answer(&delivery->fates, "received; syslog has no answers");
	finish(delivery);
}

static void write_batch(struct delivery *delivery)
{
	struct stream_pieces pieces = { .items = delivery->pieces };

	for (size_t i = 0; i < MESSAGE_LIST_MAX + 1; i++)
		delivery->piece_records[i] = NO_RECORD;
	pieces.count = make_pieces(delivery);
	stream_write(delivery->stream, pieces, time_left(delivery), take_written,
		     delivery);
}

static void take_connected(void *ctx, const struct stream_result *result)
{
	struct delivery *delivery = ctx;

	if (!result->is_done)
		fates_fail(&delivery->fates, OUTCOME_UNREACHABLE, "%s",
			   result->failure.text);
	if (!delivery->batch || !result->is_done)
		end(delivery);
	else
		write_batch(delivery);
}

/* The connection over which the last ones went is gone: datagrams have been read. */
static void doubt(struct delivery *delivery)
{
	if (delivery->last.len && !stream_is_datagram(delivery->stream) &&
	    now(delivery) - delivery->last_at < (uint64_t)IN_DOUBT)
		delivery->is_in_doubt = true;
	else if (!delivery->is_in_doubt)
		buf_release(&delivery->last);
}

static int begin(sd_event_source *source, void *userdata)
{
	struct delivery *delivery = userdata;
	us_span left = time_left(delivery);

	(void)source;
	if (delivery->fates.outcome != OUTCOME_OK) {
		end(delivery);
	} else if (stream_is_connected(delivery->stream)) {
		if (delivery->batch)
			write_batch(delivery);
		else
			end(delivery);
	} else {
		doubt(delivery);
		stream_connect(delivery->stream,
			       left < CONNECT_TIMEOUT ? left : CONNECT_TIMEOUT,
			       take_connected, delivery);
	}
	return 0;
}

static void start(struct delivery *delivery, us_span timeout, size_t count)
{
	const char *key = delivery->sink->client_key_file;
	struct err err;

	fates_init(&delivery->fates, count);
	delivery->deadline = now(delivery) + (uint64_t)timeout;
	if (key[0] && secret_check(key, &err) < 0)
		fates_fail(&delivery->fates, OUTCOME_NO_CREDENTIALS, "%s", err.text);
	if (sd_event_source_set_enabled(delivery->start, SD_EVENT_ONESHOT) < 0)
		abort();
}

static void send_batch(struct delivery *delivery, const struct deliver *batch,
		       deliver_done_fn *done, void *ctx)
{
	delivery->batch = batch;
	delivery->done = done;
	delivery->ctx = ctx;
	start(delivery, delivery->sink->timeout, (size_t)batch->count);
}

static void check(struct delivery *delivery, deliver_done_fn *done, void *ctx)
{
	delivery->batch = NULL;
	delivery->done = done;
	delivery->ctx = ctx;
	start(delivery, CONNECT_TIMEOUT, 0);
}

/* ---- the whole --------------------------------------------------------------------- */

static int open_syslog(sd_event *event, const struct config *config,
		       const struct config_sink *sink, struct delivery **ret_delivery,
		       struct err *err)
{
	struct delivery *delivery = memory_new(1, sizeof(*delivery));
	struct http_options options;

	(void)err;
	sink_http_options(config, sink, &options);
	delivery->event = event;
	delivery->sink = sink;
	delivery->frames = delivery->last =
		(struct buf)BUF_LIMIT(LIMIT_SINK_REQUEST_BYTES);
	delivery->stream = stream_new(event, sink->url, &options);
	if (sd_event_add_defer(event, &delivery->start, begin, delivery) < 0 ||
	    sd_event_source_set_enabled(delivery->start, SD_EVENT_OFF) < 0)
		abort();
	*ret_delivery = delivery;
	return 0;
}

static void close_syslog(struct delivery *delivery)
{
	if (!delivery)
		return;
	stream_free(delivery->stream);
	sd_event_source_disable_unref(delivery->start);
	buf_release(&delivery->frames);
	buf_release(&delivery->last);
	free(delivery);
}

const struct deliver_ops deliver_syslog = {
	.type = "syslog",
	.open = open_syslog,
	.send = send_batch,
	.check = check,
	.close = close_syslog,
};
