/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Common Event Format, version 0 ("Implementing ArcSight Common Event Format", version 25
 * of the guide): one line,
 *
 *   CEF:0|Countersign|countersign|VERSION|rule|title|severity|key=value key=value ...
 *
 * in UTF-8. In the head '|' and '\' are escaped, in values '=' and '\'; there are no line
 * breaks to escape, since every control byte is written visibly. A value that is longer
 * than the guide's table allows its key is cut.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <inttypes.h>

#include "alert/advice.h"
#include "alert/facts.h"
#include "alert/formats.h"
#include "alert/text.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

#define US_PER_MS 1000

/* The lengths of the guide's table; its bytes are characters there, which are no fewer.
 */
#define ACTION_BYTES 63
#define NAME_BYTES 512
#define SHORT_BYTES 255
#define TEXT_BYTES 1023
#define CUSTOM_BYTES 4000

#define MESSAGE_BYTES 8192

struct cef {
	struct buf *buf;
	bool has_keys;
};

static const char *escape_head(char byte)
{
	return byte == '|' ? "\\|" : byte == '\\' ? "\\\\" : NULL;
}

static const char *escape_value(char byte)
{
	return byte == '=' ? "\\=" : byte == '\\' ? "\\\\" : NULL;
}

static void put_key(struct cef *cef, const char *key)
{
	if (cef->has_keys)
		buf_append_byte(cef->buf, ' ');
	cef->has_keys = true;
	buf_append_text(cef->buf, key);
	buf_append_byte(cef->buf, '=');
}

static void put(struct cef *cef, const char *key, struct slice text, size_t limit)
{
	struct slice trimmed = slice_trim(text);

	if (trimmed.len == 0)
		return;
	put_key(cef, key);
	text_append(cef->buf, trimmed, limit, escape_value);
}

static void put_word(struct cef *cef, const char *key, const char *word, size_t limit)
{
	put(cef, key, slice_text(word), limit);
}

static void put_number(struct cef *cef, const char *key, uint64_t number)
{
	put_key(cef, key);
	buf_append_format(cef->buf, "%" PRIu64, number);
}

/* Milliseconds since 1970. */
static void put_time(struct cef *cef, const char *key, us_time time)
{
	if (time >= 0)
		put_number(cef, key, (uint64_t)time / US_PER_MS);
}

/* A key of the sender's own choice, with what it means. */
static void put_custom(struct cef *cef, const char *key, const char *label,
		       struct slice text)
{
	AUTO_BUF struct buf label_key = BUF_LIMIT(64);

	if (slice_trim(text).len == 0)
		return;
	put(cef, key, text,
	    slice_starts_with(slice_text(key), SLICE("cs")) ? CUSTOM_BYTES : TEXT_BYTES);
	buf_append_format(&label_key, "%sLabel", key);
	put_word(cef, buf_text(&label_key), label, TEXT_BYTES);
}

/* ---- head ----------------------------------------------------------------------------
 */

static int severity_of(const struct alert_view *view)
{
	static const int severities[SEVERITY_COUNT] = {
		[SEVERITY_LOW] = 3,
		[SEVERITY_MEDIUM] = 6,
		[SEVERITY_HIGH] = 8,
		[SEVERITY_CRITICAL] = 10,
	};

	return view->severity < 0 ? 1 : severities[view->severity];
}

static void put_head(struct buf *buf, const struct alert_view *view)
{
	buf_append_text(buf, "CEF:0|Countersign|countersign|");
	text_append(buf, SLICE(PACKAGE_VERSION), SHORT_BYTES, escape_head);
	buf_append_byte(buf, '|');
	text_append(buf, slice_text(view->rule), SHORT_BYTES, escape_head);
	buf_append_byte(buf, '|');
	text_append(buf, slice_text(view->title), NAME_BYTES, escape_head);
	buf_append_format(buf, "|%d|", severity_of(view));
}

/* ---- extension -----------------------------------------------------------------------
 */

static void put_record(struct cef *cef, const struct alert_view *view)
{
	AUTO_BUF struct buf message = BUF_LIMIT(MESSAGE_BYTES);
	char uid[ID_TEXT_BYTES];

	alert_view_message(view, &message);
	put_time(cef, "rt", view->record->told_at);
	put_time(cef, "start", view->happened_at);
	if (!view->heartbeat)
		put_word(cef, "externalId", id_to_text(&view->uid, uid), SHORT_BYTES);
	put_word(cef, "deviceFacility", alert_stream_word(view->stream), TEXT_BYTES);
	put_word(cef, "act", alert_activity_word(view->activity), ACTION_BYTES);
	put_word(cef, "cat", view->is_test ? "test" : path_word(view->path), TEXT_BYTES);
	put(cef, "msg", buf_slice(&message), TEXT_BYTES);
	put_number(cef, "cn1", view->record->sequence);
	put_word(cef, "cn1Label", "sequence", TEXT_BYTES);
	put_number(cef, "cn2", view->record->number);
	put_word(cef, "cn2Label", "record", TEXT_BYTES);
}

