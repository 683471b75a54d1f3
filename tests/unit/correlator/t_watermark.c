/* SPDX-License-Identifier: Apache-2.0 */
/* How far the control plane's log is proven, over accounts, regions and classes. What is
 * said of them is written as text: "proven 1/e 0-9 ssm" is that of account 1 in region e
 * all Systems Manager calls of the instants 0 to 9 were delivered, at `now` 1009; a star
 * is every one, and no class is every class. */
#include "correlator/watermark.h"

#include <stdio.h>

#include "tests/support/check.h"

/* Enough of them. */
static const char *const class_words[] = { "ic", "ssm", "ecs" };

/* The account and the region of "1/e"; "*" is every one. */
static void read_place(struct slice text, struct slice *ret_account,
		       struct slice *ret_region)
{
	struct slice account = { 0 };

	slice_take_until(&text, '/', &account);
	*ret_account = slice_equal(account, SLICE("*")) ? (struct slice){ 0 } : account;
	*ret_region = slice_equal(text, SLICE("*")) ? (struct slice){ 0 } : text;
}

static void open_watermark(struct watermark *watermark, const char *host)
{
	static const struct hash_key hash_key;
	struct slice account, region;

	read_place(slice_text(host), &account, &region);
	watermark_init(watermark, &hash_key);
	watermark_identify(watermark, account, region);
}

static struct slice take_word(struct slice *text)
{
	struct slice word;

	if (!slice_take_until(text, ' ', &word)) {
		word = *text;
		text->len = 0;
	}
	return word;
}

/* "0-9" */
static bool take_stretch(struct slice *text, us_time *ret_from, us_time *ret_until)
{
	uint64_t from, until;

	if (!slice_take_number(text, INT32_MAX, &from) ||
	    !slice_take_prefix(text, SLICE("-")) ||
	    !slice_take_number(text, INT32_MAX, &until))
		return false;
	slice_take_prefix(text, SLICE(" "));
	*ret_from = (us_time)from;
	*ret_until = (us_time)until;
	return true;
}

static void say_one(struct watermark *watermark, struct slice text)
{
	struct slice verb = take_word(&text);
	struct progress progress = { .every_class = true };
	struct sight sight = { .every_class = true };

	read_place(take_word(&text), &progress.account, &progress.region);
	take_stretch(&text, &progress.from, &progress.until);
	for (unsigned i = 0; i < COUNT_OF(class_words); i++)
		if (slice_equal(text, slice_text(class_words[i]))) {
			progress.every_class = sight.every_class = false;
			progress.log_class = sight.log_class = (enum log_class)i;
		}
	sight.account = progress.account;
	sight.region = progress.region;
	sight.lost = !slice_equal(verb, SLICE("back"));
	sight.reason = slice_equal(verb, SLICE("refused")) ? REASON_API_DENIED
							   : REASON_THROTTLED;
	if (slice_equal(verb, SLICE("names")))
		watermark_name(watermark, progress.account, progress.region);
	else if (slice_equal(verb, SLICE("proven")) || slice_equal(verb, SLICE("hole")))
		watermark_add(watermark, &progress, *verb.ptr == 'h',
			      1000 + progress.until);
	else
		watermark_sight(watermark, &sight);
}

/* All that is said, with "; " between. */
static void say(struct watermark *watermark, const char *text)
{
	struct slice rest = slice_text(text), one;

	while (rest.len) {
		if (!slice_take_until_text(&rest, SLICE("; "), &one)) {
			one = rest;
			rest.len = 0;
		}
		say_one(watermark, one);
	}
	watermark_refresh(watermark);
}

/* "ssm ecs 1-6": which classes, over which time. */
static uint32_t read_question(const char *question, us_time *ret_from, us_time *ret_until)
{
	struct slice text = slice_text(question);
	uint32_t bits = 0;

	while (!take_stretch(&text, ret_from, ret_until)) {
		struct slice word = take_word(&text);

		for (unsigned i = 0; i < COUNT_OF(class_words); i++)
			if (slice_equal(word, slice_text(class_words[i])))
				bits |= 1u << i;
	}
	return bits;
}

