/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/posture_options.h"

#include "base/limits.h"

static void set_unknown(struct posture_options *options, struct arena *arena,
			const char *words, struct slice why)
{
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);

	buf_append_text(&text, words);
	buf_append(&text, slice_first(why, LIMIT_METADATA_OPTION_BYTES));
	options->state = POSTURE_OPTIONS_UNKNOWN;
	options->why = arena_copy(arena, buf_slice(&text)).ptr;
}

static void take_metadata(struct posture_options *options, struct arena *arena,
			  const struct ask_row *row)
{
	struct slice outcome = json_text_at(row->json, "outcome");

	options->cloud = cloud_find(json_text_at(row->json, "cloud"));
	if (slice_equal(outcome, SLICE("no-cloud")))
		options->state = POSTURE_OPTIONS_NO_CLOUD;
	else if (slice_equal(outcome, SLICE("ok")) && options->cloud != CLOUD_UNKNOWN)
		options->state = POSTURE_OPTIONS_KNOWN;
	else
		set_unknown(options, arena,
			    "not known: ", json_text_at(row->json, "detail"));
}

static void take_option(struct posture_options *options, struct arena *arena,
			const struct ask_row *row)
{
	const json_t *value = json_at(row->json, "value");
	struct slice name = json_text_at(row->json, "name");

	if (options->count == LIMIT_METADATA_OPTIONS ||
	    name.len > LIMIT_METADATA_OPTION_BYTES ||
	    json_slice(value).len > LIMIT_METADATA_OPTION_BYTES)
		return;
	options->items[options->count].name = arena_copy(arena, name);
	if (json_is_string(value))
		options->items[options->count].value =
			arena_copy(arena, json_slice(value));
	options->count++;
}

void posture_options_ask(const char *socket, struct arena *arena,
			 struct posture_options *ret_options)
{
	struct posture_options *options = ret_options;
	struct control_request request;
	const struct ask_row *row;
	struct ask *ask;
	struct err err;
	int rc;

	*options = (struct posture_options){ .why = "" };
	control_request_init(&request, CONTROL_METADATA);
	if (ask_new(socket, &request, &ask, &err) < 0) {
		set_unknown(options, arena,
			    "not known: the agent is not running, or not for "
			    "this user to ask",
			    SLICE(""));
		return;
	}
	while ((rc = ask_next(ask, &row, &err)) == 0 && row) {
		if (slice_equal(row->type, SLICE("metadata")))
			take_metadata(options, arena, row);
		else if (slice_equal(row->type, SLICE("option")))
			take_option(options, arena, row);
	}
	ask_free(ask);
	if (rc < 0)
		set_unknown(options, arena, "not known: ", slice_text(err.text));
	else if (options->state == POSTURE_OPTIONS_UNASKED)
		set_unknown(options, arena, "not known: the agent does not say",
			    SLICE(""));
}

bool posture_options_find(const struct posture_options *options, const char *name,
			  struct slice *ret_value)
{
	for (size_t i = 0; i < options->count; i++) {
		if (!slice_equal(options->items[i].name, slice_text(name)))
			continue;
		*ret_value = options->items[i].value;
		return true;
	}
	return false;
}
