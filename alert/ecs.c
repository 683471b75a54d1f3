/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Elastic Common Schema 8.11: logins as authentication events, findings as alerts,
 * heartbeats as the state of the host. source.* is who connected to the host, client.*
 * who called the cloud's API. What ECS has no field for is in `countersign`, a name that
 * ECS leaves to its users (a field set of the product's own name). event.ingested is the
 * receiver's to set.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "alert/formats.h"
#include "alert/ocsf_words.h"
#include "alert/own.h"
#include "alert/text.h"
#include "base/limits.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

#define ECS_VERSION "8.11.0"
#define MESSAGE_BYTES 8192

/* A heartbeat's id begins with the instance's, each byte of which may be escaped. */
#define ID_BYTES_MAX (8 * LIMIT_FIELD_BYTES)

/* What an event is of, by the field's own words ("ECS Categorization Fields"). */
struct kind {
	const char *kind;
	const char *categories[3]; /* as many as are not NULL */
	const char *type;
};

/* ---- small things --------------------------------------------------------------------
 */

/* An address is in `ip` only where it is one: the receiver refuses the whole record
 * otherwise. `address` has it as it was said. */
static void put_address(struct json_writer *writer, struct slice address)
{
	text_put_known(writer, "address", address);
	if (text_address(address) != TEXT_NO_ADDRESS)
		json_put_text(writer, "ip", address);
}

/* ---- what it is ----------------------------------------------------------------------
 */

static const struct kind heartbeat_kind = { "state", { "host" }, "info" };
static const struct kind agent_kind = { "alert", { "host" }, "info" };
static const struct kind opened_kind = { "alert", { "configuration" }, "change" };
static const struct kind seen_kind = { "alert", { "intrusion_detection" }, "info" };

/* Of those that are about no login; the others are things seen. */
static const struct kind *const kinds_of_observations[OBSERVATION_COUNT] = {
	[OBSERVATION_EVIDENCE_GAP] = &agent_kind,
	[OBSERVATION_CONTROL_PLANE_BLIND] = &agent_kind,
	[OBSERVATION_AGENT_STOPPED] = &agent_kind,
	[OBSERVATION_AGENT_WAS_DOWN] = &agent_kind,
	[OBSERVATION_IDENTITY_CHANGED] = &agent_kind,
	[OBSERVATION_ALERTS_DROPPED] = &agent_kind,
	[OBSERVATION_TEST_ALERT] = &agent_kind,
	[OBSERVATION_SERIAL_CONSOLE_ENABLED] = &opened_kind,
	[OBSERVATION_ENDPOINT_CREATED] = &opened_kind,
	[OBSERVATION_KEY_PLANTED] = &opened_kind,
	[OBSERVATION_CREDENTIAL_RESET] = &opened_kind,
	[OBSERVATION_EXTENSION_WRITTEN] = &opened_kind,
	[OBSERVATION_STARTUP_SCRIPT_CHANGED] = &opened_kind,
	[OBSERVATION_TRAIL_STOPPED] = &opened_kind,
};

static const struct kind *kind_of(const struct alert_view *view)
{
	static const struct kind began = { "event",
					   { "authentication", "session" },
					   "start" };
	static const struct kind more = { "event",
					  { "authentication", "session" },
					  "info" };
	static const struct kind found = {
		"alert", { "authentication", "session", "intrusion_detection" }, "info"
	};
	const struct kind *kind = NULL;

	if (view->heartbeat)
		return &heartbeat_kind;
	if (view->stream == ALERT_LOGINS)
		return view->activity == ALERT_CREATE ? &began : &more;
	if (view->login)
		return &found;
	if (view->observation)
		kind = kinds_of_observations[view->observation->kind];
	return kind ? kind : &seen_kind;
}

/* What somebody tried, whether or not it was allowed. */
static const char *outcome_of(const struct alert_view *view)
{
	if (view->login)
		return "success";
	if (view->call)
		return view->call->api_call.outcome == API_ADMITTED ? "success"
								    : "failure";
	return view->heartbeat ? NULL : "unknown";
}

/* The scale of Elastic's own detection rules. */
static int severity_of(const struct alert_view *view)
{
	static const int severities[SEVERITY_COUNT] = {
		[SEVERITY_LOW] = 21,
		[SEVERITY_MEDIUM] = 47,
		[SEVERITY_HIGH] = 73,
		[SEVERITY_CRITICAL] = 99,
	};

	return view->severity < 0 ? 0 : severities[view->severity];
}

static void put_action(struct json_writer *writer, const struct alert_view *view)
{
	AUTO_BUF struct buf action = BUF_LIMIT(64);

	buf_append_format(&action, "%s-%s", alert_stream_word(view->stream),
			  alert_activity_word(view->activity));
	json_put_text(writer, "action", buf_slice(&action));
}

static void put_reason(struct json_writer *writer, const struct verdict *verdict)
{
	AUTO_BUF struct buf reason = BUF_LIMIT(1024);

	for (uint32_t i = 0; verdict && i < verdict->reason_count; i++) {
		buf_append_text(&reason, i ? "; " : "");
		buf_append_text(&reason, reason_text(verdict->reasons[i]));
	}
	text_put_known(writer, "reason", buf_slice(&reason));
}

static void put_event(struct json_writer *writer, const struct alert_view *view)
{
	AUTO_BUF struct buf id = BUF_LIMIT(ID_BYTES_MAX);
	AUTO_BUF struct buf dataset = BUF_LIMIT(64);
	const struct kind *kind = kind_of(view);

	alert_view_record_id(view, &id);
	buf_append_format(&dataset, "countersign.%s", alert_stream_word(view->stream));
	json_open_object(writer, "event");
	json_put_text(writer, "kind", slice_text(kind->kind));
	json_open_array(writer, "category");
	for (size_t i = 0; i < 3 && kind->categories[i]; i++)
		json_put_text(writer, NULL, slice_text(kind->categories[i]));
	json_close_array(writer);
	json_open_array(writer, "type");
	json_put_text(writer, NULL, slice_text(kind->type));
	json_close_array(writer);
	text_put_word(writer, "outcome", outcome_of(view));
	put_action(writer, view);
	put_reason(writer, view->verdict);
	json_put_text(writer, "code", slice_text(view->rule));
	json_put_text(writer, "id", buf_slice(&id));
	json_put_number(writer, "sequence", (int64_t)view->record->sequence);
	json_put_number(writer, "severity", severity_of(view));
	json_put_text(writer, "module", SLICE("countersign"));
	json_put_text(writer, "dataset", buf_slice(&dataset));
	json_put_text(writer, "provider", SLICE("countersign"));
	text_put_time(writer, "created", view->record->told_at);
	text_put_time(writer, "start", view->happened_at);
	text_put_time(writer, "end", view->login ? view->login->ended_at : US_TIME_NONE);
	json_close_object(writer);
}

static void put_head(struct json_writer *writer, const struct alert_view *view)
{
	AUTO_BUF struct buf message = BUF_LIMIT(MESSAGE_BYTES);

	alert_view_message(view, &message);
	text_put_time(writer, "@timestamp", view->happened_at);
	json_open_object(writer, "ecs");
	json_put_text(writer, "version", SLICE(ECS_VERSION));
	json_close_object(writer);
	json_put_text(writer, "message", buf_slice(&message));
	if (view->is_test) {
		json_open_array(writer, "tags");
		json_put_text(writer, NULL, SLICE("test"));
		json_close_array(writer);
	}
}

/* ---- where and who -------------------------------------------------------------------
 */

static void put_place(struct json_writer *writer, const struct alert_view *view)
{
	json_open_object(writer, "agent");
	json_put_text(writer, "type", SLICE("countersign"));
	json_put_text(writer, "version", SLICE(PACKAGE_VERSION));
	text_put_known(writer, "name", view->host);
	json_close_object(writer);
	if (view->host.len || view->instance.len) {
		json_open_object(writer, "host");
		text_put_known(writer, "name", view->host);
		text_put_known(writer, "hostname", view->host);
		text_put_known(writer, "id", view->instance);
		json_close_object(writer);
	}
	if (view->cloud == CLOUD_UNKNOWN)
		return;
	json_open_object(writer, "cloud");
	json_put_text(writer, "provider", slice_text(cloud_word(view->cloud)));
	if (view->account.len) {
		json_open_object(writer, "account");
		json_put_text(writer, "id", view->account);
		json_close_object(writer);
	}
	text_put_known(writer, "region", view->region);
	if (view->instance.len) {
		json_open_object(writer, "instance");
		json_put_text(writer, "id", view->instance);
		json_close_object(writer);
	}
	json_close_object(writer);
}

static void put_os_user(struct json_writer *writer, const struct login *login)
{
	if (login->os_user.len == 0)
		return;
	json_open_object(writer, "user");
	json_put_text(writer, "name", login->os_user);
	if (login->sudo_at != US_TIME_NONE) {
		json_open_object(writer, "effective");
		json_put_text(writer, "name", SLICE("root"));
		json_close_object(writer);
	}
	json_close_object(writer);
}

static void put_login(struct json_writer *writer, const struct login *login)
{
	put_os_user(writer, login);
	if (login->source_ip.len) {
		json_open_object(writer, "source");
		put_address(writer, login->source_ip);
		if (login->source_port)
			json_put_number(writer, "port", login->source_port);
		json_close_object(writer);
	}
	if (login->pid) {
		json_open_object(writer, "process");
		json_put_number(writer, "pid", login->pid);
		json_close_object(writer);
	}
}

static void put_caller(struct json_writer *writer, const struct api_call *call)
{
	if (call->source_ip.len || call->principal.len) {
		json_open_object(writer, "client");
		put_address(writer, call->source_ip);
		if (call->principal.len) {
			json_open_object(writer, "user");
			json_put_text(writer, "id", call->principal);
			json_close_object(writer);
		}
		json_close_object(writer);
	}
	if (call->user_agent.len) {
		json_open_object(writer, "user_agent");
		json_put_text(writer, "original", call->user_agent);
		json_close_object(writer);
	}
}

/* Two of a kind at most, written once where they are the same. */
static void put_pair(struct json_writer *writer, const char *key, struct slice one,
		     struct slice other)
{
	if (one.len == 0 && other.len == 0)
		return;
	json_open_array(writer, key);
	if (one.len)
		json_put_text(writer, NULL, one);
	if (other.len && !slice_equal(one, other))
		json_put_text(writer, NULL, other);
	json_close_array(writer);
}

static struct slice address_only(struct slice text)
{
	return text_address(text) == TEXT_NO_ADDRESS ? SLICE("") : text;
}

static void put_related(struct json_writer *writer, const struct alert_view *view)
{
	const struct login *login = view->login;
	const struct api_call *call = view->call ? &view->call->api_call : NULL;

	json_open_object(writer, "related");
	put_pair(writer, "ip", address_only(login ? login->source_ip : SLICE("")),
		 address_only(call ? call->source_ip : SLICE("")));
	put_pair(writer, "user", login ? login->os_user : SLICE(""),
		 call ? call->principal : SLICE(""));
	put_pair(writer, "hosts", view->host, view->instance);
	json_close_object(writer);
}

/* ---- what is wrong -------------------------------------------------------------------
 */

static void put_one(struct json_writer *writer, const char *key, const char *word)
{
	json_open_array(writer, key);
	json_put_text(writer, NULL, slice_text(word));
	json_close_array(writer);
}

static void put_named(struct json_writer *writer, const char *id, const char *name)
{
	put_one(writer, "id", id);
	put_one(writer, "name", name);
}

static void put_threat(struct json_writer *writer, const struct ocsf_technique *technique)
{
	bool is_part = *technique->parent != '\0';

	json_open_object(writer, "threat");
	json_put_text(writer, "framework", SLICE("MITRE ATT&CK"));
	json_open_object(writer, "tactic");
	put_named(writer, technique->tactic, technique->tactic_name);
	json_close_object(writer);
	json_open_object(writer, "technique");
	put_named(writer, is_part ? technique->parent : technique->uid,
		  is_part ? technique->parent_name : technique->name);
	if (is_part) {
		json_open_object(writer, "subtechnique");
		put_named(writer, technique->uid, technique->name);
		json_close_object(writer);
	}
	json_close_object(writer);
	json_close_object(writer);
}

static void put_finding(struct json_writer *writer, const struct alert_view *view)
{
	const struct ocsf_technique *technique = ocsf_technique(view->finding.technique);

	json_open_object(writer, "rule");
	json_put_text(writer, "id", slice_text(view->rule));
	json_put_text(writer, "name", slice_text(view->rule));
	json_put_text(writer, "description", slice_text(view->finding.title));
	json_put_text(writer, "ruleset", SLICE("countersign"));
	json_close_object(writer);
	if (technique)
		put_threat(writer, technique);
}

static void write_record(struct buf *buf, const struct alert_record *record)
{
	struct alert_view view = alert_view_of(record);
	struct json_writer writer;

	json_begin(&writer, buf);
	json_open_object(&writer, NULL);
	put_head(&writer, &view);
	put_event(&writer, &view);
	put_place(&writer, &view);
	if (view.login)
		put_login(&writer, view.login);
	if (view.call)
		put_caller(&writer, &view.call->api_call);
	if (view.has_finding)
		put_finding(&writer, &view);
	if (!view.heartbeat)
		put_related(&writer, &view);
	own_put(&writer, "countersign", &view);
	json_close_object(&writer);
}

const struct alert_format alert_format_ecs = {
	.name = "ecs",
	.write = write_record,
	.streams = 1u << ALERT_FINDINGS | 1u << ALERT_LOGINS | 1u << ALERT_HEARTBEATS,
	.content_type = "application/json",
};
