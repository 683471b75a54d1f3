/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scenario: plays scenario files to the correlator in virtual time and checks what it
 * tells.
 *
 *     scenario [--verbose] FILE.scn...
 *
 * Each file is played twice, with another hash key: nothing may depend on it. A policy
 * stands in it line by line, before everything else; what `reload` follows is the next
 * one, by which all events up to there are judged anew:
 *
 *     0s    policy | [forbid elsewhere]
 *     0s    policy | source = !198.51.100.0/24
 *     ...
 *     1h    policy | [allow anybody]
 *     1h    reload
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "policy/policy.h"
#include "tests/scenarios/hear.h"
#include "tests/scenarios/say.h"
#include "tests/support/event_print.h"

#define FILE_BYTES_MAX ((size_t)256 * 1024)

/* 2026-01-15T10:00:00Z, when every scenario begins; and `now` at that moment. */
#define START ((us_time)1768471200 * US_PER_SECOND)
#define START_NOW (7 * US_PER_DAY)

struct play {
	struct slice text; /* of the file */
	struct correlator_options options;
	struct buf policy_text;	       /* of the next policy */
	struct policy *policy;	       /* owned, the correlator's; NULL = none */
	struct correlator *correlator; /* NULL until the first line that is no option */
	struct heard heard;
	bool is_verbose;
};

/* ---- options ---- */

/* What a line says of one cloud's windows: it is said of all. */
static int set_windows(struct correlator_windows *windows, const struct script_line *line,
		       struct err *err)
{
	const struct {
		const char *key;
		us_span *span;
	} spans[] = {
		{ "lateness", &windows->lateness_us },
		{ "provisional_after", &windows->provisional_after_us },
		{ "final_after", &windows->final_after_us },
		{ "final_after_weak", &windows->final_after_weak_us },
		{ "blind_after", &windows->blind_after_us },
	};

	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++)
		if (script_has(line, spans[i].key) &&
		    !script_span(script_value(line, spans[i].key, SLICE("")),
				 spans[i].span))
			return err_set(err, ERR_FORMAT, "%s is no time", spans[i].key);
	return 0;
}

static int set_options(struct play *play, const struct script_line *line, struct err *err)
{
	struct correlator_options *options = &play->options;
	const struct {
		const char *key;
		us_span *span;
	} spans[] = {
		{ "skew", &options->skew_us },
		{ "twin_wait", &options->twin_wait_us },
		{ "keep", &options->keep_us },
	};
	static const char *const known[] = { "lateness",	  "provisional_after",
					     "final_after",	  "final_after_weak",
					     "blind_after",	  "skew",
					     "twin_wait",	  "keep",
					     "logs_are_complete", "calls_without_login",
					     "opened_doors",	  NULL };

	if (script_allow(line, 1, known, err) < 0)
		return -1;
	if (play->correlator)
		return err_set(err, ERR_USAGE, "options come before everything else");
	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++)
		if (script_has(line, spans[i].key) &&
		    !script_span(script_value(line, spans[i].key, SLICE("")),
				 spans[i].span))
			return err_set(err, ERR_FORMAT, "%s is no time", spans[i].key);
	for (int cloud = 0; cloud < CLOUD_COUNT; cloud++)
		if (set_windows(&options->windows[cloud], line, err) < 0)
			return -1;
	options->logs_are_complete = slice_equal(
		script_value(line, "logs_are_complete", SLICE("no")), SLICE("yes"));
	options->tell_calls_without_login = slice_equal(
		script_value(line, "calls_without_login", SLICE("no")), SLICE("yes"));
	options->tell_opened_doors = slice_equal(
		script_value(line, "opened_doors", SLICE("no")), SLICE("yes"));
	return 0;
}

/* ---- playing ---- */

/* Lets the correlator's deadlines come one by one, as an agent would. */
static int pass_time(struct correlator *correlator, us_time now, struct err *err)
{
	us_time deadline;

	for (unsigned i = 0; i < 1000; i++) {
		deadline = correlator_next_deadline(correlator);
		if (deadline == US_TIME_NONE || deadline > now) {
			correlator_advance(correlator, now);
			return 0;
		}
		correlator_advance(correlator, deadline);
	}
	return err_set(err, ERR_LIMIT, "a deadline does not pass");
}

static int play_event(struct play *play, const struct script_line *line, us_time now,
		      struct err *err)
{
	/* on the heap and gone right after: nothing of it may be kept */
	struct said *said = memory_new(1, sizeof(*said));
	int result = say(line, START, line->number, said, err);

	if (result == 0) {
		if (play->is_verbose)
			event_print(stdout, &said->event);
		correlator_feed(play->correlator, &said->event, now);
	}
	free(said);
	return result;
}

/* ---- policies ---- */

static int open_correlator(struct play *play, struct err *err)
{
	struct correlator_sink sink = hear_sink(&play->heard);
	struct policy *policy = NULL;

	if (play->policy_text.len &&
	    policy_read_text(buf_slice(&play->policy_text), "policy", &policy, err) < 0)
		return -1;
	buf_clear(&play->policy_text);
	correlator_free(play->correlator);
	policy_free(play->policy);
	play->policy = policy;
	play->options.policy = policy_for_correlator(policy);
	play->correlator = correlator_new(&play->options, &sink);
	return 0;
}

