/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/ocsf_parts.h"

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

/* ---- where
 * ------------------------------------------------------------------------------- */

const struct ocsf_provider *ocsf_provider_of(const struct alert_view *view)
{
	return ocsf_provider(view->record->context->provider, view->path);
}

static struct slice first_known(struct slice first, struct slice second)
{
	return first.len ? first : second;
}

static struct slice account_of(const struct alert_view *view)
{
	return first_known(view->record->context->account,
			   view->call ? view->call->api_call.account : SLICE(""));
}

static struct slice region_of(const struct alert_view *view)
{
	return first_known(view->record->context->region,
			   view->call ? view->call->api_call.region : SLICE(""));
}

static struct slice host_of(const struct alert_view *view)
{
	return first_known(view->login ? view->login->host : SLICE(""),
			   view->record->context->host);
}

void ocsf_put_cloud(struct json_writer *writer, const struct alert_view *view)
{
	const struct ocsf_provider *provider = ocsf_provider_of(view);

	if (!provider)
		return;
	json_open_object(writer, "cloud");
	json_put_text(writer, "provider", slice_text(provider->name));
	if (account_of(view).len) {
		json_open_object(writer, "account");
		json_put_text(writer, "uid", account_of(view));
		ocsf_put_word(writer, "type_id", "type", provider->account);
		json_close_object(writer);
	}
	ocsf_put_text(writer, "region", region_of(view));
	json_close_object(writer);
}

void ocsf_put_device(struct json_writer *writer, const struct alert_view *view)
{
	static const struct ocsf_word unknown = { 0, "Unknown" },
				      virtual = { 6, "Virtual" };
	struct slice instance = view->record->context->instance;

	if (host_of(view).len == 0 && instance.len == 0)
		return;
	json_open_object(writer, "device");
	ocsf_put_text(writer, "hostname", host_of(view));
	ocsf_put_text(writer, "uid", instance);
	ocsf_put_text(writer, "instance_uid", instance);
	ocsf_put_text(writer, "region", region_of(view));
	ocsf_put_word(writer, "type_id", "type", instance.len ? virtual : unknown);
	json_close_object(writer);
}

void ocsf_put_resources(struct json_writer *writer, const struct alert_view *view)
{
	const struct ocsf_provider *provider = ocsf_provider_of(view);
	struct slice instance = view->record->context->instance;

	if (instance.len == 0)
		return;
	json_open_array(writer, "resources");
	json_open_object(writer, NULL);
	json_put_text(writer, "uid", instance);
	ocsf_put_text(writer, "name", host_of(view));
	if (provider)
		json_put_text(writer, "type", slice_text(provider->machine));
	json_close_object(writer);
	json_close_array(writer);
}

/* ---- who
 * --------------------------------------------------------------------------------- */

static void put_session(struct json_writer *writer, const struct api_call *call)
{
	if (call->session_issuer.len == 0 && call->mfa == TRISTATE_UNKNOWN)
		return;
	json_open_object(writer, "session");
	ocsf_put_text(writer, "issuer", call->session_issuer);
	if (call->mfa != TRISTATE_UNKNOWN)
		json_put_bool(writer, "is_mfa", call->mfa == TRISTATE_TRUE);
	json_close_object(writer);
}

void ocsf_put_actor(struct json_writer *writer, const struct event *event)
{
	const struct api_call *call = event ? &event->api_call : NULL;

	if (!call || call->principal.len == 0)
		return;
	json_open_object(writer, "actor");
	json_open_object(writer, "user");
	json_put_text(writer, "uid", call->principal);
	ocsf_put_text(writer, "credential_uid", call->access_key_id);
	json_close_object(writer);
	put_session(writer, call);
	ocsf_put_text(writer, "app_name",
		      first_known(call->invoked_by, call->user_agent));
	json_close_object(writer);
}

/* An API call's source may be a service's name. */
static bool is_address(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (!strchr("0123456789abcdefABCDEF.:", text.ptr[i]) || !text.ptr[i])
			return false;
	}
	return text.len > 0 && (memchr(text.ptr, ':', text.len) ||
				(text.ptr[0] >= '0' && text.ptr[0] <= '9'));
}

static void put_endpoint(struct json_writer *writer, struct slice address, uint16_t port)
{
	if (address.len == 0)
		return;
	json_open_object(writer, "src_endpoint");
	json_put_text(writer, is_address(address) ? "ip" : "svc_name", address);
	if (port)
		json_put_number(writer, "port", port);
	json_close_object(writer);
}

/* ---- from what
 * --------------------------------------------------------------------------- */

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
	put_endpoint(writer, login->source_ip, login->source_port);
	if (login->pid) {
		json_open_object(writer, "process");
		json_put_number(writer, "pid", login->pid);
		json_close_object(writer);
	}
	put_login_data(writer, view);
	json_close_object(writer);
}

static void put_call(struct json_writer *writer, const struct event *event)
{
	const struct api_call *call = &event->api_call;

	json_open_object(writer, NULL);
	json_put_text(writer, "name", SLICE("api-call"));
	ocsf_put_text(writer, "uid", call->id);
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
	ocsf_put_actor(writer, event);
	put_endpoint(writer, call->source_ip, 0);
	json_close_object(writer);
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

void ocsf_put_evidences(struct json_writer *writer, const struct alert_view *view)
{
	const struct native_context *context = view->record->context;
	const struct observation *observation = view->record->observation;

	json_open_array(writer, "evidences");
	if (view->login)
		put_login(writer, view);
	if (view->call)
		put_call(writer, view->call);
	if (view->through)
		put_call(writer, view->through);
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

void ocsf_put_observables(struct json_writer *writer, const struct alert_view *view)
{
	struct slice caller = view->call ? view->call->api_call.source_ip : SLICE("");

	json_open_array(writer, "observables");
	put_observable(writer, OCSF_HOSTNAME, "device.hostname", host_of(view));
	put_observable(writer, OCSF_RESOURCE_UID, "resources.uid",
		       view->record->context->instance);
	if (view->login) {
		put_observable(writer, OCSF_USER_NAME, "evidences.user.name",
			       view->login->os_user);
		if (is_address(view->login->source_ip))
			put_observable(writer, OCSF_IP_ADDRESS,
				       "evidences.src_endpoint.ip",
				       view->login->source_ip);
	}
	if (is_address(caller))
		put_observable(writer, OCSF_IP_ADDRESS, "evidences.src_endpoint.ip",
			       caller);
	json_close_array(writer);
}
