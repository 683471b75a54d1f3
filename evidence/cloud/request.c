/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/request.h"

#include "evidence/cloud/text.h"
#include "evidence/cloud/trail.h"

#define SERIAL_PORT_MAX 31

/* The first of two paths that says something. */
static int text_of_either(const json_t *record, const char *path, const char *other,
			  struct slice *ret_text, struct err *err)
{
	struct slice text;

	if (text_need(record, path, &text, err) < 0 ||
	    (!text.len && text_need(record, other, &text, err) < 0))
		return -1;
	*ret_text = text;
	return 0;
}

/* A number, or a string of digits, of at most `max`; -1 when missing. */
static int number_at(const json_t *record, const char *path, int64_t max,
		     int64_t *ret_number, struct err *err)
{
	const json_t *value = json_at(record, path);
	uint64_t number;

	if (!value) {
		*ret_number = -1;
		return 0;
	}
	if (json_is_integer(value) && json_integer_value(value) >= 0 &&
	    json_integer_value(value) <= max) {
		*ret_number = (int64_t)json_integer_value(value);
		return 0;
	}
	if (!slice_number(json_slice(value), (uint64_t)max, &number))
		return err_set(err, ERR_FORMAT, "%s: not a number of at most %lld", path,
			       (long long)max);
	*ret_number = (int64_t)number;
	return 0;
}

static void add_instance(struct record_room *room, struct api_call *call, struct slice id)
{
	if (!id.len)
		return;
	if (call->instance_count == LIMIT_CALL_TARGETS) {
		call->targets_by_tag = true;
		return;
	}
	room->instances[call->instance_count++] = id;
	call->instances = room->instances;
}

static void add_association(struct record_room *room, struct api_call *call,
			    struct slice id)
{
	for (uint32_t i = 0; i < call->association_count; i++) {
		if (slice_equal_ignoring_case(room->association_ids[i], id))
			return;
	}
	if (!id.len)
		return;
	if (call->association_count == LIMIT_CALL_TARGETS) {
		call->targets_by_tag = true;
		return;
	}
	room->association_ids[call->association_count++] = id;
	call->association_ids = room->association_ids;
}

typedef void add_fn(struct record_room *room, struct api_call *call, struct slice id);

/* Adds every string of an array of ids; a missing one adds nothing. */
static int add_ids(const json_t *array, const char *path, add_fn *add,
		   struct record_room *room, struct api_call *call, struct err *err)
{
	if (!array)
		return 0;
	if (!json_is_array(array))
		return err_set(err, ERR_FORMAT, "%s: not an array", path);
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *id = json_array_get(array, i);

		if (!json_is_string(id) || json_string_length(id) > LIMIT_FIELD_BYTES)
			return err_set(err, ERR_FORMAT, "%s: item %zu is no id", path, i);
		add(room, call, json_slice(id));
	}
	return 0;
}

static int instance_at(const json_t *record, const char *path, struct record_room *room,
		       struct api_call *call, struct err *err)
{
	struct slice id;

	if (text_need(record, path, &id, err) < 0)
		return -1;
	add_instance(room, call, id);
	return 0;
}

static const json_t *member(const json_t *object, const char *name, const char *other)
{
	const json_t *value = json_object_get(object, name);

	return value ? value : json_object_get(object, other);
}

/* One of targets[]: {"key":"InstanceIds","values":["i-..."]} lists instances, every other
 * key (a tag, a resource group), and "*" among the instances, leaves open which they are.
 */
static int add_target(const json_t *target, struct record_room *room,
		      struct api_call *call, struct err *err)
{
	const json_t *values = member(target, "values", "Values");
	struct slice key = json_slice(member(target, "key", "Key"));

	if (!slice_equal_ignoring_case(key, SLICE("InstanceIds")) ||
	    !json_is_array(values)) {
		call->targets_by_tag = true;
		return 0;
	}
	for (size_t i = 0; i < json_array_size(values); i++) {
		if (slice_equal(json_slice(json_array_get(values, i)), SLICE("*")))
			call->targets_by_tag = true;
	}
	return add_ids(values, "targets.values", add_instance, room, call, err);
}

/* The targets of a command, an automation or an association; whatever is there and cannot
 * be read as a list of instances leaves them open. */
static int add_targets(const json_t *targets, struct record_room *room,
		       struct api_call *call, struct err *err)
{
	if (!targets || json_is_null(targets))
		return 0;
	if (!json_is_array(targets)) {
		call->targets_by_tag = true;
		return 0;
	}
	for (size_t i = 0; i < json_array_size(targets); i++) {
		if (add_target(json_array_get(targets, i), room, call, err) < 0)
			return -1;
	}
	return 0;
}

