/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Golden alerts: every record of alert_cases.c in every format must be as
 * tests/golden/alert/<case>.<format>.json says, one line of printable ASCII, and for OCSF
 * have what its class requires. In the golden files the JSON is indented, and the
 * program's version is "VERSION".
 *
 *     golden_alert [--update]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "tests/golden/alert_cases.h"

#define FILE_LIMIT ((size_t)1024 * 1024)

static bool read_file(const char *path, struct buf *content)
{
	AUTO_FCLOSE FILE *file = fopen(path, "rbe");
	char piece[4096];
	size_t got;

	if (!file)
		return false;
	while ((got = fread(piece, 1, sizeof(piece), file)) > 0) {
		if (!buf_append(content, slice_of(piece, got)))
			return false;
	}
	return !ferror(file);
}

static bool write_file(const char *path, struct slice content)
{
	AUTO_FCLOSE FILE *file = fopen(path, "wbe");

	return file && fwrite(content.ptr, 1, content.len, file) == content.len &&
	       fflush(file) == 0;
}

static bool is_printable(struct slice line)
{
	for (size_t i = 0; i < line.len; i++) {
		if (line.ptr[i] < ' ' || line.ptr[i] > '~')
			return false;
	}
	return line.len > 0;
}

/* Whether each of the paths leads to something, from the object or, where the name ends
 * in "[]", from every item of that array. */
static bool has_members(const char *name, const json_t *object, const char *const *paths)
{
	bool sound = true;

	for (; *paths; paths++) {
		if (json_at(object, *paths))
			continue;
		printf("%s: '%s' is not there\n", name, *paths);
		sound = false;
	}
	return sound;
}

static bool items_have_members(const char *name, const json_t *array,
			       const char *const *paths)
{
	bool sound = true;
	json_t *item;
	size_t i;

	json_array_foreach(array, i, item) sound =
		has_members(name, item, paths) && sound;
	return sound;
}

/* schema.ocsf.io, 1.6.0: what is required of the class and of the objects that are used.
 */
static bool has_what_ocsf_requires(const char *name, const json_t *record)
{
	static const char *const always[] = {
		"activity_id",	"category_uid",	    "class_uid",
		"type_uid",	"severity_id",	    "time",
		"metadata",	"metadata.version", "metadata.product.name",
		"finding_info", "finding_info.uid", "finding_info.analytic.type_id",
		NULL,
	};
	static const char *const of_device[] = { "type_id", NULL };
	static const char *const of_cloud[] = { "provider", NULL };
	static const char *const of_observable[] = { "name", "type_id", NULL };
	static const char *const of_api[] = { "operation", NULL };
	const json_t *device = json_at(record, "device");
	const json_t *cloud = json_at(record, "cloud");
	bool sound = has_members(name, record, always);
	json_t *evidence;
	size_t i;

	if (device)
		sound = has_members(name, device, of_device) && sound;
	if (cloud)
		sound = has_members(name, cloud, of_cloud) && sound;
	sound = items_have_members(name, json_at(record, "observables"), of_observable) &&
		sound;
	json_array_foreach(json_at(record, "evidences"), i, evidence)
	{
		if (json_at(evidence, "api"))
			sound = has_members(name, json_at(evidence, "api"), of_api) &&
				sound;
		if (json_object_size(evidence) == 0)
			sound = false;
	}
	return sound;
}

/* The record as its golden file has it; false when it is not even JSON. */
static bool make(const struct alert_case *row, const struct alert_format *format,
		 const char *name, struct buf *made)
{
	AUTO_BUF struct buf line = BUF_LIMIT(FILE_LIMIT);
	AUTO_JSON json_t *record = NULL;
	AUTO_FREE char *text = NULL;
	json_t *product;
	struct err err;

	format->append(&line, &row->record);
	if (!is_printable(buf_slice(&line))) {
		printf("%s: there are bytes in it that are not printable ASCII\n", name);
		return false;
	}
	if (json_read(buf_slice(&line), &record, &err) < 0) {
		printf("%s: %s\n", name, err.text);
		return false;
	}
	if (strcmp(format->name, "ocsf") == 0 && !has_what_ocsf_requires(name, record))
		return false;
	product = json_object_get(json_object_get(record, "metadata"), "product");
	if (product)
		json_object_set_new(product, "version", json_string("VERSION"));
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

static bool check(const struct alert_case *row, const struct alert_format *format,
		  bool update)
{
	AUTO_BUF struct buf path = BUF_LIMIT(4096);
	AUTO_BUF struct buf made = BUF_LIMIT(FILE_LIMIT);
	AUTO_BUF struct buf want = BUF_LIMIT(FILE_LIMIT);
	const char *srcdir = getenv("abs_top_srcdir");

	buf_append_format(&path, "%s/tests/golden/alert/%s.%s.json",
			  srcdir ? srcdir : ".", row->name, format->name);
	if (!make(row, format, buf_text(&path), &made))
		return false;
	if (update)
		return write_file(buf_text(&path), buf_slice(&made));
	if (read_file(buf_text(&path), &want) &&
	    slice_equal(buf_slice(&made), buf_slice(&want)))
		return true;
	show_difference(buf_text(&path), buf_slice(&made), buf_slice(&want));
	return false;
}

int main(int argc, char **argv)
{
	bool update = argc > 1 && strcmp(argv[1], "--update") == 0;
	unsigned count = 0, failures = 0;

	for (size_t i = 0; alert_cases[i].name; i++) {
		for (size_t k = 0; alert_formats[k]; k++) {
			failures += !check(&alert_cases[i], alert_formats[k], update);
			count++;
		}
	}
	printf("%u golden records, %u failed\n", count, failures);
	return failures ? 1 : 0;
}
