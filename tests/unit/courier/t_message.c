/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/message.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "tests/support/check.h"

#define ROOM_BYTES (2 * MESSAGE_BYTES_MAX)
#define TEXT_BYTES_MAX 40
#define RANDOM_TURNS 2000

/* xorshift64 (Marsaglia 2003): the same messages in every run. */
static uint64_t state;

static uint64_t random_below(uint64_t limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % limit;
}

static const char noise[] =
	"\0\x01\n\"\\aB9-\xff\x80 the quick brown fox jumps over it all";

static struct slice random_text(void)
{
	size_t len = random_below(TEXT_BYTES_MAX);

	return slice_of(noise + random_below(sizeof(noise) - TEXT_BYTES_MAX), len);
}

static us_time random_time(void)
{
	return random_below(4) == 0 ? US_TIME_NONE
				    : (us_time)random_below((uint64_t)US_TIME_MAX + 1);
}

static void fill_identity(struct identity_answer *identity)
{
	identity->provider = random_text();
	identity->instance = random_text();
	identity->account = random_text();
	identity->region = random_text();
	identity->private_ip_count = random_below(MESSAGE_LIST_MAX + 1);
	for (uint64_t i = 0; i < identity->private_ip_count; i++)
		identity->private_ips[i] = random_text();
	identity->launched_at = random_time();
	identity->has_credentials = random_below(2);
	identity->credentials_until = random_time();
	identity->role = random_text();
	identity->has_tags = random_below(2);
	identity->tag_count = random_below(MESSAGE_LIST_MAX + 1);
	for (uint64_t i = 0; i < identity->tag_count; i++)
		identity->tags[i] = random_text();
}

static void fill_check(struct check *check)
{
	check->count = random_below(MESSAGE_LIST_MAX + 1);
	for (uint64_t i = 0; i < check->count; i++)
		check->lines[i] = (struct check_line){
			.outcome = random_below(OUTCOME_COUNT),
			.what = random_text(),
			.detail = random_text(),
		};
}

static void fill_deliver(struct deliver *deliver)
{
	deliver->sink = random_text();
	deliver->host = random_text();
	deliver->content_type = random_text();
	deliver->count = random_below(MESSAGE_LIST_MAX + 1);
	for (uint64_t i = 0; i < deliver->count; i++)
		deliver->records[i] = (struct deliver_record){
			.number = random_below(UINT64_MAX),
			.severity = random_below(8),
			.told_at = random_time(),
			.stream = random_text(),
			.key = random_text(),
			.bytes = random_text(),
		};
}

static void fill_delivered(struct delivered *delivered)
{
	delivered->retry_after_us = (us_span)random_below(1000000000);
	delivered->answer = random_text();
	delivered->count = random_below(MESSAGE_LIST_MAX + 1);
	for (uint64_t i = 0; i < delivered->count; i++)
		delivered->results[i] = (struct delivery_result){
			.number = random_below(UINT64_MAX),
			.fate = random_below(DELIVERY_FATE_COUNT),
			.detail = random_text(),
		};
}

static void fill(struct message *message, enum message_kind kind)
{
	*message = (struct message){ .kind = kind, .number = random_below(UINT64_MAX) };
	if (kind >= MESSAGE_IDENTITY) {
		message->outcome = random_below(OUTCOME_COUNT);
		message->detail = random_text();
	}
	switch (kind) {
	case MESSAGE_ASK_PAGE:
		message->ask_page = (struct ask_page){
			.query = random_below(QUERY_COUNT),
			.region = random_text(),
			.attribute = random_text(),
			.value = random_text(),
			.from = random_time(),
			.until = random_time(),
			.token = random_text(),
		};
		break;
	case MESSAGE_DELIVER:
		fill_deliver(&message->deliver);
		break;
	case MESSAGE_DELIVERED:
		fill_delivered(&message->delivered);
		break;
	case MESSAGE_IDENTITY:
		fill_identity(&message->identity);
		break;
	case MESSAGE_PAGE:
		message->page = (struct page){
			.body = random_text(),
			.token = random_text(),
			.answered_at = random_time(),
			.retry_after_us = (us_span)random_below(1000000000),
		};
		break;
	case MESSAGE_CHECK:
		fill_check(&message->check);
		break;
	default:
		break;
	}
}

