/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Elasticsearch's _bulk (and OpenSearch's): each record is created under its key, so that
 * one that is sent again is there once. "create" is also what data streams ask for. Each
 * has an answer of its own, and only those that need it are sent again.
 */
#include <stdio.h>

#include "base/json.h"
#include "courier/delivery_ops.h"
#include "courier/post.h"
#include "courier/wipe.h"

#define BULK "/_bulk"

/* Only what is read of it. */
#define FILTER                                                               \
	"?filter_path=errors,items.*._id,items.*.status,items.*.error.type," \
	"items.*.error.reason"

static void put_url(const struct delivery *delivery, struct buf *url)
{
	struct slice base = buf_slice(&delivery->url);

	slice_take_suffix(&base, SLICE(BULK));
	wipe_buf_append(url, base);
	wipe_buf_append(url, SLICE(BULK FILTER));
}

/* An API key, unless the file says of itself what it is. */
static void put_authorization(const struct delivery *delivery,
			      struct post_request *request)
{
	static const struct slice schemes[] = {
		{ "ApiKey ", 7 },
		{ "Bearer ", 7 },
		{ "Basic ", 6 },
	};
	struct slice token = buf_slice(&delivery->token);

	if (token.len == 0)
		return;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (!slice_starts_with(token, schemes[i]))
			continue;
		post_add_header(request, "Authorization: %.*s", SLICE_ARG(token));
		return;
	}
	post_add_header(request, "Authorization: ApiKey %.*s", SLICE_ARG(token));
}

static int put_record(const struct delivery *delivery,
		      const struct deliver_record *record, struct buf *body,
		      struct err *err)
{
	const char *index = delivery->sink->index;
	AUTO_JSON json_t *value = NULL;
	struct json_writer writer;

	if (json_read(record->bytes, &value, err) < 0)
		return err_add(err, "the record is no JSON");
	if (!json_is_object(value) ||
	    memchr(record->bytes.ptr, '\n', record->bytes.len) != NULL)
		return err_set(err, ERR_FORMAT, "the record is no JSON object on a line");
	json_begin(&writer, body);
	json_open_object(&writer, NULL);
	json_open_object(&writer, "create");
	json_put_text(&writer, "_index", slice_text(index[0] ? index : "countersign"));
	json_put_text(&writer, "_id", record->key);
	json_close_object(&writer);
	json_close_object(&writer);
	buf_append_byte(body, '\n');
	buf_append(body, record->bytes);
	buf_append_byte(body, '\n');
	return 0;
}

static int build(struct delivery *delivery, const struct post_group *group,
		 struct post_request *request, struct err *err)
{
	put_url(delivery, &request->url);
	post_add_header(request, "Content-Type: application/x-ndjson");
	put_authorization(delivery, request);
	for (size_t i = 0; i < group->count; i++) {
		if (put_record(delivery, &group->batch->records[group->from + i],
			       &request->body, err) < 0)
			return -1;
	}
	return 0;
}

static enum post_step judge(struct delivery *delivery, const struct post_group *group,
			    const struct http_answer *answer)
{
	struct sink_answer items[MESSAGE_LIST_MAX], whole;
	bool is_any_left = false;
	struct err err;

	answer_read_status(answer->status, answer->body, &whole);
	if (whole.meaning != ANSWER_TAKEN)
		return post_apply(delivery, group, &whole);
	if (answer_read_bulk(answer->body, group->batch->records + group->from,
			     group->count, items, &err) < 0) {
		whole.meaning = ANSWER_ODD;
		snprintf(whole.text, sizeof(whole.text), "%d, but %.150s", answer->status,
			 err.text);
		return post_apply(delivery, group, &whole);
	}
	fates_set_answer(&delivery->fates, "%s", whole.text);
	for (size_t i = 0; i < group->count; i++)
		is_any_left |= post_apply_one(delivery, group->from + i, &items[i]);
	return is_any_left ? POST_STOP : POST_NEXT;
}

static const struct post_kind kind = {
	.type = "elasticsearch",
	.build = build,
	.judge = judge,
};

static int open_elasticsearch(sd_event *event, const struct config *config,
			      const struct config_sink *sink,
			      struct delivery **ret_delivery, struct err *err)
{
	(void)err;
	return post_open(&kind, event, config, sink, ret_delivery);
}

const struct deliver_ops deliver_elasticsearch = {
	.type = "elasticsearch",
	.open = open_elasticsearch,
	.send = post_send,
	.check = post_check,
	.close = post_close,
};
