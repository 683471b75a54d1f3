/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/correlator/script.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"

enum value_kind {
	VALUE_TEXT,
	VALUE_LIST, /* commas between; the count lies at `count_offset` */
	VALUE_TIME, /* seconds after SCENE_EPOCH; "none", "min", "max", "least", "most" */
	VALUE_SPAN, /* seconds */
	VALUE_U16,
	VALUE_I16,
	VALUE_U32,
	VALUE_U64,
	VALUE_BOOL,   /* "yes" */
	VALUE_CLASS,  /* "ic", "ssm", "ecs"; not said: every class */
	VALUE_REASON, /* its word */
	VALUE_TRUST,  /* its word */
	VALUE_SOURCE, /* "syslog", "journal", "ssm" */
	VALUE_STAGE,
	VALUE_HASH, /* any text */
};

struct key_row {
	const char *name;
	enum value_kind kind;
	size_t offset, count_offset;
};

#define ROW(name, kind, member)                               \
	{                                                     \
		name, kind, offsetof(struct event, member), 0 \
	}
#define LIST_ROW(name, member, count)                             \
	{                                                         \
		name, VALUE_LIST, offsetof(struct event, member), \
			offsetof(struct event, count)             \
	}
#define ROWS_END                       \
	{                              \
		NULL, VALUE_TEXT, 0, 0 \
	}

static const struct key_row common_keys[] = {
	ROW("host", VALUE_TEXT, host),
	ROW("pid", VALUE_U32, pid),
	ROW("trust", VALUE_TRUST, trust),
	ROW("source", VALUE_SOURCE, source),
	ROW("text", VALUE_HASH, text_hash),
	ROW("twin", VALUE_BOOL, twin_expected),
	ROW("late", VALUE_SPAN, uncertainty_us),
	ROW("evidence", VALUE_U64, evidence),
	ROWS_END,
};

static const struct key_row offer_keys[] = {
	ROW("key", VALUE_TEXT, key_offered.fingerprint),
	ROW("request", VALUE_TEXT, key_offered.request_id),
	ROW("by", VALUE_TEXT, key_offered.principal),
	ROWS_END,
};

static const struct key_row login_keys[] = {
	ROW("user", VALUE_TEXT, login.user),
	ROW("from", VALUE_TEXT, login.source_ip),
	ROW("port", VALUE_U16, login.source_port),
	ROW("key", VALUE_TEXT, login.fingerprint),
	ROWS_END,
};

static const struct key_row listening_keys[] = {
	ROW("port", VALUE_U16, sshd_listening.port),
	ROWS_END,
};

static const struct key_row console_keys[] = {
	ROW("user", VALUE_TEXT, console_login.user),
	ROW("tty", VALUE_TEXT, console_login.tty),
	ROWS_END,
};

static const struct key_row pam_keys[] = {
	ROW("service", VALUE_TEXT, pam_session.service),
	ROW("user", VALUE_TEXT, pam_session.user),
	ROWS_END,
};

static const struct key_row logind_keys[] = {
	ROW("session", VALUE_TEXT, logind_session.session),
	ROW("user", VALUE_TEXT, logind_session.user),
	ROW("leader", VALUE_U32, logind_session.leader_pid),
	ROW("tty", VALUE_TEXT, logind_session.tty),
	ROWS_END,
};

static const struct key_row account_keys[] = {
	ROW("user", VALUE_TEXT, account_created.user),
	ROWS_END,
};

static const struct key_row run_keys[] = {
	ROW("id", VALUE_TEXT, run.id),
	ROW("stage", VALUE_STAGE, run.stage),
	ROW("on", VALUE_TEXT, run.instance),
	ROW("plugin", VALUE_TEXT, run.plugin),
	ROW("document", VALUE_TEXT, run.document),
	ROW("owner", VALUE_TEXT, run.owner),
	ROW("user", VALUE_TEXT, run.run_as_user),
	ROW("port", VALUE_U16, run.port),
	ROW("remote", VALUE_BOOL, run.port_is_remote),
	ROW("content", VALUE_U64, run.content_hash),
	ROWS_END,
};

