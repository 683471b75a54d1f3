/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/scenarios/say.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/scenarios/say_private.h"

#define INSTANCE_HERE "i-0aaaaaaaaaaaaaaaa"
#define MACHINE_HERE                                                \
	"/subscriptions/111122223333/resourceGroups/web/providers/" \
	"Microsoft.Compute/virtualMachines/web-1"
#define NUMBER_HERE "4242424242424242424"
#define ACCOUNT "111122223333"
#define REGION "eu-central-1"

/* ---- names ---- */

static struct slice keep(struct said *said, const char *text, int len)
{
	char *copy = said->text + said->text_len;

	if (len < 0 || said->text_len + (size_t)len + 1 > SAY_TEXT_BYTES)
		abort();
	memcpy(copy, text, (size_t)len + 1);
	said->text_len += (size_t)len + 1;
	return slice_of(copy, (size_t)len);
}

struct slice say_fingerprint(struct telling *telling, struct slice name)
{
	static const char padding[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	char text[64];
	size_t len = name.len < 43 ? name.len : 43;

	if (name.len == 0)
		return name;
	return keep(telling->said, text,
		    snprintf(text, sizeof(text), "SHA256:%.*s%s", (int)len, name.ptr,
			     padding + len));
}

struct slice say_arn(struct telling *telling, struct slice name)
{
	char text[128];

	if (name.len == 0 || slice_starts_with(name, SLICE("arn:")) ||
	    slice_find(name, SLICE("@")) >= 0)
		return name;
	return keep(telling->said, text,
		    snprintf(text, sizeof(text), "arn:aws:iam::" ACCOUNT ":user/%.*s",
			     SLICE_ARG(name)));
}

struct slice say_instance(struct telling *telling, struct slice name)
{
	char text[128];

	if (slice_equal(name, SLICE("here")))
		return SLICE(INSTANCE_HERE);
	if (slice_equal(name, SLICE("vm")))
		return SLICE(MACHINE_HERE);
	if (slice_equal(name, SLICE("gce")))
		return SLICE(NUMBER_HERE);
	if (name.len == 0 || slice_starts_with(name, SLICE("i-")) ||
	    slice_starts_with(name, SLICE("/")) ||
	    slice_starts_with(name, SLICE("projects/")) ||
	    slice_starts_with(name, SLICE("ecs:")))
		return name;
	return keep(telling->said, text,
		    snprintf(text, sizeof(text), "i-%.*s", SLICE_ARG(name)));
}

/* "none" is a cloud's whose logs know no regions. */
static struct slice say_region(struct telling *telling)
{
	struct slice region = script_value(telling->line, "region", SLICE(REGION));

