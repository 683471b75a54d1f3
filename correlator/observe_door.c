/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which calls open a door to this instance, and how they are told. One that names another
 * instance, was made elsewhere or was not admitted opens none here; one from before this
 * instance, or before anybody watched, is no news.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/memory.h"
#include "correlator/calls.h"
#include "correlator/door.h"
#include "correlator/door_crowd.h"
#include "correlator/extension.h"
#include "correlator/google.h"
#include "correlator/observe.h"

/* A further record of the same call comes within this time. */
#define TYPE_WAIT US_PER_MINUTE

#define DETAIL_BYTES (4 * LIMIT_FIELD_BYTES)

/* Whom a call concerns. */
enum reach {
	REACH_INSTANCE, /* the machine, or what holds it, that the call names */
	REACH_REGION,	/* every instance of its account and region */
	REACH_ACCOUNT,	/* every instance of its account */
};

/* One row for each kind of door that an action opens. */
static const struct door {
	enum api_action action;
	enum observation_kind kind;
	enum reach reach;
	uint32_t metadata_key; /* it has to touch this one; 0 = any call does */
	const char *what;      /* was touched; NULL = the call says so itself */
} doors[] = {
	{ API_ENABLE_SERIAL_CONSOLE_ACCESS, OBSERVATION_SERIAL_CONSOLE_ENABLED,
	  REACH_REGION, 0, "for every instance of the account in its region" },
	{ API_CREATE_INSTANCE_CONNECT_ENDPOINT, OBSERVATION_ENDPOINT_CREATED,
	  REACH_REGION, 0, "whether this instance is in that network is not known" },
	{ API_MODIFY_INSTANCE_ATTRIBUTE, OBSERVATION_STARTUP_SCRIPT_CHANGED,
	  REACH_INSTANCE, 0, "user data" },
	{ API_STOP_TRAIL, OBSERVATION_TRAIL_STOPPED, REACH_ACCOUNT, 0, NULL },
	{ API_AZURE_ENABLE_SERIAL_CONSOLE, OBSERVATION_SERIAL_CONSOLE_ENABLED,
	  REACH_INSTANCE, 0, NULL },
	{ API_AZURE_WRITE_BASTION, OBSERVATION_ENDPOINT_CREATED, REACH_INSTANCE, 0,
	  "whether this machine is in reach of its network is not known" },
	{ API_AZURE_WRITE_EXTENSION, OBSERVATION_EXTENSION_WRITTEN, REACH_INSTANCE, 0,
	  NULL },
	{ API_AZURE_WRITE_MACHINE, OBSERVATION_STARTUP_SCRIPT_CHANGED, REACH_INSTANCE,
	  METADATA_STARTUP_SCRIPT, "user data" },
	{ API_AZURE_STOP_LOG, OBSERVATION_TRAIL_STOPPED, REACH_INSTANCE, 0, NULL },
	{ API_GCP_SET_METADATA, OBSERVATION_KEY_PLANTED, REACH_INSTANCE,
	  METADATA_SSH_KEYS, "ssh-keys of the instance" },
	{ API_GCP_SET_METADATA, OBSERVATION_SERIAL_CONSOLE_ENABLED, REACH_INSTANCE,
	  METADATA_SERIAL_PORT_ENABLE, "serial-port-enable of the instance" },
	{ API_GCP_SET_METADATA, OBSERVATION_STARTUP_SCRIPT_CHANGED, REACH_INSTANCE,
	  METADATA_STARTUP_SCRIPT, "startup-script of the instance" },
	{ API_GCP_SET_PROJECT_METADATA, OBSERVATION_KEY_PLANTED, REACH_INSTANCE,
	  METADATA_SSH_KEYS, "ssh-keys of the project" },
	{ API_GCP_SET_PROJECT_METADATA, OBSERVATION_SERIAL_CONSOLE_ENABLED,
	  REACH_INSTANCE, METADATA_SERIAL_PORT_ENABLE,
	  "serial-port-enable of the project" },
	{ API_GCP_SET_PROJECT_METADATA, OBSERVATION_STARTUP_SCRIPT_CHANGED,
	  REACH_INSTANCE, METADATA_STARTUP_SCRIPT, "startup-script of the project" },
	{ API_GCP_IMPORT_KEY, OBSERVATION_KEY_PLANTED, REACH_ACCOUNT, 0, NULL },
	{ API_GCP_STOP_LOG, OBSERVATION_TRAIL_STOPPED, REACH_INSTANCE, 0, NULL },
};
#define DOOR_COUNT (sizeof(doors) / sizeof(doors[0]))

/* A call that writes an extension whose type no record has named yet. */
struct waiting_door {
	struct event event;
	struct text_block *texts;
	us_time due; /* on `now` */
};

struct open_doors {
	struct door_crowds *crowds; /* owned */
	struct waiting_door waiting[LIMIT_DOORS_WAITING];
	size_t waiting_count; /* in the order of their due */
};

/* ---- whether it is a door here ---- */

static bool is_of_action(enum api_action action)
{
	for (size_t i = 0; i < DOOR_COUNT; i++)
		if (doors[i].action == action)
			return true;
	return false;
}

