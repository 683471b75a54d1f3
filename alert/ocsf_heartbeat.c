/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Class Application Lifecycle (6002), for which a life sign is an activity of its own:
 * the agent was neither started nor stopped, which have numbers; it runs.
 */
#include "alert/ocsf.h"
#include "alert/ocsf_parts.h"

static struct ocsf_word activity_of(const struct alert_view *view)
{
	(void)view;
	return (struct ocsf_word){ 99, "Heartbeat" };
}

static void put_unmapped(const struct ocsf *ocsf)
{
	const struct alert_heartbeat *heartbeat = ocsf->view->heartbeat;

	json_open_object(ocsf->writer, "unmapped");
	json_open_object(ocsf->writer, "heartbeat");
	json_put_time(ocsf->writer, "started", heartbeat->started_at);
	json_put_number(ocsf->writer, "interval_s",
			heartbeat->interval_us / US_PER_SECOND);
	json_put_number(ocsf->writer, "logins", (int64_t)heartbeat->logins);
	json_put_number(ocsf->writer, "findings", (int64_t)heartbeat->findings);
	json_put_number(ocsf->writer, "waiting", (int64_t)heartbeat->waiting);
	json_put_text(ocsf->writer, "sight", slice_text(heartbeat->sight));
	json_close_object(ocsf->writer);
	json_close_object(ocsf->writer);
}

static void put(const struct ocsf *ocsf)
{
	ocsf_put_time(ocsf->writer, "time", ocsf->view->record->told_at);
	ocsf_put_word(ocsf->writer, "status_id", "status",
		      (struct ocsf_word){ 1, "Success" });
	json_put_text(ocsf->writer, "status_code",
		      slice_text(ocsf->view->heartbeat->sight));
	/* Superseded by `application` there, and still required. */
	ocsf_put_product(ocsf->writer, "app");
	if (ocsf->version->has_application)
		ocsf_put_application(ocsf->writer, slice_text(OCSF_PRODUCT));
	put_unmapped(ocsf);
}

const struct ocsf_class ocsf_class_heartbeat = {
	.category = 6,
	.category_name = "Application Activity",
	.uid = 6002,
	.name = "Application Lifecycle",
	.activity = activity_of,
	.put = put,
};