	return slice_equal(region, SLICE("none")) ? SLICE("") : region;
}

/* ---- values ---- */

struct slice say_text(struct telling *telling, const char *key)
{
	return script_value(telling->line, key, SLICE(""));
}

uint64_t say_number(struct telling *telling, const char *key, uint64_t max,
		    uint64_t absent)
{
	struct slice text = script_value(telling->line, key, SLICE(""));
	uint64_t number = absent;

	if (text.len > 0 && !slice_number(text, max, &number) && !telling->failed)
		telling->failed = err_set(telling->err, ERR_FORMAT,
					  "%s='%.*s' is no number", key, SLICE_ARG(text));
	return number;
}

us_time say_time(struct telling *telling, const char *key, us_time absent)
{
	struct slice text = script_value(telling->line, key, SLICE(""));
	us_span span;

	if (text.len == 0)
		return absent;
	if (script_span(text, &span))
		return telling->start + span;
	if (!telling->failed)
		telling->failed = err_set(telling->err, ERR_FORMAT,
					  "%s='%.*s' is no time", key, SLICE_ARG(text));
	return absent;
}

bool say_yes(struct telling *telling, const char *key)
{
	return slice_equal(script_value(telling->line, key, SLICE("no")), SLICE("yes"));
}

bool say_log_class(struct slice word, enum log_class *ret_class)
{
	for (enum log_class log_class = 0; log_class < LOG_CLASS_COUNT; log_class++) {
		struct slice name = slice_text(log_class_word(log_class));

		slice_take_suffix(&name, SLICE(".amazonaws.com"));
		if (!slice_equal(word, name))
			continue;
		*ret_class = log_class;
		return true;
	}
	return false;
}

bool say_reason(struct slice word, enum reason *ret_reason)
{
	for (enum reason reason = 0; reason < REASON_COUNT; reason++) {
		if (!slice_equal(word, slice_text(reason_word(reason))))
			continue;
		*ret_reason = reason;
		return true;
	}
	return false;
}

int say_fail(struct telling *telling, const char *what, struct slice word)
{
	if (!telling->failed)
		telling->failed = err_set(telling->err, ERR_FORMAT, "'%.*s' is no %s",
					  SLICE_ARG(word), what);
	return -1;
}

/* ---- the agent ---- */

static void say_scope(struct telling *telling, struct progress *progress)
{
	struct slice word = script_value(telling->line, "class", SLICE("every"));

	progress->account = script_value(telling->line, "account", SLICE(ACCOUNT));
	progress->region = say_region(telling);
	progress->every_class = slice_equal(word, SLICE("every"));
	if (!progress->every_class && !say_log_class(word, &progress->log_class))
		say_fail(telling, "log class", word);
}

static void say_progress(struct telling *telling)
{
	struct event *event = telling->event;

	event->kind = EVENT_PROGRESS;
	say_scope(telling, &event->progress);
	event->progress.from = say_time(telling, "from", telling->start - 2 * US_PER_DAY);
	event->progress.until = say_time(telling, "until", event->happened_at);
}

static void say_hole(struct telling *telling)
{
	say_progress(telling);
	telling->event->kind = EVENT_API_HOLE;
}

static void say_sight(struct telling *telling)
{
	struct progress scope = { .from = 0 };
	struct slice reason =
		script_value(telling->line, "reason", SLICE("api-unreachable"));
	struct sight *sight = &telling->event->sight;

	telling->event->kind = EVENT_SIGHT;
	say_scope(telling, &scope);
	*sight = (struct sight){ .account = scope.account,
				 .region = scope.region,
				 .every_class = scope.every_class,
				 .log_class = scope.log_class,
				 .lost = say_yes(telling, "lost") };
	if (!say_reason(reason, &sight->reason))
		say_fail(telling, "reason", reason);
}

static uint32_t say_list(struct telling *telling, const char *key, struct slice *items)
{
	struct slice list = say_text(telling, key), item;
	uint32_t count = 0;

	while (count < 4 && script_next_in_list(&list, &item))
		items[count++] = item;
	return count;
}

static void say_identity(struct telling *telling)
{
	struct said *said = telling->said;
	struct identity *identity = &telling->event->identity;

	telling->event->kind = EVENT_IDENTITY;
	*identity = (struct identity){
		.provider = script_value(telling->line, "provider", SLICE("aws")),
		.instance = say_instance(
			telling, script_value(telling->line, "instance", SLICE("here"))),
		.account = script_value(telling->line, "account", SLICE(ACCOUNT)),
		.region = say_region(telling),
		.private_ips = said->ips,
		.private_ip_count = say_list(telling, "private_ips", said->ips),
		.endpoint_ips = said->endpoints,
		.endpoint_ip_count = say_list(telling, "endpoint_ips", said->endpoints),
		.launched_at = say_time(telling, "launched", US_TIME_NONE),
		.watched_since = say_time(telling, "watched_since", US_TIME_NONE),
		.tags = said->tags,
		.tag_count = say_list(telling, "tags", said->tags),
		.has_tags = script_has(telling->line, "tags"),
	};
}

static enum host_source say_source(struct telling *telling, struct slice absent)
{
	struct slice word = script_value(telling->line, "source", absent);

