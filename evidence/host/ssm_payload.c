/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/ssm_payload.h"

#include "base/digest.h"
#include "base/limits.h"
#include "evidence/host/ssm_id.h"

/* Longest name of a document's parameter that is looked up. */
#define PARAMETER_NAME_BYTES 128

/* The one document whose port is another host's even where no host is named. */
#define REMOTE_DOCUMENT "AWS-StartPortForwardingSessionToRemoteHost"

void ssm_payload_release(struct ssm_payload *payload)
{
	json_decref(payload->message);
	json_decref(payload->content);
	payload->message = NULL;
	payload->content = NULL;
}

static struct slice text_of(const json_t *value)
{
	struct slice text = json_slice(value);

	return text.len <= LIMIT_FIELD_BYTES ? text : slice_of(NULL, 0);
}

static struct slice text_at(const json_t *object, const char *path)
{
	return text_of(json_at(object, path));
}

/* The agent reads its messages as Go does, whatever the case of the keys: sessions come
 * with "content", commands with "Content" (agent/session/contracts/model.go). */
static struct slice text_at_either(const json_t *object, const char *one,
				   const char *other)
{
	struct slice text = json_slice(json_at(object, one));

	return text.len > 0 ? text : json_slice(json_at(object, other));
}

/* "22", 22 or ["22"]; 0 for anything else. */
static uint16_t port_of(const json_t *value)
{
	uint64_t number = 0;

	if (json_is_array(value) && json_array_size(value) == 1)
		value = json_array_get(value, 0);
	if (json_is_integer(value)) {
		json_int_t integer = json_integer_value(value);

		return integer > 0 && integer <= UINT16_MAX ? (uint16_t)integer : 0;
	}
	if (!slice_number(json_slice(value), UINT16_MAX, &number))
		return 0;
	return (uint16_t)number;
}

static struct slice host_of(const json_t *value)
{
	if (json_is_array(value) && json_array_size(value) == 1)
		value = json_array_get(value, 0);
	return text_of(value);
}

/* Names and addresses that lead nowhere but to this host. */
static bool is_loopback(struct slice host)
{
	static const char *const names[] = {
		"localhost",
		"localhost.",
		"localhost.localdomain",
		"ip6-localhost",
		"::1",
		"[::1]",
		"::",
		"[::]",
		"0.0.0.0",
		"0",
	};
	const struct slice allowed = SLICE("0123456789.");
	struct slice rest = host;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_equal_ignoring_case(host, slice_text(names[i])))
			return true;
	slice_take_prefix(&rest, SLICE("::ffff:"));
	if (!slice_take_prefix(&rest, SLICE("127.")))
		return false;
	for (size_t i = 0; i < rest.len; i++)
		if (!memchr(allowed.ptr, rest.ptr[i], allowed.len))
			return false;
	return true;
}

/* A host that is named decides; ToRemoteHost with "localhost" leads to this host's own
 * sshd. */
static bool port_is_remote(struct slice document, struct slice host)
{
	if (host.len > 0)
		return !is_loopback(host);
	return slice_ends_with(document, SLICE(REMOTE_DOCUMENT));
}

/* "{{ portNumber }}": the parameter a property of a session document stands for. */
static bool parameter_name(const json_t *property, char ret_name[PARAMETER_NAME_BYTES])
{
	struct slice text = json_slice(property);

	if (!slice_take_prefix(&text, SLICE("{{")) ||
	    !slice_take_suffix(&text, SLICE("}}")))
		return false;
	text = slice_trim(text);
	if (text.len == 0 || text.len >= PARAMETER_NAME_BYTES)
		return false;
	memcpy(ret_name, text.ptr, text.len);
	ret_name[text.len] = '\0';
	return true;
}

/* What a property of a session document comes to: its value, the parameter it stands for,
 * or that parameter's default; without such a property the parameter of its own name. */
static const json_t *session_property(const json_t *content, const char *name)
{
	const json_t *property =
		json_object_get(json_at(content, "DocumentContent.properties"), name);
	const json_t *given = json_at(content, "Parameters");
	const json_t *declared = json_at(content, "DocumentContent.parameters");
	char parameter[PARAMETER_NAME_BYTES];
	const json_t *value;

	if (!property)
		return json_object_get(given, name);
	if (!parameter_name(property, parameter))
		return property;
	value = json_object_get(given, parameter);
	return value ? value
		     : json_object_get(json_object_get(declared, parameter), "default");
}

/* Whom the shell runs as (agent/session/plugins/sessionplugin, shell_unix.go): root where
 * the document elevates, `user` where RunAs is on, else nobody is said and it is
 * ssm-user. An agent that does not say whether RunAs is on means by naming a user that it
 * is. */
static struct slice run_as_user(const json_t *properties, const json_t *enabled,
				struct slice user)
{
	if (json_is_true(json_at(properties, "linux.runAsElevated")))
		return SLICE("root");
	return json_is_false(enabled) ? slice_of(NULL, 0) : user;
}

static struct slice run_as_user_of_message(const json_t *content)
{
	const json_t *enabled = json_at(content, "DocumentContent.inputs.runAsEnabled");
	struct slice user = text_at(content, "RunAsUser");

	if (user.len == 0 && json_is_true(enabled))
		user = text_at(content, "DocumentContent.inputs.runAsDefaultUser");
	return run_as_user(json_at(content, "DocumentContent.properties"), enabled, user);
}