static void test_scopes(void)
{
	static const struct {
		const char *name, *host, *said, *question, *want;
	} rows[] = {
		{ "nothing is known", "*/*", "", "ic 1-2", "not covered, to nowhere" },
		{ "nothing is known of a known place", "1/e", "", "ic 1-2",
		  "not covered, to nowhere" },
		{ "its own place", "1/e", "proven 1/e 0-9", "ic 1-9", "covered, to 9" },
		{ "in any case", "1/e", "proven 1/E 0-9", "ic 1-9", "covered, to 9" },
		{ "not to the end", "1/e", "proven 1/e 0-9", "ic 1-10",
		  "not covered, to 9" },
		{ "not from the beginning", "1/e", "proven 1/e 2-9", "ic 1-5",
		  "not covered, to 9" },
		{ "another account's does not count", "1/e", "proven 2/e 0-9", "ic 1-2",
		  "not covered, to nowhere" },
		{ "another region lags and does not matter", "1/e",
		  "proven 1/e 0-9; proven 1/f 0-3", "ic 1-9", "covered, to 9" },
		{ "unknown place: every one seen counts", "*/*",
		  "proven 1/e 0-9; proven 2/f 0-3", "ic 1-5", "not covered, to 3" },
		{ "unknown place: all of them cover", "*/*",
		  "proven 1/e 0-9; proven 2/f 0-7", "ic 1-5", "covered, to 7" },
		{ "unknown place: those that name the instance count alone", "*/*",
		  "proven 1/e 0-9; names 1/e; proven 2/f 0-3", "ic 1-9",
		  "covered, to 9" },
		{ "account known, region not", "1/*",
		  "proven 1/e 0-9; proven 1/f 0-5; proven 2/e 0-1", "ic 1-5",
		  "covered, to 5" },
		{ "region known, account not", "*/e", "proven 1/e 0-9; proven 1/f 0-5",
		  "ic 1-9", "covered, to 9" },
		{ "said of every place", "1/e", "proven */* 0-9", "ic 1-9",
		  "covered, to 9" },
		{ "said of every place, unknown host", "*/*", "proven */* 0-9", "ic 1-9",
		  "covered, to 9" },
		{ "said of every region of an account", "1/e",
		  "proven 1/* 0-9; names 1/e", "ic 1-9", "covered, to 9" },
		{ "said of every region of another account", "1/e",
		  "proven 2/* 0-9; names 1/e", "ic 1-9", "not covered, to nowhere" },
		{ "of every place, for one that is seen and has nothing", "*/*",
		  "proven */* 0-9; names 1/e", "ic 1-9", "covered, to 9" },
		{ "a log without regions, and a word about every place", "1/*",
		  "hole */* 20-21; proven 1/* 0-9", "ic 1-9", "covered, to 9" },
		{ "without regions: those that name the instance count alone", "*/*",
		  "proven 1/* 0-9; proven 2/* 0-3; names 1/*", "ic 1-9",
		  "covered, to 9" },
		{ "without regions: every one seen counts", "*/*",
		  "proven 1/* 0-9; proven 2/* 0-3", "ic 1-9", "not covered, to 3" },
		{ "the later end of both", "1/e", "proven */* 0-9; proven 1/e 0-20",
		  "ic 1-20", "covered, to 20" },
		{ "whole only together", "1/e", "proven */* 5-9; proven 1/e 0-4",
		  "ic 1-9", "covered, to 9" },
		{ "a class of its own", "1/e", "proven 1/e 0-9 ssm", "ic 1-2",
		  "not covered, to nowhere" },
		{ "two classes, one of which lags", "1/e",
		  "proven 1/e 0-9 ssm; proven 1/e 0-4 ecs", "ssm ecs 1-6",
		  "not covered, to 4" },
		{ "two classes, both cover", "1/e",
		  "proven 1/e 0-9 ssm; proven 1/e 0-4 ecs", "ssm ecs 1-4",
		  "covered, to 4" },
		{ "a hole in the window", "1/e", "proven 1/e 0-9; hole 1/e 3-3", "ic 1-5",
		  "not covered, to 9" },
		{ "a hole beside the window", "1/e", "proven 1/e 0-9; hole 1/e 6-7",
		  "ic 1-5", "covered, to 9" },
		{ "a hole in another class", "1/e", "proven 1/e 0-9; hole 1/e 3-3 ssm",
		  "ic 1-5", "covered, to 9" },
		{ "a hole in every place", "1/e", "proven 1/e 0-9; hole */* 3-3",
		  "ic 1-5", "not covered, to 9" },
		{ "a hole that is proven later stays a hole", "1/e",
		  "hole 1/e 3-3; proven 1/e 0-9", "ic 1-5", "not covered, to 9" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct watermark watermark;
		us_time from, until;
		char got[64];
		uint32_t bits = read_question(rows[i].question, &from, &until);
		us_time reach;
		bool covers;

		check_row(rows[i].name);
		open_watermark(&watermark, rows[i].host);
		say(&watermark, rows[i].said);
		covers = watermark_covers(&watermark, bits, from, until);
		reach = watermark_reach(&watermark, bits);
		if (reach == US_TIME_NONE)
			(void)snprintf(got, sizeof(got), "%scovered, to nowhere",
				       covers ? "" : "not ");
		else
			(void)snprintf(got, sizeof(got), "%scovered, to %lld",
				       covers ? "" : "not ", (long long)reach);
		CHECK_TEXT(got, rows[i].want);
		watermark_release(&watermark);
	}
}

/* What a scope seen for the first time, or a hole, takes away must be noticed. */
static void test_shrunk(void)
{
	static const struct {
		const char *name, *host, *said, *then;
		bool want;
	} rows[] = {
		{ "more of the same place", "1/e", "proven 1/e 0-9", "proven 1/e 9-20",
		  false },
		{ "another place, and the host's is known", "1/e", "proven 1/e 0-9",
		  "proven 2/e 0-3", false },
		{ "another place, and the host's is not known", "*/*", "proven 1/e 0-9",
		  "proven 2/e 0-3", true },
		{ "another place by its sight alone", "*/*", "proven 1/e 0-9", "lost 2/e",
		  true },
		{ "a hole", "1/e", "proven 1/e 0-9", "hole 1/e 3-4", true },
		{ "a hole that was known", "1/e", "proven 1/e 0-9; hole 1/e 3-4",
		  "hole 1/e 3-4", false },
		{ "a hole in what was proven of every place", "1/e",
		  "proven */* 0-9; names 1/e", "hole 1/e 3-4", true },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct watermark watermark;

		check_row(rows[i].name);
		open_watermark(&watermark, rows[i].host);
		say(&watermark, rows[i].said);
		watermark.has_shrunk = false;
		say(&watermark, rows[i].then);
		CHECK_INT(watermark.has_shrunk, rows[i].want);
		watermark_release(&watermark);
	}
}

static void test_refused(void)
{
	static const struct {
		const char *name, *said,
			*want; /* of host 1/e, of Instance Connect's class */
	} rows[] = {
		{ "nothing said", "", "never, no-progress" },
		{ "an advance", "proven 1/e 0-9", "advanced at 1009, no-progress" },
		{ "the same again is no advance", "proven 1/e 0-9; proven 1/e 0-5",
		  "advanced at 1009, no-progress" },
		{ "a fill is no advance", "proven 1/e 5-9; proven 1/e 0-4",
		  "advanced at 1009, no-progress" },
		{ "a hole is no advance", "proven 1/e 0-9; hole 1/e 10-20",
		  "advanced at 1009, no-progress" },
		{ "lost, with patience", "proven 1/e 0-9; lost 1/e",
		  "advanced at 1009, throttled" },
		{ "refused", "proven 1/e 0-9; refused 1/e", "refused, api-denied" },
		{ "refused, then back", "refused 1/e; back 1/e", "never, no-progress" },
		{ "refused, then an advance", "refused 1/e; proven 1/e 0-9",
		  "advanced at 1009, no-progress" },
		{ "another class is refused", "proven 1/e 0-9; refused 1/e ssm",
		  "advanced at 1009, no-progress" },
		{ "another account is refused", "proven 1/e 0-9; refused 2/e",
		  "advanced at 1009, no-progress" },
		{ "refused everywhere", "proven 1/e 0-9; refused */*",
		  "refused, api-denied" },
		{ "refused here, lost everywhere", "refused 1/e; lost */*",
		  "refused, api-denied" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct watermark watermark;
		const struct joint_coverage *joint =
			&watermark.joint[LOG_CLASS_INSTANCE_CONNECT];
		char got[96], advanced[40] = "never";

		check_row(rows[i].name);
		open_watermark(&watermark, "1/e");
		say(&watermark, rows[i].said);
		if (joint->advanced_at != US_TIME_NONE)
			(void)snprintf(advanced, sizeof(advanced), "advanced at %lld",
				       (long long)joint->advanced_at);
		(void)snprintf(got, sizeof(got), "%s, %s",
			       joint->is_refused ? "refused" : advanced,
			       reason_word(joint->lost_reason));
		CHECK_TEXT(got, rows[i].want);
		watermark_release(&watermark);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "scopes", test_scopes },
		{ "shrinking coverage is noticed", test_shrunk },
		{ "refusals and patience", test_refused },
		{ NULL, NULL },
	};

	return check_run("correlator/watermark", tests);
}
