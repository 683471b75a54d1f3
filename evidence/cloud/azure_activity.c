/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Azure's activity log, as REST answers it and as it is exported ("Azure activity log
 * event schema", Microsoft Learn), and Bastion's audit log, which is exported like it.
 * One record becomes one event; what one call's records say together is not decided here.
 * Of requests and answers nothing is read but the kind of an extension, whether a serial
 * console is switched off or user data are given, and an error's code: they may hold
 * settings and secrets.
 */
#include "evidence/cloud/azure_claims.h"
#include "evidence/cloud/azure_operation.h"
#include "evidence/cloud/azure_resource.h"
#include "evidence/cloud/kind.h"
#include "evidence/cloud/text.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* ---- the head
 * ----------------------------------------------------------------------------- */

/* What both shapes say, wherever each of them says it. */
struct said {
	struct slice operation, time, data_id, resource, category;
	struct slice correlation, result, submitted;
};

/* Which of the logs that are exported in this form the category's records are. */
static enum api_log log_of_category(struct slice category)
{
	static const struct {
		const char *category;
		enum api_log log;
	} rows[] = {
		{ "", API_LOG_AZURE_ACTIVITY },
		{ "Administrative", API_LOG_AZURE_ACTIVITY },
		{ "Action", API_LOG_AZURE_ACTIVITY },
		{ "Write", API_LOG_AZURE_ACTIVITY },
		{ "Delete", API_LOG_AZURE_ACTIVITY },
		{ "Policy", API_LOG_AZURE_ACTIVITY },
		{ "Security", API_LOG_AZURE_ACTIVITY },
		{ "ServiceHealth", API_LOG_AZURE_ACTIVITY },
		{ "ResourceHealth", API_LOG_AZURE_ACTIVITY },
		{ "Recommendation", API_LOG_AZURE_ACTIVITY },
		{ "Alert", API_LOG_AZURE_ACTIVITY },
		{ "Autoscale", API_LOG_AZURE_ACTIVITY },
		{ "BastionAuditLogs", API_LOG_AZURE_BASTION },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (slice_equal_ignoring_case(category, slice_text(rows[i].category)))
			return rows[i].log;
	}
	return API_LOG_AZURE_OTHER;
}

static enum api_action action_of(enum api_log log, struct slice operation)
{
	enum api_action action = azure_operation_find(operation);
	bool is_of_bastion = action == API_AZURE_BASTION_CONNECT;

	if (log == API_LOG_AZURE_BASTION)
		return is_of_bastion ? action : API_OTHER;
	return log == API_LOG_AZURE_ACTIVITY && !is_of_bastion ? action : API_OTHER;
}

/* The resource provider whose call it is. Of a call that matters it is the operation's,
 * else that of what it was made for: whoever asks for one machine's records gets other
 * providers' calls, too. */
static struct slice source_of(const struct said *said, enum api_action action,
			      struct slice provider)
{
	struct slice operation = slice_trim(said->operation), owner = { NULL, 0 };

	if (action == API_OTHER && provider.len)
		return provider;
	slice_take_until(&operation, '/', &owner);
	/* By its short name it is a machine's or its console's. */
	if (action != API_OTHER && slice_find(owner, SLICE(".")) < 0)
		return SLICE("Microsoft.Compute");
	return owner;
}

static struct slice id_of(const struct said *said, struct record_room *room)
{
	const struct slice texts[] = { said->correlation, said->operation, said->result,
				       said->time, said->resource };

	return said->data_id.len ? said->data_id
				 : text_digest(texts, COUNT_OF(texts), room->id);
}

static struct record_head head_of(const struct said *said, struct record_room *room)
{
	struct azure_resource resource;
	struct record_head head = {
		.log = log_of_category(said->category),
		.name = slice_trim(said->operation),
		.id = id_of(said, room),
	};

	azure_resource_read(said->resource, &resource);
	head.action = action_of(head.log, said->operation);
	head.source = source_of(said, head.action, resource.provider);
	head.account =
		text_lower(resource.subscription, room->account, sizeof(room->account));
	if (!record_time(said->time, &head.happened_at))
		head.happened_at = US_TIME_NONE;
	if (!record_time(said->submitted, &head.delivered_at))
		head.delivered_at = US_TIME_NONE;
	return head;
}