/* A scale set's or a project's call concerns those in it. */
static bool names_us(const struct correlator *correlator, const struct call *call)
{
	switch (api_action_cloud(call->event.api_call.action)) {
	case CLOUD_AZURE:
		return azure_call_is_for_us(correlator, call) == 1;
	case CLOUD_GCP:
		return google_call_is_for_us(correlator, call) == 1;
	default:
		return call_is_for_us(correlator, call) == 1;
	}
}

static bool reaches_us(const struct correlator *correlator, const struct call *call,
		       enum reach reach)
{
	const struct api_call *api = &call->event.api_call;
	struct slice region =
		reach == REACH_REGION ? api->region : (struct slice){ "", 0 };

	return reach == REACH_INSTANCE
		       ? names_us(correlator, call)
		       : watermark_is_ours(&correlator->watermark, api->account, region);
}

/* Whose number nobody else ever has: what is done to it was never done to another. An
 * instance that is stopped, changed and started says that it was launched afterwards. */
static bool is_unmistakable(const struct call *call)
{
	const struct api_call *api = &call->event.api_call;

	return api_action_cloud(api->action) != CLOUD_AZURE &&
	       (api->action == API_MODIFY_INSTANCE_ATTRIBUTE ||
		api->action == API_GCP_SET_METADATA);
}

/* Times before `bound`, as far as clocks and whole seconds let that be said. */
static bool is_before(const struct correlator *correlator, us_time time, us_time bound)
{
	return bound != US_TIME_NONE &&
	       time + correlator->options.skew_us + CALL_TIME_CUT_US < bound;
}

static bool is_news(const struct correlator *correlator, const struct call *call)
{
	const struct own_identity *own = &correlator->identity;
	us_time time = call->event.happened_at;

	return !is_before(correlator, time, own->watched_since) &&
	       (is_unmistakable(call) || !is_before(correlator, time, own->launched_at));
}

/* Signing a key for the login that follows is that login's own call. */
static bool is_login_of_its_own(const struct api_call *api)
{
	const struct slice name = SLICE("SignSshPublicKey");

	return api->action == API_GCP_IMPORT_KEY && api->name.len >= name.len &&
	       slice_equal_ignoring_case(slice_skip(api->name, api->name.len - name.len),
					 name);
}

/* ---- telling ---- */

/* Two entries of one change have its operation in common. */
static struct id door_id(const struct call *call, enum observation_kind kind)
{
	const struct api_call *api = &call->event.api_call;
	struct id_maker maker;

	id_start(&maker, observation_word(kind));
	if (api->operation_id.len) {
		id_add(&maker, api->account);
		id_add(&maker, api->operation_id);
	} else {
		observation_add_call(&maker, call);
	}
	return id_finish(&maker);
}

/* "StopLogging: main"; what others chose comes last, but for what is ours in brackets. */
static void describe(const struct api_call *api, const char *what, struct buf *buf)
{
	struct slice resource = api_action_cloud(api->action) == CLOUD_GCP && what
					? (struct slice){ "", 0 }
					: api->resource;

	buf_append(buf, api->name);
	if (what)
		buf_append_format(buf, " (%s)", what);
	if (api->handler.len) {
		buf_append_text(buf, ": ");
		buf_append(buf, api->handler);
	}
	if (resource.len) {
		buf_append_text(buf, api->handler.len ? " as " : ": ");
		buf_append(buf, resource);
	}
}

static void tell(struct correlator *correlator, const struct call *call,
		 enum observation_kind kind, const char *what)
{
	AUTO_BUF struct buf detail = BUF_LIMIT(DETAIL_BYTES);
	struct observation observation = observation_of(kind, call->event.happened_at);

	describe(&call->event.api_call, what, &detail);
	observation.id = door_id(call, kind);
	observation.api_call = &call->event;
	observation.evidence = call->event.evidence;
	observation.detail = buf_slice(&detail);
	door_crowds_take(correlator, correlator->doors->crowds, &observation);
}

/* ---- extensions: of which type ---- */

/* The handler as the record names it, else as the resource is named. */
static int family_of(const struct api_call *api)
{
	return api->handler.len ? handler_family(api->handler)
				: handler_family_named(api->resource);
}

static void waiting_free(struct waiting_door *waiting)
{
	free((void *)(uintptr_t)waiting->event.api_call.instances);
	free((void *)(uintptr_t)waiting->event.api_call.association_ids);
	text_free(waiting->texts);
}

static void drop_waiting(struct open_doors *open, size_t index)
{
	waiting_free(&open->waiting[index]);
	open->waiting_count--;
	for (size_t i = index; i < open->waiting_count; i++)
		open->waiting[i] = open->waiting[i + 1];
}

/* Nobody has said which type it is: it is anybody's code. */
static void tell_waiting(struct correlator *correlator, size_t index)
{
	struct waiting_door *waiting = &correlator->doors->waiting[index];
	const struct call call = { .event = waiting->event };

	tell(correlator, &call, OBSERVATION_EXTENSION_WRITTEN,
	     "of a type that is not said");
	drop_waiting(correlator->doors, index);
}