static const struct {
	const char *name;
	enum message_kind kind;
} kinds[] = {
	{ "ask identity", MESSAGE_ASK_IDENTITY },
	{ "ask page", MESSAGE_ASK_PAGE },
	{ "ask check", MESSAGE_ASK_CHECK },
	{ "deliver", MESSAGE_DELIVER },
	{ "identity", MESSAGE_IDENTITY },
	{ "page", MESSAGE_PAGE },
	{ "check", MESSAGE_CHECK },
	{ "delivered", MESSAGE_DELIVERED },
};

/* Decodes from memory of exactly that size, so that a byte read past it is seen. */
static int decode_exactly(struct slice frame, struct message *ret_message,
			  size_t *ret_used, char **ret_memory)
{
	struct err err;

	*ret_memory = memory_new(frame.len ? frame.len : 1, 1);
	if (frame.len)
		memcpy(*ret_memory, frame.ptr, frame.len);
	return message_decode(slice_of(*ret_memory, frame.len), ret_message, ret_used,
			      &err);
}

/* Compares field by field by writing both: what is written again is the same bytes. */
static void test_round_trip(void)
{
	AUTO_BUF struct buf first = BUF_LIMIT(ROOM_BYTES);
	AUTO_BUF struct buf second = BUF_LIMIT(ROOM_BYTES);

	state = 88172645463325252;
	for (int turn = 0; turn < RANDOM_TURNS; turn++) {
		struct message message, got;
		AUTO_FREE char *memory = NULL;
		size_t used = 0;

		check_row(kinds[(size_t)turn % COUNT_OF(kinds)].name);
		fill(&message, kinds[(size_t)turn % COUNT_OF(kinds)].kind);
		buf_clear(&first);
		buf_clear(&second);
		CHECK(message_encode(&message, &first));
		CHECK_INT(decode_exactly(buf_slice(&first), &got, &used, &memory), 0);
		CHECK_UINT(used, first.len);
		CHECK_UINT(got.number, message.number);
		CHECK_UINT(got.outcome, message.outcome);
		CHECK_SLICE(got.detail, message.detail);
		CHECK(message_encode(&got, &second));
		CHECK_SLICE(buf_slice(&second), buf_slice(&first));
	}
}

static void test_every_field(void)
{
	struct message message = {
		.kind = MESSAGE_ASK_PAGE,
		.number = 7,
		.ask_page = { .query = QUERY_COMMAND,
			      .region = SLICE("eu-west-1"),
			      .attribute = SLICE("EventName"),
			      .value = SLICE("StartSession"),
			      .from = 1,
			      .until = US_TIME_NONE,
			      .token = SLICE("next") },
	};
	AUTO_BUF struct buf buf = BUF_LIMIT(ROOM_BYTES);
	struct message got;
	size_t used = 0;
	struct err err;

	CHECK(message_encode(&message, &buf));
	CHECK_OK(message_decode(buf_slice(&buf), &got, &used, &err), &err);
	CHECK_INT(got.kind, MESSAGE_ASK_PAGE);
	CHECK_UINT(got.number, 7);
	CHECK_UINT(got.ask_page.query, QUERY_COMMAND);
	CHECK_SLICE(got.ask_page.region, SLICE("eu-west-1"));
	CHECK_SLICE(got.ask_page.attribute, SLICE("EventName"));
	CHECK_SLICE(got.ask_page.value, SLICE("StartSession"));
	CHECK_INT(got.ask_page.from, 1);
	CHECK_INT(got.ask_page.until, US_TIME_NONE);
	CHECK_SLICE(got.ask_page.token, SLICE("next"));
}

/* The bytes as the header describes them: both sides are built at different times. */
static void test_bytes(void)
{
	static const char want[] = "\x2c\0\0\0" /* what follows */
				   "\x02\x44"	/* version, kind */
				   "\x05\0\0\0\0\0\0\0"
				   "\x03\0\0\0\0\0\0\0"
				   "\x02\0\0\0no"
				   "\0\0\0\0\0\0\0\0" /* not before */
				   "\0\0\0\0"
				   "\0\0\0\0\0\0\0\0"; /* no results */
	const struct message message = {
		.kind = MESSAGE_DELIVERED,
		.number = 5,
		.outcome = OUTCOME_DENIED,
		.detail = SLICE("no"),
	};
	AUTO_BUF struct buf buf = BUF_LIMIT(ROOM_BYTES);

	CHECK(message_encode(&message, &buf));
	CHECK_SLICE(buf_slice(&buf), slice_of(want, sizeof(want) - 1));
}

