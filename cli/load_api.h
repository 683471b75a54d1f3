/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Loading API logs: files in, API calls in the event list, what they cover in the
 * coverage. What cannot be read is told and becomes a hole; the rest is kept.
 */
#include "cli/event_list.h"
#include "cli/evidence_store.h"
#include "cli/file_list.h"
#include "cli/id_set.h"
#include "cli/meter.h"
#include "evidence/cloud/coverage.h"

struct api_load {
	struct event_list *events; /* borrowed, all of these */
	struct evidence_store *evidence;
	struct coverage *coverage;
	struct problems *problems;
	struct meter *meter;
	struct id_set ids;   /* of the records that have one */
	uint64_t without_id; /* records that have none: each counts */
};

void api_load_init(struct api_load *load);
void api_load_release(struct api_load *load);

/* Reads the files one after the other. */
void api_load_files(struct api_load *load, const struct file_list *files);

/* Different events read. */
uint64_t api_load_count(const struct api_load *load);