static void fingerprint_of(struct slice key, struct record_room *room,
			   struct api_call *call)
{
	if (ssh_key_fingerprint(key, room->fingerprint))
		call->fingerprint = slice_text(room->fingerprint);
}

/* {"instanceId":"i-...","instanceOSUser":"deploy","sSHPublicKey":"ssh-ed25519 AAAA..."},
 * or as AWS once documented it
 * {"instanceId":"i-...","osUser":"deploy","SSHKey":{"publicKey":"..."}} */
static int read_ssh_key(const json_t *record, struct record_room *room,
			struct api_call *call, struct err *err)
{
	struct slice key;

	if (instance_at(record, "requestParameters.instanceId", room, call, err) < 0 ||
	    text_of_either(record, "requestParameters.instanceOSUser",
			   "requestParameters.osUser", &call->os_user, err) < 0 ||
	    text_of_either(record, "requestParameters.sSHPublicKey",
			   "requestParameters.SSHKey.publicKey", &key, err) < 0)
		return -1;
	fingerprint_of(key, room, call);
	return 0;
}

/* {"instanceId":"i-...","monitorMode":false,"sSHPublicKey":"ssh-rsa
 * AAAA...","serialPort":0} */
static int read_serial_key(const json_t *record, struct record_room *room,
			   struct api_call *call, struct err *err)
{
	int64_t port;

	if (read_ssh_key(record, room, call, err) < 0 ||
	    number_at(record, "requestParameters.serialPort", SERIAL_PORT_MAX, &port,
		      err) < 0)
		return -1;
	call->serial_port = (int16_t)port;
	return 0;
}

/* {"instanceConnectEndpointId":"eice-...","privateIpAddress":"198.51.100.7","remotePort":"22"}
 */
static int read_tunnel(const json_t *record, struct record_room *room,
		       struct api_call *call, struct err *err)
{
	int64_t port;

	(void)room;
	if (text_need(record, "requestParameters.privateIpAddress", &call->private_ip,
		      err) < 0 ||
	    number_at(record, "requestParameters.remotePort", UINT16_MAX, &port, err) < 0)
		return -1;
	call->port = port < 0 ? 0 : (uint16_t)port;
	return 0;
}

/* The port a port session leads to: "22", 22 or ["22"] where it can be seen at all. */
static uint16_t session_port(const json_t *record)
{
	const json_t *value = json_at(record, "requestParameters.parameters");
	uint64_t port = 0;

	value = json_is_object(value) ? json_object_get(value, "portNumber") : NULL;
	if (json_is_array(value))
		value = json_array_get(value, 0);
	if (json_is_integer(value) && json_integer_value(value) > 0 &&
	    json_integer_value(value) <= UINT16_MAX)
		return (uint16_t)json_integer_value(value);
	return slice_number(json_slice(value), UINT16_MAX, &port) ? (uint16_t)port : 0;
}

/* {"target":"i-...","documentName":"AWS-StartSSHSession","parameters":{"portNumber":["22"]}},
 * answered by {"sessionId":"alice-0123456789abcdef0","streamUrl":...,"tokenValue":...} or
 * null */
static int read_start_session(const json_t *record, struct record_room *room,
			      struct api_call *call, struct err *err)
{
	call->port = session_port(record);
	if (instance_at(record, "requestParameters.target", room, call, err) < 0 ||
	    text_need(record, "requestParameters.documentName", &call->document, err) < 0)
		return -1;
	return text_need(record, "responseElements.sessionId", &call->session_id, err);
}

/* {"sessionId":"alice-0123456789abcdef0"} */
static int read_session(const json_t *record, struct record_room *room,
			struct api_call *call, struct err *err)
{
	(void)room;
	return text_of_either(record, "requestParameters.sessionId",
			      "responseElements.sessionId", &call->session_id, err);
}

/* {"documentName":"AWS-RunShellScript","instanceIds":["i-..."],"targets":[...]}, answered
 * by
 * {"command":{"commandId":"0b5c...","instanceIds":["i-..."],...}} */
static int read_command(const json_t *record, struct record_room *room,
			struct api_call *call, struct err *err)
{
	if (text_need(record, "requestParameters.documentName", &call->document, err) <
		    0 ||
	    text_need(record, "responseElements.command.commandId", &call->command_id,
		      err) < 0 ||
	    add_ids(json_at(record, "requestParameters.instanceIds"),
		    "requestParameters.instanceIds", add_instance, room, call, err) < 0 ||
	    add_targets(json_at(record, "requestParameters.targets"), room, call, err) <
		    0)
		return -1;
	if (call->instance_count)
		return 0;
	return add_ids(json_at(record, "responseElements.command.instanceIds"),
		       "responseElements.command.instanceIds", add_instance, room, call,
		       err);
}

