/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Google Cloud's audit logs: LogEntry with an AuditLog as its protoPayload ("Understand
 * audit logs", Cloud Logging documentation). One entry becomes one event.
 */
#include "evidence/cloud/gcp_log.h"
#include "evidence/cloud/gcp_method.h"
#include "evidence/cloud/kind.h"
#include "evidence/cloud/source.h"
#include "evidence/cloud/text.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Keys of a list in a metadata delta that are looked at. */
#define DELTA_KEYS_MAX 256

/* Callers a service account's use may have gone through. */
#define DELEGATIONS_MAX 16

/* The AuditLog; BigQuery's tables of a log sink have it under a name of their own. */
static const json_t *payload_of(const json_t *record)
{
	static const char *const names[] = { "protoPayload", "protopayload",
					     "proto_payload", "protopayload_auditlog" };
	const json_t *payload = NULL;

	for (size_t i = 0; i < COUNT_OF(names) && !payload; i++)
		payload = json_object_get(record, names[i]);
	return payload;
}

/* ---- the head
 * ----------------------------------------------------------------------------- */

/* "projects/P/logs/cloudaudit.googleapis.com%2Fdata_access", also with a plain '/'. */
static enum api_log log_of_name(struct slice name)
{
	const struct slice audit = SLICE("cloudaudit.googleapis.com");
	ptrdiff_t at = slice_find(name, audit);

	if (at < 0)
		return API_LOG_GCP_OTHER;
	name = slice_skip(name, (size_t)at + audit.len);
	if (!slice_take_prefix(&name, SLICE("%2F")) &&
	    !slice_take_prefix(&name, SLICE("%2f")))
		slice_take_prefix(&name, SLICE("/"));
	if (slice_equal(name, SLICE("activity")))
		return API_LOG_GCP_ACTIVITY;
	return slice_equal(name, SLICE("data_access")) ? API_LOG_GCP_DATA_ACCESS
						       : API_LOG_GCP_OTHER;
}

/* The project in "projects/P/...". */
static struct slice project_of(struct slice name)
{
	struct slice project = { NULL, 0 };

	if (slice_take_prefix(&name, SLICE("projects/")) &&
	    !slice_take_until(&name, '/', &project))
		project = name;
	return project;
}

/* Data access is switched on for reading settings and for using what they are of, each by
 * itself: that the proxy's settings were read does not tell that its tunnels are logged.
 */
static struct slice source_of(struct slice service, struct slice method,
			      enum api_action action)
{
	return action == API_OTHER && source_of_service(service) == LOG_CLASS_GCP_IAP
		       ? method
		       : service;
}

static struct record_head head_of(struct slice log_name, struct slice service,
				  struct slice method)
{
	enum api_action action = gcp_method_find(service, method);

	return (struct record_head){
		.log = log_of_name(log_name),
		.name = slice_trim(method),
		.source = slice_trim(source_of(service, method, action)),
		.account = project_of(log_name),
		.action = action,
	};
}

static void set_times(struct record_head *head, struct slice time, struct slice received)
{
	if (!record_time(time, &head->happened_at))
		head->happened_at = US_TIME_NONE;
	if (!record_time(received, &head->delivered_at))
		head->delivered_at = US_TIME_NONE;
}

static bool glance(const struct fields *fields, struct slice record,
		   struct record_room *room, struct record_head *ret_head)
{
	const struct slice *values = fields->values;
	const uint32_t needed = FIELD_BIT(FIELD_LOG_NAME) | FIELD_BIT(FIELD_TIMESTAMP) |
				FIELD_BIT(FIELD_INSERT_ID);
	struct slice service, method;

	(void)room;
	if (!fields_are_plain(fields, needed, FIELD_BIT(FIELD_RECEIVED)) ||
	    !project_of(values[FIELD_LOG_NAME]).len ||
	    !fields_find_only(record, SLICE("\"serviceName\""), &service) ||
	    !fields_find_only(record, SLICE("\"methodName\""), &method))
		return false;
	*ret_head = head_of(values[FIELD_LOG_NAME], service, method);
	ret_head->id = values[FIELD_INSERT_ID];
	set_times(ret_head, values[FIELD_TIMESTAMP], values[FIELD_RECEIVED]);
	return true;
}

