/* SPDX-License-Identifier: Apache-2.0 */
#include "config/read.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "config/file.h"
#include "config/value.h"

#define LONGEST_SINK_NAME 32

/* The section that the lines now belong to. */
struct place {
	const struct setting_section *section; /* NULL = none, or an unknown one */
	size_t sink;			       /* index, where it is a [sink NAME] */
	bool is_unknown;		       /* it was told of; its keys are not */
};

/* ---- problems
 * ---------------------------------------------------------------------------- */

void config_reading_tell(struct config_reading *reading, const struct err *problem)
{
	if (reading->problem_count == LIMIT_CONFIG_PROBLEMS)
		return;
	if (reading->problem_count++ == 0)
		reading->code = problem->code;
	else
		buf_append_text(&reading->problems, "; ");
	buf_append_text(&reading->problems, problem->text);
	if (reading->request->tell)
		reading->request->tell(reading->request->ctx, problem);
}

static void tell_of_line(struct config_reading *reading, unsigned line,
			 struct err *problem)
{
	err_add(problem, "%s:%u", reading->file, line);
	config_reading_tell(reading, problem);
}

/* ---- sections
 * ---------------------------------------------------------------------------- */

static bool is_sink_name(struct slice name)
{
	static const char marks[] = "_-";

	for (size_t i = 0; i < name.len; i++) {
		char byte = name.ptr[i];

		if (!(byte >= 'a' && byte <= 'z') && !(byte >= 'A' && byte <= 'Z') &&
		    !(byte >= '0' && byte <= '9') &&
		    !memchr(marks, byte, sizeof(marks) - 1))
			return false;
	}
	return name.len > 0 && name.len <= LONGEST_SINK_NAME;
}

static void sink_begin(struct config *config, struct slice name)
{
	struct config_sink *sink = &config->sinks[config->sink_count++];
	struct err err;

	sink->name = memory_copy_text(name);
	origins_add_sink(config->origins, config->sink_count - 1);
	for (size_t i = 0; i < setting_count(); i++) {
		const struct setting *setting = setting_at(i);

		/* The table's own defaults are sound: a test holds it. */
		if (setting->place == PLACE_SINK)
			(void)!value_read(setting, slice_text(setting->fallback),
					  (char *)sink + setting->offset, &err);
	}
}

static int find_sink(struct config *config, struct slice name, size_t *ret_sink,
		     struct err *err)
{
	if (!is_sink_name(name))
		return err_set(
			err, ERR_FORMAT,
			"a sink's section is [sink NAME], the name 1 to %d letters, "
			"digits, '_' and '-'",
			LONGEST_SINK_NAME);
	for (size_t i = 0; i < config->sink_count; i++) {
		if (slice_equal(name, slice_text(config->sinks[i].name))) {
			*ret_sink = i;
			return 0;
		}
	}
	if (config->sink_count == CONFIG_SINKS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d sinks", CONFIG_SINKS_MAX);
	*ret_sink = config->sink_count;
	sink_begin(config, name);
	return 0;
}

static int find_place(struct config *config, struct slice name, struct place *ret_place,
		      struct err *err)
{
	AUTO_BUF struct buf allowed = BUF_LIMIT(sizeof(err->text));
	struct place place = { .sink = 0 };
	struct slice rest = name;
	bool is_sink = slice_take_prefix(&rest, SLICE("sink")) &&
		       (rest.len == 0 || rest.ptr[0] == ' ' || rest.ptr[0] == '\t');

	if (is_sink && find_sink(config, slice_trim(rest), &place.sink, err) < 0)
		return -1;
	place.section = setting_section_find(is_sink ? SLICE("sink") : name);
	if (!place.section) {
		setting_suggest_section(name, &allowed);
		return err_set(err, ERR_FORMAT, "unknown section [%.*s]: %s",
			       SLICE_ARG(slice_first(name, 64)), buf_text(&allowed));
	}
	*ret_place = place;
	return 0;
}

static void take_section(struct config_reading *reading, const struct ini_line *line,
			 struct place *place)
{
	struct err err;

