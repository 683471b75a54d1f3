/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plane/metadata_keys.h"

#include <stdio.h>

#include "tests/support/check.h"

#define NOW ((us_time)1767323045 * US_PER_SECOND) /* 2026-01-02T03:04:05Z */

#define ONE            \
	"ssh-ed25519 " \
	"AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"
#define TWO            \
	"ssh-ed25519 " \
	"AAAAC3NzaC1lZDI1NTE5AAAAIAICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC"
#define COMMENT(until) \
	" google-ssh " \
	"{\\\"userName\\\":\\\"amy@example.com\\\",\\\"expireOn\\\":\\\"" until "\\\"}"

#define ANSWER(instance, project) \
	"{\"instance\":{" instance "},\"project\":{" project "}}"
#define KEYS(text) "\"ssh-keys\":\"" text "\""

/* "amy bob-" : there, gone; a principal follows in brackets. */
static void take(void *ctx, const struct event *event)
{
	struct buf *told = ctx;
	const struct cloud_key *key = &event->cloud_key;

	CHECK_INT(event->kind, EVENT_CLOUD_KEY);
	CHECK_INT(event->happened_at, NOW);
	CHECK(slice_starts_with(key->fingerprint, SLICE("SHA256:")));
	CHECK_UINT(key->fingerprint.len, 50);
	buf_append_format(told, "%s%.*s", told->len ? " " : "", SLICE_ARG(key->user));
	if (key->principal.len)
		buf_append_format(told, "[%.*s]", SLICE_ARG(key->principal));
	if (key->is_gone)
		buf_append_byte(told, '-');
}

static int read_keys(struct metadata_keys *keys, const char *answer)
{
	struct err err;

	metadata_keys_init(keys);
	return metadata_keys_read(keys, slice_text(answer), NOW, &err);
}

static void test_reading(void)
{
	static const struct {
		const char *name, *answer, *told;
	} rows[] = {
		{ "none", ANSWER("", ""), "" },
		{ "not set", ANSWER("\"ssh-keys\":null", "\"ssh-keys\":null"), "" },
		{ "the instance's", ANSWER(KEYS("amy:" ONE), ""), "amy" },
		{ "the project's", ANSWER("", KEYS("amy:" ONE "\\n")), "amy" },
		{ "of both, once",
		  ANSWER(KEYS("amy:" ONE), KEYS("amy:" ONE "\\nbob:" ONE)), "amy bob" },
		{ "of the old name, which blocks the project's",
		  ANSWER("\"sshKeys\":\"amy:" ONE "\"", KEYS("bob:" ONE)), "amy" },
		{ "the project's are blocked",
		  ANSWER("\"block-project-ssh-keys\":\"TRUE\"", KEYS("bob:" ONE)), "" },
		{ "and are not",
		  ANSWER("\"block-project-ssh-keys\":\"no\"", KEYS("bob:" ONE)), "bob" },
		{ "with OS Login",
		  ANSWER(KEYS("amy:" ONE), "\"enable-oslogin\":\"True\""), "" },
		{ "without it, here",
		  ANSWER("\"enable-oslogin\":\"FALSE\"," KEYS("amy:" ONE),
			 "\"enable-oslogin\":\"TRUE\""),
		  "amy" },
		{ "with a principal",
		  ANSWER(KEYS("amy:" ONE COMMENT("2026-01-03T00:00:00+0000")), ""),
		  "amy[amy@example.com]" },
		{ "expired", ANSWER(KEYS("amy:" ONE COMMENT("2026-01-01T00:00:00Z")), ""),
		  "" },
		{ "with options of no meaning",
		  ANSWER(KEYS("amy:" ONE " me at home"), ""), "amy" },
		{ "blanks about it", ANSWER(KEYS("\\n  amy:" ONE "  \\r\\n\\n"), ""),
		  "amy" },
		{ "no key", ANSWER(KEYS("amy:ssh-ed25519 AAAA\\nbob\\n:" ONE), ""), "" },
		{ "no name of a user", ANSWER(KEYS("a\\tb:" ONE "\\na b:" ONE), ""), "" },
		{ "no text", ANSWER("\"ssh-keys\":7", ""), "" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf told = BUF_LIMIT(1024);
		const struct emitter emitter = { take, &told };
		struct metadata_keys before, keys;

		check_row(rows[i].name);
		metadata_keys_init(&before);
		CHECK_INT(read_keys(&keys, rows[i].answer), 0);
		metadata_keys_compare(&before, &keys, NOW, &emitter);
		CHECK_TEXT(buf_text(&told), rows[i].told);
		metadata_keys_release(&keys);
	}
}

static void test_no_answer(void)
{
	static const char *const rows[] = { "",
					    "[]",
					    "{}",
					    "{\"instance\":{}}",
					    "{\"instance\":1,\"project\":2}",
					    "<html>" };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct metadata_keys keys;

		check_row(rows[i]);
		CHECK_INT(read_keys(&keys, rows[i]), -1);
		metadata_keys_release(&keys);
	}
}

static void test_comparing(void)
{
	static const struct {
		const char *name, *before, *now, *told;
	} rows[] = {
		{ "the same", KEYS("amy:" ONE), KEYS("amy:" ONE), "" },
		{ "one more", KEYS("amy:" ONE), KEYS("amy:" ONE "\\nbob:" ONE), "bob" },
		{ "one less", KEYS("amy:" ONE "\\nbob:" ONE), KEYS("bob:" ONE), "amy-" },
		{ "all gone", KEYS("amy:" ONE "\\nbob:" ONE), "", "amy- bob-" },
		{ "another user's", KEYS("amy:" ONE), KEYS("bob:" ONE), "amy- bob" },
		{ "another comment", KEYS("amy:" ONE),
		  KEYS("amy:" ONE COMMENT("2026-01-03T00:00:00Z")), "" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf told = BUF_LIMIT(1024);
		const struct emitter emitter = { take, &told };
		struct metadata_keys before, now;
		char text[2048];

		check_row(rows[i].name);
		snprintf(text, sizeof(text), ANSWER("%s", ""), rows[i].before);
		CHECK_INT(read_keys(&before, text), 0);
		snprintf(text, sizeof(text), ANSWER("%s", ""), rows[i].now);
		CHECK_INT(read_keys(&now, text), 0);
		metadata_keys_compare(&before, &now, NOW, &emitter);
		CHECK_TEXT(buf_text(&told), rows[i].told);
		metadata_keys_release(&before);
		metadata_keys_release(&now);
	}
}

static void test_having(void)
{
	struct metadata_keys keys;
	struct slice line, fingerprint;

	CHECK_INT(read_keys(&keys, ANSWER(KEYS("amy:" ONE "\\nbob:" TWO), "")), 0);
	line = buf_slice(&keys.text);
	CHECK(slice_take_until(&line, '\t', &fingerprint));
	CHECK(metadata_keys_have(&keys, fingerprint, SLICE("amy")) !=
	      metadata_keys_have(&keys, fingerprint, SLICE("bob")));
	CHECK(!metadata_keys_have(&keys, fingerprint, SLICE("")));
	CHECK(!metadata_keys_have(&keys, SLICE(""), SLICE("amy")));
	metadata_keys_release(&keys);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "reading", test_reading },
		{ "no answer", test_no_answer },
		{ "comparing", test_comparing },
		{ "having", test_having },
		{ NULL, NULL },
	};

	return check_run("agent/plane/metadata_keys", tests);
}