/* {"documentName":"AWS-PatchInstance","parameters":...,"targets":[...]}. Its steps may
 * reach any instance, each by a call of its own. */
static int read_automation(const json_t *record, struct record_room *room,
			   struct api_call *call, struct err *err)
{
	call->targets_by_tag = true;
	if (text_need(record, "requestParameters.documentName", &call->document, err) < 0)
		return -1;
	return add_targets(json_at(record, "requestParameters.targets"), room, call, err);
}

/* What one association is made for: {"name":"...","instanceId":"i-...","targets":[...]}
 */
static int add_association_targets(const json_t *entry, struct record_room *room,
				   struct api_call *call, struct err *err)
{
	if (instance_at(entry, "instanceId", room, call, err) < 0)
		return -1;
	if (!call->document.len && text_need(entry, "name", &call->document, err) < 0)
		return -1;
	return add_targets(json_at(entry, "targets"), room, call, err);
}

static int add_association_at(const json_t *value, const char *path,
			      struct record_room *room, struct api_call *call,
			      struct err *err)
{
	struct slice id;

	if (text_need(value, path, &id, err) < 0)
		return -1;
	add_association(room, call, id);
	return 0;
}

/* CreateAssociationBatch: requestParameters.entries[], responseElements.successful[] */
static int read_batch(const json_t *record, struct record_room *room,
		      struct api_call *call, struct err *err)
{
	const json_t *entries = json_at(record, "requestParameters.entries");
	const json_t *made = json_at(record, "responseElements.successful");

	for (size_t i = 0; i < json_array_size(entries); i++) {
		if (add_association_targets(json_array_get(entries, i), room, call, err) <
		    0)
			return -1;
	}
	for (size_t i = 0; i < json_array_size(made); i++) {
		if (add_association_at(json_array_get(made, i), "associationId", room,
				       call, err) < 0)
			return -1;
	}
	return 0;
}

/* CreateAssociation, UpdateAssociation: {"name":...,"associationId":...,"targets":[...]},
 * answered by {"associationDescription":{"associationId":...}}; StartAssociationsOnce:
 * {"associationIds":[]} */
static int read_association(const json_t *record, struct record_room *room,
			    struct api_call *call, struct err *err)
{
	const json_t *request = json_at(record, "requestParameters");

	if (add_association_at(record, "requestParameters.associationId", room, call,
			       err) < 0 ||
	    add_association_at(record,
			       "responseElements.associationDescription.associationId",
			       room, call, err) < 0 ||
	    add_ids(json_at(record, "requestParameters.associationIds"),
		    "requestParameters.associationIds", add_association, room, call,
		    err) < 0)
		return -1;
	if (json_is_object(request) &&
	    add_association_targets(request, room, call, err) < 0)
		return -1;
	return read_batch(record, room, call, err);
}

/* {"cluster":...,"task":...,"container":...,"command":...}, answered by
 * {"session":{"sessionId":"ecs-execute-command-...",...}} */
static int read_ecs_command(const json_t *record, struct record_room *room,
			    struct api_call *call, struct err *err)
{
	(void)room;
	return text_need(record, "responseElements.session.sessionId", &call->session_id,
			 err);
}

/* Whether one of the parameters is the user data: {"userData":{"value":"..."}} or
 * {"attribute":"userData","value":"<sensitiveDataRemoved>"} */
static bool is_of_user_data(const json_t *record)
{
	const json_t *parameters = json_at(record, "requestParameters");

	return json_object_get(parameters, "userData") ||
	       slice_equal_ignoring_case(
		       json_slice(json_object_get(parameters, "attribute")),
		       SLICE("userData"));
}

/* {"instanceId":"i-...","userData":"<sensitiveDataRemoved>"}. Of its many attributes the
 * user data alone are run by the instance. */
static int read_attribute(const json_t *record, struct record_room *room,
			  struct api_call *call, struct err *err)
{
	if (!is_of_user_data(record)) {
		call->action = API_OTHER;
		return 0;
	}
	return instance_at(record, "requestParameters.instanceId", room, call, err);
}

static int add_instances_set(const json_t *record, const char *path,
			     struct record_room *room, struct api_call *call,
			     struct err *err)
{
	const json_t *items = json_at(record, path);

	for (size_t i = 0; i < json_array_size(items); i++) {
		if (instance_at(json_array_get(items, i), "instanceId", room, call, err) <
		    0)
			return -1;
	}
	return 0;
}