	if (slice_equal(word, SLICE("journal")))
		return HOST_SOURCE_JOURNAL;
	if (slice_equal(word, SLICE("syslog")))
		return HOST_SOURCE_SYSLOG;
	if (!slice_equal(word, SLICE("ssm")))
		say_fail(telling, "source", word);
	return HOST_SOURCE_SSM;
}

static void say_host_coverage(struct telling *telling)
{
	struct event *event = telling->event;
	enum host_source source = say_source(telling, SLICE("journal"));

	event->kind = EVENT_HOST_COVERAGE;
	event->source = source;
	event->host_coverage = (struct host_coverage){
		.source = source,
		.from = say_time(telling, "from", telling->start - 2 * US_PER_DAY),
		.until = say_time(telling, "until", event->happened_at),
		.host = source == HOST_SOURCE_SSM ? SLICE("") : SLICE("web-1"),
	};
}

static void say_gap(struct telling *telling)
{
	struct event *event = telling->event;

	event->kind = EVENT_GAP;
	event->trust = TRUST_ATTESTED;
	event->source = HOST_SOURCE_JOURNAL;
	event->gap = (struct gap){
		.source = script_value(telling->line, "source", SLICE("journal")),
		.cause =
			script_value(telling->line, "cause", SLICE("lines-were-dropped")),
		.from = say_time(telling, "from", US_TIME_NONE),
		.until = say_time(telling, "until", US_TIME_NONE),
	};
}

/* ---- the cloud ---- */

static enum api_action find_action(struct slice word)
{
	for (enum api_action action = 1; action < API_ACTION_COUNT; action++)
		if (slice_equal(word, slice_text(api_action_word(action))))
			return action;
	return API_OTHER;
}

/* A refused call carries no request; its message may name what it was about. */
static void say_outcome(struct telling *telling, struct api_call *call)
{
	struct slice denied = say_text(telling, "denied");

	if (say_yes(telling, "failed")) {
		call->outcome = API_FAILED;
		call->error_code = SLICE("InternalServerError");
	}
	if (denied.len == 0)
		return;
	call->outcome = API_DENIED;
	call->error_code = SLICE("AccessDenied");
	call->instance_count = 0;
	if (!slice_equal(denied, SLICE("unnamed")))
		call->denied_instance = say_instance(telling, denied);
}

static uint32_t say_targets(struct telling *telling, struct slice *instances)
{
	struct slice list = script_value(telling->line, "instance", SLICE("here")), item;
	uint32_t count = 0;

	while (count < 4 && script_next_in_list(&list, &item))
		instances[count++] = say_instance(telling, item);
	return count;
}

static enum tristate say_mfa(struct telling *telling)
{
	if (!script_has(telling->line, "mfa"))
		return TRISTATE_UNKNOWN;
	return say_yes(telling, "mfa") ? TRISTATE_TRUE : TRISTATE_FALSE;
}

static void say_call(struct telling *telling, enum api_action action)
{
	struct said *said = telling->said;
	struct api_call *call = &telling->event->api_call;
	struct slice id = say_text(telling, "call");

	telling->event->kind = EVENT_API_CALL;
	*call = (struct api_call){
		.id = id,
		.action = action,
		.name = script_value(telling->line, "name",
				     slice_text(api_action_word(action))),
		.request_id = say_text(telling, "request"),
		.principal = say_arn(telling,
				     script_value(telling->line, "by", SLICE("alice"))),
		.source_ip =
			script_value(telling->line, "from_ip", SLICE("198.51.100.7")),
		.mfa = say_mfa(telling),
		.account = script_value(telling->line, "account", SLICE(ACCOUNT)),
		.region = say_region(telling),
		.instances = said->instances,
		.instance_count = say_targets(telling, said->instances),
		.targets_by_tag = say_yes(telling, "by_tag"),
		.correlation_id = say_text(telling, "correlation"),
		.resource = say_text(telling, "resource"),
		.handler = say_text(telling, "handler"),
		.tunnel_id = say_text(telling, "tunnel"),
		.operation_id = say_text(telling, "operation"),
		.metadata_keys = (uint32_t)say_number(telling, "metadata", 31, 0) |
				 (say_yes(telling, "ssh_keys") ? METADATA_SSH_KEYS : 0),
		.is_admin = say_yes(telling, "admin"),
		.has_ended = say_yes(telling, "ended"),
		.session_id = say_text(telling, "session"),
		.command_id = say_text(telling, "command"),
		.association_ids = said->ids,
		.association_count = say_list(telling, "association", said->ids),
		.os_user = say_text(telling, "user"),
		.fingerprint = say_fingerprint(telling, say_text(telling, "key")),
		.document = say_text(telling, "document"),
		.port = (uint16_t)say_number(telling, "port", 65535, 0),
		.private_ip = say_text(telling, "private_ip"),
		.serial_port =
			script_has(telling->line, "serial_port")
				? (int16_t)say_number(telling, "serial_port", 99, 0)
				: (int16_t)-1,
	};
	say_outcome(telling, call);
	if (id.len == 0)
		say_fail(telling, "call with a name (call=...)",
			 script_word(telling->line, 1));
}

/* ---- all of them ---- */

struct verb {
	const char *speaker, *word;
	void (*tell)(struct telling *telling);
	const char *const *keys;
};

#define KEYS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const struct verb verbs[] = {
	{ "agent", "identity", say_identity,
	  KEYS("provider", "instance", "account", "region", "private_ips", "endpoint_ips",
	       "launched", "watched_since", "tags") },
	{ "agent", "progress", say_progress,
	  KEYS("class", "account", "region", "from", "until", "at") },
	{ "agent", "hole", say_hole,
	  KEYS("class", "account", "region", "from", "until") },
	{ "agent", "sight", say_sight,
	  KEYS("class", "account", "region", "lost", "reason") },
	{ "agent", "host-coverage", say_host_coverage, KEYS("source", "from", "until") },
	{ "agent", "gap", say_gap, KEYS("source", "cause", "from", "until") },
	{ "host", "offered", say_offered, SAY_LINE_KEYS("key", "request", "principal") },
	{ "host", "accepted", say_accepted,
	  SAY_LINE_KEYS("user", "method", "peer", "port", "key", "certificate") },
	{ "host", "partial", say_partial,
	  SAY_LINE_KEYS("user", "method", "peer", "port", "key") },
	{ "host", "listening", say_listening, SAY_LINE_KEYS("port") },
	{ "host", "console", say_console, SAY_LINE_KEYS("user", "tty") },
	{ "host", "opened", say_opened, SAY_LINE_KEYS("user", "service") },
	{ "host", "closed", say_closed, SAY_LINE_KEYS("user", "service") },
	{ "host", "sudo", say_sudo, SAY_LINE_KEYS("user", "as", "tty") },
	{ "host", "session", say_session,
	  SAY_LINE_KEYS("id", "stage", "instance", "plugin", "document", "owner",
			"run_as", "port") },
	{ "host", "script", say_script, SAY_LINE_KEYS("kind", "name", "ended") },
	{ "host", "credential", say_credential,
	  SAY_LINE_KEYS("means", "user", "password", "gone") },
	{ "host", "account", say_account, SAY_LINE_KEYS("user") },
	{ "host", "password", say_password, SAY_LINE_KEYS("user") },
	{ "host", "boot", say_boot, SAY_LINE_KEYS("down") },
	{ "host", "goal-state", say_goal_state, SAY_LINE_KEYS("correlation", "created") },
	{ "host", "handler-state", say_handler_state,
	  SAY_LINE_KEYS("handler", "name", "enabled") },
	{ "host", "settings", say_settings,
	  SAY_LINE_KEYS("handler", "version", "name", "seq") },
	{ "host", "executed", say_executed,
	  SAY_LINE_KEYS("handler", "name", "seq", "run_as") },
	{ "host", "uninstalled", say_uninstalled, SAY_LINE_KEYS("handler", "name") },
	{ "host", "entra-user", say_entra_user, SAY_LINE_KEYS("user", "state") },
	{ "host", "os-login-user", say_os_login_user, SAY_LINE_KEYS("user") },
	{ "host", "metadata-user", say_metadata_user, SAY_LINE_KEYS("user", "gone") },
	{ "host", "file-key", say_file_key,
	  SAY_LINE_KEYS("user", "key", "principal", "gone") },
	{ "agent", "os-login-user", say_known_user, KEYS("user", "principal", "at") },
	{ "agent", "metadata-key", say_metadata_key,
	  KEYS("user", "key", "principal", "gone", "at") },
	{ "host", "command", say_command,
	  SAY_LINE_KEYS("id", "stage", "instance", "plugin", "document") },
	{ "host", "association", say_association,
	  SAY_LINE_KEYS("id", "stage", "instance", "document", "content") },
};

