/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Class Detection Finding (2004). Creating, updating and closing records of one finding
 * share finding_info.uid.
 */
#include "alert/ocsf.h"
#include "alert/ocsf_parts.h"

static struct ocsf_word activity_of(const struct alert_view *view)
{
	return ocsf_activity(view->activity);
}

static enum ocsf_status status_of(const struct alert_view *view)
{
	if (view->is_over)
		return OCSF_RESOLVED;
	return view->activity == ALERT_CREATE ? OCSF_NEW : OCSF_IN_PROGRESS;
}

static void put_state(const struct ocsf *ocsf)
{
	const struct alert_view *view = ocsf->view;

	ocsf_put_time(ocsf->writer, "time", view->record->told_at);
	ocsf_put_time(ocsf->writer, "start_time", view->happened_at);
	ocsf_put_word(ocsf->writer, "status_id", "status", ocsf_status(status_of(view)));
	if (view->verdict && view->has_finding)
		ocsf_put_word(ocsf->writer, "confidence_id", "confidence",
			      ocsf_confidence(view->verdict->stage == STAGE_FINAL
						      ? OCSF_CONFIDENCE_HIGH
						      : OCSF_CONFIDENCE_LOW));
	json_put_bool(ocsf->writer, "is_alert", view->has_finding && !view->is_over);
}

static void put_named(struct json_writer *writer, const char *key, const char *uid,
		      const char *name)
{
	json_open_object(writer, key);
	json_put_text(writer, "uid", slice_text(uid));
	json_put_text(writer, "name", slice_text(name));
	json_close_object(writer);
}

static void put_attacks(struct json_writer *writer, const struct finding *finding)
{
	const struct ocsf_technique *technique = ocsf_technique(finding->technique);

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

static void put_analytic(struct json_writer *writer, const char *rule)
{
	json_open_object(writer, "analytic");
	json_put_text(writer, "uid", slice_text(rule));
	json_put_text(writer, "name", slice_text(rule));
	ocsf_put_word(writer, "type_id", "type", (struct ocsf_word){ 1, "Rule" });
	json_close_object(writer);
}

static void put_finding_info(const struct ocsf *ocsf)
{
	const struct alert_view *view = ocsf->view;
	struct json_writer *writer = ocsf->writer;
	char uid[ID_TEXT_BYTES];

	json_open_object(writer, "finding_info");
	json_put_text(writer, "uid", slice_text(id_to_text(&view->uid, uid)));
	json_put_text(writer, "title", slice_text(view->title));
	ocsf_put_message(ocsf, "desc");
	if (view->activity == ALERT_CREATE)
		ocsf_put_time(writer, "created_time", view->record->told_at);
	ocsf_put_time(writer, "modified_time", view->record->told_at);
	ocsf_put_time(writer, "first_seen_time", view->happened_at);
	json_open_array(writer, "types");
	json_put_text(
		writer, NULL,
		slice_text(view->path == PATH_NONE ? view->rule : path_word(view->path)));
	json_close_array(writer);
	put_analytic(writer, view->rule);
	put_attacks(writer, &view->finding);
	json_close_object(writer);
}

static void put_remediation(const struct ocsf *ocsf)
{
	const char *advice = alert_view_advice(ocsf->view);

	if (!*advice)
		return;
	json_open_object(ocsf->writer, "remediation");
	json_put_text(ocsf->writer, "desc", slice_text(advice));
	json_close_object(ocsf->writer);
}

static void put_unmapped(const struct ocsf *ocsf)
{
	const struct alert_view *view = ocsf->view;

	json_open_object(ocsf->writer, "unmapped");
	if (view->verdict)
		json_put_text(ocsf->writer, "verdict",
			      slice_text(verdict_word(view->verdict->verdict)));
	json_open_object(ocsf->writer, "finding");
	native_put_finding(ocsf->writer, &view->finding, view->record->context);
	json_close_object(ocsf->writer);
	json_close_object(ocsf->writer);
}

static void put(const struct ocsf *ocsf)
{
	put_state(ocsf);
	put_finding_info(ocsf);
	ocsf_put_actor(ocsf, ocsf->view->call);
	ocsf_put_resources(ocsf);
	ocsf_put_evidences(ocsf);
	ocsf_put_observables(ocsf, &(struct ocsf_places){
					   .call = ocsf->view->call,
					   .user = "evidences.user.name",
					   .source = "evidences.src_endpoint.ip",
					   .caller = "evidences.src_endpoint.ip",
				   });
	put_remediation(ocsf);
	put_unmapped(ocsf);
}

const struct ocsf_class ocsf_class_finding = {
	.category = 2,
	.category_name = "Findings",
	.uid = 2004,
	.name = "Detection Finding",
	.activity = activity_of,
	.put = put,
};
