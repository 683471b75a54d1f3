/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unified Data Model of Google Security Operations (Chronicle): one UDM event in the JSON
 * form of its protocol buffers (google.backstory.UDM). A login is USER_LOGIN, a finding
 * GENERIC_EVENT with a security result that alerts (another USER_LOGIN would have every
 * login counted twice), a heartbeat STATUS_HEARTBEAT. principal is who called the cloud's
 * API and where the login came from, target the host and its user.
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

#define MESSAGE_BYTES 8192

/* A heartbeat's id begins with the instance's, each byte of which may be escaped. */
#define ID_BYTES_MAX (8 * LIMIT_FIELD_BYTES)

static void put_one(struct json_writer *writer, const char *key, struct slice text)
{
	json_open_array(writer, key);
	json_put_text(writer, NULL, text);
	json_close_array(writer);
}

static void put_label(struct json_writer *writer, const char *key, struct slice value)
{
	if (value.len == 0)
		return;
	json_open_object(writer, NULL);
	json_put_text(writer, "key", slice_text(key));
	json_put_text(writer, "value", value);
	json_close_object(writer);
}

/* ---- what it is ----------------------------------------------------------------------
 */

/* What is missing that the receiver requires of a type makes it a generic event. */
static const char *type_of(const struct alert_view *view)
{
	bool has_host = view->host.len || view->instance.len;

	if (view->heartbeat && has_host)
		return "STATUS_HEARTBEAT";
	if (view->stream == ALERT_LOGINS && has_host && view->login->os_user.len)
		return "USER_LOGIN";
	return "GENERIC_EVENT";
}

static void put_metadata(struct json_writer *writer, const struct alert_view *view)
{
	AUTO_BUF struct buf message = BUF_LIMIT(MESSAGE_BYTES);
	AUTO_BUF struct buf id = BUF_LIMIT(ID_BYTES_MAX);

	alert_view_message(view, &message);
	alert_view_record_id(view, &id);
	json_open_object(writer, "metadata");
	json_put_time(writer, "eventTimestamp", view->happened_at);
	json_put_time(writer, "collectedTimestamp", view->record->told_at);
	json_put_text(writer, "eventType", slice_text(type_of(view)));
	json_put_text(writer, "vendorName", SLICE("Countersign"));
	json_put_text(writer, "productName", SLICE("Countersign"));
	json_put_text(writer, "productVersion", SLICE(PACKAGE_VERSION));
	json_put_text(writer, "productEventType", slice_text(view->rule));
	json_put_text(writer, "productLogId", buf_slice(&id));
	json_put_text(writer, "description", buf_slice(&message));
	json_close_object(writer);
}

/* ---- who and where -------------------------------------------------------------------
 */

static void put_user(struct json_writer *writer, struct slice id)
{
	if (id.len == 0)
		return;
	json_open_object(writer, "user");
	json_put_text(writer, "userid", id);
	json_close_object(writer);
}

static bool is_address(struct slice text)
{
	return text_address(text) != TEXT_NO_ADDRESS;
}

/* The receiver refuses an event with anything else than addresses there. */
static void put_addresses(struct json_writer *writer, struct slice one,
			  struct slice other)
{
	if (!is_address(one) && !is_address(other))
		return;
	json_open_array(writer, "ip");
	if (is_address(one))
		json_put_text(writer, NULL, one);
	if (is_address(other) && !slice_equal(one, other))
		json_put_text(writer, NULL, other);
	json_close_array(writer);
}

/* Always there: a login without a principal is refused. */
static void put_principal(struct json_writer *writer, const struct alert_view *view)
{
	const struct login *login = view->login;
	const struct api_call *call = view->call ? &view->call->api_call : NULL;

	json_open_object(writer, "principal");
	if (view->heartbeat) {
		text_put_known(writer, "hostname",
			       view->host.len ? view->host : view->instance);
		json_put_text(writer, "application", SLICE("countersign"));
	} else {
		put_user(writer, call ? call->principal : SLICE(""));
		put_addresses(writer, login ? login->source_ip : SLICE(""),
			      call ? call->source_ip : SLICE(""));
		if (login && login->source_port && is_address(login->source_ip))
			json_put_number(writer, "port", login->source_port);
		json_put_text(writer, "application",
			      slice_text(view->path == PATH_NONE
						 ? "countersign"
						 : path_word(view->path)));
	}
	json_close_object(writer);
}

static void put_process(struct json_writer *writer, const struct login *login)
{
	AUTO_BUF struct buf pid = BUF_LIMIT(16);

	if (!login->pid)
		return;
	buf_append_format(&pid, "%u", (unsigned)login->pid);
	json_open_object(writer, "process");
	json_put_text(writer, "pid", buf_slice(&pid));
	json_close_object(writer);
}

