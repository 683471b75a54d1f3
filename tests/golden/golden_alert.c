/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Golden alerts: every record of alert_cases.c must be, in every format that can say its
 * stream, as tests/golden/alert/<case>.<format>.json says (.txt where it is no JSON), and
 * one line of printable ASCII; a format that cannot must say nothing. In the golden files
 * the JSON is indented, and the program's version is "VERSION". Whether it is OCSF
 * tests/alert/ocsf.test says, and whether it is what its name says of the others
 * tests/alert/formats.test.
 *
 *     golden_alert [--update] [FORMAT...]
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "tests/golden/alert_cases.h"
#include "tests/golden/golden_file.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

#define FILE_LIMIT ((size_t)1024 * 1024)

static bool is_printable(struct slice line)
{
	for (size_t i = 0; i < line.len; i++) {
		if (line.ptr[i] < ' ' || line.ptr[i] > '~')
			return false;
	}
	return line.len > 0;
}

/* The program's version changes; what a record is does not. */
static void hide_version(json_t *json)
{
	const char *key;
	json_t *member;
	size_t i;

	json_array_foreach(json, i, member) hide_version(member);
	json_object_foreach(json, key, member)
	{
		if (strstr(key, "ersion") && json_is_string(member) &&
		    strcmp(json_string_value(member), PACKAGE_VERSION) == 0)
			json_string_set(member, "VERSION");
		hide_version(member);
	}
}

static bool is_json(const struct alert_format *format)
{
	return strcmp(format->content_type, "application/json") == 0;
}

/* A line of text, with the version as the head of CEF has it. */
static void make_text(struct slice line, struct buf *made)
{
	struct slice before;

	if (slice_take_until_text(&line, SLICE("|" PACKAGE_VERSION "|"), &before)) {
		buf_append(made, before);
		buf_append_text(made, "|VERSION|");
	}
	buf_append(made, line);
	buf_append_byte(made, '\n');
}

/* The record as its golden file has it; false when it is not even JSON. */
static bool make(const struct alert_case *row, const struct alert_format *format,
		 const char *name, struct buf *made)
{
	AUTO_BUF struct buf line = BUF_LIMIT(FILE_LIMIT);
	AUTO_JSON json_t *record = NULL;
	AUTO_FREE char *text = NULL;
	struct err err;

	alert_format_append(format, &line, &row->record);
	if (!is_printable(buf_slice(&line))) {
		printf("%s: there are bytes in it that are not printable ASCII\n", name);
		return false;
	}
	if (!is_json(format)) {
		make_text(buf_slice(&line), made);
		return true;
	}
	if (json_read(buf_slice(&line), &record, &err) < 0) {
		printf("%s: %s\n", name, err.text);
		return false;
	}
	hide_version(record);
	text = json_dumps(record, JSON_INDENT(1) | JSON_ENSURE_ASCII);
	if (text)
		buf_append_text(made, text);
	buf_append_byte(made, '\n');
	return text != NULL;
}

/* Shows the first line that differs. */
static void show_difference(const char *name, struct slice got, struct slice want)
{
	struct slice got_line, want_line;

	for (int number = 1;; number++) {
		bool has_got = slice_take_until(&got, '\n', &got_line);
		bool has_want = slice_take_until(&want, '\n', &want_line);

		if (!has_got && !has_want)
			return;
		if (has_got && has_want && slice_equal(got_line, want_line))
			continue;
		printf("%s:%d\n  expected: %.*s\n  got:      %.*s\n", name, number,
		       SLICE_ARG(has_want ? want_line : SLICE("(nothing)")),
		       SLICE_ARG(has_got ? got_line : SLICE("(nothing)")));
		return;
	}
}

static bool says_nothing(const struct alert_case *row, const struct alert_format *format)
{
	AUTO_BUF struct buf line = BUF_LIMIT(FILE_LIMIT);

	alert_format_append(format, &line, &row->record);
	if (line.len == 0)
		return true;
	printf("%s: %s cannot say it, and does\n", row->name, format->name);
	return false;
}

static bool check(const struct alert_case *row, const struct alert_format *format,
		  bool update)
{
	AUTO_BUF struct buf path = BUF_LIMIT(4096);
	AUTO_BUF struct buf made = BUF_LIMIT(FILE_LIMIT);
	AUTO_BUF struct buf want = BUF_LIMIT(FILE_LIMIT);
	const char *srcdir = getenv("abs_top_srcdir");

	if (!(format->streams & 1u << row->record.stream))
		return says_nothing(row, format);
	buf_append_format(&path, "%s/tests/golden/alert/%s.%s.%s", srcdir ? srcdir : ".",
			  row->name, format->name, is_json(format) ? "json" : "txt");
	if (!make(row, format, buf_text(&path), &made))
		return false;
	if (update)
		return golden_write(buf_text(&path), buf_slice(&made));
	if (golden_read(buf_text(&path), &want) &&
	    slice_equal(buf_slice(&made), buf_slice(&want)))
		return true;
	show_difference(buf_text(&path), buf_slice(&made), buf_slice(&want));
	return false;
}

/* Without names all are meant. */
static bool is_named(const char *name, char **names)
{
	if (!*names)
		return true;
	for (; *names; names++) {
		if (strcmp(*names, name) == 0)
			return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	bool update = argc > 1 && strcmp(argv[1], "--update") == 0;
	char **names = argv + (argc > 0) + update;
	unsigned count = 0, failures = 0;

	for (size_t i = 0; alert_cases[i].name; i++) {
		for (size_t k = 0; alert_formats[k]; k++) {
			if (!is_named(alert_formats[k]->name, names))
				continue;
			failures += !check(&alert_cases[i], alert_formats[k], update);
			count++;
		}
	}
	printf("%u golden records, %u failed\n", count, failures);
	return failures ? 1 : 0;
}