static const struct key_row call_keys[] = {
	ROW("id", VALUE_TEXT, api_call.id),
	ROW("request", VALUE_TEXT, api_call.request_id),
	ROW("by", VALUE_TEXT, api_call.principal),
	ROW("from", VALUE_TEXT, api_call.source_ip),
	ROW("account", VALUE_TEXT, api_call.account),
	ROW("region", VALUE_TEXT, api_call.region),
	LIST_ROW("on", api_call.instances, api_call.instance_count),
	ROW("tag", VALUE_BOOL, api_call.targets_by_tag),
	ROW("refused-on", VALUE_TEXT, api_call.denied_instance),
	ROW("session", VALUE_TEXT, api_call.session_id),
	ROW("command", VALUE_TEXT, api_call.command_id),
	LIST_ROW("association", api_call.association_ids, api_call.association_count),
	ROW("user", VALUE_TEXT, api_call.os_user),
	ROW("key", VALUE_TEXT, api_call.fingerprint),
	ROW("document", VALUE_TEXT, api_call.document),
	ROW("port", VALUE_U16, api_call.port),
	ROW("ip", VALUE_TEXT, api_call.private_ip),
	ROW("serial", VALUE_I16, api_call.serial_port),
	ROWS_END,
};

static const struct key_row gap_keys[] = {
	ROW("path", VALUE_TEXT, gap.source),
	ROW("cause", VALUE_TEXT, gap.cause),
	ROW("from", VALUE_TIME, gap.from),
	ROW("until", VALUE_TIME, gap.until),
	ROWS_END,
};

static const struct key_row coverage_keys[] = {
	ROW("source", VALUE_SOURCE, host_coverage.source),
	ROW("from", VALUE_TIME, host_coverage.from),
	ROW("until", VALUE_TIME, host_coverage.until),
	ROW("host", VALUE_TEXT, host_coverage.host),
	ROWS_END,
};

static const struct key_row progress_keys[] = {
	ROW("account", VALUE_TEXT, progress.account),
	ROW("region", VALUE_TEXT, progress.region),
	ROW("class", VALUE_CLASS, progress.log_class),
	ROW("from", VALUE_TIME, progress.from),
	ROW("until", VALUE_TIME, progress.until),
	ROWS_END,
};

static const struct key_row sight_keys[] = {
	ROW("account", VALUE_TEXT, sight.account),
	ROW("region", VALUE_TEXT, sight.region),
	ROW("class", VALUE_CLASS, sight.log_class),
	ROW("reason", VALUE_REASON, sight.reason),
	ROWS_END,
};

static const struct key_row identity_keys[] = {
	ROW("instance", VALUE_TEXT, identity.instance),
	ROW("account", VALUE_TEXT, identity.account),
	ROW("region", VALUE_TEXT, identity.region),
	LIST_ROW("ip", identity.private_ips, identity.private_ip_count),
	LIST_ROW("endpoint", identity.endpoint_ips, identity.endpoint_ip_count),
	ROW("launched", VALUE_TIME, identity.launched_at),
	ROW("watched", VALUE_TIME, identity.watched_since),
	ROWS_END,
};

/* What each verb makes: kind, then what its union's number is (action, run kind, lost).
 */