/* The line of a policy that a line of the script holds; false when it holds none. */
static bool is_of_policy(struct slice line, struct slice *ret_text)
{
	struct slice before;

	if (!slice_take_until_text(&line, SLICE("policy |"), &before) ||
	    slice_find(before, SLICE("#")) >= 0)
		return false;
	*ret_text = slice_trim(line);
	return true;
}

static int play_earlier(struct play *play, unsigned before, struct err *err);

/* A correlator with the new policy is fed all that the one before it was. */
static int reload(struct play *play, const struct script_line *line, struct err *err)
{
	if (open_correlator(play, err) < 0)
		return -1;
	return play_earlier(play, line->number, err);
}

static int play_line(struct play *play, const struct script_line *line, struct err *err)
{
	struct slice speaker = script_word(line, 0);
	us_time now = START_NOW + line->at;

	if (slice_equal(speaker, SLICE("option")))
		return set_options(play, line, err);
	if (slice_equal(speaker, SLICE("reload")))
		return reload(play, line, err);
	if (!play->correlator && open_correlator(play, err) < 0)
		return -1;
	if (pass_time(play->correlator, now, err) < 0)
		return -1;
	if (script_has(line, "login"))
		hear_name(&play->heard, line->number,
			  script_value(line, "login", SLICE("")));
	if (slice_equal(speaker, SLICE("expect")))
		return hear_expect(&play->heard, line, err);
	if (say_speaks(speaker))
		return play_event(play, line, now, err);
	return err_set(err, ERR_FORMAT, "'%.*s' does not speak here", SLICE_ARG(speaker));
}

static struct slice take_line(struct slice *text)
{
	struct slice line;

	if (!slice_take_until(text, '\n', &line)) {
		line = *text;
		*text = slice_skip(*text, text->len);
	}
	return line;
}

/* What was said to the correlator in the lines up to one, said again. */
static int play_earlier(struct play *play, unsigned before, struct err *err)
{
	struct slice text = play->text;

	for (unsigned number = 1; number < before; number++) {
		struct slice one = take_line(&text);
		struct script_line line;
		bool is_empty;

		if (is_of_policy(one, &one))
			continue;
		if (script_read(one, number, &line, &is_empty, err) < 0)
			return -1;
		if (is_empty || !say_speaks(script_word(&line, 0)))
			continue;
		if (play_line(play, &line, err) < 0)
			return -1;
	}
	return 0;
}

static int play_lines(struct play *play, unsigned *ret_number, struct err *err)
{
	struct slice text = play->text;
	us_span at = 0;

	for (*ret_number = 1; text.len > 0; ++*ret_number) {
		struct slice one = take_line(&text);
		struct script_line line;
		bool is_empty;
		AUTO_FREE char *copy = NULL;

		if (is_of_policy(one, &one)) {
			buf_append(&play->policy_text, one);
			buf_append_byte(&play->policy_text, '\n');
			continue;
		}
		copy = memory_copy_text(one);
		if (script_read(slice_of(copy, one.len), *ret_number, &line, &is_empty,
				err) < 0)
			return -1;
		if (is_empty)
			continue;
		if (line.at < at)
			return err_set(err, ERR_FORMAT, "time goes back");
		at = line.at;
		if (play_line(play, &line, err) < 0)
			return -1;
	}
	return hear_end(&play->heard, err);
}

static bool play_once(const char *path, struct slice text, uint64_t key, bool is_verbose)
{
	static struct play play; /* too large for a stack */
	struct err err = { .code = ERR_NONE };
	unsigned number;
	int result;

	play = (struct play){ .text = text,
			      .options = correlator_options_default(),
			      .policy_text = BUF_LIMIT(FILE_BYTES_MAX),
			      .is_verbose = is_verbose };
	play.heard.start = START;
	play.options.hash_key = (struct hash_key){ { key, ~key } };
	result = play_lines(&play, &number, &err);
	if (result < 0)
		fprintf(stderr, "%s:%u: %s\n", path, number, err.text);
	correlator_free(play.correlator);
	policy_free(play.policy);
	buf_release(&play.policy_text);
	return result == 0;
}

/* ---- files ---- */

/* The whole file; 0 when it cannot be read. */
static size_t read_file(const char *path, char *text)
{
	FILE *file = fopen(path, "r");
	size_t len = 0;

	if (file) {
		len = fread(text, 1, FILE_BYTES_MAX, file);
		fclose(file);
	}
	return len;
}

static bool play_file(const char *path, bool is_verbose)
{
	AUTO_FREE char *text = memory_new(FILE_BYTES_MAX, 1);
	size_t len = read_file(path, text);

	if (len == 0 || len == FILE_BYTES_MAX) {
		fprintf(stderr, "%s: cannot be read, is empty or too long\n", path);
		return false;
	}
	return play_once(path, slice_of(text, len), 1, is_verbose) &&
	       play_once(path, slice_of(text, len), 0x9e3779b97f4a7c15, false);
}

int main(int argc, char **argv)
{
	bool is_verbose = argc > 1 && strcmp(argv[1], "--verbose") == 0;
	unsigned played = 0, failed = 0;

	for (int i = is_verbose ? 2 : 1; i < argc; i++, played++) {
		bool is_good = play_file(argv[i], is_verbose);

		printf("%s %s\n", is_good ? "ok  " : "FAIL", argv[i]);
		failed += !is_good;
	}
	printf("%u scenarios, %u failed\n", played, failed);
	return played == 0 ? 2 : failed > 0;
}