static void test_truncations(void)
{
	state = 1234567;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		AUTO_BUF struct buf buf = BUF_LIMIT(ROOM_BYTES);
		struct message message;

		check_row(kinds[i].name);
		fill(&message, kinds[i].kind);
		CHECK(message_encode(&message, &buf));
		for (size_t len = 0; len < buf.len; len++) {
			struct slice part = slice_first(buf_slice(&buf), len);
			AUTO_FREE char *whole = NULL;
			AUTO_FREE char *shorter = NULL;
			size_t used = 1;

			/* not all has arrived */
			CHECK_INT(decode_exactly(part, &message, &used, &whole), 0);
			CHECK_UINT(used, 0);
			/* it claims to be all */
			if (len < 4)
				continue;
			buf.ptr[0] = (char)(unsigned char)(len - 4);
			buf.ptr[1] = (char)(unsigned char)((len - 4) >> 8);
			CHECK_INT(decode_exactly(part, &message, &used, &shorter), -1);
			buf.ptr[0] = (char)(unsigned char)(buf.len - 4);
			buf.ptr[1] = (char)(unsigned char)((buf.len - 4) >> 8);
		}
	}
}

/* Whatever a changed byte makes of a message: it is refused, not there yet, or one that
 * is written as it was read. */
static void test_mutations(void)
{
	static const unsigned char changes[] = { 0x01, 0x80, 0xff, 0x40 };

	state = 7654321;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		AUTO_BUF struct buf buf = BUF_LIMIT(ROOM_BYTES);
		AUTO_BUF struct buf again = BUF_LIMIT(ROOM_BYTES);
		struct message message;
		size_t used;

		check_row(kinds[i].name);
		fill(&message, kinds[i].kind);
		CHECK(message_encode(&message, &buf));
		for (size_t at = 0; at < buf.len * COUNT_OF(changes); at++) {
			AUTO_FREE char *memory = NULL;
			char *byte = &buf.ptr[at / COUNT_OF(changes)];
			char was = *byte;

			*byte = (char)(was ^ changes[at % COUNT_OF(changes)]);
			if (decode_exactly(buf_slice(&buf), &message, &used, &memory) ==
				    0 &&
			    used > 0) {
				buf_clear(&again);
				CHECK(message_encode(&message, &again));
				CHECK_SLICE(buf_slice(&again),
					    slice_first(buf_slice(&buf), used));
			}
			*byte = was;
		}
	}
}

static void test_refused(void)
{
	static const struct {
		const char *name;
		struct slice frame;
	} rows[] = {
		{ "longer than may be", SLICE("\x01\0\x80\0\x02\x01") },
		{ "as long as can be", SLICE("\xff\xff\xff\xff") },
		{ "empty", SLICE("\0\0\0\0") },
		{ "without a number", SLICE("\x02\0\0\0\x02\x01") },
		{ "half a number", SLICE("\x09\0\0\0\x02\x01\0\0\0\0\0\0\0") },
		{ "version 0", SLICE("\x0a\0\0\0\0\x01\0\0\0\0\0\0\0\0") },
		{ "version 1", SLICE("\x0a\0\0\0\x01\x01\0\0\0\0\0\0\0\0") },
		{ "kind 0", SLICE("\x0a\0\0\0\x02\0\0\0\0\0\0\0\0\0") },
		{ "kind 5", SLICE("\x0a\0\0\0\x02\x05\0\0\0\0\0\0\0\0") },
		{ "kind 64", SLICE("\x0a\0\0\0\x02\x40\0\0\0\0\0\0\0\0") },
		{ "kind 69", SLICE("\x0a\0\0\0\x02\x45\0\0\0\0\0\0\0\0") },
		{ "kind 255", SLICE("\x0a\0\0\0\x02\xff\0\0\0\0\0\0\0\0") },
		{ "a byte too many", SLICE("\x0b\0\0\0\x02\x01\0\0\0\0\0\0\0\0\0") },
		{ "unknown outcome", SLICE("\x16\0\0\0\x02\x44\0\0\0\0\0\0\0\0"
					   "\x08\0\0\0\0\0\0\0\0\0\0\0") },
		{ "field past the end", SLICE("\x16\0\0\0\x02\x44\0\0\0\0\0\0\0\0"
					      "\0\0\0\0\0\0\0\0\x02\0\0\0") },
		{ "field of 4 GiB", SLICE("\x16\0\0\0\x02\x44\0\0\0\0\0\0\0\0"
					  "\0\0\0\0\0\0\0\0\xff\xff\xff\xff") },
		{ "a list of 65", SLICE("\x1e\0\0\0\x02\x43\0\0\0\0\0\0\0\0"
					"\0\0\0\0\0\0\0\0\0\0\0\0"
					"\x41\0\0\0\0\0\0\0") },
		{ "a list of 2^64 - 1", SLICE("\x1e\0\0\0\x02\x43\0\0\0\0\0\0\0\0"
					      "\0\0\0\0\0\0\0\0\0\0\0\0"
					      "\xff\xff\xff\xff\xff\xff\xff\xff") },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_FREE char *memory = NULL;
		struct message message = { .number = 99 };
		size_t used = 77;

		check_row(rows[i].name);
		CHECK_INT(decode_exactly(rows[i].frame, &message, &used, &memory), -1);
		CHECK_UINT(used, 77);
		CHECK_UINT(message.number, 99);
	}
}

