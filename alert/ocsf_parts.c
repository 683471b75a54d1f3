/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "alert/ocsf_parts.h"

#include <string.h>

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

#define MESSAGE_BYTES ((size_t)16384)
#define US_PER_MS 1000

void ocsf_put_word(struct json_writer *writer, const char *number_key,
		   const char *caption_key, struct ocsf_word word)
{
	json_put_number(writer, number_key, word.number);
	json_put_text(writer, caption_key, slice_text(word.caption));
}

void ocsf_put_text(struct json_writer *writer, const char *key, struct slice text)
{
	if (text.len)
		json_put_text(writer, key, text);
}

void ocsf_put_time(struct json_writer *writer, const char *key, us_time time)
{
	if (time != US_TIME_NONE)
		json_put_number(writer, key, time / US_PER_MS);
}

void ocsf_put_message(const struct ocsf *ocsf, const char *key)
{
	AUTO_BUF struct buf message = BUF_LIMIT(MESSAGE_BYTES);

	alert_view_message(ocsf->view, &message);
	json_put_text(ocsf->writer, key, buf_slice(&message));
}

void ocsf_put_product(struct json_writer *writer, const char *key)
{
	json_open_object(writer, key);
	json_put_text(writer, "name", SLICE(OCSF_PRODUCT));
	json_put_text(writer, "vendor_name", SLICE(OCSF_PRODUCT));
	json_put_text(writer, "version", SLICE(PACKAGE_VERSION));
	json_close_object(writer);
}

void ocsf_put_application(struct json_writer *writer, struct slice name)
{
	json_open_object(writer, "application");
	json_put_text(writer, "name", name);
	json_close_object(writer);
}

/* ---- where ---------------------------------------------------------------------------
 */

void ocsf_put_cloud(const struct ocsf *ocsf)
{
	const struct ocsf_provider *provider = ocsf_provider(ocsf->view->cloud);
	struct json_writer *writer = ocsf->writer;

	if (!provider)
		return;
	json_open_object(writer, "cloud");
	json_put_text(writer, "provider", slice_text(provider->name));
	if (ocsf->view->account.len) {
		json_open_object(writer, "account");
		json_put_text(writer, "uid", ocsf->view->account);
		ocsf_put_word(writer, "type_id", "type", provider->account);
		json_close_object(writer);
	}
	ocsf_put_text(writer, "region", ocsf->view->region);
	json_close_object(writer);
}

void ocsf_put_device(const struct ocsf *ocsf)
{
	static const struct ocsf_word unknown = { 0, "Unknown" },
				      virtual = { 6, "Virtual" };
	const struct alert_view *view = ocsf->view;
	struct json_writer *writer = ocsf->writer;

	if (view->host.len == 0 && view->instance.len == 0)
		return;
	json_open_object(writer, "device");
	ocsf_put_text(writer, "hostname", view->host);
	ocsf_put_text(writer, "uid", view->instance);
	ocsf_put_text(writer, "instance_uid", view->instance);
	ocsf_put_text(writer, "region", view->region);
	ocsf_put_word(writer, "type_id", "type", view->instance.len ? virtual : unknown);
	json_close_object(writer);
}

void ocsf_put_resources(const struct ocsf *ocsf)
{
	const struct ocsf_provider *provider = ocsf_provider(ocsf->view->cloud);
	struct json_writer *writer = ocsf->writer;

	if (ocsf->view->instance.len == 0)
		return;
	json_open_array(writer, "resources");
	json_open_object(writer, NULL);
	json_put_text(writer, "uid", ocsf->view->instance);
	ocsf_put_text(writer, "name", ocsf->view->host);
	ocsf_put_word(writer, "role_id", "role", (struct ocsf_word){ 1, "Target" });
	if (provider)
		json_put_text(writer, "type", slice_text(provider->machine));
	json_close_object(writer);
	json_close_array(writer);
}

/* ---- who -----------------------------------------------------------------------------
 */

static void put_caller(struct json_writer *writer, const struct api_call *call)
{
	json_open_object(writer, "user");
	json_put_text(writer, "uid", call->principal);
	if (call->access_key_id.len) {
		json_open_array(writer, "programmatic_credentials");
		json_open_object(writer, NULL);
		json_put_text(writer, "uid", call->access_key_id);
		json_put_text(writer, "type", SLICE("Access Key"));
		json_close_object(writer);
		json_close_array(writer);
	}
	json_close_object(writer);
}

static void put_caller_session(struct json_writer *writer, const struct api_call *call)
{
	if (call->session_issuer.len == 0 && call->mfa == TRISTATE_UNKNOWN)
		return;
	json_open_object(writer, "session");
	ocsf_put_text(writer, "issuer", call->session_issuer);
	if (call->mfa != TRISTATE_UNKNOWN)
		json_put_bool(writer, "is_mfa", call->mfa == TRISTATE_TRUE);
	json_close_object(writer);
}

void ocsf_put_actor(const struct ocsf *ocsf, const struct event *event)
{
	const struct api_call *call = event ? &event->api_call : NULL;
	struct slice client;

	if (!call || call->principal.len == 0)
		return;
	client = call->invoked_by.len ? call->invoked_by : call->user_agent;
	json_open_object(ocsf->writer, "actor");
	put_caller(ocsf->writer, call);
	put_caller_session(ocsf->writer, call);
	if (client.len && ocsf->version->has_application)
		ocsf_put_application(ocsf->writer, client);
	else
		ocsf_put_text(ocsf->writer, "app_name", client);
	json_close_object(ocsf->writer);
}

