/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/outlet.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/memory.h"
#include "policy/pattern.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

/* ---- what the configuration says -----------------------------------------------------
 */

static struct sink *new_file(const struct config *config, const struct config_sink *from,
			     struct store *store)
{
	AUTO_BUF struct buf path = BUF_LIMIT(LIMIT_FIELD_BYTES);
	AUTO_BUF struct buf state = BUF_LIMIT(LIMIT_FIELD_BYTES);
	AUTO_BUF struct buf name = BUF_LIMIT(256);

	buf_append_format(&name, "sink:%s", from->name);
	if (from->path && from->path[0])
		buf_append_text(&path, from->path);
	else
		buf_append_format(&path, "%s/alerts.jsonl", config->agent.log_dir);
	store_get_value(store, buf_text(&name), &state);
	return sink_file_new(from->name, buf_text(&path), buf_slice(&state));
}

static struct sink *new_journal(const struct config *config,
				const struct config_sink *from, struct store *store)
{
	(void)config;
	(void)store;
	return sink_journal_new(from->name);
}

static const struct outlet_type {
	const char *type, *format, *records; /* where the section says neither */
	bool takes_heartbeats;
	/* NULL = through the courier */
	struct sink *(*new)(const struct config *config, const struct config_sink *from,
			    struct store *store);
} types[] = {
	{ "file", "ocsf", "findings", false, new_file },
	{ "journal", "native", "both", false, new_journal },
	{ "syslog", "ocsf", "both", true, NULL },
	{ "https", "ocsf", "both", true, NULL },
	{ "splunk", "ocsf", "both", true, NULL },
	{ "elasticsearch", "ecs", "both", true, NULL },
	{ "slack", "slack", "findings", false, NULL },
	{ "teams", "teams", "findings", false, NULL },
	{ "pagerduty", "pagerduty", "findings", false, NULL },
};

static const struct {
	const char *word;
	unsigned streams;
} records_words[] = {
	{ "findings", 1u << ALERT_FINDINGS },
	{ "logins", 1u << ALERT_LOGINS },
	{ "both", 1u << ALERT_FINDINGS | 1u << ALERT_LOGINS },
};

static const struct outlet_type *type_of(const char *word)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i].type, word) == 0)
			return &types[i];
	}
	return NULL;
}

static const char *or_else(const char *text, const char *otherwise)
{
	return text && text[0] ? text : otherwise;
}

static enum severity severity_of(const char *word)
{
	for (int i = 0; word && i < SEVERITY_COUNT; i++) {
		if (strcmp(severity_word((enum severity)i), word) == 0)
			return (enum severity)i;
	}
	return SEVERITY_INFORMATIONAL;
}

static void set_streams(struct outlet *outlet, const struct outlet_type *type,
			const struct config *config, const char *records)
{
	for (size_t i = 0; i < sizeof(records_words) / sizeof(records_words[0]); i++) {
		if (strcmp(records_words[i].word, records) != 0)
			continue;
		outlet->records = records_words[i].word;
		outlet->streams = records_words[i].streams;
	}
	if (type->takes_heartbeats && config->agent.heartbeat > 0)
		outlet->streams |= 1u << ALERT_HEARTBEATS;
	outlet->streams &= outlet->format->streams;
}

static int check(const struct config_sink *from, const struct outlet_type *type,
		 const struct alert_format *format, struct err *err)
{
	if (!format)
		return err_set(err, ERR_USAGE, "sink '%s': there is no format '%s'",
			       from->name, or_else(from->format, type->format));
	if (strcmp(type->type, "journal") == 0 && access(JOURNAL_SOCKET, F_OK) < 0)
		return err_set(err, ERR_MISSING, "sink '%s': this host has no journal",
			       from->name);
	return 0;
}

/* ---- what was counted ----------------------------------------------------------------
 */

static void append_value_name(struct buf *buf, const struct outlet *outlet)
{
	buf_append_format(buf, "outlet:%s", outlet->name);
}

/* The next number of the value; 0 past its end. */
static uint64_t take_number(struct slice *text)
{
	uint64_t number = 0;

	if (!slice_take_number(text, UINT64_MAX, &number))
		return 0;
	(void)slice_take_prefix(text, SLICE(" "));
	return number;
}

static us_time take_time(struct slice *text)
{
	uint64_t number = take_number(text);

	return number && number <= (uint64_t)US_TIME_MAX ? (us_time)number : US_TIME_NONE;
}

static void load(struct outlet *outlet, struct store *store)
{
	AUTO_BUF struct buf name = BUF_LIMIT(256);
	AUTO_BUF struct buf value = BUF_LIMIT(256);
	struct slice text;

	append_value_name(&name, outlet);
	(void)store_get_value(store, buf_text(&name), &value);
	text = buf_slice(&value);
	outlet->delivered = take_number(&text);
	outlet->refused = take_number(&text);
	outlet->dropped = take_number(&text);
	outlet->heartbeat = take_number(&text);
	outlet->loss.count = take_number(&text);
	outlet->loss.told = take_number(&text);
	outlet->loss.since = take_time(&text);
	outlet->loss.until = take_time(&text);
	outlet->loss.told_at = US_TIME_NONE;
}

static uint64_t time_number(us_time time)
{
	return time > 0 ? (uint64_t)time : 0;
}

static void save_counts(const struct outlet *outlet, struct store *store)
{
	AUTO_BUF struct buf name = BUF_LIMIT(256);
	AUTO_BUF struct buf value = BUF_LIMIT(256);
	const uint64_t numbers[] = {
		outlet->delivered,
		outlet->refused,
		outlet->dropped,
		outlet->heartbeat,
		outlet->loss.count,
		outlet->loss.told,
		time_number(outlet->loss.since),
		time_number(outlet->loss.until),
	};

	append_value_name(&name, outlet);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		buf_append_format(&value, "%s%" PRIu64, i ? " " : "", numbers[i]);
	store_put_value(store, buf_text(&name), buf_slice(&value));
}

