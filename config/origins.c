/* SPDX-License-Identifier: Apache-2.0 */
#include "config/origins.h"

#include <stdlib.h>

#include "base/memory.h"

static void free_row(struct origin *row)
{
	for (size_t i = 0; row && i < setting_count(); i++) {
		free(row[i].file);
		free(row[i].text);
	}
	free(row);
}

struct config_origins *origins_new(void)
{
	struct config_origins *origins = memory_new(1, sizeof(*origins));

	origins->settings = memory_new(setting_count(), sizeof(*origins->settings));
	return origins;
}

void origins_free(struct config_origins *origins)
{
	if (!origins)
		return;
	free_row(origins->settings);
	for (size_t i = 0; i < CONFIG_SINKS_MAX; i++)
		free_row(origins->sinks[i]);
	free(origins);
}

void origins_add_sink(struct config_origins *origins, size_t sink)
{
	origins->sinks[sink] = memory_new(setting_count(), sizeof(**origins->sinks));
}

struct origin *origins_at(const struct config_origins *origins, size_t index, size_t sink)
{
	if (setting_at(index)->place == PLACE_SINK)
		return &origins->sinks[sink][index];
	return &origins->settings[index];
}

static size_t offset_of(const struct setting *setting, size_t sink)
{
	if (setting->place == PLACE_SINK)
		return offsetof(struct config, sinks) +
		       sink * sizeof(struct config_sink) + setting->offset;
	return setting->offset;
}

void *origins_field(struct config *config, const struct setting *setting, size_t sink)
{
	if (setting->place == PLACE_NONE)
		return NULL;
	return (char *)config + offset_of(setting, sink);
}

const void *origins_value(const struct config *config, const struct setting *setting,
			  size_t sink)
{
	if (setting->place == PLACE_NONE)
		return NULL;
	return (const char *)config + offset_of(setting, sink);
}