static bool glance(const struct fields *fields, struct slice record,
		   struct record_room *room, struct record_head *ret_head)
{
	const struct slice *values = fields->values;
	bool is_rest = fields->seen & FIELD_BIT(FIELD_EVENT_TIMESTAMP);
	uint32_t needed =
		FIELD_BIT(FIELD_OPERATION) | FIELD_BIT(FIELD_RESOURCE_ID) |
		(is_rest ? FIELD_BIT(FIELD_EVENT_TIMESTAMP) | FIELD_BIT(FIELD_DATA_ID)
			 : FIELD_BIT(FIELD_EXPORT_TIME));
	uint32_t others = FIELD_BIT(FIELD_CATEGORY) | FIELD_BIT(FIELD_CORRELATION) |
			  FIELD_BIT(FIELD_RESULT) | FIELD_BIT(FIELD_SUBMITTED) |
			  FIELD_BIT(FIELD_DATA_ID);
	const struct said said = {
		.operation = values[FIELD_OPERATION],
		.time = values[is_rest ? FIELD_EVENT_TIMESTAMP : FIELD_EXPORT_TIME],
		.data_id = values[FIELD_DATA_ID],
		.resource = values[FIELD_RESOURCE_ID],
		.category = values[FIELD_CATEGORY],
		.correlation = values[FIELD_CORRELATION],
		.result = values[FIELD_RESULT],
		.submitted = values[FIELD_SUBMITTED],
	};

	(void)record;
	if (!fields_are_plain(fields, needed, others))
		return false;
	*ret_head = head_of(&said, room);
	return true;
}

/* A text, or the "value" of {"value":"...","localizedValue":"..."}. */
static struct slice value_at(const json_t *record, const char *key)
{
	const json_t *value = json_object_get(record, key);

	return json_is_object(value) ? text_member(value, "value")
				     : text_cut(json_slice(value));
}

static int need_value(const json_t *record, const char *key, struct slice *ret_text,
		      struct err *err)
{
	const json_t *value = json_object_get(record, key);

	if (json_is_object(value))
		value = json_object_get(value, "value");
	if (value && !json_is_null(value) && !json_is_string(value))
		return err_set(err, ERR_FORMAT, "%s: not a string", key);
	*ret_text = text_cut(json_slice(value));
	return 0;
}

/* ".../events/EVENT/ticks/638054321000000000": of records that were cut, the id says
 * both. Ticks are of 100 ns, from the year 1. */
static void read_id(struct slice id, struct said *said, us_time *ret_time)
{
	const uint64_t ticks_of_1970 = UINT64_C(621355968000000000);
	struct slice before, event;
	uint64_t ticks;

	if (!slice_take_until_text(&id, SLICE("/events/"), &before) ||
	    !slice_take_until_text(&id, SLICE("/ticks/"), &event) ||
	    !slice_number(id, INT64_MAX, &ticks) || ticks < ticks_of_1970)
		return;
	if (!said->data_id.len)
		said->data_id = event;
	if (!said->time.len)
		*ret_time = (us_time)((ticks - ticks_of_1970) / 10);
}

static int read_said(const json_t *record, struct said *said, struct err *err)
{
	if (need_value(record, "operationName", &said->operation, err) < 0 ||
	    text_need(record, "eventTimestamp", &said->time, err) < 0 ||
	    text_need(record, "resourceId", &said->resource, err) < 0 ||
	    text_need(record, "eventDataId", &said->data_id, err) < 0)
		return -1;
	if (!said->resource.len)
		said->resource = text_either(text_at(record, "resourceUri"),
					     text_at(record, "properties.entity"));
	/* One normaliser's name for it. */
	if (!said->operation.len)
		said->operation = text_at(record, "evt.name");
	said->category = value_at(record, "category");
	said->correlation = text_at(record, "correlationId");
	said->result = text_at(record, "resultType");
	said->submitted = text_at(record, "submissionTimestamp");
	return 0;
}

static int read_head(const json_t *record, struct record_room *room,
		     struct record_head *ret_head, struct err *err)
{
	us_time time = US_TIME_NONE;
	struct said said;
	bool is_rest;

	if (read_said(record, &said, err) < 0)
		return -1;
	is_rest = said.time.len;
	if (!is_rest && text_need(record, "time", &said.time, err) < 0)
		return -1;
	if (is_rest || !said.time.len)
		read_id(text_at(record, "id"), &said, &time);
	*ret_head = head_of(&said, room);
	if (ret_head->happened_at == US_TIME_NONE)
		ret_head->happened_at = time;
	return 0;
}

/* ---- the event
 * ---------------------------------------------------------------------------- */

/* {"error":{"code":"AuthorizationFailed","message":...}}, as text or as an object. */
static struct slice read_error_code(const json_t *properties, struct record_room *room)
{
	AUTO_JSON json_t *message =
		text_object(json_object_get(properties, "statusMessage"));