static const struct verb_row {
	const char *name;
	enum event_kind kind;
	int variant;
	enum api_outcome outcome;
	const struct key_row *keys;
} verbs[] = {
	{ "offer", EVENT_KEY_OFFERED, 0, 0, offer_keys },
	{ "accept", EVENT_LOGIN_ACCEPTED, 0, 0, login_keys },
	{ "partial", EVENT_KEY_PARTIAL, 0, 0, login_keys },
	{ "listen", EVENT_SSHD_LISTENING, 0, 0, listening_keys },
	{ "console", EVENT_CONSOLE_LOGIN, 0, 0, console_keys },
	{ "opened", EVENT_SESSION_OPENED, 0, 0, pam_keys },
	{ "closed", EVENT_SESSION_CLOSED, 0, 0, pam_keys },
	{ "logind", EVENT_LOGIND_OPENED, 0, 0, logind_keys },
	{ "logind-closed", EVENT_LOGIND_CLOSED, 0, 0, logind_keys },
	{ "account", EVENT_ACCOUNT_CREATED, 0, 0, account_keys },
	{ "session", EVENT_RUN, RUN_SESSION, 0, run_keys },
	{ "command", EVENT_RUN, RUN_COMMAND, 0, run_keys },
	{ "association", EVENT_RUN, RUN_ASSOCIATION, 0, run_keys },
	{ "Push", EVENT_API_CALL, API_SEND_SSH_PUBLIC_KEY, 0, call_keys },
	{ "Push!", EVENT_API_CALL, API_SEND_SSH_PUBLIC_KEY, API_DENIED, call_keys },
	{ "Push?", EVENT_API_CALL, API_SEND_SSH_PUBLIC_KEY, API_FAILED, call_keys },
	{ "Serial", EVENT_API_CALL, API_SEND_SERIAL_CONSOLE_SSH_PUBLIC_KEY, 0,
	  call_keys },
	{ "Serial!", EVENT_API_CALL, API_SEND_SERIAL_CONSOLE_SSH_PUBLIC_KEY, API_DENIED,
	  call_keys },
	{ "Tunnel", EVENT_API_CALL, API_OPEN_TUNNEL, 0, call_keys },
	{ "Tunnel!", EVENT_API_CALL, API_OPEN_TUNNEL, API_DENIED, call_keys },
	{ "Start", EVENT_API_CALL, API_START_SESSION, 0, call_keys },
	{ "Start!", EVENT_API_CALL, API_START_SESSION, API_DENIED, call_keys },
	{ "Resume", EVENT_API_CALL, API_RESUME_SESSION, 0, call_keys },
	{ "Resume!", EVENT_API_CALL, API_RESUME_SESSION, API_DENIED, call_keys },
	{ "Execute", EVENT_API_CALL, API_EXECUTE_COMMAND, 0, call_keys },
	{ "Send", EVENT_API_CALL, API_SEND_COMMAND, 0, call_keys },
	{ "Send!", EVENT_API_CALL, API_SEND_COMMAND, API_DENIED, call_keys },
	{ "Send?", EVENT_API_CALL, API_SEND_COMMAND, API_FAILED, call_keys },
	{ "Associate", EVENT_API_CALL, API_CREATE_ASSOCIATION, 0, call_keys },
	{ "gap", EVENT_GAP, 0, 0, gap_keys },
	{ "read", EVENT_HOST_COVERAGE, 0, 0, coverage_keys },
	{ "proven", EVENT_PROGRESS, 0, 0, progress_keys },
	{ "hole", EVENT_API_HOLE, 0, 0, progress_keys },
	{ "lost", EVENT_SIGHT, true, 0, sight_keys },
	{ "back", EVENT_SIGHT, false, 0, sight_keys },
	{ "identity", EVENT_IDENTITY, 0, 0, identity_keys },
	{ "now", EVENT_KIND_COUNT, 0, 0, common_keys },
};

static void wrong(const char *what, struct slice where)
{
	(void)fprintf(stderr, "script: %s: '%.*s'\n", what, SLICE_ARG(where));
	abort();
}

static double seconds_of(struct slice text)
{
	char copy[32] = "";
	char *end;
	double seconds;

	if (text.len == 0 || text.len >= sizeof(copy))
		wrong("no time", text);
	memcpy(copy, text.ptr, text.len);
	seconds = strtod(copy, &end);
	if (*end)
		wrong("no time", text);
	return seconds;
}