/* An entry without an insertId is told apart by what it says. */
static struct slice id_of(const json_t *record, const struct record_head *head,
			  struct slice time, struct record_room *room)
{
	const struct slice texts[] = {
		text_at(record, "operation.id"),
		time,
		head->name,
		text_at(payload_of(record), "resourceName"),
		text_at(payload_of(record), "authenticationInfo.principalEmail"),
	};

	return text_digest(texts, COUNT_OF(texts), room->id);
}

static int read_head(const json_t *record, struct record_room *room,
		     struct record_head *ret_head, struct err *err)
{
	const json_t *payload = payload_of(record);
	struct slice log_name, time, id, service = { NULL, 0 }, method = { NULL, 0 };

	if (text_need(record, "logName", &log_name, err) < 0 ||
	    text_need(record, "timestamp", &time, err) < 0 ||
	    text_need(record, "insertId", &id, err) < 0)
		return -1;
	if (payload && (text_need(payload, "serviceName", &service, err) < 0 ||
			text_need(payload, "methodName", &method, err) < 0))
		return err_add(err, "protoPayload");
	*ret_head = head_of(log_name, service, method);
	if (!ret_head->account.len && !log_name.len)
		ret_head->account = text_at(record, "resource.labels.project_id");
	ret_head->id = id.len ? id : id_of(record, ret_head, time, room);
	set_times(ret_head, time, text_at(record, "receiveTimestamp"));
	return 0;
}

/* ---- who, and whether it was admitted
 * ----------------------------------------------------- */

static bool was_not_granted(const json_t *payload)
{
	const json_t *list = json_object_get(payload, "authorizationInfo");

	for (size_t i = 0; i < json_array_size(list) && i < LIMIT_CALL_TARGETS; i++) {
		if (json_is_false(json_object_get(json_array_get(list, i), "granted")))
			return true;
	}
	return false;
}

/* A number, also as text; one that cannot be read is none that admits. */
static int64_t code_of(const json_t *code)
{
	uint64_t number;

	if (json_is_integer(code))
		return (int64_t)json_integer_value(code);
	if (slice_number(json_slice(code), INT32_MAX, &number))
		return (int64_t)number;
	return code ? -1 : 0;
}

/* {"status":{"code":7,"message":"PERMISSION_DENIED"}}; without a code it is ok, unless
 * the rest of the entry says otherwise. */
static void read_outcome(const json_t *record, const json_t *payload,
			 struct api_call *call)
{
	int64_t number = code_of(json_at(payload, "status.code"));
	struct slice severity = text_at(record, "severity");

	call->outcome = gcp_outcome(number);
	call->error_code = slice_text(gcp_code_word(number));
	if (call->outcome != API_ADMITTED)
		return;
	if (was_not_granted(payload))
		call->outcome = API_DENIED;
	else if (slice_equal_ignoring_case(severity, SLICE("ERROR")))
		call->outcome = API_FAILED;
}

/* Who used a service account that is not its own. */
static struct slice delegate_of(const json_t *caller)
{
	static const char *const paths[] = {
		"firstPartyPrincipal.principalEmail",
		"thirdPartyPrincipal.principalEmail",
		"principalSubject",
	};
	const json_t *list = json_object_get(caller, "serviceAccountDelegationInfo");
	struct slice delegate = { NULL, 0 };

	for (size_t i = 0; i < json_array_size(list) && i < DELEGATIONS_MAX; i++) {
		const json_t *item = json_array_get(list, i);

		for (size_t k = 0; k < COUNT_OF(paths) && !delegate.len; k++)
			delegate = text_at(item, paths[k]);
	}
	return delegate;
}

static void read_caller(const json_t *payload, struct api_call *call)
{
	const json_t *caller = json_object_get(payload, "authenticationInfo");
	const json_t *metadata = json_object_get(payload, "requestMetadata");

	call->principal = text_either(text_member(caller, "principalEmail"),
				      text_member(caller, "principalSubject"));
	if (!call->principal.len)
		call->caller_hint = text_at(payload, "request.username");
	call->invoked_by = delegate_of(caller);
	call->access_key_id = text_member(caller, "serviceAccountKeyName");
	call->source_ip = text_without_port(text_either(
		text_member(metadata, "callerIp"), text_member(metadata, "callerIP")));
	call->user_agent = text_member(metadata, "callerSuppliedUserAgent");
}

