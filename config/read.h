/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Reading: the texts of the configuration, one after the other, into a struct config; and
 * what can only be said of all together. Mistakes are collected, so that one run shows
 * them all.
 */
#include "config/config.h"
#include "config/ini.h"
#include "config/origins.h"

struct config_reading {
	const struct config_request *request; /* borrowed */
	struct config *config;		      /* borrowed; begins as the defaults */
	unsigned round;			      /* the how many-th file this is */
	const char *file;		      /* its name, for messages; borrowed */
	struct buf problems;		      /* texts, the first one first */
	unsigned problem_count;
	enum err_code code; /* of the first one */
};

/* Sets every field to its default. */
void config_reading_begin(struct config_reading *reading,
			  const struct config_request *request, struct config *config);

/* Takes one text; what is wrong is told and remembered. */
void config_reading_take(struct config_reading *reading, const char *file,
			 struct slice text);

/* A problem with a whole file or folder. */
void config_reading_tell(struct config_reading *reading, const struct err *problem);

/* What depends on several values: a cloud's own ones, defaults, contradictions. Fails
 * when there was any problem. */
int config_reading_finish(struct config_reading *reading, struct err *err)
	__attribute__((warn_unused_result));

void config_reading_release(struct config_reading *reading);