static void put_machine(struct json_writer *writer, const struct alert_view *view)
{
	static const char *const environments[CLOUD_COUNT] = {
		[CLOUD_AWS] = "AMAZON_WEB_SERVICES",
		[CLOUD_AZURE] = "MICROSOFT_AZURE",
		[CLOUD_GCP] = "GOOGLE_CLOUD_PLATFORM",
	};
	const char *environment = environments[view->cloud];

	if (view->instance.len == 0 && !environment)
		return;
	json_open_object(writer, "resource");
	text_put_known(writer, "name", view->instance);
	text_put_known(writer, "productObjectId", view->instance);
	json_put_text(writer, "resourceType", SLICE("VIRTUAL_MACHINE"));
	json_open_object(writer, "attribute");
	if (environment) {
		json_open_object(writer, "cloud");
		json_put_text(writer, "environment", slice_text(environment));
		json_close_object(writer);
	}
	json_open_array(writer, "labels");
	put_label(writer, "account", view->account);
	put_label(writer, "region", view->region);
	json_close_array(writer);
	json_close_object(writer);
	json_close_object(writer);
}

static void put_target(struct json_writer *writer, const struct alert_view *view)
{
	json_open_object(writer, "target");
	text_put_known(writer, "hostname", view->host.len ? view->host : view->instance);
	if (view->region.len) {
		json_open_object(writer, "location");
		json_put_text(writer, "name", view->region);
		json_close_object(writer);
	}
	if (view->login) {
		put_user(writer, view->login->os_user);
		put_process(writer, view->login);
	}
	put_machine(writer, view);
	json_close_object(writer);
}

static void put_intermediary(struct json_writer *writer, const struct alert_view *view)
{
	if (!view->login || view->login->through == PATH_NONE)
		return;
	json_open_array(writer, "intermediary");
	json_open_object(writer, NULL);
	json_put_text(writer, "application", slice_text(path_word(view->login->through)));
	if (view->through) {
		put_user(writer, view->through->api_call.principal);
		put_addresses(writer, view->through->api_call.source_ip, SLICE(""));
	}
	json_close_object(writer);
	json_close_array(writer);
}

static void put_observer(struct json_writer *writer, const struct alert_view *view)
{
	json_open_object(writer, "observer");
	text_put_known(writer, "hostname", view->host.len ? view->host : view->instance);
	json_put_text(writer, "application", SLICE("countersign"));
	json_close_object(writer);
}

/* ---- how it came in ------------------------------------------------------------------
 */

static void put_how(struct json_writer *writer, const struct alert_view *view)
{
	static const char *const mechanisms[LOGIN_KIND_COUNT] = {
		[LOGIN_SSH] = "REMOTE",	       [LOGIN_CONSOLE] = "INTERACTIVE",
		[LOGIN_SESSION] = "REMOTE",    [LOGIN_COMMAND] = "BATCH",
		[LOGIN_ASSOCIATION] = "BATCH", [LOGIN_EXTENSION] = "SERVICE",
		[LOGIN_SCRIPT] = "SERVICE",
	};
	const struct login *login = view->login;
	struct slice session =
		login->session_id.len ? login->session_id : login->command_id;

	json_open_object(writer, "extensions");
	json_open_object(writer, "auth");
	json_put_text(writer, "type", SLICE("MACHINE"));
	put_one(writer, "mechanism", slice_text(mechanisms[login->kind]));
	text_put_known(writer, "authDetails", slice_text(path_word(view->path)));
	json_close_object(writer);
	json_close_object(writer);
	if (login->kind != LOGIN_SSH && session.len == 0)
		return;
	json_open_object(writer, "network");
	if (login->kind == LOGIN_SSH)
		json_put_text(writer, "applicationProtocol", SLICE("SSH"));
	text_put_known(writer, "sessionId", session);
	json_close_object(writer);
}

/* ---- what is thought of it -----------------------------------------------------------
 */

static const char *severity_of(const struct alert_view *view)
{
	static const char *const severities[SEVERITY_COUNT] = {
		[SEVERITY_LOW] = "LOW",
		[SEVERITY_MEDIUM] = "MEDIUM",
		[SEVERITY_HIGH] = "HIGH",
		[SEVERITY_CRITICAL] = "CRITICAL",
	};

	return view->severity < 0 ? "INFORMATIONAL" : severities[view->severity];
}

/* An access that nobody authorised, whoever is let in by it; the other findings are in
 * none of the categories there are. */