/* ---- what it was for
 * ---------------------------------------------------------------------- */

static bool is_number(struct slice text)
{
	uint64_t number;

	return slice_number(text, UINT64_MAX, &number);
}

/* What follows `key` in a resource's name, up to the next '/'. */
static struct slice part_behind(struct slice name, struct slice key)
{
	struct slice before, part;

	if (!slice_take_until_text(&name, key, &before))
		return slice_of(NULL, 0);
	return slice_take_until(&name, '/', &part) ? part : name;
}

static void add_instance(struct record_room *room, struct api_call *call,
			 struct slice instance)
{
	room->instances[0] = instance;
	call->instances = room->instances;
	call->instance_count = 1;
}

/* The number of the instance, wherever the entry says it; else the resource's name, which
 * has the instance's. */
static void read_instance(const json_t *record, struct record_room *room,
			  struct api_call *call)
{
	const json_t *payload = payload_of(record);
	struct slice name = text_at(payload, "resourceName");
	const struct slice numbers[] = {
		text_at(record, "resource.labels.instance_id"),
		text_at(record, "labels.instance_id"),
		text_at(payload, "response.targetId"),
		part_behind(name, SLICE("/instances/")),
		name,
	};

	for (size_t i = 0; i < COUNT_OF(numbers); i++) {
		if (is_number(numbers[i])) {
			add_instance(room, call, numbers[i]);
			return;
		}
	}
	if (numbers[3].len)
		add_instance(room, call, name);
}

static void read_project(const json_t *record, struct record_room *room,
			 struct api_call *call)
{
	const struct slice prefix = SLICE("projects/");

	(void)record;
	if (!call->account.len || prefix.len + call->account.len > sizeof(room->place))
		return;
	memcpy(room->place, prefix.ptr, prefix.len);
	memcpy(room->place + prefix.len, call->account.ptr, call->account.len);
	add_instance(room, call, slice_of(room->place, prefix.len + call->account.len));
}

/* ".../instances/1234567890123456789/SerialPort/1", which is ttyS0. */
static void read_serial_port(const json_t *record, struct record_room *room,
			     struct api_call *call)
{
	struct slice name = text_at(payload_of(record), "resourceName");
	uint64_t port;

	read_instance(record, room, call);
	if (slice_number(part_behind(name, SLICE("/SerialPort/")), 4, &port) && port)
		call->serial_port = (int16_t)(port - 1);
	call->has_ended = call->action == API_GCP_SERIAL_DISCONNECT;
}

/* {"request":{"policy":"ADMIN_LOGIN"},"response":{"success":true}}; a "success" that is
 * false is left out. */
static void read_policy(const json_t *record, struct record_room *room,
			struct api_call *call)
{
	const json_t *payload = payload_of(record);

	read_instance(record, room, call);
	call->is_admin =
		slice_equal(text_at(payload, "request.policy"), SLICE("ADMIN_LOGIN"));
	if (call->outcome == API_ADMITTED &&
	    !json_is_true(json_at(payload, "response.success")))
		call->outcome = API_DENIED;
}

static uint16_t port_of(const json_t *value)
{
	uint64_t port;

	if (json_is_integer(value) && json_integer_value(value) > 0 &&
	    json_integer_value(value) <= UINT16_MAX)
		return (uint16_t)json_integer_value(value);
	return slice_number(json_slice(value), UINT16_MAX, &port) ? (uint16_t)port : 0;
}

/* {"requestMetadata":{"destinationAttributes":{"ip":"10.128.0.7","port":"22"}},
 * "metadata":{"iap_tcp_session_info":{"phase":"SESSION_END"},"request_id":"..."}} */
static void read_tunnel(const json_t *record, struct record_room *room,
			struct api_call *call)
{
	const json_t *payload = payload_of(record);