static void put_host(struct cef *cef, const struct alert_view *view)
{
	AUTO_BUF struct buf place = BUF_LIMIT(TEXT_BYTES);

	put(cef, "dvchost", view->host, 100);
	put(cef, "dhost", view->host, TEXT_BYTES);
	put(cef, "deviceExternalId", view->instance, SHORT_BYTES);
	if (view->cloud == CLOUD_UNKNOWN)
		return;
	buf_append_text(&place, cloud_word(view->cloud));
	if (view->account.len) {
		buf_append_byte(&place, '/');
		text_append(&place, view->account, SHORT_BYTES, NULL);
	}
	if (view->region.len) {
		buf_append_byte(&place, '/');
		text_append(&place, view->region, SHORT_BYTES, NULL);
	}
	put_custom(cef, "flexString2", "cloud", buf_slice(&place));
}

/* `src` is an IPv4 address, and nothing else. */
static void put_source(struct cef *cef, struct slice source, uint16_t port)
{
	enum text_address address = text_address(source);

	if (address == TEXT_IPV4) {
		put(cef, "src", source, SHORT_BYTES);
	} else if (address == TEXT_IPV6) {
		put(cef, "c6a2", source, SHORT_BYTES);
		put_word(cef, "c6a2Label", "Source IPv6 Address", TEXT_BYTES);
	} else {
		put(cef, "sourceServiceName", source, TEXT_BYTES);
	}
	if (port)
		put_number(cef, "spt", port);
}

static void put_login(struct cef *cef, const struct login *login)
{
	put(cef, "duser", login->os_user, TEXT_BYTES);
	if (login->pid)
		put_number(cef, "dpid", login->pid);
	put_time(cef, "end", login->ended_at);
	put_source(cef, login->source_ip, login->source_port);
	if (login->through != PATH_NONE)
		put_word(cef, "destinationServiceName", path_word(login->through),
			 TEXT_BYTES);
}

static void put_call(struct cef *cef, const struct alert_view *view)
{
	const struct api_call *call = &view->call->api_call;
	AUTO_BUF struct buf text = BUF_LIMIT(CUSTOM_BYTES);

	put(cef, "suser", call->principal, TEXT_BYTES);
	put(cef, "requestClientApplication", call->user_agent, TEXT_BYTES);
	/* a login's own source goes before its call's */
	if (!view->login || view->login->source_ip.len == 0)
		put_source(cef, call->source_ip, 0);
	text_append(&text, call->name, SHORT_BYTES, NULL);
	if (view->verdict)
		buf_append_text(&text,
				view->is_vouched ? ", vouches" : ", does not vouch");
	if (call->source_ip.len) {
		buf_append_text(&text, ", from ");
		text_append(&text, call->source_ip, SHORT_BYTES, NULL);
	}
	if (call->error_code.len) {
		buf_append_text(&text, ", refused: ");
		text_append(&text, call->error_code, SHORT_BYTES, NULL);
	}
	if (call->id.len) {
		buf_append_text(&text, ", id ");
		text_append(&text, call->id, SHORT_BYTES, NULL);
	}
	put_custom(cef, "cs3", "apiCall", buf_slice(&text));
	if (view->call->happened_at < 0)
		return;
	put_time(cef, "deviceCustomDate1", view->call->happened_at);
	put_word(cef, "deviceCustomDate1Label", "apiCallTime", TEXT_BYTES);
}

static void put_verdict(struct cef *cef, const struct verdict *verdict)
{
	AUTO_BUF struct buf reasons = BUF_LIMIT(TEXT_BYTES);

	put_word(cef, "outcome", verdict_word(verdict->verdict), ACTION_BYTES);
	put_custom(cef, "cs2", "stage", slice_text(stage_word(verdict->stage)));
	for (uint32_t i = 0; i < verdict->reason_count; i++)
		buf_append_format(&reasons, "%s%s", i ? "," : "",
				  reason_word(verdict->reasons[i]));
	put(cef, "reason", buf_slice(&reasons), TEXT_BYTES);
	put_custom(cef, "cs4", "policyRule", slice_text(verdict->policy_rule));
}

static void put_next(struct cef *cef, const struct alert_view *view)
{
	AUTO_BUF struct buf next = BUF_LIMIT(CUSTOM_BYTES);
	AUTO_BUF struct buf command = BUF_LIMIT(512);

	buf_append(&next, slice_text(alert_view_advice(view)));
	if (next.len && !view->is_test &&
	    advice_contain(view->login, view->call, &command))
		buf_append_format(&next, " Contain it with: %s", buf_text(&command));
	put_custom(cef, "cs5", "next", buf_slice(&next));
	if (view->has_finding)
		put_custom(cef, "flexString1", "attackTechnique",
			   slice_text(view->finding.technique));
}

static void put_line(void *ctx, const struct evidence_text *text)
{
	put_custom(ctx, "cs6", "evidence", text->line);
}

static void write_record(struct buf *buf, const struct alert_record *record)
{
	struct alert_view view = alert_view_of(record);
	struct cef cef = { .buf = buf };

	put_head(buf, &view);
	put_record(&cef, &view);
	put_host(&cef, &view);
	put_custom(&cef, "cs1", "door", slice_text(path_word(view.path)));
	if (view.login)
		put_login(&cef, view.login);
	if (view.call)
		put_call(&cef, &view);
	if (view.verdict)
		put_verdict(&cef, view.verdict);
	put_next(&cef, &view);
	facts_each_line(&view, 1, put_line, &cef);
}

const struct alert_format alert_format_cef = {
	.name = "cef",
	.write = write_record,
	.streams = 1u << ALERT_FINDINGS | 1u << ALERT_LOGINS | 1u << ALERT_HEARTBEATS,
	.content_type = "text/plain",
};