void ocsf_put_api(struct json_writer *writer, const struct event *event)
{
	const struct api_call *call = &event->api_call;

	json_open_object(writer, "api");
	json_put_text(writer, "operation", call->name);
	if (call->request_id.len) {
		json_open_object(writer, "request");
		json_put_text(writer, "uid", call->request_id);
		json_close_object(writer);
	}
	if (call->error_code.len) {
		json_open_object(writer, "response");
		json_put_text(writer, "error", call->error_code);
		json_close_object(writer);
	}
	json_close_object(writer);
}

static bool is_address(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (!strchr("0123456789abcdefABCDEF.:", text.ptr[i]) || !text.ptr[i])
			return false;
	}
	return text.len > 0 && (memchr(text.ptr, ':', text.len) ||
				(text.ptr[0] >= '0' && text.ptr[0] <= '9'));
}

void ocsf_put_source(struct json_writer *writer, struct slice address, uint16_t port)
{
	if (address.len == 0)
		return;
	json_open_object(writer, "src_endpoint");
	json_put_text(writer, is_address(address) ? "ip" : "svc_name", address);
	if (port)
		json_put_number(writer, "port", port);
	json_close_object(writer);
}

/* ---- from what -----------------------------------------------------------------------
 */

/* What has no place of its own among OCSF's objects. */
static void put_login_data(struct json_writer *writer, const struct alert_view *view)
{
	const struct login *login = view->login;

	json_open_object(writer, "data");
	json_put_text(writer, "path", slice_text(path_word(view->path)));
	ocsf_put_text(writer, "through", slice_text(path_word(login->through)));
	ocsf_put_text(writer, "tty", login->tty);
	ocsf_put_text(writer, "session_id", login->session_id);
	ocsf_put_text(writer, "command_id", login->command_id);
	ocsf_put_text(writer, "key_fingerprint", login->key_fingerprint);
	json_put_text(writer, "trust", slice_text(trust_word(login->trust)));
	json_close_object(writer);
}

static void put_login(struct json_writer *writer, const struct alert_view *view)
{
	const struct login *login = view->login;
	char id[ID_TEXT_BYTES];

	json_open_object(writer, NULL);
	json_put_text(writer, "name", SLICE("login"));
	json_put_text(writer, "uid", slice_text(id_to_text(&login->id, id)));
	if (login->os_user.len) {
		json_open_object(writer, "user");
		json_put_text(writer, "name", login->os_user);
		json_close_object(writer);
	}
	ocsf_put_source(writer, login->source_ip, login->source_port);
	if (login->pid) {
		json_open_object(writer, "process");
		json_put_number(writer, "pid", login->pid);
		json_close_object(writer);
	}
	put_login_data(writer, view);
	json_close_object(writer);
}

static void put_call(const struct ocsf *ocsf, const struct event *event)
{
	json_open_object(ocsf->writer, NULL);
	json_put_text(ocsf->writer, "name", SLICE("api-call"));
	ocsf_put_text(ocsf->writer, "uid", event->api_call.id);
	ocsf_put_api(ocsf->writer, event);
	ocsf_put_actor(ocsf, event);
	ocsf_put_source(ocsf->writer, event->api_call.source_ip, 0);
	json_close_object(ocsf->writer);
}

static void put_line(struct json_writer *writer, uint64_t reference,
		     const struct native_context *context)
{
	struct evidence_text text;

	if (!context->evidence || !context->evidence(context->ctx, reference, &text))
		return;
	json_open_object(writer, NULL);
	ocsf_put_text(writer, "name", text.source);
	ocsf_put_text(writer, "uid", text.cursor);
	json_open_object(writer, "data");
	json_put_text_or_null(writer, "line", text.line);
	json_close_object(writer);
	json_close_object(writer);
}

void ocsf_put_evidences(const struct ocsf *ocsf)
{
	const struct alert_view *view = ocsf->view;
	const struct native_context *context = view->record->context;
	const struct observation *observation = view->observation;
	struct json_writer *writer = ocsf->writer;

	json_open_array(writer, "evidences");
	if (view->login)
		put_login(writer, view);
	if (view->call)
		put_call(ocsf, view->call);
	if (view->through)
		put_call(ocsf, view->through);
	for (uint32_t i = 0; view->login && i < view->login->evidence_count; i++)
		put_line(writer, view->login->evidence[i], context);
	if (observation && observation->evidence)
		put_line(writer, observation->evidence, context);
	for (uint32_t i = 0; observation && i < observation->sample_count; i++)
		put_line(writer, observation->samples[i], context);
	json_close_array(writer);
}

static void put_observable(struct json_writer *writer, enum ocsf_observable type,
			   const char *name, struct slice value)
{
	if (value.len == 0)
		return;
	json_open_object(writer, NULL);
	json_put_text(writer, "name", slice_text(name));
	ocsf_put_word(writer, "type_id", "type", ocsf_observable(type));
	json_put_text(writer, "value", value);
	json_close_object(writer);
}

void ocsf_put_observables(const struct ocsf *ocsf, const struct ocsf_places *places)
{
	const struct alert_view *view = ocsf->view;
	struct json_writer *writer = ocsf->writer;
	struct slice source = { "", 0 }, caller = { "", 0 };

	if (view->login)
		source = view->login->source_ip;
	if (places->call)
		caller = places->call->api_call.source_ip;
	json_open_array(writer, "observables");
	put_observable(writer, OCSF_HOSTNAME, "device.hostname", view->host);
	put_observable(writer, OCSF_RESOURCE_UID, "device.instance_uid", view->instance);
	if (view->login)
		put_observable(writer, OCSF_USER_NAME, places->user,
			       view->login->os_user);
	if (is_address(source))
		put_observable(writer, OCSF_IP_ADDRESS, places->source, source);
	if (is_address(caller) && !slice_equal(caller, source))
		put_observable(writer, OCSF_IP_ADDRESS, places->caller, caller);
	json_close_array(writer);
}