static void test_two_frames(void)
{
	const struct message ask = { .kind = MESSAGE_ASK_IDENTITY, .number = 1 };
	AUTO_BUF struct buf buf = BUF_LIMIT(ROOM_BYTES);
	struct message got;
	size_t used = 0;
	struct err err;

	CHECK(message_encode(&ask, &buf));
	CHECK(message_encode(&ask, &buf));
	CHECK_OK(message_decode(buf_slice(&buf), &got, &used, &err), &err);
	CHECK_UINT(used * 2, buf.len);
}

static void test_too_long(void)
{
	AUTO_FREE char *bytes = memory_new(MESSAGE_BYTES_MAX, 1);
	AUTO_BUF struct buf buf = BUF_LIMIT(ROOM_BYTES);
	AUTO_BUF struct buf small = BUF_LIMIT(20);
	struct message message = { .kind = MESSAGE_DELIVER, .deliver = { .count = 1 } };
	struct slice *record = &message.deliver.records[0].bytes;
	const size_t frame = 2 + 8 + 3 * 4 + 8 + 3 * 8 + 3 * 4;
	struct message got;
	size_t used = 0;
	struct err err;

	*record = slice_of(bytes, MESSAGE_BYTES_MAX - frame);
	CHECK(message_encode(&message, &buf));
	CHECK_OK(message_decode(buf_slice(&buf), &got, &used, &err), &err);
	CHECK_UINT(used, MESSAGE_BYTES_MAX + 4);
	buf_clear(&buf);
	record->len++;
	CHECK(!message_encode(&message, &buf));
	CHECK_UINT(buf.len, 0);
	record->len = SIZE_MAX;
	CHECK(!message_encode(&message, &buf));
	record->len = 0;
	CHECK(!message_encode(&message, &small));
	CHECK_UINT(small.len, 0);
}

static void test_not_written(void)
{
	AUTO_BUF struct buf buf = BUF_LIMIT(ROOM_BYTES);
	struct message message = { .kind = MESSAGE_CHECK };

	message.check.count = MESSAGE_LIST_MAX + 1;
	CHECK(!message_encode(&message, &buf));
	message = (struct message){ .kind = MESSAGE_PAGE, .outcome = OUTCOME_COUNT };
	CHECK(!message_encode(&message, &buf));
	message = (struct message){ .kind = MESSAGE_PAGE, .page = { .answered_at = -1 } };
	CHECK(!message_encode(&message, &buf));
	message = (struct message){ .kind = MESSAGE_PAGE,
				    .page = { .retry_after_us = -1 } };
	CHECK(!message_encode(&message, &buf));
	message = (struct message){ .kind = (enum message_kind)6 };
	CHECK(!message_encode(&message, &buf));
	CHECK_UINT(buf.len, 0);
}

static void test_words(void)
{
	CHECK_TEXT(message_outcome_word(OUTCOME_OK), "ok");
	CHECK_TEXT(message_outcome_word(OUTCOME_NO_CREDENTIALS), "no-credentials");
	CHECK_TEXT(message_outcome_word(OUTCOME_COUNT), "unknown");
	CHECK_TEXT(message_outcome_word(UINT64_MAX), "unknown");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "round trip", test_round_trip },
		{ "every field", test_every_field },
		{ "bytes", test_bytes },
		{ "truncations", test_truncations },
		{ "mutations", test_mutations },
		{ "refused", test_refused },
		{ "two frames", test_two_frames },
		{ "too long", test_too_long },
		{ "not written", test_not_written },
		{ "words", test_words },
		{ NULL, NULL },
	};

	return check_run("message", tests);
}