void outlet_save(const struct outlet *outlet, struct store *store)
{
	AUTO_BUF struct buf name = BUF_LIMIT(256);
	AUTO_BUF struct buf state = BUF_LIMIT(LIMIT_FIELD_BYTES);

	save_counts(outlet, store);
	if (!outlet->sink || !outlet->sink->ops->state)
		return;
	buf_append_format(&name, "sink:%s", outlet->name);
	outlet->sink->ops->state(outlet->sink, &state);
	store_put_value(store, buf_text(&name), buf_slice(&state));
}

/* ---- life ----------------------------------------------------------------------------
 */

int outlet_init(struct outlet *outlet, const struct config *config,
		const struct config_sink *from, struct store *store, struct err *err)
{
	const struct outlet_type *type = type_of(from->type);
	const struct alert_format *format;

	if (!type)
		return err_set(err, ERR_USAGE, "sink '%s': there is no type '%s'",
			       from->name, from->type);
	format = alert_format_find(or_else(from->format, type->format));
	*outlet = (struct outlet){ .format = format,
				   .doubt = { .busy_since = US_TIME_NONE } };
	if (check(from, type, format, err) < 0)
		return -1;
	outlet->name = memory_copy_text(slice_text(from->name));
	outlet->type = memory_copy_text(slice_text(from->type));
	outlet->rules = memory_copy_text(slice_text(or_else(from->rules, "")));
	outlet->severity = severity_of(from->min_severity);
	outlet->batch = from->batch < MESSAGE_LIST_MAX ? from->batch : MESSAGE_LIST_MAX;
	outlet->max_bytes = from->max_bytes;
	set_streams(outlet, type, config, or_else(from->records, type->records));
	breaker_init(&outlet->breaker, from->retry_first, from->retry_most);
	load(outlet, store);
	if (type->new)
		outlet->sink = type->new (config, from, store);
	return 0;
}

void outlet_release(struct outlet *outlet)
{
	sink_free(outlet->sink);
	free(outlet->name);
	free(outlet->type);
	free(outlet->rules);
	*outlet = (struct outlet){ .name = NULL };
}

/* ---- what it takes -------------------------------------------------------------------
 */

/* Whether the rule fits one of the patterns, and none with ! in front; patterns that only
 * exclude let the others through. */
static bool fits_rules(const struct outlet *outlet, const char *rule)
{
	static const char separators[] = " \t,";
	const char *rest = outlet->rules + strspn(outlet->rules, separators);
	bool has_any = false, fits = false;

	while (*rest) {
		size_t len = strcspn(rest, separators);
		struct slice item = slice_of(rest, len);
		bool excludes = slice_take_prefix(&item, SLICE("!"));

		rest += len;
		rest += strspn(rest, separators);
		has_any |= !excludes;
		if (!glob_fits(item, slice_text(rule), false))
			continue;
		if (excludes)
			return false;
		fits = true;
	}
	return fits || !has_any;
}

static bool takes_finding(const struct outlet *outlet, enum severity severity,
			  const char *rule)
{
	return rule && severity >= outlet->severity && fits_rules(outlet, rule);
}

bool outlet_wants(const struct outlet *outlet, const struct alert_record *record,
		  const struct outbox_about *about)
{
	if (!(outlet->streams & 1u << record->stream))
		return false;
	if (record->stream != ALERT_FINDINGS)
		return true;
	return takes_finding(outlet, about->severity, about->rule) ||
	       takes_finding(outlet, about->severity_before, about->rule_before);
}

enum alert_activity outlet_activity(const struct outlet *outlet,
				    const struct alert_record *record,
				    const struct outbox_about *about)
{
	bool is_first =
		record->stream == ALERT_FINDINGS && about->rule_before &&
		!takes_finding(outlet, about->severity_before, about->rule_before);

	return is_first && record->activity == ALERT_UPDATE ? ALERT_CREATE
							    : record->activity;
}

/* ---- how it fares --------------------------------------------------------------------
 */

/* Not for secrets: jitter only has to differ from host to host. */
static uint64_t any_number(void)
{
	struct hash_key key = hash_key_random();

	return key.word[0];
}

void outlet_note(struct outlet *outlet, struct slice why)
{
	if (why.len == 0)
		why = SLICE("it does not say why");
	snprintf(outlet->last_error, sizeof(outlet->last_error), "%.*s",
		 SLICE_ARG(slice_first(why, sizeof(outlet->last_error) - 1)));
}

void outlet_fail(struct outlet *outlet, us_time now, us_span retry_after,
		 struct slice why)
{
	outlet_note(outlet, why);
	breaker_failed(&outlet->breaker, now, retry_after, any_number());
}

void outlet_stop(struct outlet *outlet, us_time now, struct slice why)
{
	outlet_note(outlet, why);
	breaker_refused(&outlet->breaker, now, any_number());
}

const char *outlet_state_word(const struct outlet *outlet, uint64_t waiting)
{
	if (outlet->breaker.is_open)
		return "open";
	if (outlet->last_error[0])
		return "failing";
	return waiting ? "waiting" : "good";
}

bool outlet_has_under_way(const struct outlet *outlet, uint64_t number)
{
	for (size_t i = 0; outlet->flight.is_under_way && i < outlet->flight.count; i++) {
		if (outlet->flight.numbers[i] == number)
			return true;
	}
	return false;
}
