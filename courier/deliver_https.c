/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any receiver that takes a POST and says 2xx when it has it. Several records are a line
 * each: application/x-ndjson where one would be application/json. What is sent can be
 * checked against a key that both have:
 *
 *     X-Countersign-Signature: t=1767323045,v1=<hex HMAC-SHA256 of "1767323045." and
 * body>
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/digest.h"
#include "courier/delivery_ops.h"
#include "courier/post.h"
#include "courier/wipe.h"

#define SIGNED_BYTES_MAX ((size_t)32 * 1024 * 1024)

static void put_body(const struct post_group *group, struct buf *body)
{
	for (size_t i = 0; i < group->count; i++) {
		if (group->count > 1 && i > 0)
			buf_append_byte(body, '\n');
		buf_append(body, group->batch->records[group->from + i].bytes);
	}
	if (group->count > 1)
		buf_append_byte(body, '\n');
}

static void put_type(const struct post_group *group, struct post_request *request)
{
	struct slice type = group->batch->content_type;

	if (group->count > 1 && slice_starts_with(type, SLICE("application/json")))
		type = SLICE("application/x-ndjson");
	if (type.len == 0 || type.len > 100 || memchr(type.ptr, '\0', type.len))
		type = SLICE("application/octet-stream");
	post_add_header(request, "Content-Type: %.*s", SLICE_ARG(type));
}

/* The same records have the same: one record its own key, several what all of theirs
 * make. */
static void put_key(const struct post_group *group, struct post_request *request)
{
	uint8_t digest[SHA256_BYTES];
	char text[2 * SHA256_BYTES + 1];
	struct sha256 sha256;

	sha256_init(&sha256);
	for (size_t i = 0; i < group->count; i++) {
		sha256_add(&sha256, group->batch->records[group->from + i].key);
		sha256_add(&sha256, SLICE("\n"));
	}
	sha256_finish(&sha256, digest);
	hex_from_bytes(digest, sizeof(digest), text);
	if (group->count == 1)
		post_add_header(request, "Idempotency-Key: %.*s",
				SLICE_ARG(group->batch->records[group->from].key));
	else
		post_add_header(request, "Idempotency-Key: %s", text);
}

static void put_signature(const struct delivery *delivery, struct post_request *request)
{
	AUTO_BUF struct buf text = BUF_LIMIT(SIGNED_BYTES_MAX);
	uint8_t digest[SHA256_BYTES];
	char hex[2 * SHA256_BYTES + 1];
	uint64_t now = 0;

	if (delivery->hmac_key.len == 0)
		return;
	if (sd_event_now(delivery->event, CLOCK_REALTIME, &now) < 0)
		abort();
	now /= (uint64_t)US_PER_SECOND;
	buf_append_format(&text, "%" PRIu64 ".", now);
	if (!buf_append(&text, buf_slice(&request->body))) {
		request->body.overflowed = true;
		return;
	}
	hmac_sha256(buf_slice(&delivery->hmac_key), buf_slice(&text), digest);
	hex_from_bytes(digest, sizeof(digest), hex);
	post_add_header(request, "X-Countersign-Signature: t=%" PRIu64 ",v1=%s", now,
			hex);
}

static int build(struct delivery *delivery, const struct post_group *group,
		 struct post_request *request, struct err *err)
{
	(void)err;
	buf_append(&request->url, buf_slice(&delivery->url));
	put_body(group, &request->body);
	put_type(group, request);
	put_key(group, request);
	if (delivery->token.len)
		post_add_header(request, "Authorization: Bearer %s",
				buf_text(&delivery->token));
	put_signature(delivery, request);
	return 0;
}

static enum post_step judge(struct delivery *delivery, const struct post_group *group,
			    const struct http_answer *answer)
{
	struct sink_answer meaning;

	answer_read_status(answer->status, answer->body, &meaning);
	return post_apply(delivery, group, &meaning);
}

static const struct post_kind kind = {
	.type = "https",
	.build = build,
	.judge = judge,
};

static int open_https(sd_event *event, const struct config *config,
		      const struct config_sink *sink, struct delivery **ret_delivery,
		      struct err *err)
{
	(void)err;
	return post_open(&kind, event, config, sink, ret_delivery);
}

const struct deliver_ops deliver_https = {
	.type = "https",
	.open = open_https,
	.send = post_send,
	.check = post_check,
	.close = post_close,
};