static bool is_same_call(const struct api_call *one, const struct api_call *two)
{
	return one->correlation_id.len &&
	       slice_equal(one->correlation_id, two->correlation_id) &&
	       slice_equal_ignoring_case(one->resource, two->resource);
}

/* Of further records of one call the first waits for all. */
static void wait_for_type(struct correlator *correlator, const struct call *call)
{
	struct open_doors *open = correlator->doors;
	struct waiting_door *waiting;
	struct id id = door_id(call, OBSERVATION_EXTENSION_WRITTEN);
	struct id reset = door_id(call, OBSERVATION_CREDENTIAL_RESET);

	if (observe_was_told(correlator, &id) || observe_was_told(correlator, &reset))
		return;
	for (size_t i = 0; i < open->waiting_count; i++)
		if (is_same_call(&open->waiting[i].event.api_call, &call->event.api_call))
			return;
	if (open->waiting_count == LIMIT_DOORS_WAITING)
		tell_waiting(correlator, 0);
	waiting = &open->waiting[open->waiting_count++];
	*waiting = (struct waiting_door){ .due = correlator->now + TYPE_WAIT };
	event_take(&waiting->event, &waiting->texts, &call->event);
}

static void end_waiting(struct open_doors *open, const struct call *call)
{
	for (size_t i = open->waiting_count; i > 0; i--)
		if (is_same_call(&open->waiting[i - 1].event.api_call,
				 &call->event.api_call))
			drop_waiting(open, i - 1);
}

/* A further record of the call, which does not say that the platform drives it, adds
 * nothing. */
static void note_platform(struct correlator *correlator, const struct call *call)
{
	struct id id = door_id(call, OBSERVATION_EXTENSION_WRITTEN);

	if (!observe_was_told(correlator, &id))
		observe_note_told(correlator, &id);
}

/* What the platform drives is no door; by VMAccess a password or key is reset. */
static void take_extension(struct correlator *correlator, const struct call *call)
{
	const struct api_call *api = &call->event.api_call;
	int family = family_of(api);

	if (family == HANDLER_UNLISTED && api->handler.len == 0) {
		wait_for_type(correlator, call);
		return;
	}
	end_waiting(correlator->doors, call);
	if (family == handler_family(SLICE("Microsoft.OSTCExtensions.VMAccessForLinux")))
		tell(correlator, call, OBSERVATION_CREDENTIAL_RESET, NULL);
	else if (handler_class(family) != HANDLER_PLATFORM)
		tell(correlator, call, OBSERVATION_EXTENSION_WRITTEN, NULL);
	else
		note_platform(correlator, call);
}

/* ---- calls ---- */

static void tell_door(struct correlator *correlator, const struct call *call,
		      const struct door *door)
{
	if (door->action == API_AZURE_WRITE_EXTENSION)
		take_extension(correlator, call);
	else
		tell(correlator, call, door->kind, door->what);
}

void doors_take_call(struct correlator *correlator, struct call *call)
{
	const struct api_call *api = &call->event.api_call;

	if (!correlator->options.tell_opened_doors || call->has_told_door ||
	    api->outcome != API_ADMITTED || !is_of_action(api->action) ||
	    is_login_of_its_own(api) || !is_news(correlator, call))
		return;
	if (!correlator->doors) {
		correlator->doors = memory_new(1, sizeof(*correlator->doors));
		correlator->doors->crowds = door_crowds_new();
	}
	for (size_t i = 0; i < DOOR_COUNT; i++) {
		const struct door *door = &doors[i];

		if (door->action != api->action ||
		    (door->metadata_key && !(api->metadata_keys & door->metadata_key)) ||
		    !reaches_us(correlator, call, door->reach))
			continue;
		call->has_told_door = true;
		tell_door(correlator, call, door);
	}
}

void doors_look_again(struct correlator *correlator)
{
	if (!correlator->options.tell_opened_doors)
		return;
	for (size_t i = 0; i < correlator->calls.count; i++)
		doors_take_call(correlator, correlator->calls.items[i]);
}

/* ---- time ---- */

void doors_tell_due(struct correlator *correlator)
{
	us_time then =
		correlator->options.logs_are_complete ? INT64_MAX : correlator->now;
	struct open_doors *open = correlator->doors;

	if (!open)
		return;
	while (open->waiting_count && open->waiting[0].due <= then)
		tell_waiting(correlator, 0);
	door_crowds_tell(correlator, open->crowds, then);
}

us_time doors_deadline(const struct correlator *correlator)
{
	const struct open_doors *open = correlator->doors;
	us_time deadline;

	if (!open || correlator->options.logs_are_complete)
		return US_TIME_NONE;
	deadline = door_crowds_deadline(open->crowds);
	if (open->waiting_count &&
	    (deadline == US_TIME_NONE || open->waiting[0].due < deadline))
		deadline = open->waiting[0].due;
	return deadline;
}

void doors_free(struct open_doors *open)
{
	if (!open)
		return;
	door_crowds_free(open->crowds);
	for (size_t i = 0; i < open->waiting_count; i++)
		waiting_free(&open->waiting[i]);
	free(open);
}
