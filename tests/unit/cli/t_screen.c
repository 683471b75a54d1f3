/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/screen.h"

#include <stdlib.h>

#include "tests/support/check.h"

static void test_text(void)
{
	static const struct {
		const char *name, *text, *utf8, *ascii;
	} rows[] = {
		{ "plain", "alice", "alice", "alice" },
		{ "escape", "a\x1b[31m", "a\\x1b[31m", "a\\x1b[31m" },
		{ "backslash", "EX\\alice", "EX\\\\alice", "EX\\\\alice" },
		{ "letters past ASCII", "j\xc3\xbcrgen", "j\xc3\xbcrgen",
		  "j\\xc3\\xbcrgen" },
		{ "reordering",
		  "\xe2\x80\xae"
		  "eve",
		  "\\u{202e}eve", "\\u{202e}eve" },
		{ "invalid", "\xff\x9b", "\\xff\\x9b", "\\xff\\x9b" },
	};
	struct screen screen = { .has_utf8 = false };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct buf buf = BUF_LIMIT(1024);

		check_row(rows[i].name);
		screen.has_utf8 = true;
		CHECK(screen_append(&screen, &buf, slice_text(rows[i].text)));
		CHECK_TEXT(buf_text(&buf), rows[i].utf8);
		buf_clear(&buf);
		screen.has_utf8 = false;
		CHECK(screen_append(&screen, &buf, slice_text(rows[i].text)));
		CHECK_TEXT(buf_text(&buf), rows[i].ascii);
		buf_release(&buf);
	}
}

static void test_principal(void)
{
	static const struct {
		const char *principal, *want;
	} rows[] = {
		{ "arn:aws:iam::111122223333:user/alice", "user/alice" },
		{ "arn:aws:iam::111122223333:user/ops/alice", "user/ops/alice" },
		{ "arn:aws:sts::111122223333:assumed-role/Admin/alice", "Admin/alice" },
		{ "arn:aws:iam::111122223333:root", "root" },
		{ "arn:aws:sts::111122223333:federated-user/a:b", "federated-user/a:b" },
		{ "ssm.amazonaws.com", "ssm.amazonaws.com" },
		{ "arn:aws", "arn:aws" },
		{ "arn:::::", "arn:::::" },
		{ "", "" },
	};
	const struct screen screen = { .has_utf8 = true };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct buf buf = BUF_LIMIT(1024);

		check_row(rows[i].principal);
		screen_append_principal(&screen, &buf, slice_text(rows[i].principal));
		CHECK_TEXT(buf_text(&buf), rows[i].want);
		buf_release(&buf);
	}
}

static void test_time(void)
{
	struct screen screen = { .has_utf8 = true };
	struct buf buf = BUF_LIMIT(1024);
	struct zone *zone = NULL;
	struct err err;

	if (!CHECK_OK(zone_new("+02:00", &zone, &err), &err))
		return;
	screen.zone = zone;
	screen_append_time(&screen, &buf, 90 * US_PER_SECOND + 5);
	CHECK_TEXT(buf_text(&buf), "1970-01-01 02:01:30");
	buf_clear(&buf);
	screen_append_time(&screen, &buf, US_TIME_NONE);
	CHECK_TEXT(buf_text(&buf), "-");
	buf_clear(&buf);
	screen_append_time(&screen, &buf, US_TIME_MAX);
	CHECK_TEXT(buf_text(&buf), "9999-12-31 23:59:59");
	buf_release(&buf);
	zone_free(zone);
}

/* Tests do not run on a terminal: COLOR_AUTO gives none. */
static void test_color(void)
{
	struct screen screen = screen_of_stdout(COLOR_ALWAYS, NULL);

	setenv("NO_COLOR", "1", 1);
	CHECK(screen.has_color);
	CHECK_TEXT(screen_of_verdict(&screen, VERDICT_UNAUTHORIZED), "\033[31m");
	CHECK_TEXT(screen_plain(&screen), "\033[0m");
	CHECK(!screen_of_stdout(COLOR_AUTO, NULL).has_color);
	CHECK_UINT(screen_of_stdout(COLOR_AUTO, NULL).columns, 0);
	screen = screen_of_stdout(COLOR_NEVER, NULL);
	CHECK(!screen.has_color);
	CHECK_TEXT(screen_of_verdict(&screen, VERDICT_UNAUTHORIZED), "");
	CHECK_TEXT(screen_bold(&screen), "");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "text", test_text }, { "principal", test_principal },
		{ "time", test_time }, { "color", test_color },
		{ NULL, NULL },
	};

	return check_run("cli/screen", tests);
}