/* RunInstances asks for images ({"instancesSet":{"items":[{"imageId":"ami-..."}]}}) and
 * is answered by instances; StartInstances, StopInstances and RebootInstances name them.
 */
static int read_instances(const json_t *record, struct record_room *room,
			  struct api_call *call, struct err *err)
{
	if (add_instances_set(record, "requestParameters.instancesSet.items", room, call,
			      err) < 0)
		return -1;
	if (call->instance_count)
		return 0;
	return add_instances_set(record, "responseElements.instancesSet.items", room,
				 call, err);
}

/* {"CreateInstanceConnectEndpointRequest":{"SubnetId":"subnet-..."}}, answered by
 * {"CreateInstanceConnectEndpointResponse":{"instanceConnectEndpoint":
 * {"instanceConnectEndpointId":"eice-...","vpcId":"vpc-..."}}}; other names of the same
 * are taken, too. The network, else the subnet, is what it was made for. */
static int read_endpoint(const json_t *record, struct record_room *room,
			 struct api_call *call, struct err *err)
{
	static const char *const paths[] = {
		"CreateInstanceConnectEndpointResponse.instanceConnectEndpoint.vpcId",
		"instanceConnectEndpoint.vpcId",
	};
	const json_t *request = json_at(record, "requestParameters");
	const json_t *response = json_at(record, "responseElements");

	(void)room;
	(void)err;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		call->resource = text_either(call->resource, text_at(response, paths[i]));
	call->resource = text_either(
		call->resource,
		text_either(
			text_at(request, "CreateInstanceConnectEndpointRequest.SubnetId"),
			text_at(request, "subnetId")));
	return 0;
}

static int read_trail(const json_t *record, struct record_room *room,
		      struct api_call *call, struct err *err)
{
	(void)room;
	(void)err;
	trail_read(record, call);
	return 0;
}

typedef int read_fn(const json_t *record, struct record_room *room, struct api_call *call,
		    struct err *err);

static read_fn *const readers[API_ACTION_COUNT] = {
	[API_SEND_SSH_PUBLIC_KEY] = read_ssh_key,
	[API_SEND_SERIAL_CONSOLE_SSH_PUBLIC_KEY] = read_serial_key,
	[API_OPEN_TUNNEL] = read_tunnel,
	[API_START_SESSION] = read_start_session,
	[API_RESUME_SESSION] = read_session,
	[API_TERMINATE_SESSION] = read_session,
	[API_SEND_COMMAND] = read_command,
	[API_START_AUTOMATION_EXECUTION] = read_automation,
	[API_CREATE_ASSOCIATION] = read_association,
	[API_EXECUTE_COMMAND] = read_ecs_command,
	[API_MODIFY_INSTANCE_ATTRIBUTE] = read_attribute,
	[API_RUN_INSTANCES] = read_instances,
	[API_REBOOT_INSTANCES] = read_instances,
	[API_CREATE_INSTANCE_CONNECT_ENDPOINT] = read_endpoint,
	[API_STOP_TRAIL] = read_trail,
};

/* User: arn:aws:sts::111122223333:assumed-role/Ops/i-0123456789abcdef0 is not authorized
 * to perform: ssm:StartSession on resource:
 * arn:aws:ec2:eu-west-1:111122223333:instance/i-0fed... because ... Only the resource is
 * read. What stands before it is the caller's name and may be anything, though neither a
 * user's nor a session's name can hold a blank or a colon. */
static void read_refusal(struct slice message, struct api_call *call)
{
	struct slice before, arn, type;

	if (!slice_take_until_text(&message, SLICE(" on resource: "), &before) ||
	    !slice_equal_ignoring_case(slice_first(message, 4), SLICE("arn:")))
		return;
	message = slice_skip(message, 4);
	if (!slice_take_until(&message, ' ', &arn))
		arn = message;
	/* partition, service, region, account */
	for (unsigned i = 0; i < 4; i++) {
		if (!slice_take_until(&arn, ':', &before))
			return;
	}
	if (!slice_take_until(&arn, '/', &type) || arn.len > LIMIT_FIELD_BYTES)
		return;
	if (slice_equal_ignoring_case(type, SLICE("instance")) ||
	    slice_equal_ignoring_case(type, SLICE("managed-instance")))
		call->denied_instance = arn;
	else if (slice_equal_ignoring_case(type, SLICE("session")))
		call->denied_session = arn;
}

int request_read(const json_t *record, struct record_room *room, struct api_call *call,
		 struct err *err)
{
	call->serial_port = -1;
	if (call->outcome == API_DENIED)
		read_refusal(json_text_at(record, "errorMessage"), call);
	return readers[call->action] ? readers[call->action](record, room, call, err) : 0;
}