	read_instance(record, room, call);
	call->private_ip = text_at(payload, "requestMetadata.destinationAttributes.ip");
	call->port =
		port_of(json_at(payload, "requestMetadata.destinationAttributes.port"));
	call->request_id = text_at(payload, "metadata.request_id");
	call->has_ended =
		slice_equal(text_at(payload, "metadata.iap_tcp_session_info.phase"),
			    SLICE("SESSION_END"));
}

/* What was added or changed; taking a key away plants nothing. */
static uint32_t keys_of_delta(const json_t *delta)
{
	static const char *const lists[] = { "addedMetadataKeys",
					     "modifiedMetadataKeys" };
	uint32_t keys = 0;

	for (size_t i = 0; i < COUNT_OF(lists); i++) {
		const json_t *list = json_object_get(delta, lists[i]);

		for (size_t k = 0; k < json_array_size(list) && k < DELTA_KEYS_MAX; k++)
			keys |= gcp_metadata_key(json_slice(json_array_get(list, k)));
	}
	return keys;
}

static bool is_set_metadata(struct slice method)
{
	const struct slice name = SLICE("setMetadata");

	return method.len >= name.len &&
	       slice_equal_ignoring_case(slice_skip(method, method.len - name.len), name);
}

/* Two entries a call, of which either may have the delta. instances.update is such a call
 * only where it has one. */
static void read_metadata(const json_t *record, struct record_room *room,
			  struct api_call *call)
{
	const json_t *payload = payload_of(record);

	read_instance(record, room, call);
	call->metadata_keys =
		keys_of_delta(json_at(payload, "metadata.instanceMetadataDelta"));
	if (!call->metadata_keys && !is_set_metadata(call->name))
		call->action = API_OTHER;
}

static void read_project_metadata(const json_t *record, struct record_room *room,
				  struct api_call *call)
{
	read_project(record, room, call);
	call->metadata_keys = keys_of_delta(
		json_at(payload_of(record), "metadata.projectMetadataDelta"));
}

/* A key of a person's profile is no one instance's: "users/alice@example.com". */
static void read_profile(const json_t *record, struct record_room *room,
			 struct api_call *call)
{
	(void)room;
	call->resource = text_at(payload_of(record), "resourceName");
}

/* Of the whole project, whatever its sinks export. */
static void read_log(const json_t *record, struct record_room *room,
		     struct api_call *call)
{
	read_project(record, room, call);
	gcp_log_read(payload_of(record), call);
}

typedef void read_fn(const json_t *record, struct record_room *room,
		     struct api_call *call);

static read_fn *const readers[API_ACTION_COUNT] = {
	[API_GCP_SERIAL_CONNECT] = read_serial_port,
	[API_GCP_SERIAL_DISCONNECT] = read_serial_port,
	[API_GCP_CHECK_POLICY] = read_policy,
	[API_GCP_CONTINUE_SESSION] = read_instance,
	[API_GCP_IMPORT_KEY] = read_profile,
	[API_GCP_AUTHORIZE_TUNNEL] = read_tunnel,
	[API_GCP_SET_METADATA] = read_metadata,
	[API_GCP_SET_PROJECT_METADATA] = read_project_metadata,
	[API_GCP_START_INSTANCE] = read_instance,
	[API_GCP_RESET_INSTANCE] = read_instance,
	[API_GCP_OS_CONFIG] = read_project, /* for whatever instances it finds */
	[API_GCP_STOP_LOG] = read_log,
};

static int fill(const json_t *record, struct record_room *room, struct event *event,
		struct err *err)
{
	const json_t *payload = payload_of(record);
	struct api_call *call = &event->api_call;

	(void)err;
	read_outcome(record, payload, call);
	read_caller(payload, call);
	call->operation_id = text_at(record, "operation.id");
	call->has_ended = json_is_true(json_at(record, "operation.last")) &&
			  !json_is_true(json_at(record, "operation.first"));
	readers[call->action](record, room, call);
	return 0;
}

const struct record_kind kind_gcp_audit = {
	.marks = FIELD_BIT(FIELD_LOG_NAME) | FIELD_BIT(FIELD_PAYLOAD) |
		 FIELD_BIT(FIELD_INSERT_ID),
	.time_name = "timestamp",
	.glance = glance,
	.head = read_head,
	.fill = fill,
};
