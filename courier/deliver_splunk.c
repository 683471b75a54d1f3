/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Splunk's HTTP Event Collector. Its 200 says that the event was taken in, not that it is
 * indexed: with acknowledge = yes a batch is delivered only when the indexer says so.
 *
 *   SENDING --200, ackId--> WAITING --{"acks":{"ID":true}}--> delivered
 *      ^                       '--out of time--> to be sent again; the ids are kept
 *   LOOKING BACK: the same batch once more, and ids of it are kept: was it late only?
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/digest.h"
#include "base/json.h"
#include "courier/delivery_ops.h"
#include "courier/post.h"
#include "courier/wipe.h"

#define COLLECTOR "/services/collector"

/* Sendings of one batch of which an acknowledgement may still come. */
#define ACKS_MAX 8

#define ASK_FIRST ((us_span)100 * 1000)
#define ASK_MOST (2 * US_PER_SECOND)

struct splunk {
	char channel[37]; /* one a process; "" = not made yet */
	enum {
		SPLUNK_SENDING,
		SPLUNK_LOOKING_BACK,
		SPLUNK_WAITING,
	} phase;
	uint64_t ack_ids[ACKS_MAX];
	size_t ack_count;
	uint8_t digest[SHA256_BYTES]; /* of the keys that they are about */
};

/* ---- requests ---------------------------------------------------------------------- */

static void make_channel(struct splunk *splunk)
{
	uint8_t bytes[16];
	char hex[2 * sizeof(bytes) + 1];

	if (splunk->channel[0])
		return;
	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		abort();
	/* RFC 9562, version 4 */
	bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40);
	bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);
	hex_from_bytes(bytes, sizeof(bytes), hex);
	snprintf(splunk->channel, sizeof(splunk->channel), "%.8s-%.4s-%.4s-%.4s-%.12s",
		 hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

/* What stands before the collector's path, if it is there. */
static struct slice base_url(const struct delivery *delivery)
{
	struct slice url = buf_slice(&delivery->url);
	ptrdiff_t at = slice_find(url, SLICE(COLLECTOR));

	return at < 0 ? url : slice_first(url, (size_t)at);
}

static void put_head(struct delivery *delivery, struct post_request *request,
		     const char *path)
{
	const struct splunk *splunk = delivery->state;

	wipe_buf_append(&request->url, base_url(delivery));
	wipe_buf_append(&request->url, slice_text(path));
	post_add_header(request, "Content-Type: application/json");
	post_add_header(request, "Authorization: Splunk %s", buf_text(&delivery->token));
	if (delivery->sink->acknowledge)
		post_add_header(request, "X-Splunk-Request-Channel: %s", splunk->channel);
}

static void put_question(struct delivery *delivery, struct post_request *request)
{
	const struct splunk *splunk = delivery->state;
	struct json_writer writer;

	put_head(delivery, request, COLLECTOR "/ack");
	json_begin(&writer, &request->body);
	json_open_object(&writer, NULL);
	json_open_array(&writer, "acks");
	for (size_t i = 0; i < splunk->ack_count; i++)
		json_put_number(&writer, NULL, (int64_t)splunk->ack_ids[i]);
	json_close_array(&writer);
	json_close_object(&writer);
}

static void put_frame(const struct delivery *delivery, const struct deliver *batch,
		      const struct deliver_record *record, struct buf *body)
{
	char time[32], source_type[80];
	struct json_writer writer;

	snprintf(time, sizeof(time), "%" PRId64 ".%06" PRId64,
		 record->told_at / US_PER_SECOND, record->told_at % US_PER_SECOND);
	snprintf(source_type, sizeof(source_type), "countersign:%.*s",
		 SLICE_ARG(slice_first(record->stream, 32)));
	json_begin(&writer, body);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "time", slice_text(time));
	json_put_text(&writer, "host", batch->host);
	json_put_text(&writer, "source", SLICE("countersign"));
	json_put_text(&writer, "sourcetype", slice_text(source_type));
	if (delivery->sink->index[0])
		json_put_text(&writer, "index", slice_text(delivery->sink->index));
	json_open_object(&writer, "fields");
	json_put_text(&writer, "key", record->key);
	json_put_number(&writer, "number", (int64_t)record->number);
	json_close_object(&writer);
	json_close_object(&writer);
}

/* The record as it is where it is JSON, else as a text. */
static int put_event(const struct delivery *delivery, const struct deliver *batch,
		     const struct deliver_record *record, struct buf *body,
		     struct err *err)
{
	AUTO_JSON json_t *value = NULL;
	struct json_writer writer;

	put_frame(delivery, batch, record, body);
	if (body->len)
		body->len--; /* its closing brace */
	buf_append_text(body, ",\"event\":");
	if (slice_starts_with(batch->content_type, SLICE("application/json"))) {
		if (json_read(record->bytes, &value, err) < 0)
			return err_add(err, "the record is no JSON");
		buf_append(body, record->bytes);
	} else {
		json_begin(&writer, body);
		json_put_text(&writer, NULL, record->bytes);
	}
	buf_append_text(body, "}\n");
	return 0;
}

static void digest_keys(const struct post_group *group, uint8_t ret_digest[SHA256_BYTES])
{
	struct sha256 sha256;

	sha256_init(&sha256);
	for (size_t i = 0; i < group->count; i++) {
		sha256_add(&sha256, group->batch->records[group->from + i].key);
		sha256_add(&sha256, SLICE("\n"));
	}
	sha256_finish(&sha256, ret_digest);
}

