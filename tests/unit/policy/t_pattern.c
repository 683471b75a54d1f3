/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/pattern.h"

#include "base/buf.h"
#include "base/limits.h"
#include "tests/support/check.h"

static enum fit fit_of(const char *item, struct slice value,
		       const struct pattern_options *options)
{
	struct pattern pattern = { .kind = PATTERN_GLOB };
	enum fit fit = FIT_NO;
	struct err err;

	if (CHECK_OK(pattern_read(slice_text(item), options, &pattern, &err), &err))
		fit = pattern_fit(&pattern, value);
	pattern_release(&pattern);
	return fit;
}

static void test_globs(void)
{
	static const struct {
		const char *glob, *value;
		bool exact, any_case;
	} rows[] = {
		{ "abc", "abc", true, true },
		{ "abc", "ABC", false, true },
		{ "abc", "abcd", false, false },
		{ "abc", "ab", false, false },
		{ "*", "", true, true },
		{ "*", "anything", true, true },
		{ "?", "", false, false },
		{ "?", "x", true, true },
		{ "a*c", "ac", true, true },
		{ "a*c", "abcbc", true, true },
		{ "a*c", "abcb", false, false },
		{ "a*b*c", "aXbXbXc", true, true },
		{ "a**c?", "abbcd", true, true },
		{ "*.amazonaws.com", "ssm.amazonaws.com", true, true },
		{ "*.amazonaws.com", "ssm.amazonaws.com.example.org", false, false },
		{ "a.c", "abc", false, false },
		{ "[a]", "a", false, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct slice glob = slice_text(rows[i].glob);
		struct slice value = slice_text(rows[i].value);

		check_row(rows[i].glob);
		CHECK_INT(glob_fits(glob, value, false), rows[i].exact);
		CHECK_INT(glob_fits(glob, value, true), rows[i].any_case);
	}
	CHECK(!glob_fits(SLICE("a"), slice_of("a\0", 2), false));
	CHECK(glob_fits(SLICE("a?"), slice_of("a\0", 2), false));
}

static void test_regexes(void)
{
	const struct pattern_options exact = { .ignores_case = false };
	const struct pattern_options any_case = { .ignores_case = true };

	CHECK_INT(fit_of("regex:ab+c", SLICE("abbc"), &exact), FIT_YES);
	CHECK_INT(fit_of("regex:b+", SLICE("abbc"), &exact), FIT_NO);
	CHECK_INT(fit_of("regex:ab", SLICE("abc"), &exact), FIT_NO);
	CHECK_INT(fit_of("regex:a|abc", SLICE("abc"), &exact), FIT_YES);
	CHECK_INT(fit_of("regex:abc", SLICE("ABC"), &exact), FIT_NO);
	CHECK_INT(fit_of("regex:abc", SLICE("ABC"), &any_case), FIT_YES);
	CHECK_INT(fit_of("regex:.*", SLICE(""), &exact), FIT_YES);
	CHECK_INT(fit_of("regex:a.b", SLICE("a\nb"), &exact), FIT_NO);
	CHECK_INT(fit_of("regex:abc$", SLICE("abc\n"), &exact), FIT_NO);
	CHECK_INT(fit_of("regex:a.*", SLICE("a\xff\xfe"), &exact), FIT_UNDECIDED);
	CHECK_INT(fit_of("regex:a", SLICE("a\xff"), &exact), FIT_UNDECIDED);
	CHECK_INT(fit_of("regex:.*b",
			 SLICE("\xff"
			       "b"),
			 &exact),
		  FIT_UNDECIDED);
	CHECK_INT(fit_of("regex:a\\Kb", SLICE("ab"), &exact), FIT_YES);
	CHECK_INT(fit_of("regex:\xc3\xa4.", SLICE("\xc3\xa4\xc3\xb6"), &exact), FIT_YES);
}

/* What would take for ever is given up, and what is too long not tried. */
static void test_ceilings(void)
{
	static const char *const catastrophes[] = {
		"regex:(a+)+b",		  "regex:(a|aa)+b",
		"regex:(.*)*(.*)*(.*)*x", "regex:((((a*)*)*)*)*b",
		"regex:(?:a?){64}a{64}b",
	};
	const struct pattern_options options = { .ignores_case = true };
	AUTO_BUF struct buf value = BUF_LIMIT(2 * LIMIT_POLICY_VALUE_BYTES);

	/* All that they ask for is in it, and yet it does not fit. */
	while (value.len < LIMIT_POLICY_VALUE_BYTES - 3)
		buf_append_byte(&value, 'a');
	buf_append_text(&value, "bxa");
	for (size_t i = 0; i < COUNT_OF(catastrophes); i++) {
		check_row(catastrophes[i]);
		CHECK_INT(fit_of(catastrophes[i], buf_slice(&value), &options),
			  FIT_UNDECIDED);
	}
	CHECK_INT(fit_of("*a*a*a*a*a*a*a*a*c", buf_slice(&value), &options), FIT_NO);
	CHECK_INT(fit_of("*", buf_slice(&value), &options), FIT_YES);
	buf_append_byte(&value, 'a');
	CHECK_INT(fit_of("*", buf_slice(&value), &options), FIT_UNDECIDED);
	CHECK_INT(fit_of("regex:a", buf_slice(&value), &options), FIT_UNDECIDED);
}

static void test_refused(void)
{
	static const struct {
		const char *item, *error;
	} rows[] = {
		{ "!", "nothing follows the '!'" },
		{ "#x", "a comment needs a line of its own" },
		{ "regex:", "no expression follows 'regex:'" },
		{ "regex:(",
		  "the expression at its byte 2: missing closing parenthesis" },
		{ "192.0.2.0/33", "'192.0.2.0/33': what follows the '/' is a number up "
				  "to 32" },
	};
	const struct pattern_options options = { .takes_networks = true };
	AUTO_BUF struct buf text = BUF_LIMIT(4096);
	struct pattern pattern;
	struct err err;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].item);
		CHECK_INT(
			pattern_read(slice_text(rows[i].item), &options, &pattern, &err),
			-1);
		CHECK_TEXT(err.text, rows[i].error);
	}
	buf_append_text(&text, "regex:");
	for (int i = 0; i < 100; i++)
		buf_append_byte(&text, '(');
	for (int i = 0; i < 100; i++)
		buf_append_byte(&text, ')');
	CHECK_INT(pattern_read(buf_slice(&text), &options, &pattern, &err), -1);
	while (text.len <= LIMIT_POLICY_PATTERN_BYTES)
		buf_append_byte(&text, 'x');
	CHECK_INT(pattern_read(buf_slice(&text), &options, &pattern, &err), -1);
	CHECK_INT(err.code, ERR_LIMIT);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "globs", test_globs },
		{ "regular expressions", test_regexes },
		{ "ceilings", test_ceilings },
		{ "what is no pattern", test_refused },
		{ NULL, NULL },
	};

	return check_run("policy/pattern", tests);
}
