/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OCSF: each stream is written as a class of the schema, with the profiles host and
 * cloud. Here is what all records have; the classes are in ocsf_finding.c, ocsf_login.c
 * and ocsf_heartbeat.c. metadata.correlation_uid is shared by all records about one login
 * in both streams; metadata.uid is each record's own. What OCSF has no place for is in
 * `unmapped`, under the native keys.
 */
#include "alert/ocsf.h"

#include "alert/formats.h"
#include "alert/ocsf_parts.h"

static const struct ocsf_version version_1_6 = { .version = "1.6.0" };
static const struct ocsf_version version_1_9 = { .version = "1.9.0",
						 .has_application = true };

static void put_class(const struct ocsf *ocsf, const struct ocsf_class *class)
{
	struct ocsf_word activity = class->activity(ocsf->view);
	struct buf type = BUF_LIMIT(128);

	ocsf_put_word(ocsf->writer, "activity_id", "activity_name", activity);
	ocsf_put_word(ocsf->writer, "category_uid", "category_name",
		      (struct ocsf_word){ class->category, class->category_name });
	ocsf_put_word(ocsf->writer, "class_uid", "class_name",
		      (struct ocsf_word){ class->uid, class->name });
	json_put_number(ocsf->writer, "type_uid", class->uid * 100 + activity.number);
	buf_append_format(&type, "%s: %s", class->name, activity.caption);
	json_put_text(ocsf->writer, "type_name", buf_slice(&type));
	buf_release(&type);
}

static void put_profiles(const struct ocsf *ocsf)
{
	json_open_array(ocsf->writer, "profiles");
	json_put_text(ocsf->writer, NULL, SLICE("host"));
	if (ocsf_provider(ocsf->view->cloud))
		json_put_text(ocsf->writer, NULL, SLICE("cloud"));
	json_close_array(ocsf->writer);
	if (!ocsf->view->is_test)
		return;
	json_open_array(ocsf->writer, "labels");
	json_put_text(ocsf->writer, NULL, SLICE("test"));
	json_close_array(ocsf->writer);
}

static void put_metadata(const struct ocsf *ocsf)
{
	const struct alert_view *view = ocsf->view;
	struct buf uid = BUF_LIMIT(LIMIT_FIELD_BYTES);
	char text[ID_TEXT_BYTES];

	json_open_object(ocsf->writer, "metadata");
	json_put_text(ocsf->writer, "version", slice_text(ocsf->version->version));
	alert_view_record_id(view, &uid);
	json_put_text(ocsf->writer, "uid", buf_slice(&uid));
	buf_release(&uid);
	if (!view->heartbeat)
		json_put_text(
			ocsf->writer, "correlation_uid",
			slice_text(id_to_text(view->login ? &view->login->id : &view->uid,
					      text)));
	json_put_number(ocsf->writer, "sequence", (int64_t)view->record->sequence);
	json_put_text(ocsf->writer, "log_name",
		      slice_text(alert_stream_word(view->stream)));
	json_put_text(ocsf->writer, "log_provider", SLICE("countersignd"));
	json_put_text(ocsf->writer, "event_code", slice_text(view->rule));
	ocsf_put_time(ocsf->writer, "processed_time", view->record->told_at);
	ocsf_put_product(ocsf->writer, "product");
	put_profiles(ocsf);
	json_close_object(ocsf->writer);
}

static void write_record(struct buf *buf, const struct alert_record *record,
			 const struct ocsf_version *version)
{
	static const struct ocsf_class *const classes[ALERT_STREAM_COUNT] = {
		[ALERT_FINDINGS] = &ocsf_class_finding,
		[ALERT_LOGINS] = &ocsf_class_login,
		[ALERT_HEARTBEATS] = &ocsf_class_heartbeat,
	};
	struct alert_view view = alert_view_of(record);
	struct json_writer writer;
	struct ocsf ocsf = { &writer, &view, version };

	json_begin(&writer, buf);
	json_open_object(&writer, NULL);
	put_class(&ocsf, classes[view.stream]);
	ocsf_put_word(&writer, "severity_id", "severity", ocsf_severity(view.severity));
	ocsf_put_message(&ocsf, "message");
	put_metadata(&ocsf);
	ocsf_put_cloud(&ocsf);
	ocsf_put_device(&ocsf);
	classes[view.stream]->put(&ocsf);
	json_close_object(&writer);
}

static void write_1_6(struct buf *buf, const struct alert_record *record)
{
	write_record(buf, record, &version_1_6);
}

static void write_1_9(struct buf *buf, const struct alert_record *record)
{
	write_record(buf, record, &version_1_9);
}

const struct alert_format alert_format_ocsf = {
	.name = "ocsf",
	.write = write_1_6,
	.streams = 1u << ALERT_FINDINGS | 1u << ALERT_LOGINS | 1u << ALERT_HEARTBEATS,
	.content_type = "application/json",
};

const struct alert_format alert_format_ocsf_1_9 = {
	.name = "ocsf-1.9",
	.write = write_1_9,
	.streams = 1u << ALERT_FINDINGS | 1u << ALERT_LOGINS | 1u << ALERT_HEARTBEATS,
	.content_type = "application/json",
};