/* Whether this very batch was sent before, and may have been acknowledged since. */
static void begin_group(struct splunk *splunk, const struct post_group *group)
{
	uint8_t digest[SHA256_BYTES];

	make_channel(splunk);
	digest_keys(group, digest);
	if (memcmp(digest, splunk->digest, sizeof(digest)) != 0)
		splunk->ack_count = 0;
	memcpy(splunk->digest, digest, sizeof(digest));
	splunk->phase = splunk->ack_count ? SPLUNK_LOOKING_BACK : SPLUNK_SENDING;
}

static int build(struct delivery *delivery, const struct post_group *group,
		 struct post_request *request, struct err *err)
{
	struct splunk *splunk = delivery->state;

	if (!delivery->is_asking)
		begin_group(splunk, group);
	if (splunk->phase != SPLUNK_SENDING) {
		put_question(delivery, request);
		return 0;
	}
	put_head(delivery, request, COLLECTOR "/event");
	for (size_t i = 0; i < group->count; i++) {
		if (put_event(delivery, group->batch,
			      &group->batch->records[group->from + i], &request->body,
			      err) < 0)
			return -1;
	}
	return 0;
}

/* ---- answers ----------------------------------------------------------------------- */

static enum post_step begin_waiting(struct delivery *delivery,
				    const struct post_group *group,
				    struct splunk_answer *said)
{
	struct splunk *splunk = delivery->state;

	if (!said->has_ack_id) {
		said->answer.meaning = ANSWER_ODD;
		snprintf(
			said->answer.text, sizeof(said->answer.text),
			"taken, but with no ackId: is acknowledgement on for the token?");
		return post_apply(delivery, group, &said->answer);
	}
	/* The oldest is the least likely still to come. */
	if (splunk->ack_count == ACKS_MAX) {
		memmove(splunk->ack_ids, splunk->ack_ids + 1,
			(ACKS_MAX - 1) * sizeof(splunk->ack_ids[0]));
		splunk->ack_count--;
	}
	splunk->ack_ids[splunk->ack_count++] = said->ack_id;
	splunk->phase = SPLUNK_WAITING;
	delivery->ask_after = ASK_FIRST;
	return POST_ASK;
}

/* One of several is wrong, and the collector says which. */
static enum post_step isolate(struct delivery *delivery, const struct post_group *group,
			      const struct splunk_answer *said)
{
	fates_set_answer(&delivery->fates, "%s", said->answer.text);
	post_apply_one(delivery, group->from + (size_t)said->invalid, &said->answer);
	for (size_t i = 0; i < group->count; i++)
		fates_set(&delivery->fates, group->from + i, DELIVERY_AGAIN,
			  "sent with one that is refused");
	return POST_NEXT;
}

static enum post_step judge_sending(struct delivery *delivery,
				    const struct post_group *group,
				    const struct http_answer *answer)
{
	struct splunk_answer said;

	answer_read_splunk(answer->status, answer->body, &said);
	if (said.answer.meaning == ANSWER_TAKEN && delivery->sink->acknowledge)
		return begin_waiting(delivery, group, &said);
	if (said.answer.meaning == ANSWER_REFUSED && group->count > 1 &&
	    said.has_invalid && said.invalid < group->count)
		return isolate(delivery, group, &said);
	return post_apply(delivery, group, &said.answer);
}

static enum post_step judge_acks(struct delivery *delivery,
				 const struct post_group *group,
				 const struct http_answer *answer)
{
	struct splunk *splunk = delivery->state;
	const struct sink_answer taken = { ANSWER_TAKEN, "acknowledged" };
	const struct sink_answer late = { ANSWER_AGAIN, "not acknowledged in time" };
	struct sink_answer said;

	answer_read_status(answer->status, answer->body, &said);
	if (said.meaning != ANSWER_TAKEN)
		return post_apply(delivery, group, &said);
	if (answer_read_acks(answer->body, splunk->ack_ids, splunk->ack_count)) {
		splunk->ack_count = 0;
		return post_apply(delivery, group, &taken);
	}
	if (splunk->phase == SPLUNK_LOOKING_BACK) {
		splunk->phase = SPLUNK_SENDING;
		delivery->ask_after = 0;
		return POST_ASK;
	}
	delivery->ask_after =
		2 * delivery->ask_after < ASK_MOST ? 2 * delivery->ask_after : ASK_MOST;
	if (delivery->ask_after >= post_time_left(delivery))
		return post_apply(delivery, group, &late);
	return POST_ASK;
}

static enum post_step judge(struct delivery *delivery, const struct post_group *group,
			    const struct http_answer *answer)
{
	const struct splunk *splunk = delivery->state;

	return splunk->phase == SPLUNK_SENDING ? judge_sending(delivery, group, answer)
					       : judge_acks(delivery, group, answer);
}

static const struct post_kind kind = {
	.type = "splunk",
	.state_bytes = sizeof(struct splunk),
	.build = build,
	.judge = judge,
};

static int open_splunk(sd_event *event, const struct config *config,
		       const struct config_sink *sink, struct delivery **ret_delivery,
		       struct err *err)
{
	(void)err;
	return post_open(&kind, event, config, sink, ret_delivery);
}

const struct deliver_ops deliver_splunk = {
	.type = "splunk",
	.open = open_splunk,
	.send = post_send,
	.check = post_check,
	.close = post_close,
};
