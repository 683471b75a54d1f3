/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/event_code.h"

#include <stdlib.h>

#include "base/digest.h"
#include "base/limits.h"
#include "base/memory.h"
#include "tests/support/check.h"
#include "tests/support/event_print.h"
#include "tests/unit/correlator/event_stream.h"

#define ROUNDS 100

#define AUTO_ARENA __attribute__((cleanup(arena_release)))

/* Everything an event says, as text: what event_print leaves out, besides. */
static void describe(const struct event *event, struct buf *buf)
{
	buf_clear(buf);
	event_print_append(buf, event);
	buf_append_format(buf, " source %d trust %d forger %u hash %llx %llx unset %d %d",
			  event->source, event->trust, event->forger,
			  (unsigned long long)event->text_hash,
			  (unsigned long long)(event->kind == EVENT_RUN
						       ? event->run.content_hash
						       : 0),
			  event->kind == EVENT_API_CALL ? event->api_call.serial_port : 0,
			  event->kind == EVENT_SIGHT ? (int)event->sight.reason : 0);
}

static void check_same(const struct event *event)
{
	AUTO_BUF struct buf code = BUF_LIMIT(LIMIT_EVENT_BYTES);
	AUTO_BUF struct buf again = BUF_LIMIT(LIMIT_EVENT_BYTES);
	AUTO_BUF struct buf want = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	AUTO_BUF struct buf got = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	AUTO_ARENA struct arena arena;
	struct event decoded;
	struct err err;

	arena_init(&arena);
	event_encode(event, &code);
	CHECK(!buf_overflowed(&code));
	if (!CHECK_OK(event_decode(buf_slice(&code), &arena, &decoded, &err), &err))
		return;
	describe(event, &want);
	describe(&decoded, &got);
	CHECK_TEXT(buf_text(&got), buf_text(&want));
	event_encode(&decoded, &again);
	CHECK(slice_equal(buf_slice(&code), buf_slice(&again)));
}

/* Streams of what a world might say, and with times from the ends of their range. */
static void test_streams(void)
{
	struct event_stream *stream = memory_new(1, sizeof(*stream));
	uint8_t bytes[(size_t)STREAM_STEPS_MAX * STREAM_STEP_BYTES];

	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		const struct stream_options options = { .wild = seed % 2 == 0 };

		random_bytes(seed, bytes, sizeof(bytes));
		event_stream_make(stream, &options, bytes, sizeof(bytes));
		for (size_t i = 0; i < stream->count; i++)
			if (!stream->steps[i].is_advance)
				check_same(&stream->steps[i].event);
	}
	free(stream);
}

/* Every kind with nothing said. */
static void test_empty(void)
{
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		struct event event = { .kind = (enum event_kind)kind };

		check_row(event_kind_word(event.kind));
		check_same(&event);
	}
}

static void test_extremes(void)
{
	static const char nuls[] = "a\0b\0\0\xff\n";
	struct slice text = slice_of(nuls, sizeof(nuls) - 1);
	const struct slice list[] = { text, { "", 0 }, text };
	struct event event = { .kind = EVENT_API_CALL,
			       .happened_at = US_TIME_NONE,
			       .uncertainty_us = INT64_MAX,
			       .evidence = UINT64_MAX,
			       .trust = TRUST_ATTESTED,
			       .host = text,
			       .pid = UINT32_MAX,
			       .source = HOST_SOURCE_SSM,
			       .text_hash = UINT64_MAX,
			       .twin_expected = true,
			       .forger = UINT32_MAX };

	event.api_call = (struct api_call){ .action = API_ACTION_COUNT - 1,
					    .outcome = API_FAILED,
					    .mfa = TRISTATE_TRUE,
					    .name = text,
					    .instances = list,
					    .instance_count = 3,
					    .association_ids = list,
					    .association_count = 1,
					    .port = UINT16_MAX,
					    .serial_port = INT16_MIN };
	check_same(&event);
	event.api_call.serial_port = INT16_MAX;
	check_same(&event);
	event.api_call.serial_port = 0;
	check_same(&event);
}

