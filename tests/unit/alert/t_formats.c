/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/formats.h"

#include "base/json.h"
#include "base/limits.h"
#include "config/setting.h"
#include "tests/support/check.h"

static void test_find(void)
{
	CHECK(alert_format_find("ocsf") == &alert_format_ocsf);
	CHECK(alert_format_find("ocsf-1.9") == &alert_format_ocsf_1_9);
	CHECK(alert_format_find("native") == &alert_format_native);
	for (size_t i = 0; alert_formats[i]; i++)
		CHECK(alert_format_find(alert_formats[i]->name) == alert_formats[i]);
	CHECK(alert_format_find("") == NULL);
	CHECK(alert_format_find("OCSF") == NULL);
}

/* The configuration takes just those there are. */
static void test_configured(void)
{
	ptrdiff_t index = setting_find(SLICE("sink"), SLICE("format"));
	size_t count = 0, place, blanks = 0;

	if (!CHECK(index >= 0))
		return;
	for (const char *byte = setting_at((size_t)index)->words; *byte; byte++)
		blanks += *byte == ' ';
	for (; alert_formats[count]; count++)
		CHECK(setting_has_word(setting_at((size_t)index)->words,
				       slice_text(alert_formats[count]->name), &place));
	CHECK_UINT(count, blanks + 1);
}

/* ---- more than fits
 * ---------------------------------------------------------------------- */

#define LINE_BYTES ((size_t)256 * 1024)

static bool find_long(void *ctx, uint64_t reference, struct evidence_text *ret_text)
{
	(void)reference;
	*ret_text = (struct evidence_text){
		.source = SLICE("s"),
		.cursor = SLICE("c"),
		.line = buf_slice(ctx),
	};
	return true;
}

static void test_overflow(void)
{
	static const uint64_t references[LIMIT_LOGIN_EVIDENCE] = { 1 };
	static const struct login login = {
		.path = PATH_AWS_SSM_SESSION,
		.ended_at = US_TIME_NONE,
		.sudo_at = US_TIME_NONE,
		.evidence = references,
		.evidence_count = LIMIT_LOGIN_EVIDENCE,
	};
	static const struct verdict verdict = { .login = &login };
	AUTO_BUF struct buf line = BUF_LIMIT(LINE_BYTES);
	const struct native_context context = { .evidence = find_long, .ctx = &line };
	const struct alert_record record = {
		.stream = ALERT_LOGINS,
		.activity = ALERT_CREATE,
		.verdict = &verdict,
		.context = &context,
	};

	/* Each byte becomes six. */
	while (buf_append_byte(&line, '\x01'))
		;
	for (size_t i = 0; alert_formats[i]; i++) {
		AUTO_BUF struct buf out = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
		AUTO_BUF struct buf small = BUF_LIMIT(64);
		AUTO_JSON json_t *json = NULL;
		struct err err = { .text = "" };

		check_row(alert_formats[i]->name);
		buf_append_text(&out, " ");
		alert_format_append(alert_formats[i], &out, &record);
		CHECK(!buf_overflowed(&out));
		CHECK(out.len > 100 && out.len < LINE_BYTES);
		if (strcmp(alert_formats[i]->content_type, "application/json") == 0)
			CHECK_OK(json_read(buf_slice(&out), &json, &err), &err);

		buf_append_text(&small, "before");
		alert_format_append(alert_formats[i], &small, &record);
		CHECK(buf_overflowed(&small));
		CHECK_TEXT(buf_text(&small), "before");
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "find", test_find },
		{ "what is configured", test_configured },
		{ "more than fits", test_overflow },
		{ NULL, NULL },
	};

	return check_run("alert/formats", tests);
}
