/* SPDX-License-Identifier: Apache-2.0 */
#include "config/setting.h"

#include "config/config.h"
#include "config/value.h"
#include "tests/support/check.h"

static void test_distance(void)
{
	static const struct {
		const char *a, *b;
		unsigned distance;
	} rows[] = {
		{ "", "", 0 },
		{ "skew", "skew", 0 },
		{ "skew", "skwe", 1 },
		{ "skew", "ske", 1 },
		{ "skew", "skews", 1 },
		{ "skew", "stew", 1 },
		{ "agnet", "agent", 1 },
		{ "stat_dir", "state_dir", 1 },
		{ "polintervall", "poll_interval", 3 },
		{ "", "abc", 3 },
		{ "abc", "xyz", 3 },
		{ "abcdefgh", "ijklmnop", 8 },
		{ "abcdefghabcdefghabcdefghabcdefghx", "a", 8 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].a);
		CHECK_UINT(
			setting_distance(slice_text(rows[i].a), slice_text(rows[i].b), 8),
			rows[i].distance);
		CHECK_UINT(
			setting_distance(slice_text(rows[i].b), slice_text(rows[i].a), 8),
			rows[i].distance);
	}
}

static void test_words(void)
{
	size_t index = 9;

	CHECK(setting_has_word("auto yes no", SLICE("auto"), &index));
	CHECK_UINT(index, 0);
	CHECK(setting_has_word("auto yes no", SLICE("no"), &index));
	CHECK_UINT(index, 2);
	CHECK(!setting_has_word("auto yes no", SLICE("y"), &index));
	CHECK(!setting_has_word("auto yes no", SLICE("auto yes"), &index));
	CHECK(!setting_has_word("auto yes no", SLICE(""), &index));
	CHECK(!setting_has_word("", SLICE(""), &index));
}

/* Every default is what its own setting takes, and every name is said once. */
static void test_table(void)
{
	for (size_t i = 0; i < setting_count(); i++) {
		const struct setting *setting = setting_at(i);
		struct err err = { .code = ERR_NONE };

		check_row(setting->key);
		CHECK_OK(value_check(setting, slice_text(setting->fallback), &err), &err);
		CHECK(setting_section_find(slice_text(setting->section)) != NULL);
		CHECK(setting->help[0] != '\0');
		CHECK_INT(setting_find(slice_text(setting->section),
				       slice_text(setting->key)),
			  (int64_t)i);
	}
	CHECK_INT(setting_find(SLICE("agent"), SLICE("skew")), -1);
	CHECK_INT(setting_find(SLICE(""), SLICE("")), -1);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "distance", test_distance },
		{ "words", test_words },
		{ "table", test_table },
		{ NULL, NULL },
	};

	return check_run("config/setting", tests);
}