/* What is stored must be read by every later version: these bytes were written by
 * version 1. */
static void test_pinned(void)
{
	static const struct {
		const char *name, *code, *want;
	} rows[] = {
#include "tests/unit/correlator/event_code_pinned.def"
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf code = BUF_LIMIT(LIMIT_EVENT_BYTES);
		AUTO_BUF struct buf got = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
		AUTO_ARENA struct arena arena;
		struct event event;
		struct err err;

		check_row(rows[i].name);
		arena_init(&arena);
		CHECK(base64_decode(slice_text(rows[i].code), &code));
		if (!CHECK_OK(event_decode(buf_slice(&code), &arena, &event, &err), &err))
			continue;
		event_print_append(&got, &event);
		CHECK_TEXT(buf_text(&got), rows[i].want);
	}
}

static void test_refused(void)
{
	static const struct {
		const char *name;
		struct slice code;
		const char *want;
	} rows[] = {
		{ "nothing", { "", 0 }, "it ends too early" },
		{ "a version alone", SLICE("\1"), "it ends too early" },
		{ "version 0", SLICE("\0\0"), "unknown version 0" },
		{ "a newer version", SLICE("\2\0"), "unknown version 2" },
		{ "no such kind", SLICE("\1\x1f"), "unknown kind 31" },
		{ "no such tag", SLICE("\1\0\x0f"), "unknown or out of order" },
		{ "another kind's tag", SLICE("\1\0\x17"), "unknown or out of order" },
		{ "a tag twice", SLICE("\1\0\x09\x09"), "unknown or out of order" },
		{ "tags that descend", SLICE("\1\0\x09\x06\1"), "out of order" },
		{ "a tag without its value", SLICE("\1\0\x06"), "ends too early" },
		{ "a text cut short", SLICE("\1\0\x05\5abcd"), "longer than there" },
		{ "a text of all memory",
		  SLICE("\1\0\x05\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"),
		  "longer than there" },
		{ "a number of 65 bits",
		  SLICE("\1\0\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\2"),
		  "too many bits" },
		{ "a number without end",
		  SLICE("\1\0\x03\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80"),
		  "too many bits" },
		{ "a pid of 33 bits", SLICE("\1\0\x06\xff\xff\xff\xff\x1f"),
		  "out of its range" },
		{ "a port of 17 bits", SLICE("\1\3\x10\x80\x80\4"), "out of its range" },
		{ "no such trust", SLICE("\1\0\x04\5"), "out of its range" },
		{ "a trust of 64 bits",
		  SLICE("\1\0\x04\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"),
		  "out of its range" },
		{ "an empty list", SLICE("\1\x0c\x1f\0"), "too many texts or none" },
		{ "a list of all memory",
		  SLICE("\1\x0c\x1f\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"),
		  "too many texts or none" },
		{ "a list longer than the rest", SLICE("\1\x0c\x1f\3\0\0"),
		  "too many texts or none" },
		{ "a hash cut short", SLICE("\1\0\x08\1\2\3"), "ends too early" },
		{ "a byte too much", SLICE("\1\0\x09\0"), "unknown or out of order" },
	};
	AUTO_ARENA struct arena arena;

	arena_init(&arena);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct event event = { .pid = 7 };
		struct err err = { 0 };

		check_row(rows[i].name);
		CHECK_INT(event_decode(rows[i].code, &arena, &event, &err), -1);
		CHECK(strstr(err.text, rows[i].want) != NULL);
		CHECK_UINT(event.pid, 7);
	}
}