static const char *category_of(const struct alert_view *view)
{
	if (!view->has_finding)
		return "UNKNOWN_CATEGORY";
	if (view->verdict)
		return view->verdict->policy_rule ? "POLICY_VIOLATION" : "ACL_VIOLATION";
	return view->observation->kind == OBSERVATION_SESSION_TAKEN_OVER ||
			       view->observation->kind ==
				       OBSERVATION_AGENT_REGISTERED_ELSEWHERE
		       ? "ACL_VIOLATION"
		       : "UNKNOWN_CATEGORY";
}

static void put_attack(struct json_writer *writer, const char *uid)
{
	const struct ocsf_technique *technique = ocsf_technique(uid);
	bool is_part;

	if (!technique)
		return;
	is_part = *technique->parent != '\0';
	json_open_object(writer, "attackDetails");
	json_open_array(writer, "tactics");
	json_open_object(writer, NULL);
	json_put_text(writer, "id", slice_text(technique->tactic));
	json_put_text(writer, "name", slice_text(technique->tactic_name));
	json_close_object(writer);
	json_close_array(writer);
	json_open_array(writer, "techniques");
	json_open_object(writer, NULL);
	json_put_text(writer, "id",
		      slice_text(is_part ? technique->parent : technique->uid));
	json_put_text(writer, "name",
		      slice_text(is_part ? technique->parent_name : technique->name));
	if (is_part) {
		json_put_text(writer, "subtechniqueId", slice_text(technique->uid));
		json_put_text(writer, "subtechniqueName", slice_text(technique->name));
	}
	json_close_object(writer);
	json_close_array(writer);
	json_close_object(writer);
}

static void put_details(struct json_writer *writer, const struct verdict *verdict)
{
	json_open_array(writer, "detectionFields");
	put_label(writer, "verdict", slice_text(verdict_word(verdict->verdict)));
	put_label(writer, "stage", slice_text(stage_word(verdict->stage)));
	for (uint32_t i = 0; i < verdict->reason_count; i++)
		put_label(writer, "reason", slice_text(reason_word(verdict->reasons[i])));
	put_label(writer, "policy_rule", slice_text(verdict->policy_rule));
	json_close_array(writer);
}

/* Whoever is in was let in: the action is what the host did, not what is thought of it.
 */
static void put_result(struct json_writer *writer, const struct alert_view *view)
{
	bool alerts = view->has_finding && !view->is_over;

	json_open_array(writer, "securityResult");
	json_open_object(writer, NULL);
	put_one(writer, "action", slice_text(view->login ? "ALLOW" : "UNKNOWN_ACTION"));
	json_put_text(writer, "severity", slice_text(severity_of(view)));
	json_put_text(writer, "summary", slice_text(view->title));
	text_put_known(writer, "description", slice_text(alert_view_advice(view)));
	put_one(writer, "category", slice_text(category_of(view)));
	put_one(writer, "categoryDetails",
		slice_text(view->path == PATH_NONE ? view->rule : path_word(view->path)));
	json_put_text(writer, "ruleId", slice_text(view->rule));
	json_put_text(writer, "ruleName", slice_text(view->rule));
	json_put_text(writer, "alertState",
		      slice_text(alerts ? "ALERTING" : "NOT_ALERTING"));
	if (view->stream == ALERT_FINDINGS)
		json_put_text(writer, "threatStatus",
			      slice_text(view->is_over ? "CLEARED" : "ACTIVE"));
	if (view->has_finding && view->verdict)
		json_put_text(writer, "confidence",
			      slice_text(view->verdict->stage == STAGE_FINAL
						 ? "HIGH_CONFIDENCE"
						 : "LOW_CONFIDENCE"));
	if (view->has_finding)
		put_attack(writer, view->finding.technique);
	if (view->verdict)
		put_details(writer, view->verdict);
	json_close_object(writer);
	json_close_array(writer);
}

static void write_record(struct buf *buf, const struct alert_record *record)
{
	struct alert_view view = alert_view_of(record);
	struct json_writer writer;

	json_begin(&writer, buf);
	json_open_object(&writer, NULL);
	put_metadata(&writer, &view);
	put_principal(&writer, &view);
	if (!view.heartbeat) {
		put_target(&writer, &view);
		put_intermediary(&writer, &view);
	}
	put_observer(&writer, &view);
	if (view.login)
		put_how(&writer, &view);
	if (!view.heartbeat)
		put_result(&writer, &view);
	json_open_object(&writer, "additional");
	own_put(&writer, "countersign", &view);
	json_close_object(&writer);
	json_close_object(&writer);
}

const struct alert_format alert_format_udm = {
	.name = "udm",
	.write = write_record,
	.streams = 1u << ALERT_FINDINGS | 1u << ALERT_LOGINS | 1u << ALERT_HEARTBEATS,
	.content_type = "application/json",
};
