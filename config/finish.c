/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can only be said of a configuration when all of it has been read.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "config/read.h"
#include "config/value.h"

/* The cloud whose doors are judged, and whose own section therefore counts. */
static const char judged_cloud[] = "aws";

static struct origin *origin_of(const struct config *config, const char *section,
				const char *key, size_t sink)
{
	ptrdiff_t index = setting_find(slice_text(section), slice_text(key));

	return origins_at(config->origins, (size_t)index, sink);
}

/* ---- defaults that depend on other values
 * ------------------------------------------------ */

/* What overrides is where the value came from. */
static void move_origin(struct origin *target, const struct origin *source)
{
	free(target->file);
	target->file = memory_copy_text(slice_text(source->file));
	target->line = source->line;
}

static void override_one(struct config *config, size_t index)
{
	const struct setting *setting = setting_at(index);
	const struct origin *origin = origins_at(config->origins, index, 0);
	struct err err;

	if (!origin->text || !*origin->text)
		return;
	/* It was checked when it was read. */
	(void)!value_read(setting, slice_text(origin->text),
			  origins_field(config, setting, 0), &err);
	move_origin(origin_of(config, "correlation", setting->key, 0), origin);
}

static void override_all(struct config *config)
{
	for (size_t i = 0; i < setting_count(); i++) {
		if (setting_at(i)->place == PLACE_OVERRIDE &&
		    strcmp(setting_at(i)->section, judged_cloud) == 0)
			override_one(config, i);
	}
}

static void set_text(char **field, const char *text)
{
	free(*field);
	*field = memory_copy_text(slice_text(text));
}

static void fill_in(struct config *config)
{
	struct config_correlation *correlation = &config->correlation;

	config->sources.files_auto = config->sources.files.count == 0;
	if (correlation->final_after_weak < 0)
		correlation->final_after_weak = 2 * correlation->final_after;
	for (size_t i = 0; i < config->sink_count; i++) {
		struct config_sink *sink = &config->sinks[i];

		if (!*sink->format)
			set_text(&sink->format,
				 strcmp(sink->type, "journal") == 0 ? "native" : "ocsf");
		if (!*sink->path) {
			free(sink->path);
			sink->path = NULL;
		}
	}
}

/* ---- contradictions
 * ---------------------------------------------------------------------- */

/* Says it at the value that was set, not at the default it does not go with. */
static void tell_at(struct config_reading *reading, const struct origin *origin,
		    const struct origin *other, struct err *problem)
{
	const struct origin *where = origin->file ? origin : other;

	if (where->file)
		err_add(problem, "%s:%u", where->file, where->line);
	config_reading_tell(reading, problem);
}

static void check_order(struct config_reading *reading, const char *first,
			const char *second)
{
	struct config *config = reading->config;
	size_t first_index =
		(size_t)setting_find(SLICE("correlation"), slice_text(first));
	size_t second_index =
		(size_t)setting_find(SLICE("correlation"), slice_text(second));
	const us_span *first_span = origins_field(config, setting_at(first_index), 0);
	const us_span *second_span = origins_field(config, setting_at(second_index), 0);
	struct buf first_text = BUF_LIMIT(64), second_text = BUF_LIMIT(64);
	struct err err;

	if (*first_span > *second_span) {
		value_write(setting_at(first_index), first_span, &first_text);
		value_write(setting_at(second_index), second_span, &second_text);
		err_set(&err, ERR_FORMAT,
			"[correlation] %s = %s: allowed is at most %s, which is %s",
			first, buf_text(&first_text), second, buf_text(&second_text));
		tell_at(reading, origins_at(config->origins, first_index, 0),
			origins_at(config->origins, second_index, 0), &err);
	}
	buf_release(&first_text);
	buf_release(&second_text);
}

/* The courier knows only half of them. */
static void check_orders(struct config_reading *reading)
{
	if (reading->request->reader == CONFIG_FOR_COURIER)
		return;
	check_order(reading, "provisional_after", "final_after");
	check_order(reading, "final_after", "final_after_weak");
}

/* Says that a sink of this type takes no such key, if it is set. */
static void check_sink_text(struct config_reading *reading, size_t index, const char *key,
			    const char *value, const char *why)
{
	const struct config_sink *sink = &reading->config->sinks[index];
	const struct origin *origin = origin_of(reading->config, "sink", key, index);
	struct err err;

	if (!value || !*value)
		return;
	err_set(&err, ERR_FORMAT, "[sink %s] %s = '%.64s': %s", sink->name, key, value,
		why);
	tell_at(reading, origin, origin, &err);
}

static void check_sinks(struct config_reading *reading)
{
	for (size_t i = 0; i < reading->config->sink_count; i++) {
		const struct config_sink *sink = &reading->config->sinks[i];
		bool is_journal = strcmp(sink->type, "journal") == 0;

		check_sink_text(reading, i, "url", sink->url,
				is_journal ? "the journal has none"
					   : "a file has a path instead");
		if (is_journal)
			check_sink_text(reading, i, "path", sink->path,
					"the journal has none");
		if (is_journal && strcmp(sink->format, "native") != 0)
			check_sink_text(reading, i, "format", sink->format,
					"in the journal it is native");
	}
}

static const char *path_of(const struct config_sink *sink)
{
	return sink->path ? sink->path : "";
}

/* Two sinks that write into one file would spoil it. */
static void check_paths(struct config_reading *reading)
{
	const struct config *config = reading->config;
	struct err err;

	for (size_t i = 1; i < config->sink_count; i++) {
		for (size_t k = 0; k < i; k++) {
			const struct config_sink *sink = &config->sinks[i],
						 *other = &config->sinks[k];

			if (strcmp(sink->type, "file") != 0 ||
			    strcmp(other->type, "file") != 0 ||
			    strcmp(path_of(sink), path_of(other)) != 0)
				continue;
			err_set(&err, ERR_FORMAT,
				"[sink %s] writes to the same file as [sink %s]: each "
				"needs a path of its own",
				sink->name, other->name);
			tell_at(reading, origin_of(reading->config, "sink", "path", i),
				origin_of(reading->config, "sink", "type", i), &err);
		}
	}
}

static void check_aws(struct config_reading *reading)
{
	struct config *config = reading->config;
	const struct origin *origin = origin_of(config, "aws", "external_id", 0);
	struct err err;

	if (!*config->aws.external_id || *config->aws.role_arn)
		return;
	err_set(&err, ERR_FORMAT,
		"[aws] external_id: it goes with role_arn, which is not set");
	tell_at(reading, origin, origin, &err);
}

int config_reading_finish(struct config_reading *reading, struct err *err)
{
	if (reading->problem_count == 0) {
		override_all(reading->config);
		fill_in(reading->config);
		check_orders(reading);
		check_sinks(reading);
		check_paths(reading);
		check_aws(reading);
	}
	if (reading->problem_count)
		return err_set(err, reading->code, "%s", buf_text(&reading->problems));
	return 0;
}