	return text_copy(text_either(json_text_at(message, "error.code"),
				     json_text_at(message, "code")),
			 room->error_code, sizeof(room->error_code));
}

static void read_outcome(const json_t *record, struct record_room *room,
			 struct api_call *call)
{
	const json_t *properties = json_object_get(record, "properties");
	struct slice status = text_either(value_at(record, "status"),
					  text_either(text_at(record, "resultType"),
						      text_at(record, "evt.outcome")));
	const struct slice codes[] = {
		read_error_code(properties, room),
		value_at(record, "subStatus"),
		text_member(properties, "statusCode"),
		text_at(record, "resultSignature"),
		status,
	};

	call->outcome = azure_outcome(status, codes, COUNT_OF(codes));
	for (size_t i = 0; i < COUNT_OF(codes) && call->outcome != API_ADMITTED &&
			   !call->error_code.len;
	     i++)
		call->error_code = codes[i];
}

static const json_t *either_at(const json_t *record, const char *path, const char *other)
{
	const json_t *value = json_at(record, path);

	return value ? value : json_at(record, other);
}

static void read_caller(const json_t *record, struct api_call *call)
{
	azure_claims_read(either_at(record, "claims", "identity.claims"), call);
	call->principal = text_either(text_at(record, "caller"), call->principal);
	call->source_ip = text_without_port(text_either(
		text_at(record, "httpRequest.clientIpAddress"),
		text_either(text_at(record, "callerIpAddress"), call->source_ip)));
}

/* Whether a call concerns a machine, else what holds machines. */
static bool is_of_machine(enum api_action action)
{
	return action != API_AZURE_DEPLOY && action != API_AZURE_WRITE_APPLICATION &&
	       action != API_AZURE_WRITE_BASTION;
}

/* Whether it may concern machines anywhere in the subscription: those that use the
 * package of an application, those that a Bastion's networks reach. */
static bool is_of_subscription(enum api_action action)
{
	return action == API_AZURE_WRITE_APPLICATION ||
	       action == API_AZURE_WRITE_BASTION || action == API_AZURE_STOP_LOG;
}

/* What the call was for: a machine or scale set, else the group, else the subscription.
 */
static void read_resource(const json_t *record, struct record_room *room,
			  struct api_call *call)
{
	struct slice id = text_either(text_at(record, "resourceId"),
				      text_either(text_at(record, "resourceUri"),
						  text_at(record, "properties.entity")));
	struct slice scope = text_cut(json_slice(either_at(
		record, "authorization.scope", "identity.authorization.scope")));
	struct azure_resource resource, authorized;
	struct slice named = { NULL, 0 };

	azure_resource_read(id, &resource);
	azure_resource_read(scope, &authorized);
	if (is_of_machine(call->action))
		named = text_either(resource.machine_id, authorized.machine_id);
	if (!named.len && !is_of_subscription(call->action))
		named = resource.group_id;
	if (!named.len)
		named = resource.subscription_id;
	if (named.len) {
		room->instances[0] = named;
		call->instances = room->instances;
		call->instance_count = 1;
	}
	call->resource = resource.leaf;
	call->serial_port =
		resource.serial_port >= 0 ? resource.serial_port : authorized.serial_port;
}

/* What was asked for, where the record says so at all; the caller drops it. */
static json_t *body_of(const json_t *record)
{
	const json_t *properties = json_object_get(record, "properties");

	return text_object(either_at(properties, "requestbody", "requestBody"));
}

/* A publisher's or type's name: nothing else of a request leaves it. */
static bool is_name(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		char byte = text.ptr[i];

		if (!(byte >= 'a' && byte <= 'z') && !(byte >= 'A' && byte <= 'Z') &&
		    !(byte >= '0' && byte <= '9') && byte != '.' && byte != '-' &&
		    byte != '_')
			return false;
	}
	return text.len;
}

/* {"location":...,"properties":{"publisher":"Microsoft.Azure.Extensions",
 * "type":"CustomScript","settings":...}} */
static void read_handler(const json_t *record, struct record_room *room,
			 struct api_call *call)
{
	AUTO_JSON json_t *body = body_of(record);
	struct slice publisher = json_text_at(body, "properties.publisher");
	struct slice type = json_text_at(body, "properties.type");
	size_t len = publisher.len + 1 + type.len;

