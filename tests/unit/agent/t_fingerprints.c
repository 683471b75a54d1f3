/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/fingerprints.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "tests/support/check.h"

static struct fingerprint fingerprint_of(const char *text)
{
	struct fingerprint one = { "" };

	(void)snprintf(one.text, sizeof(one.text), "%s", text);
	return one;
}

static bool has(const struct fingerprints *set, const char *text)
{
	struct fingerprint one = fingerprint_of(text);

	return fingerprints_has(set, &one);
}

static void test_sets(void)
{
	static const struct {
		const char *name;
		const char *added[6];
		size_t count;
		const char *first, *last; /* once sorted; NULL = empty */
	} rows[] = {
		{ "empty", { NULL }, 0, NULL, NULL },
		{ "one", { "SHA256:b" }, 1, "SHA256:b", "SHA256:b" },
		{ "sorted",
		  { "SHA256:c", "SHA256:a", "SHA256:b" },
		  3,
		  "SHA256:a",
		  "SHA256:c" },
		{ "each once",
		  { "SHA256:b", "SHA256:a", "SHA256:b", "SHA256:a", "SHA256:b" },
		  2,
		  "SHA256:a",
		  "SHA256:b" },
		{ "one is the beginning of another",
		  { "SHA256:ab", "SHA256:a" },
		  2,
		  "SHA256:a",
		  "SHA256:ab" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fingerprints set = { NULL, 0, 0 };

		check_row(rows[i].name);
		for (size_t k = 0; rows[i].added[k]; k++)
			CHECK(fingerprints_add(&set, slice_text(rows[i].added[k])));
		fingerprints_sort(&set);
		CHECK_UINT(set.count, rows[i].count);
		for (size_t k = 0; rows[i].added[k]; k++)
			CHECK(has(&set, rows[i].added[k]));
		CHECK(!has(&set, "SHA256:0") && !has(&set, "SHA256:d") && !has(&set, ""));
		if (rows[i].first) {
			CHECK_TEXT(set.items[0].text, rows[i].first);
			CHECK_TEXT(set.items[set.count - 1].text, rows[i].last);
		}
		fingerprints_release(&set);
		CHECK_UINT(set.count, 0);
		CHECK(!has(&set, "SHA256:a"));
	}
}

static void test_ceilings(void)
{
	struct fingerprints set = { NULL, 0, 0 };
	char text[FINGERPRINT_TEXT_BYTES + 1];

	memset(text, 'x', sizeof(text));
	CHECK(!fingerprints_add(&set, slice_of(text, FINGERPRINT_TEXT_BYTES)));
	CHECK(fingerprints_add(&set, slice_of(text, FINGERPRINT_TEXT_BYTES - 1)));
	for (size_t i = 1; i < LIMIT_KEYS_OF_FILE; i++) {
		(void)snprintf(text, sizeof(text), "SHA256:%zu", i);
		CHECK(fingerprints_add(&set, slice_text(text)));
	}
	CHECK(!fingerprints_add(&set, SLICE("SHA256:one-more")));
	fingerprints_sort(&set);
	CHECK_UINT(set.count, LIMIT_KEYS_OF_FILE);
	CHECK(has(&set, "SHA256:1") && has(&set, text) && !has(&set, "SHA256:one-more"));
	fingerprints_release(&set);
}

int main(void)
{
	static const struct check_test cases[] = {
		{ "sets", test_sets },
		{ "ceilings", test_ceilings },
		{ NULL, NULL },
	};

	return check_run("agent/fingerprints", cases);
}
