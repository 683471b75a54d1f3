/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can only be said of a configuration when all of it has been read.
 */
#include <stddef.h>
#include <stdlib.h>

#include "base/memory.h"
#include "config/read.h"
#include "config/sinks.h"
#include "config/value.h"

static struct origin *origin_of(const struct config *config, const char *section,
				const char *key, size_t sink)
{
	ptrdiff_t index = setting_find(slice_text(section), slice_text(key));

	return origins_at(config->origins, (size_t)index, sink);
}

/* ---- defaults that depend on other values
 * ------------------------------------------------ */

/* What a cloud's windows are where nobody has set them, and [correlation]'s default is
 * not right: how late its control plane is known to deliver. */
static const struct {
	const char *section, *key, *value;
} cloud_defaults[] = {
	{ "azure", "lateness", "15min" },
	{ "azure", "provisional_after", "20min" },
	{ "gcp", "lateness", "2min" },
	{ "gcp", "provisional_after", "5min" },
};

static const char *cloud_default(const struct setting *setting)
{
	for (size_t i = 0; i < sizeof(cloud_defaults) / sizeof(cloud_defaults[0]); i++)
		if (strcmp(setting->section, cloud_defaults[i].section) == 0 &&
		    strcmp(setting->key, cloud_defaults[i].key) == 0)
			return cloud_defaults[i].value;
	return NULL;
}

/* One window of one cloud: its own section's, else what was set in [correlation], else
 * the cloud's default, else that of [correlation]. */
static void override_one(struct config *config, size_t index)
{
	const struct setting *setting = setting_at(index);
	const struct origin *own = origins_at(config->origins, index, 0);
	ptrdiff_t common = setting_find(SLICE("correlation"), slice_text(setting->key));
	us_span *span = (us_span *)(void *)((char *)config + setting->offset);
	const char *text = own->text && *own->text ? own->text : NULL;
	struct err err;

	if (!text && !origins_at(config->origins, (size_t)common, 0)->file)
		text = cloud_default(setting);
	*span = *(const us_span *)origins_value(config, setting_at((size_t)common), 0);
	/* It was checked when it was read. */
	if (text)
		(void)!value_read(setting, slice_text(text), span, &err);
}

/* How a host's own clocks and logs behave does not depend on where it is, which is not
 * known at first: whichever section says it, says it for all. */
static void share_one(struct config *config, const char *key)
{
	static const char *const sections[] = { "aws", "azure", "gcp" };
	ptrdiff_t common = setting_find(SLICE("correlation"), slice_text(key));
	us_span *span = origins_field(config, setting_at((size_t)common), 0);
	struct origin *target = origin_of(config, "correlation", key, 0);
	struct err err;

	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		const struct origin *own = origin_of(config, sections[i], key, 0);

		if (!own->text || !*own->text)
			continue;
		(void)!value_read(setting_at((size_t)common), slice_text(own->text), span,
				  &err);
		/* what overrides is where the value came from */
		free(target->file);
		target->file = memory_copy_text(slice_text(own->file));
		target->line = own->line;
	}
}

static void override_all(struct config *config)
{
	share_one(config, "skew");
	share_one(config, "twin_wait");
	for (size_t i = 0; i < setting_count(); i++)
		if (setting_at(i)->place == PLACE_OVERRIDE)
			override_one(config, i);
}

/* Where the windows of each cloud are; the first are those of none. */
static const struct {
	const char *cloud;
	size_t offset;
} windows[] = {
	{ "", offsetof(struct config, correlation) },
	{ "aws", offsetof(struct config, aws_correlation) },
	{ "azure", offsetof(struct config, azure_correlation) },
	{ "gcp", offsetof(struct config, gcp_correlation) },
};
#define WINDOWS_COUNT (sizeof(windows) / sizeof(windows[0]))

static const struct config_correlation *windows_at(const struct config *config,
						   size_t index)
{
	return (const void *)((const char *)config + windows[index].offset);
}

const struct config_correlation *config_windows(const struct config *config,
						struct slice cloud)
{
	for (size_t i = 0; i < WINDOWS_COUNT; i++)
		if (slice_equal(cloud, slice_text(windows[i].cloud)))
			return windows_at(config, i);
	return &config->correlation;
}

static void fill_in(struct config *config)
{
	config->sources.files_auto = config->sources.files.count == 0;
	for (size_t i = 0; i < WINDOWS_COUNT; i++) {
		struct config_correlation *own =
			(struct config_correlation *)(uintptr_t)windows_at(config, i);

		if (own->final_after_weak < 0)
			own->final_after_weak = 2 * own->final_after;
	}
	sinks_fill_in(config);
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

/* Where a window's value was set, for the section it counts in; its own, else
 * [correlation]'s. */
static const struct origin *window_origin(const struct config *config,
					  const char *section, const char *key)
{
	const struct origin *own = origin_of(config, section, key, 0);

	return own->file ? own : origin_of(config, "correlation", key, 0);
}

static us_span window_span(const struct config *config, const char *section,
			   const char *key)
{
	ptrdiff_t index = setting_find(slice_text(section), slice_text(key));

	return *(const us_span *)origins_value(config, setting_at((size_t)index), 0);
}

static void check_order(struct config_reading *reading, const char *section,
			const char *first, const char *second)
{
	const struct config *config = reading->config;
	us_span first_span = window_span(config, section, first);
	us_span second_span = window_span(config, section, second);
	char first_text[TIME_TEXT_BYTES], second_text[TIME_TEXT_BYTES];
	struct err err;

	if (first_span <= second_span)
		return;
	err_set(&err, ERR_FORMAT, "[%s] %s = %s: allowed is at most %s, which is %s",
		section, first, span_to_text(first_span, first_text), second,
		span_to_text(second_span, second_text));
	tell_at(reading, window_origin(config, section, first),
		window_origin(config, section, second), &err);
}

/* The courier knows only half of them. */
static void check_orders(struct config_reading *reading)
{
	static const char *const sections[] = { "correlation", "aws", "azure", "gcp" };

	if (reading->request->reader == CONFIG_FOR_COURIER)
		return;
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		size_t told = reading->problem_count;

		check_order(reading, sections[i], "provisional_after", "final_after");
		check_order(reading, sections[i], "final_after", "final_after_weak");
		if (reading->problem_count != told)
			return; /* the clouds' own would be wrong for the same reason */
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
		sinks_check(reading);
		check_aws(reading);
	}
	if (reading->problem_count)
		return err_set(err, reading->code, "%s", buf_text(&reading->problems));
	return 0;
}