	if (!is_name(publisher) || !is_name(type) || len > sizeof(room->handler))
		return;
	memcpy(room->handler, publisher.ptr, publisher.len);
	room->handler[publisher.len] = '.';
	memcpy(room->handler + publisher.len + 1, type.ptr, type.len);
	call->handler = slice_of(room->handler, len);
}

/* {"properties":{"state":"disabled"}}, {"properties":{"disabled":true}}: it is written to
 * be switched off. */
static void read_console(const json_t *record, struct record_room *room,
			 struct api_call *call)
{
	AUTO_JSON json_t *body = body_of(record);

	(void)room;
	if (json_is_true(json_at(body, "properties.disabled")) ||
	    slice_equal_ignoring_case(json_text_at(body, "properties.state"),
				      SLICE("disabled")))
		call->action = API_OTHER;
}

/* {"properties":{"userData":"..."}}: that it is there, never what it is. */
static void read_machine(const json_t *record, struct record_room *room,
			 struct api_call *call)
{
	AUTO_JSON json_t *body = body_of(record);

	(void)room;
	if (json_text_at(body, "properties.userData").len)
		call->metadata_keys |= METADATA_STARTUP_SCRIPT;
}

/* Settings of the subscription's own log, of a machine's or of a Bastion's; any other
 * resource's say nothing of doors. */
static void read_settings(const json_t *record, struct record_room *room,
			  struct api_call *call)
{
	struct slice id = text_either(text_at(record, "resourceId"),
				      text_at(record, "resourceUri"));
	struct azure_resource resource;

	(void)room;
	azure_resource_read(id, &resource);
	if (resource.group_id.len && !resource.machine_id.len &&
	    slice_find_ignoring_case(id, SLICE("/bastionHosts/")) < 0)
		call->action = API_OTHER;
}

typedef void read_fn(const json_t *record, struct record_room *room,
		     struct api_call *call);

/* What more is read of a call than its resource. */
static read_fn *const readers[API_ACTION_COUNT] = {
	[API_AZURE_WRITE_EXTENSION] = read_handler,
	[API_AZURE_ENABLE_SERIAL_CONSOLE] = read_console,
	[API_AZURE_WRITE_MACHINE] = read_machine,
	[API_AZURE_STOP_LOG] = read_settings,
};

static void fill_activity(const json_t *record, struct record_room *room,
			  struct api_call *call)
{
	read_outcome(record, room, call);
	read_caller(record, call);
	read_resource(record, room, call);
	if (readers[call->action])
		readers[call->action](record, room, call);
	call->correlation_id =
		text_lower(text_at(record, "correlationId"), room->correlation_id,
			   sizeof(room->correlation_id));
}

/* {"category":"BastionAuditLogs","operationName":"Microsoft.Network/BastionHost/connect",
 * "properties":{"userName":"deploy","clientIpAddress":"203.0.113.7","protocol":"ssh",
 * "targetResourceId":"/SUBSCRIPTIONS/...","targetVMIPAddress":"10.0.0.4","tunnelId":...,
 * "message":"Successfully Connected.", ...}} */
static void fill_bastion(const json_t *record, struct record_room *room,
			 struct api_call *call)
{
	const json_t *properties = json_object_get(record, "properties");
	struct slice message = text_member(properties, "message");
	struct slice target = text_member(properties, "targetResourceId");

	call->outcome =
		message.len && slice_find_ignoring_case(message, SLICE("success")) < 0
			? API_FAILED
			: API_ADMITTED;
	call->os_user = text_member(properties, "userName");
	call->source_ip = text_without_port(text_member(properties, "clientIpAddress"));
	call->user_agent = text_member(properties, "userAgent");
	call->document = text_member(properties, "protocol");
	call->private_ip = text_member(properties, "targetVMIPAddress");
	call->tunnel_id = text_member(properties, "tunnelId");
	if (target.len) {
		room->instances[0] = target;
		call->instances = room->instances;
		call->instance_count = 1;
	}
}

static int fill(const json_t *record, struct record_room *room, struct event *event,
		struct err *err)
{
	(void)err;
	if (event->api_call.action == API_AZURE_BASTION_CONNECT)
		fill_bastion(record, room, &event->api_call);
	else
		fill_activity(record, room, &event->api_call);
	return 0;
}

const struct record_kind kind_azure_activity = {
	.marks = FIELD_BIT(FIELD_OPERATION) | FIELD_BIT(FIELD_EVENT_TIMESTAMP) |
		 FIELD_BIT(FIELD_DATA_ID) | FIELD_BIT(FIELD_RESOURCE_ID),
	.time_name = "eventTimestamp or time",
	.glance = glance,
	.head = read_head,
	.fill = fill,
};
