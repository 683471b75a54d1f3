/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Making an event outlive the call it was handed over in: every text it borrows is
 * replaced by a copy that the caller keeps, wherever that is.
 */
#include "correlator/event.h"

struct event_keeper {
	/* A lasting copy of a text that is not empty. */
	struct slice (*keep_text)(void *ctx, struct slice text);
	/* A lasting copy of a list and of all its texts; count is not 0. */
	const struct slice *(*keep_list)(void *ctx, const struct slice *texts,
					 uint32_t count);
	void *ctx;
};

/* Replaces everything that `event` borrows but its `host`, which many events share and
 * the caller may want to keep once. */
void event_keep(struct event *event, const struct event_keeper *keeper);
