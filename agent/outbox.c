/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/outbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/sink/sink.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/memory.h"

#define SINK_BATCH 64
#define RETRY_FIRST US_PER_SECOND
#define RETRY_LAST (5 * US_PER_MINUTE)
#define JOURNAL_SOCKET "/run/systemd/journal/socket"

struct outlet {
	struct sink *sink; /* owned */
	const struct alert_format *format;
	int min_severity; /* enum severity; -1 = any */
	uint64_t waiting, delivered;
	us_span backoff;
	us_time retry_at; /* US_TIME_NONE = not waiting */
	char last_error[256];
};

struct outbox {
	struct store *store;
	struct buf line;
	struct outlet outlets[CONFIG_SINKS_MAX];
	size_t count;
};

/* ---- opening ------------------------------------------------------------------------
 */

static char *value_name(const char *sink)
{
	AUTO_BUF struct buf name = BUF_LIMIT(256);

	buf_append_format(&name, "sink:%s", sink);
	return memory_copy_text(buf_slice(&name));
}

static struct sink *new_file(struct outbox *outbox, const struct config *config,
			     const struct config_sink *from)
{
	AUTO_BUF struct buf path = BUF_LIMIT(LIMIT_FIELD_BYTES);
	AUTO_BUF struct buf state = BUF_LIMIT(LIMIT_FIELD_BYTES);
	AUTO_FREE char *name = value_name(from->name);

	if (from->path && from->path[0])
		buf_append_text(&path, from->path);
	else
		buf_append_format(&path, "%s/alerts.jsonl", config->agent.log_dir);
	store_get_value(outbox->store, name, &state);
	return sink_file_new(from->name, buf_text(&path), buf_slice(&state));
}

static struct sink *new_journal(struct outbox *outbox, const struct config *config,
				const struct config_sink *from)
{
	(void)outbox;
	(void)config;
	return sink_journal_new(from->name);
}

static const struct {
	const char *type;
	struct sink *(*new)(struct outbox *outbox, const struct config *config,
			    const struct config_sink *from);
} sink_types[] = {
	{ "file", new_file },
	{ "journal", new_journal },
};

static int severity_of(const char *word)
{
	for (int i = 0; word && i < SEVERITY_COUNT; i++) {
		if (strcmp(severity_word((enum severity)i), word) == 0)
			return i;
	}
	return -1;
}

static bool count_one(void *ctx, uint64_t number, struct slice bytes)
{
	struct outlet *outlet = ctx;

	(void)number;
	(void)bytes;
	outlet->waiting++;
	return true;
}

/* A host without journald would gather what nobody will ever take. */
static bool has_journal(void)
{
	return access(JOURNAL_SOCKET, F_OK) == 0;
}

static int add_outlet(struct outbox *outbox, const struct config *config,
		      const struct config_sink *from, struct err *err)
{
	const char *format = from->format && from->format[0]	  ? from->format
			     : strcmp(from->type, "journal") == 0 ? "native"
								  : "ocsf";
	struct outlet *outlet = &outbox->outlets[outbox->count];

	*outlet = (struct outlet){ .min_severity = severity_of(from->min_severity),
				   .backoff = RETRY_FIRST,
				   .retry_at = US_TIME_NONE };
	outlet->format = alert_format_find(format);
	if (!outlet->format)
		return err_set(err, ERR_USAGE, "sink '%s': there is no format '%s'",
			       from->name, format);
	if (strcmp(from->type, "journal") == 0 && !has_journal())
		return err_set(err, ERR_MISSING, "sink '%s': this host has no journal",
			       from->name);
	for (size_t i = 0; i < sizeof(sink_types) / sizeof(sink_types[0]); i++) {
		if (strcmp(sink_types[i].type, from->type) == 0)
			outlet->sink = sink_types[i].new(outbox, config, from);
	}
	if (!outlet->sink)
		return err_set(err, ERR_USAGE, "sink '%s': there is no type '%s'",
			       from->name, from->type);
	outbox->count++;
	return store_each_delivery(outbox->store, from->name, 0, count_one, outlet, err);
}

static int add_defaults(struct outbox *outbox, const struct config *config,
			struct err *err)
{
	char file_name[] = "alerts", file[] = "file", journal_name[] = "journal";
	struct config_sink alerts = { .name = file_name, .type = file };
	struct config_sink journal = { .name = journal_name, .type = journal_name };

	if (add_outlet(outbox, config, &alerts, err) < 0)
		return -1;
	return has_journal() ? add_outlet(outbox, config, &journal, err) : 0;
}

static int add_all(struct outbox *outbox, const struct config *config, struct err *err)
{
	if (config->sink_count == 0)
		return add_defaults(outbox, config, err);
	for (size_t i = 0; i < config->sink_count; i++) {
		if (add_outlet(outbox, config, &config->sinks[i], err) < 0)
			return -1;
	}
	return 0;
}

int outbox_open(struct store *store, const struct config *config,
		struct outbox **ret_outbox, struct err *err)
{
	struct outbox *outbox = memory_new(1, sizeof(*outbox));

	outbox->store = store;
	outbox->line = (struct buf)BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	if (add_all(outbox, config, err) < 0) {
		outbox_free(outbox);
		return -1;
	}
	*ret_outbox = outbox;
	return 0;
}

