/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/replay_options.h"

#include "tests/support/check.h"

#define NOW (INT64_C(1769594395) * US_PER_SECOND)

static int read_words(struct replay_options *options, const char *const *words,
		      struct err *err)
{
	char *argv[16];
	int argc = 0;

	argv[argc++] = (char *)(uintptr_t) "replay";
	while (*words)
		argv[argc++] = (char *)(uintptr_t)*words++;
	argv[argc] = NULL;
	return replay_options_read(options, argc, argv, NOW, err);
}

static void test_read(void)
{
	static const char *const words[] = { "--host-log",
					     "a",
					     "--host-log=b",
					     "--api-log=c",
					     "--instance=i-0a1b",
					     "--now=2026-01-28 10:00",
					     "--tz=Europe/Berlin",
					     "--year=2025",
					     "--verdict=unauthorized",
					     "--path=aws-ssm-session",
					     "--color=never",
					     "--json",
					     NULL };
	struct replay_options options;
	struct err err;

	replay_options_init(&options);
	if (CHECK_OK(read_words(&options, words, &err), &err)) {
		CHECK_UINT(options.host_logs.count, 2);
		CHECK_TEXT(options.host_logs.paths[1], "b");
		CHECK_UINT(options.api_logs.count, 1);
		CHECK_TEXT(options.instance, "i-0a1b");
		/* Zones count wherever they stand on the line. */
		CHECK_INT(options.now, INT64_C(1769590800) * US_PER_SECOND);
		CHECK_INT(options.year, 2025);
		CHECK_INT(options.verdict, VERDICT_UNAUTHORIZED);
		CHECK_INT(options.path, PATH_AWS_SSM_SESSION);
		CHECK_INT(options.color, COLOR_NEVER);
		CHECK(options.json);
		CHECK_INT(options.covers_from, US_TIME_NONE);
	}
	replay_options_release(&options);
}

static void test_defaults(void)
{
	static const char *const words[] = { "--host-log", "a", NULL };
	struct replay_options options;
	struct err err;

	replay_options_init(&options);
	if (CHECK_OK(read_words(&options, words, &err), &err)) {
		CHECK_INT(options.now, US_TIME_NONE);
		CHECK_INT(options.year, 0);
		CHECK_INT(options.verdict, -1);
		CHECK_INT(options.path, -1);
		CHECK_INT(options.color, COLOR_AUTO);
		CHECK(!options.json);
		CHECK_TEXT(options.explain, NULL);
		CHECK_TEXT(zone_name(options.zone), "local");
	}
	replay_options_release(&options);
}

static void test_format(void)
{
	static const struct {
		const char *words[4];
		const char *format; /* NULL = none: a text, or --json */
		unsigned records;
		bool json;
	} rows[] = {
		{ { "--host-log=a", NULL }, NULL, 0, false },
		{ { "--host-log=a", "--format=native", NULL }, NULL, 0, true },
		{ { "--host-log=a", "--format=cef", NULL },
		  "cef",
		  1u << ALERT_FINDINGS,
		  false },
		{ { "--host-log=a", "--format=ecs", "--records=logins", NULL },
		  "ecs",
		  1u << ALERT_LOGINS,
		  false },
		{ { "--host-log=a", "--records=both", "--format=native", NULL },
		  "native",
		  1u << ALERT_FINDINGS | 1u << ALERT_LOGINS,
		  false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct replay_options options;
		struct err err;

		check_row(rows[i].words[1] ? rows[i].words[1] : "none");
		replay_options_init(&options);
		if (CHECK_OK(read_words(&options, rows[i].words, &err), &err)) {
			CHECK_TEXT(options.format ? options.format->name : NULL,
				   rows[i].format);
			CHECK_UINT(options.records, rows[i].records);
			CHECK(options.json == rows[i].json);
		}
		replay_options_release(&options);
	}
}

static void test_refused(void)
{
	static const struct {
		const char *words[4];
		const char *error;
	} rows[] = {
		{ { "--host-log", NULL }, "'--host-log' needs a value" },
		{ { "--json=1", NULL }, "'--json=1' takes no value" },
		{ { "--nothing", NULL }, "no option '--nothing'" },
		{ { "-x", NULL }, "no option" },
		{ { "a.log", NULL }, "'a.log' is out of place" },
		{ { "--year=x", "--host-log=a", NULL }, "'x' is not a year" },
		{ { "--explain=XY", "--host-log=a", NULL }, "'XY' is no id" },
		{ { "--format=xml", "--host-log=a", NULL }, "there is no 'xml'" },
		{ { "--records=x", "--format=ecs", NULL }, "there is no 'x'" },
		{ { "--records=both", "--host-log=a", NULL }, "needs a --format" },
		{ { NULL }, "nothing to read" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct replay_options options;
		struct err err;

		check_row(rows[i].error);
		replay_options_init(&options);
		CHECK_INT(read_words(&options, rows[i].words, &err), -1);
		CHECK_INT(err.code, ERR_USAGE);
		if (!CHECK(slice_find(slice_text(err.text), slice_text(rows[i].error)) >=
			   0))
			CHECK_TEXT(err.text, rows[i].error);
		replay_options_release(&options);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "read", test_read },
		{ "defaults", test_defaults },
		{ "format", test_format },
		{ "refused", test_refused },
		{ NULL, NULL },
	};

	return check_run("cli/replay_options", tests);
}