bool say_speaks(struct slice speaker)
{
	return slice_equal(speaker, SLICE("host")) ||
	       slice_equal(speaker, SLICE("cloud")) ||
	       slice_equal(speaker, SLICE("agent"));
}

static int tell_call(struct telling *telling)
{
	static const char *const keys[] = {
		"call",	       "at",	      "by",	 "from_ip",  "account",
		"region",      "instance",    "request", "session",  "command",
		"association", "user",	      "key",	 "document", "port",
		"private_ip",  "serial_port", "by_tag",	 "denied",   "failed",
		"correlation", "resource",    "handler", "tunnel",   "operation",
		"ssh_keys",    "admin",	      "ended",	 "name",     "metadata",
		"mfa",	       NULL,
	};
	enum api_action action = find_action(script_word(telling->line, 1));

	if (action == API_OTHER)
		return say_fail(telling, "call", script_word(telling->line, 1));
	if (script_allow(telling->line, 2, keys, telling->err) < 0)
		return -1;
	say_call(telling, action);
	return telling->failed;
}

int say(const struct script_line *line, us_time start, uint64_t evidence,
	struct said *said, struct err *err)
{
	struct slice speaker = script_word(line, 0), word = script_word(line, 1);
	struct telling telling = {
		.line = line,
		.start = start,
		.said = said,
		.event = &said->event,
		.err = err,
	};

	*said = (struct said){ .text_len = 0 };
	said->event.happened_at = say_time(&telling, "at", start + line->at);
	if (slice_equal(speaker, SLICE("cloud")))
		return tell_call(&telling);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (!slice_equal(speaker, slice_text(verbs[i].speaker)) ||
		    !slice_equal(word, slice_text(verbs[i].word)))
			continue;
		if (script_allow(line, 2, verbs[i].keys, err) < 0)
			return -1;
		if (slice_equal(speaker, SLICE("host"))) {
			said->event.evidence = evidence;
			said->event.source =
				say_source(&telling, say_is_run(word) ? SLICE("ssm")
								      : SLICE("journal"));
			say_line(&telling);
		}
		verbs[i].tell(&telling);
		return telling.failed;
	}
	return say_fail(&telling, "thing that can be said", word);
}
