/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox opens: the sinks of the configuration, and what is left of others. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/outbox_state.h"
#include "base/arena.h"
#include "base/limits.h"
#include "base/memory.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

/* Sinks that records of another configuration may wait for, looked at in one start. */
#define ORPHANS_MAX 64

static int add_outlet(struct outbox *outbox, const struct config_sink *from,
		      struct err *err)
{
	struct outlet *outlet = &outbox->outlets[outbox->count];

	if (outlet_init(outlet, outbox->options.config, from, outbox->options.store,
			err) < 0)
		return -1;
	outlet->outbox = outbox;
	outbox->count++;
	return 0;
}

/* As a section that says nothing but its type. */
static int add_default(struct outbox *outbox, const char *name, const char *type,
		       struct err *err)
{
	struct config_sink from = {
		.name = (char *)(uintptr_t)name,
		.type = (char *)(uintptr_t)type,
		.batch = MESSAGE_LIST_MAX / 2,
		.retry_first = US_PER_SECOND,
		.retry_most = 5 * US_PER_MINUTE,
		.max_bytes = (uint64_t)64 * 1024 * 1024,
	};

	return add_outlet(outbox, &from, err);
}

static int add_all(struct outbox *outbox, struct err *err)
{
	const struct config *config = outbox->options.config;

	for (size_t i = 0; i < config->sink_count; i++) {
		if (add_outlet(outbox, &config->sinks[i], err) < 0)
			return -1;
	}
	if (config->sink_count)
		return 0;
	if (add_default(outbox, "alerts", "file", err) < 0)
		return -1;
	/* A host without journald would gather what nobody will ever take. */
	if (access(JOURNAL_SOCKET, F_OK) < 0)
		return 0;
	return add_default(outbox, "journal", "journal", err);
}

/* ---- sinks that are gone --------------------------------------------------------------
 */

struct orphans {
	const struct outbox *outbox;
	struct arena arena;
	struct slice sinks[ORPHANS_MAX];
	size_t count;
};

static bool take_sink(void *ctx, const char *sink)
{
	struct orphans *orphans = ctx;
	const struct outbox *outbox = orphans->outbox;

	for (size_t i = 0; i < outbox->count; i++) {
		if (strcmp(outbox->outlets[i].name, sink) == 0)
			return true;
	}
	/* With the NUL behind it. */
	orphans->sinks[orphans->count++] =
		arena_copy(&orphans->arena, slice_of(sink, strlen(sink) + 1));
	return orphans->count < ORPHANS_MAX;
}

struct numbers {
	uint64_t *numbers; /* owned */
	size_t count, size;
};

static bool take_number(void *ctx, uint64_t number, uint64_t bytes)
{
	struct numbers *numbers = ctx;

	(void)bytes;
	if (numbers->count == numbers->size) {
		numbers->size = numbers->size ? 2 * numbers->size : 64;
		numbers->numbers = memory_resize(numbers->numbers, numbers->size,
						 sizeof(*numbers->numbers));
	}
	numbers->numbers[numbers->count++] = number;
	return true;
}

/* Nobody will ever take it. */
static int drop_orphan(struct store *store, const char *sink, uint64_t *count,
		       struct err *err)
{
	struct numbers numbers = { .count = 0 };
	int rc = store_each_expendable(store, sink, take_number, &numbers, err);

	for (size_t i = 0; rc == 0 && i < numbers.count; i++)
		store_drop_delivery(store, sink, numbers.numbers[i]);
	*count += numbers.count;
	free(numbers.numbers);
	return rc;
}

int outbox_drop_orphans(struct outbox *outbox, uint64_t *ret_count, struct err *err)
{
	struct orphans orphans = { .outbox = outbox };
	uint64_t count = 0;
	int rc;

	arena_init(&orphans.arena);
	rc = store_each_sink_waiting(outbox->options.store, take_sink, &orphans, err);
	for (size_t i = 0; rc == 0 && i < orphans.count; i++)
		rc = drop_orphan(outbox->options.store, orphans.sinks[i].ptr, &count,
				 err);
	arena_release(&orphans.arena);
	if (rc == 0)
		*ret_count = count;
	return rc;
}

/* ---- life ----------------------------------------------------------------------------
 */

static bool takes_heartbeats(const struct outbox *outbox)
{
	for (size_t i = 0; i < outbox->count; i++) {
		if (outbox->outlets[i].streams & 1u << ALERT_HEARTBEATS)
			return true;
	}
	return false;
}

int outbox_open(const struct outbox_options *options, struct outbox **ret_outbox,
		struct err *err)
{
	struct outbox *outbox = memory_new(1, sizeof(*outbox));

	outbox->options = *options;
	outbox->line = (struct buf)BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	outbox->heartbeat_at = US_TIME_NONE;
	if (add_all(outbox, err) < 0) {
		outbox_free(outbox);
		return -1;
	}
	if (takes_heartbeats(outbox))
		outbox->heartbeat_at = options->now(options->ctx);
	*ret_outbox = outbox;
	return 0;
}

void outbox_free(struct outbox *outbox)
{
	if (!outbox)
		return;
	for (size_t i = 0; i < outbox->count; i++)
		outlet_release(&outbox->outlets[i]);
	buf_release(&outbox->line);
	free(outbox);
}