static bool read_session(const json_t *content, struct run *run)
{
	run->kind = RUN_SESSION;
	run->id = text_at(content, "SessionId");
	if (!ssm_is_session_id(run->id))
		return false;
	run->owner = text_at(content, "SessionOwner");
	run->run_as_user = run_as_user_of_message(content);
	run->document = text_at(content, "DocumentName");
	run->plugin = text_at(content, "DocumentContent.sessionType");
	if (!ssm_is_plugin(run->plugin))
		run->plugin = slice_of(NULL, 0);
	if (run->plugin.len == 0 || slice_equal(run->plugin, SLICE("Port")))
		run->port = port_of(session_property(content, "portNumber"));
	if (run->port != 0)
		run->port_is_remote = port_is_remote(
			run->document, host_of(session_property(content, "host")));
	return true;
}

/* "JobId":"aws.ssm.<command>.<instance>","Topic":"aws.ssm.sendCommand..." (a
 * cancelCommand has a job id of its own and runs nothing). */
static bool read_command(const struct ssm_payload *payload, struct slice job,
			 struct run *run)
{
	struct slice topic = text_at_either(payload->message, "Topic", "topic");
	struct ssm_id id;

	if (!slice_starts_with(topic, SLICE("aws.ssm.sendCommand")) ||
	    !ssm_id_of_command_job(job, &id))
		return false;
	run->kind = id.kind;
	run->id = id.id;
	run->instance = id.instance;
	run->document = text_at(payload->content, "DocumentName");
	return true;
}

bool ssm_payload_read_message(struct slice text, struct ssm_payload *payload,
			      struct run *run)
{
	struct err ignored;
	struct slice job, content;

	if (json_read(text, &payload->message, &ignored) < 0)
		return false;
	job = text_at_either(payload->message, "JobId", "jobId");
	content = text_at_either(payload->message, "content", "Content");
	/* a command whose content cannot be read is still that command */
	if (json_read(content, &payload->content, &ignored) < 0 && job.len == 0)
		return false;
	return job.len > 0 ? read_command(payload, job, run)
			   : read_session(payload->content, run);
}

static int add_to_digest(const char *bytes, size_t len, void *ctx)
{
	sha256_add(ctx, slice_of(bytes, len));
	return 0;
}

static void digest_value(struct sha256 *sha256, const json_t *value)
{
	if (value)
		json_dump_callback(value, add_to_digest, sha256,
				   JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY);
	sha256_add(sha256, slice_of("", 1)); /* its NUL keeps neighbours apart */
}

/* Of what the association would run: document, version, and each step with its
 * parameters. Folders and S3 prefixes stay out, they name the single run. Not a keyed
 * hash: whoever may change an association must not find another content with the same
 * value. Never 0. */
static uint64_t hash_content(const json_t *document)
{
	const json_t *steps = json_at(document, "InstancePluginsInformation");
	uint8_t digest[SHA256_BYTES];
	struct sha256 sha256;
	uint64_t hash = 0;

	sha256_init(&sha256);
	digest_value(&sha256, json_at(document, "DocumentInformation.DocumentName"));
	digest_value(&sha256, json_at(document, "DocumentInformation.DocumentVersion"));
	for (size_t i = 0; i < json_array_size(steps); i++) {
		const json_t *step = json_array_get(steps, i);

		digest_value(&sha256, json_at(step, "Name"));
		digest_value(&sha256, json_at(step, "Id"));
		digest_value(&sha256, json_at(step, "Configuration.Properties"));
		digest_value(&sha256, json_at(step, "Configuration.Settings"));
	}
	sha256_finish(&sha256, digest);
	for (size_t i = 0; i < sizeof(hash); i++)
		hash = hash << 8 | digest[i];
	return hash ? hash : 1;
}

static void read_step(const json_t *step, struct run *run)
{
	const json_t *properties = json_at(step, "Configuration.Properties");
	struct slice name = text_at(step, "Name");

	if (ssm_is_plugin(name))
		run->plugin = name;
	if (run->owner.len == 0)
		run->owner = text_at(step, "Configuration.SessionOwner");
	if (run->run_as_user.len == 0)
		run->run_as_user = text_at(step, "Configuration.RunAsUser");
	run->run_as_user =
		run_as_user(properties, json_at(step, "Configuration.RunAsEnabled"),
			    run->run_as_user);
	if (!slice_equal(name, SLICE("Port")))
		return;
	run->port = port_of(json_object_get(properties, "portNumber"));
	if (run->port != 0)
		run->port_is_remote = port_is_remote(
			run->document, host_of(json_object_get(properties, "host")));
}

void ssm_payload_read_document(struct slice text, struct slice document_id,
			       struct ssm_payload *payload, struct run *run)
{
	struct slice association, instance;
	const json_t *about;
	struct err ignored;

	if (json_read(text, &payload->message, &ignored) < 0)
		return;
	about = json_at(payload->message, "DocumentInformation");
	if (!slice_equal(text_at(about, "DocumentID"), document_id))
		return;
	association = text_at(about, "AssociationID");
	if (run->kind != RUN_SESSION && ssm_is_uuid(association)) {
		run->kind = RUN_ASSOCIATION;
		run->id = association;
	}
	instance = text_at(about, "InstanceID");
	if (ssm_is_instance(instance))
		run->instance = instance;
	run->document = text_at(about, "DocumentName");
	run->owner = text_at(about, "SessionOwner");
	run->run_as_user = text_at(about, "RunAsUser");
	read_step(json_array_get(json_at(payload->message, "InstancePluginsInformation"),
				 0),
		  run);
	if (run->kind == RUN_ASSOCIATION)
		run->content_hash = hash_content(payload->message);
}