void outbox_free(struct outbox *outbox)
{
	if (!outbox)
		return;
	for (size_t i = 0; i < outbox->count; i++)
		sink_free(outbox->outlets[i].sink);
	buf_release(&outbox->line);
	free(outbox);
}

/* ---- telling ------------------------------------------------------------------------
 */

void outbox_put(struct outbox *outbox, const struct alert_record *record, int severity)
{
	for (size_t i = 0; i < outbox->count; i++) {
		struct outlet *outlet = &outbox->outlets[i];

		if (severity >= 0 && severity < outlet->min_severity)
			continue;
		buf_clear(&outbox->line);
		outlet->format->append(&outbox->line, record);
		/* Past every ceiling of what it is made of: it cannot be, and would be no
		 * record. */
		if (buf_overflowed(&outbox->line)) {
			snprintf(outlet->last_error, sizeof(outlet->last_error),
				 "a record was too long to be told");
			continue;
		}
		store_put_delivery(outbox->store, outlet->sink->name, record->number,
				   buf_slice(&outbox->line));
		outlet->waiting++;
	}
}

struct handful {
	struct sink_record records[SINK_BATCH];
	char *copies[SINK_BATCH]; /* owned */
	size_t count;
};

static bool take_delivery(void *ctx, uint64_t number, struct slice bytes)
{
	struct handful *handful = ctx;
	char *copy = memory_copy_text(bytes);

	handful->copies[handful->count] = copy;
	handful->records[handful->count++] =
		(struct sink_record){ number, slice_of(copy, bytes.len) };
	return handful->count < SINK_BATCH;
}

static void put_back(struct outlet *outlet, us_time now, const struct err *err)
{
	snprintf(outlet->last_error, sizeof(outlet->last_error), "%.255s", err->text);
	outlet->retry_at = now + outlet->backoff;
	outlet->backoff *= 2;
	if (outlet->backoff > RETRY_LAST)
		outlet->backoff = RETRY_LAST;
}

static void settle(struct outbox *outbox, struct outlet *outlet,
		   const struct handful *handful, size_t done)
{
	AUTO_BUF struct buf state = BUF_LIMIT(LIMIT_FIELD_BYTES);
	AUTO_FREE char *name = value_name(outlet->sink->name);

	for (size_t i = 0; i < done; i++)
		store_drop_delivery(outbox->store, outlet->sink->name,
				    handful->records[i].number);
	outlet->waiting -= done < outlet->waiting ? done : outlet->waiting;
	outlet->delivered += done;
	if (!outlet->sink->ops->state)
		return;
	outlet->sink->ops->state(outlet->sink, &state);
	store_put_value(outbox->store, name, buf_slice(&state));
}

/* One handful; true when some of it is out. */
static bool deliver(struct outbox *outbox, struct outlet *outlet, us_time now)
{
	struct handful handful = { .count = 0 };
	size_t done = 0;
	struct err err = { 0 };
	int rc = store_each_delivery(outbox->store, outlet->sink->name, SINK_BATCH,
				     take_delivery, &handful, &err);

	if (rc == 0 && handful.count)
		rc = outlet->sink->ops->write(outlet->sink, handful.records,
					      handful.count, &done, &err);
	if (done)
		settle(outbox, outlet, &handful, done);
	if (rc < 0) {
		put_back(outlet, now, &err);
	} else {
		outlet->retry_at = US_TIME_NONE;
		outlet->backoff = RETRY_FIRST;
		outlet->last_error[0] = '\0';
	}
	for (size_t i = 0; i < handful.count; i++)
		free(handful.copies[i]);
	return done > 0;
}

bool outbox_flush(struct outbox *outbox, us_time now)
{
	bool did = false;

	for (size_t i = 0; i < outbox->count; i++) {
		struct outlet *outlet = &outbox->outlets[i];

		if (outlet->waiting == 0 ||
		    (outlet->retry_at != US_TIME_NONE && now < outlet->retry_at))
			continue;
		did |= deliver(outbox, outlet, now);
	}
	return did;
}

us_time outbox_deadline(const struct outbox *outbox)
{
	us_time deadline = US_TIME_NONE;

	for (size_t i = 0; i < outbox->count; i++) {
		us_time at = outbox->outlets[i].retry_at;

		if (outbox->outlets[i].waiting && at != US_TIME_NONE &&
		    (deadline == US_TIME_NONE || at < deadline))
			deadline = at;
	}
	return deadline;
}

void outbox_reopen(struct outbox *outbox)
{
	for (size_t i = 0; i < outbox->count; i++) {
		struct outlet *outlet = &outbox->outlets[i];

		if (outlet->sink->ops->reopen)
			outlet->sink->ops->reopen(outlet->sink);
		if (outlet->retry_at != US_TIME_NONE)
			outlet->retry_at = US_TIME_MIN;
	}
}

bool outbox_state(const struct outbox *outbox, size_t index,
		  struct outbox_state *ret_state)
{
	const struct outlet *outlet = &outbox->outlets[index];

	if (index >= outbox->count)
		return false;
	*ret_state = (struct outbox_state){
		.name = outlet->sink->name,
		.type = outlet->sink->ops->type,
		.format = outlet->format->name,
		.waiting = outlet->waiting,
		.delivered = outlet->delivered,
		.last_error = outlet->last_error,
	};
	return true;
}