static us_time time_of(struct slice text)
{
	static const struct {
		const char *word;
		us_time time;
	} words[] = {
		{ "none", US_TIME_NONE }, { "min", US_TIME_MIN },
		{ "max", US_TIME_MAX },	  { "least", INT64_MIN + 1 },
		{ "most", INT64_MAX },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (slice_equal(text, slice_text(words[i].word)))
			return words[i].time;
	return AT(seconds_of(text));
}

static uint64_t number_of(struct slice text, uint64_t max)
{
	uint64_t number;

	if (!slice_number(text, max, &number))
		wrong("no number", text);
	return number;
}

/* The position of the word in a list that ends with NULL. */
static int word_of(struct slice text, const char *const *words)
{
	for (int i = 0; words[i]; i++)
		if (slice_equal(text, slice_text(words[i])))
			return i;
	wrong("no such word", text);
	return 0;
}

static enum reason reason_of(struct slice text)
{
	for (int i = 0; i < REASON_COUNT; i++)
		if (slice_equal(text, slice_text(reason_word((enum reason)i))))
			return (enum reason)i;
	wrong("no such reason", text);
	return 0;
}

static enum trust trust_of(struct slice text)
{
	for (int i = 0; i < TRUST_COUNT; i++)
		if (slice_equal(text, slice_text(trust_word((enum trust)i))))
			return (enum trust)i;
	wrong("no such trust", text);
	return 0;
}

static void set_list(struct script *script, struct event *event,
		     const struct key_row *row, struct slice text)
{
	struct slice *list = script->lists[script->list_count++ % 4];
	uint32_t count = 0;

	while (slice_take_until(&text, ',', &list[count]) && count + 2 < SCRIPT_LIST_MAX)
		count++;
	list[count++] = text;
	*(const struct slice **)(void *)((char *)event + row->offset) = list;
	*(uint32_t *)(void *)((char *)event + row->count_offset) = count;
}

static void set_class(struct event *event, struct slice text)
{
	static const char *const words[] = { "ic", "ssm", "ecs", NULL };
	enum log_class log_class = (enum log_class)word_of(text, words);

	if (event->kind == EVENT_SIGHT) {
		event->sight.every_class = false;
		event->sight.log_class = log_class;
	} else {
		event->progress.every_class = false;
		event->progress.log_class = log_class;
	}
}

static void set_value(struct script *script, struct event *event,
		      const struct key_row *row, struct slice text)
{
	static const char *const sources[] = { "syslog", "journal", "ssm", NULL };
	static const char *const stages[] = { "started", "connected", "described",
					      "ended", NULL };
	static const struct hash_key zero;
	void *at = (char *)event + row->offset;

	switch (row->kind) {
	case VALUE_TEXT:
		*(struct slice *)at = text;
		break;
	case VALUE_LIST:
		set_list(script, event, row, text);
		break;
	case VALUE_TIME:
		*(us_time *)at = time_of(text);
		break;
	case VALUE_SPAN:
		*(us_span *)at = AT(seconds_of(text)) - SCENE_EPOCH;
		break;
	case VALUE_U16:
		*(uint16_t *)at = (uint16_t)number_of(text, UINT16_MAX);
		break;
	case VALUE_I16:
		*(int16_t *)at = (int16_t)number_of(text, INT16_MAX);
		break;
	case VALUE_U32:
		*(uint32_t *)at = (uint32_t)number_of(text, UINT32_MAX);
		break;
	case VALUE_U64:
		*(uint64_t *)at = number_of(text, UINT64_MAX);
		break;
	case VALUE_BOOL:
		*(bool *)at = slice_equal(text, SLICE("yes"));
		break;
	case VALUE_CLASS:
		set_class(event, text);
		break;
	case VALUE_REASON:
		*(enum reason *)at = reason_of(text);
		break;
	case VALUE_TRUST:
		*(enum trust *)at = trust_of(text);
		break;
	case VALUE_SOURCE:
		*(enum host_source *)at = (enum host_source)word_of(text, sources);
		break;
	case VALUE_STAGE:
		*(enum run_stage *)at = (enum run_stage)word_of(text, stages);
		break;
	case VALUE_HASH:
		*(uint64_t *)at = hash_bytes(&zero, text) | 1;
		break;
	}
}

static const struct key_row *find_key(const struct key_row *rows, struct slice name)
{
	for (; rows->name; rows++)
		if (slice_equal(name, slice_text(rows->name)))
			return rows;
	return NULL;
}

static const struct verb_row *find_verb(struct slice name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (slice_equal(name, slice_text(verbs[i].name)))
			return &verbs[i];
	wrong("no such verb", name);
	return NULL;
}

/* What an event says when the script says nothing. */
static void set_defaults(struct event *event, const struct verb_row *verb)
{
	event->kind = verb->kind;
	event->trust = TRUST_ATTESTED;
	switch (verb->kind) {
	case EVENT_RUN:
		event->source = HOST_SOURCE_SSM;
		event->run.kind = (enum run_kind)verb->variant;
		break;
	case EVENT_API_CALL:
		event->api_call.action = (enum api_action)verb->variant;
		event->api_call.outcome = verb->outcome;
		event->api_call.name =
			slice_text(api_action_word(event->api_call.action));
		event->api_call.serial_port = -1;
		break;
	case EVENT_GAP:
		event->gap.from = event->gap.until = US_TIME_NONE;
		break;
	case EVENT_PROGRESS:
	case EVENT_API_HOLE:
		event->progress.every_class = true;
		event->progress.from = AT(-10 * 24 * 3600);
		event->progress.until = event->happened_at;
		break;
	case EVENT_HOST_COVERAGE:
		event->host_coverage.from = AT(-10 * 24 * 3600);
		event->host_coverage.until = event->happened_at;
		break;
	case EVENT_SIGHT:
		event->sight.every_class = true;
		event->sight.lost = verb->variant;
		event->sight.reason = REASON_API_UNREACHABLE;
		break;
	case EVENT_IDENTITY:
		event->identity.launched_at = event->identity.watched_since =
			US_TIME_NONE;
		break;
	default:
		break;
	}
}

void script_start(struct script *script, const char *text)
{
	*script = (struct script){ .rest = slice_text(text) };
}

/* The next word before a blank. */
static bool take_word(struct slice *step, struct slice *ret_word)
{
	*step = slice_trim(*step);
	if (step->len == 0)
		return false;
	if (!slice_take_until(step, ' ', ret_word)) {
		*ret_word = *step;
		step->len = 0;
	}
	return true;
}

/* The next step's text; false at the end. */
static bool take_step(struct slice *rest, struct slice *ret_step)
{
	while (rest->len) {
		size_t len = 0;

		while (len < rest->len && rest->ptr[len] != ';' && rest->ptr[len] != '\n')
			len++;
		*ret_step = slice_trim(slice_first(*rest, len));
		*rest = slice_skip(*rest, len + 1);
		if (ret_step->len && ret_step->ptr[0] != '#')
			return true;
	}
	return false;
}

enum script_step script_next(struct script *script, struct event *ret_event)
{
	const struct verb_row *verb;
	struct slice step, word, name;

	if (!take_step(&script->rest, &step) || !take_word(&step, &word))
		return SCRIPT_END;
	*ret_event = (struct event){ .happened_at = SCENE_EPOCH,
				     .evidence = ++script->evidence };
	if (slice_take_until(&word, '@', &name))
		ret_event->happened_at = time_of(word);
	else
		name = word;
	verb = find_verb(name);
	set_defaults(ret_event, verb);
	while (take_word(&step, &word)) {
		const struct key_row *row = NULL;

		if (slice_take_until(&word, '=', &name))
			row = find_key(verb->keys, name);
		if (!row)
			row = find_key(common_keys, name);
		if (!row)
			wrong("no such key", name);
		set_value(script, ret_event, row, word);
	}
	return verb->kind == EVENT_KIND_COUNT ? SCRIPT_ADVANCE : SCRIPT_EVENT;
}
