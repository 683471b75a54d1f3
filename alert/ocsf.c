/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OCSF 1.6.0, class Detection Finding (2004), with the profiles host and cloud. Creating,
 * updating and closing records of one finding share finding_info.uid; metadata.uid is
 * each record's own. What OCSF has no place for is in `unmapped`, under the native keys.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <inttypes.h>

#include "alert/advice.h"
#include "alert/formats.h"
#include "alert/ocsf_parts.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

#define SCHEMA_VERSION "1.6.0"
#define PRODUCT "Countersign"
#define CLASS_UID 2004
#define MESSAGE_BYTES 4096
#define US_PER_MS 1000

static enum ocsf_severity severity_of(const struct alert_view *view)
{
	static const enum ocsf_severity severities[SEVERITY_COUNT] = {
		[SEVERITY_LOW] = OCSF_LOW,
		[SEVERITY_MEDIUM] = OCSF_MEDIUM,
		[SEVERITY_HIGH] = OCSF_HIGH,
		[SEVERITY_CRITICAL] = OCSF_CRITICAL,
	};

	return view->has_finding ? severities[view->finding.severity]
				 : OCSF_INFORMATIONAL;
}

static enum ocsf_status status_of(const struct alert_view *view)
{
	if (view->is_over)
		return OCSF_RESOLVED;
	return view->record->activity == ALERT_CREATE ? OCSF_NEW : OCSF_IN_PROGRESS;
}

static void put_time(struct json_writer *writer, const char *key, us_time time)
{
	if (time != US_TIME_NONE)
		json_put_number(writer, key, time / US_PER_MS);
}

static void put_message(struct json_writer *writer, const char *key,
			const struct alert_view *view)
{
	AUTO_BUF struct buf message = BUF_LIMIT(MESSAGE_BYTES);

	alert_view_message(view, &message);
	json_put_text(writer, key, buf_slice(&message));
}

/* ---- what it is
 * -------------------------------------------------------------------------- */

static void put_class(struct json_writer *writer, const struct alert_view *view)
{
	struct ocsf_word activity = ocsf_activity(view->record->activity);
	struct buf type = BUF_LIMIT(64);

	ocsf_put_word(writer, "activity_id", "activity_name", activity);
	json_put_number(writer, "category_uid", 2);
	json_put_text(writer, "category_name", SLICE("Findings"));
	json_put_number(writer, "class_uid", CLASS_UID);
	json_put_text(writer, "class_name", SLICE("Detection Finding"));
	json_put_number(writer, "type_uid", CLASS_UID * 100 + activity.number);
	buf_append_format(&type, "Detection Finding: %s", activity.caption);
	json_put_text(writer, "type_name", buf_slice(&type));
	buf_release(&type);
}

static void put_state(struct json_writer *writer, const struct alert_view *view)
{
	const struct verdict *verdict = view->record->verdict;

	put_time(writer, "time", view->record->told_at);
	put_time(writer, "start_time", view->happened_at);
	ocsf_put_word(writer, "severity_id", "severity",
		      ocsf_severity(severity_of(view)));
	ocsf_put_word(writer, "status_id", "status", ocsf_status(status_of(view)));
	if (verdict && view->has_finding)
		ocsf_put_word(writer, "confidence_id", "confidence",
			      ocsf_confidence(verdict->stage == STAGE_FINAL
						      ? OCSF_CONFIDENCE_HIGH
						      : OCSF_CONFIDENCE_LOW));
	json_put_bool(writer, "is_alert", view->has_finding && !view->is_over);
	put_message(writer, "message", view);
}

static void put_metadata(struct json_writer *writer, const struct alert_view *view)
{
	struct buf uid = BUF_LIMIT(ID_TEXT_BYTES + 24);
	char text[ID_TEXT_BYTES];

	json_open_object(writer, "metadata");
	json_put_text(writer, "version", SLICE(SCHEMA_VERSION));
	buf_append_format(&uid, "%s:%" PRIu64, id_to_text(&view->uid, text),
			  view->record->number);
	json_put_text(writer, "uid", buf_slice(&uid));
	json_put_number(writer, "sequence", (int64_t)view->record->number);
	json_open_object(writer, "product");
	json_put_text(writer, "name", SLICE(PRODUCT));
	json_put_text(writer, "vendor_name", SLICE(PRODUCT));
	json_put_text(writer, "version", SLICE(PACKAGE_VERSION));
	json_close_object(writer);
	json_open_array(writer, "profiles");
	json_put_text(writer, NULL, SLICE("host"));
	if (ocsf_provider_of(view))
		json_put_text(writer, NULL, SLICE("cloud"));
	json_close_array(writer);
	json_close_object(writer);
	buf_release(&uid);
}

