/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Where each value of a configuration came from: file and line, and the text of those
 * that have no field of their own.
 */
#include "config/config.h"
#include "config/setting.h"

struct origin {
	char *file;	/* owned; NULL = it is the default */
	unsigned line;	/* 0 = default */
	unsigned round; /* the how many-th file it was, from 1 */
	char *text;	/* owned; as it was written, NULL = not set */
};

struct config_origins {
	struct origin *settings; /* as many as setting_count() */
	struct origin *sinks[CONFIG_SINKS_MAX];
};

struct config_origins *origins_new(void);
void origins_free(struct config_origins *origins);

/* Makes room for another sink's. */
void origins_add_sink(struct config_origins *origins, size_t sink);

/* The origin of the setting at `index`; of the sink at `sink` where it is one of [sink].
 */
struct origin *origins_at(const struct config_origins *origins, size_t index,
			  size_t sink);

/* Where the field of a setting is; NULL for PLACE_NONE. */
void *origins_field(struct config *config, const struct setting *setting, size_t sink);
const void *origins_value(const struct config *config, const struct setting *setting,
			  size_t sink);
