/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Class Authentication (3002). The host let somebody in, or ran something, so the status
 * is Success whatever the verdict: a search for logons that failed must not be where an
 * unauthorized one is found, and a search for those that succeeded not be where it is
 * missed. The verdict is status_code, its reasons are status_detail.
 *
 * A command or script that the cloud had the host run is an Authentication too, of the
 * logon type Batch (at boot: System): what this stream tells is whom a cloud's own door
 * let act on the host, on whose authority. Script Activity (1009) and Process Activity
 * (1007) want the script or the command line, which are never read: they hold secrets.
 */
#include "alert/ocsf.h"
#include "alert/ocsf_parts.h"

/* Required of a user, where the host does not say who it was. */
#define NOBODY_KNOWN "Unknown"

/* The call on whose authority it is; one that does not fit let nobody in. */
static const struct event *call_of(const struct alert_view *view)
{
	return view->is_vouched ? view->call : NULL;
}

/* Only the record that closes a login is of its going: what a responder has to act on,
 * and its coming, are found among the logons though it may have gone meanwhile. */
static bool is_logoff(const struct alert_view *view)
{
	return view->activity == ALERT_CLOSE && view->login->ended_at != US_TIME_NONE;
}

static struct ocsf_word activity_of(const struct alert_view *view)
{
	static const struct ocsf_word logon = { 1, "Logon" }, logoff = { 2, "Logoff" };

	return is_logoff(view) ? logoff : logon;
}

static void put_status(const struct ocsf *ocsf)
{
	const struct verdict *verdict = ocsf->view->verdict;
	AUTO_BUF struct buf reasons = BUF_LIMIT(1024);

	ocsf_put_word(ocsf->writer, "status_id", "status",
		      (struct ocsf_word){ 1, "Success" });
	json_put_text(ocsf->writer, "status_code",
		      slice_text(verdict_word(verdict->verdict)));
	for (uint32_t i = 0; i < verdict->reason_count; i++) {
		if (i)
			buf_append_text(&reasons, " ");
		buf_append_text(&reasons, reason_word(verdict->reasons[i]));
	}
	ocsf_put_text(ocsf->writer, "status_detail", buf_slice(&reasons));
}

static void put_how(const struct ocsf *ocsf)
{
	const struct alert_view *view = ocsf->view;
	const struct ocsf_door *door = ocsf_door(view->path);
	const struct event *call = call_of(view);

	ocsf_put_word(
		ocsf->writer, "auth_protocol_id", "auth_protocol",
		(struct ocsf_word){ view->path == PATH_NONE ? 0 : 99, door->protocol });
	ocsf_put_word(ocsf->writer, "logon_type_id", "logon_type", door->logon);
	json_put_bool(ocsf->writer, "is_remote", door->is_remote);
	if (view->login->kind == LOGIN_SSH)
		json_put_bool(ocsf->writer, "is_cleartext", false);
	if (call && call->api_call.mfa != TRISTATE_UNKNOWN)
		json_put_bool(ocsf->writer, "is_mfa",
			      call->api_call.mfa == TRISTATE_TRUE);
}

static void put_user(const struct ocsf *ocsf)
{
	static const struct ocsf_word unknown = { 0, "Unknown" }, user = { 1, "User" },
				      admin = { 2, "Admin" };
	struct slice name = ocsf->view->login->os_user;

	json_open_object(ocsf->writer, "user");
	json_put_text(ocsf->writer, "name", name.len ? name : SLICE(NOBODY_KNOWN));
	ocsf_put_word(ocsf->writer, "type_id", "type",
		      name.len == 0			 ? unknown
		      : slice_equal(name, SLICE("root")) ? admin
							 : user);
	json_close_object(ocsf->writer);
}

/* Where it came from: what the host saw or, where it saw no address, the call's. */
static void put_source(const struct ocsf *ocsf)
{
	const struct login *login = ocsf->view->login;
	const struct event *call = call_of(ocsf->view);

	if (login->source_ip.len)
		ocsf_put_source(ocsf->writer, login->source_ip, login->source_port);
	else if (call)
		ocsf_put_source(ocsf->writer, call->api_call.source_ip, 0);
}

static void put_target(const struct ocsf *ocsf)
{
	const struct alert_view *view = ocsf->view;

	if (view->host.len || view->instance.len) {
		json_open_object(ocsf->writer, "dst_endpoint");
		ocsf_put_text(ocsf->writer, "hostname", view->host);
		ocsf_put_text(ocsf->writer, "instance_uid", view->instance);
		json_close_object(ocsf->writer);
	}
	json_open_object(ocsf->writer, "service");
	json_put_text(ocsf->writer, "name", slice_text(path_text(view->path)));
	ocsf_put_text(ocsf->writer, "uid", slice_text(path_word(view->path)));
	json_close_object(ocsf->writer);
}

static void put_session(const struct ocsf *ocsf)
{
	const struct login *login = ocsf->view->login;

	json_open_object(ocsf->writer, "session");
	ocsf_put_text(ocsf->writer, "uid",
		      login->session_id.len ? login->session_id : login->command_id);
	ocsf_put_text(ocsf->writer, "terminal", login->tty);
	ocsf_put_time(ocsf->writer, "created_time", login->happened_at);
	json_put_bool(ocsf->writer, "is_remote", ocsf_door(ocsf->view->path)->is_remote);
	json_close_object(ocsf->writer);
}

static void put_unmapped(const struct ocsf *ocsf)
{
	const struct alert_view *view = ocsf->view;

	json_open_object(ocsf->writer, "unmapped");
	json_put_text(ocsf->writer, "activity",
		      slice_text(alert_activity_word(view->activity)));
	json_open_object(ocsf->writer, "login");
	native_put_login(ocsf->writer, view->verdict, view->record->context);
	json_close_object(ocsf->writer);
	json_close_object(ocsf->writer);
}

static void put_observables(const struct ocsf *ocsf)
{
	bool has_source = ocsf->view->login->source_ip.len > 0;

	ocsf_put_observables(ocsf,
			     &(struct ocsf_places){
				     .call = call_of(ocsf->view),
				     .user = "user.name",
				     .source = "src_endpoint.ip",
				     .caller = has_source ? "unmapped.login.api_call."
							    "source_ip"
							  : "src_endpoint.ip",
			     });
}

static void put(const struct ocsf *ocsf)
{
	const struct alert_view *view = ocsf->view;
	const struct event *call = call_of(view);

	ocsf_put_time(ocsf->writer, "time",
		      is_logoff(view) ? view->login->ended_at : view->happened_at);
	put_status(ocsf);
	put_how(ocsf);
	put_user(ocsf);
	put_source(ocsf);
	put_target(ocsf);
	put_session(ocsf);
	ocsf_put_actor(ocsf, call);
	if (call && ocsf_provider(view->cloud))
		ocsf_put_api(ocsf->writer, call);
	put_observables(ocsf);
	put_unmapped(ocsf);
}

const struct ocsf_class ocsf_class_login = {
	.category = 3,
	.category_name = "Identity & Access Management",
	.uid = 3002,
	.name = "Authentication",
	.activity = activity_of,
	.put = put,
};