/* What is longer than any reader lets through is for the writer to notice. */
static void test_too_much(void)
{
	AUTO_BUF struct buf long_text = BUF_LIMIT(LIMIT_EVENT_BYTES);
	AUTO_BUF struct buf code = BUF_LIMIT(LIMIT_EVENT_BYTES);
	struct slice many[LIMIT_CALL_TARGETS + 1];
	struct event event = { .kind = EVENT_API_CALL };

	buf_reserve(&long_text, LIMIT_EVENT_TEXT_BYTES + 1);
	long_text.len = LIMIT_EVENT_TEXT_BYTES + 1;
	memset(long_text.ptr, 'x', long_text.len);
	event.api_call.name = buf_slice(&long_text);
	event_encode(&event, &code);
	CHECK(buf_overflowed(&code));

	for (size_t i = 0; i < COUNT_OF(many); i++)
		many[i] = SLICE("i-0a1b2c3d4e5f60718");
	event.api_call.name = SLICE("");
	event.api_call.instances = many;
	event.api_call.instance_count = LIMIT_CALL_TARGETS;
	check_same(&event);
	event.api_call.instance_count = LIMIT_CALL_TARGETS + 1;
	buf_clear(&code);
	event_encode(&event, &code);
	CHECK(buf_overflowed(&code));
}

/* Of a code, every beginning and every byte changed: nothing crashes, and what is
 * understood means what it was understood as. */
static void test_mutations(void)
{
	struct event_stream *stream = memory_new(1, sizeof(*stream));
	const struct stream_options options = { .wild = true };
	uint8_t bytes[(size_t)64 * STREAM_STEP_BYTES];

	random_bytes(4711, bytes, sizeof(bytes));
	event_stream_make(stream, &options, bytes, sizeof(bytes));
	for (size_t i = 0; i < stream->count; i++) {
		AUTO_BUF struct buf code = BUF_LIMIT(LIMIT_EVENT_BYTES);
		AUTO_ARENA struct arena arena;
		struct event event;
		struct err err;

		if (stream->steps[i].is_advance)
			continue;
		arena_init(&arena);
		event_encode(&stream->steps[i].event, &code);
		for (size_t at = 0; at < code.len; at++) {
			char kept = code.ptr[at];

			(void)!event_decode(slice_of(code.ptr, at), &arena, &event, &err);
			for (int bit = 0; bit < 8; bit++) {
				code.ptr[at] = (char)(kept ^ 1 << bit);
				if (event_decode(buf_slice(&code), &arena, &event,
						 &err) == 0)
					check_same(&event);
			}
			code.ptr[at] = kept;
		}
	}
	free(stream);
}

/* 10,000s are kept: a login, a run and a call of usual size. */
static void test_size(void)
{
	static const struct slice instance = SLICE("i-0a1b2c3d4e5f60718");
	struct event event = { .kind = EVENT_LOGIN_ACCEPTED,
			       .happened_at = STREAM_EPOCH,
			       .evidence = 70000,
			       .trust = TRUST_ATTESTED,
			       .host = SLICE("ip-10-0-3-7"),
			       .pid = 4242,
			       .source = HOST_SOURCE_JOURNAL,
			       .text_hash = UINT64_C(0x0123456789abcdef) };
	AUTO_BUF struct buf code = BUF_LIMIT(LIMIT_EVENT_BYTES);
	size_t texts;

	event.login = (struct login_accepted){
		.user = SLICE("ubuntu"),
		.method = SLICE("publickey"),
		.source_ip = SLICE("198.51.100.7"),
		.source_port = 50022,
		.key_type = SLICE("ED25519"),
		.fingerprint =
			SLICE("SHA256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
	};
	texts = 11 + 6 + 9 + 12 + 7 + 50;
	event_encode(&event, &code);
	CHECK(code.len <= texts + 50);

	event = (struct event){ .kind = EVENT_API_CALL, .happened_at = STREAM_EPOCH };
	event.api_call = (struct api_call){ .serial_port = -1,
					    .action = API_SEND_COMMAND,
					    .instances = &instance,
					    .instance_count = 1 };
	buf_clear(&code);
	event_encode(&event, &code);
	CHECK(code.len <= instance.len + 16);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "streams", test_streams },
		{ "empty", test_empty },
		{ "extremes", test_extremes },
		{ "pinned", test_pinned },
		{ "refused", test_refused },
		{ "too much", test_too_much },
		{ "mutations", test_mutations },
		{ "size", test_size },
		{ NULL, NULL },
	};

	return check_run("correlator/event_code", tests);
}