	*place = (struct place){ .is_unknown = true };
	if (find_place(reading->config, line->section, place, &err) < 0)
		tell_of_line(reading, line->number, &err);
}

/* ---- values
 * ------------------------------------------------------------------------------ */

/* The courier takes nothing from the others, so nothing wrong there stops it. */
static bool is_read(const struct config_reading *reading, const char *section)
{
	size_t index;

	return reading->request->reader == CONFIG_FOR_AGENT ||
	       setting_has_word("courier aws azure gcp identity sink",
				slice_text(section), &index);
}

static void remember(struct config_reading *reading, struct origin *origin,
		     const struct ini_line *line)
{
	free(origin->file);
	free(origin->text);
	origin->file = memory_copy_text(slice_text(reading->file));
	origin->line = line->number;
	origin->round = reading->round;
	origin->text = memory_copy_text(line->value);
}

static int check_value(const struct ini_line *line, struct err *err)
{
	if (slice_find(line->value, SLICE(" #")) >= 0 ||
	    slice_find(line->value, SLICE("\t#")) >= 0)
		return err_set(err, ERR_FORMAT, "a comment needs a line of its own");
	return 0;
}

static int set_value(struct config_reading *reading, const struct ini_line *line,
		     const struct place *place, size_t index, struct err *err)
{
	const struct setting *setting = setting_at(index);
	struct origin *origin = origins_at(reading->config->origins, index, place->sink);
	void *field = origins_field(reading->config, setting, place->sink);
	int result;

	if (origin->round == reading->round)
		return err_set(err, ERR_FORMAT, "it is set twice, first in line %u",
			       origin->line);
	if (check_value(line, err) < 0)
		return -1;
	if (!is_read(reading, setting->section))
		result = 0;
	else if (setting->place == PLACE_CONFIG || setting->place == PLACE_SINK)
		result = value_read(setting, line->value, field, err);
	else
		result = value_check(setting, line->value, err);
	remember(reading, origin, line);
	return result;
}

static int find_setting(const struct ini_line *line, const struct place *place,
			size_t *ret_index, struct err *err)
{
	AUTO_BUF struct buf allowed = BUF_LIMIT(sizeof(err->text));
	ptrdiff_t index;

	if (!place->section)
		return err_set(err, ERR_FORMAT,
			       "'%.*s' is in no section: a line as [agent] comes first",
			       SLICE_ARG(slice_first(line->key, 64)));
	index = setting_find(slice_text(place->section->name), line->key);
	if (index < 0) {
		setting_suggest_key(place->section->name, line->key, &allowed);
		return err_set(err, ERR_FORMAT, "unknown key '%.*s' in [%s]: %s",
			       SLICE_ARG(slice_first(line->key, 64)),
			       place->section->name, buf_text(&allowed));
	}
	*ret_index = (size_t)index;
	return 0;
}

static void take_pair(struct config_reading *reading, const struct ini_line *line,
		      const struct place *place)
{
	const char *sink = "";
	struct err err;
	size_t index = 0;

	if (place->is_unknown)
		return;
	if (find_setting(line, place, &index, &err) < 0) {
		tell_of_line(reading, line->number, &err);
		return;
	}
	if (set_value(reading, line, place, index, &err) == 0)
		return;
	if (setting_at(index)->place == PLACE_SINK)
		sink = reading->config->sinks[place->sink].name;
	err_add(&err, "[%s%s%s] %s = '%.*s'", place->section->name, *sink ? " " : "",
		sink, setting_at(index)->key, SLICE_ARG(slice_first(line->value, 64)));
	tell_of_line(reading, line->number, &err);
}

void config_reading_take(struct config_reading *reading, const char *file,
			 struct slice text)
{
	struct place place = { .section = NULL };
	struct ini_line line;
	struct ini ini;
	struct err err;

	reading->file = file;
	reading->round++;
	if (config_text_check(text, &err) < 0) {
		err_add(&err, "%s", file);
		config_reading_tell(reading, &err);
		return;
	}
	ini_begin(&ini, text);
	while (reading->problem_count < LIMIT_CONFIG_PROBLEMS && ini_next(&ini, &line)) {
		switch (line.kind) {
		case INI_SECTION:
			take_section(reading, &line, &place);
			break;
		case INI_PAIR:
			take_pair(reading, &line, &place);
			break;
		case INI_BAD:
			err_set(&err, ERR_FORMAT, "%s", line.why);
			tell_of_line(reading, line.number, &err);
			break;
		}
	}
}

void config_reading_begin(struct config_reading *reading,
			  const struct config_request *request, struct config *config)
{
	struct err err;

	*reading = (struct config_reading){
		.request = request,
		.config = config,
		.problems = BUF_LIMIT(LIMIT_CONFIG_PROBLEMS * sizeof(err.text)),
	};
	config->origins = origins_new();
	for (size_t i = 0; i < setting_count(); i++) {
		const struct setting *setting = setting_at(i);

		if (setting->place == PLACE_CONFIG)
			(void)!value_read(setting, slice_text(setting->fallback),
					  origins_field(config, setting, 0), &err);
	}
}

void config_reading_release(struct config_reading *reading)
{
	buf_release(&reading->problems);
}