/* ---- the finding
 * ------------------------------------------------------------------------- */

static void put_named(struct json_writer *writer, const char *key, const char *uid,
		      const char *name)
{
	json_open_object(writer, key);
	json_put_text(writer, "uid", slice_text(uid));
	json_put_text(writer, "name", slice_text(name));
	json_close_object(writer);
}

static void put_attacks(struct json_writer *writer, const struct alert_view *view)
{
	const struct ocsf_technique *technique =
		view->has_finding ? ocsf_technique(view->finding.technique) : NULL;

	if (!technique)
		return;
	json_open_array(writer, "attacks");
	json_open_object(writer, NULL);
	put_named(writer, "tactic", technique->tactic, technique->tactic_name);
	if (*technique->parent) {
		put_named(writer, "technique", technique->parent, technique->parent_name);
		put_named(writer, "sub_technique", technique->uid, technique->name);
	} else {
		put_named(writer, "technique", technique->uid, technique->name);
	}
	json_close_object(writer);
	json_close_array(writer);
}

static void put_analytic(struct json_writer *writer, const struct alert_view *view)
{
	static const struct ocsf_word rule = { 1, "Rule" };

	json_open_object(writer, "analytic");
	json_put_text(writer, "uid", slice_text(view->rule));
	json_put_text(writer, "name", slice_text(view->rule));
	ocsf_put_word(writer, "type_id", "type", rule);
	json_close_object(writer);
}

static void put_finding_info(struct json_writer *writer, const struct alert_view *view)
{
	char uid[ID_TEXT_BYTES];

	json_open_object(writer, "finding_info");
	json_put_text(writer, "uid", slice_text(id_to_text(&view->uid, uid)));
	json_put_text(writer, "title", slice_text(view->title));
	put_message(writer, "desc", view);
	if (view->record->activity == ALERT_CREATE)
		put_time(writer, "created_time", view->record->told_at);
	put_time(writer, "modified_time", view->record->told_at);
	put_time(writer, "first_seen_time", view->happened_at);
	json_open_array(writer, "types");
	json_put_text(
		writer, NULL,
		slice_text(view->path == PATH_NONE ? view->rule : path_word(view->path)));
	json_close_array(writer);
	put_analytic(writer, view);
	put_attacks(writer, view);
	json_close_object(writer);
}

static void put_remediation(struct json_writer *writer, const struct alert_view *view)
{
	const struct alert_record *record = view->record;

	if (!view->has_finding)
		return;
	json_open_object(writer, "remediation");
	json_put_text(writer, "desc",
		      slice_text(record->verdict
					 ? advice_for_verdict(record->verdict)
					 : advice_for_observation(record->observation)));
	json_close_object(writer);
}

static void put_unmapped(struct json_writer *writer, const struct alert_view *view)
{
	const struct native_context *context = view->record->context;

	json_open_object(writer, "unmapped");
	if (view->record->verdict) {
		json_open_object(writer, "login");
		native_put_login(writer, view->record->verdict, context);
		json_close_object(writer);
	}
	if (view->has_finding) {
		json_open_object(writer, "finding");
		native_put_finding(writer, &view->finding, context);
		json_close_object(writer);
	}
	json_close_object(writer);
}

static void write_record(struct buf *buf, const struct alert_record *record)
{
	struct alert_view view = alert_view_of(record);
	struct json_writer writer;

	json_begin(&writer, buf);
	json_open_object(&writer, NULL);
	put_class(&writer, &view);
	put_state(&writer, &view);
	put_finding_info(&writer, &view);
	put_metadata(&writer, &view);
	ocsf_put_cloud(&writer, &view);
	ocsf_put_device(&writer, &view);
	ocsf_put_actor(&writer, view.call);
	ocsf_put_resources(&writer, &view);
	ocsf_put_evidences(&writer, &view);
	ocsf_put_observables(&writer, &view);
	put_remediation(&writer, &view);
	put_unmapped(&writer, &view);
	json_close_object(&writer);
}

static void append(struct buf *buf, const struct alert_record *record)
{
	format_append(buf, record, write_record);
}

const struct alert_format alert_format_ocsf = {
	.name = "ocsf",
	.append = append,
	.streams = 1u << ALERT_FINDINGS | 1u << ALERT_LOGINS,
	.content_type = "application/json",
};
