/* SPDX-License-Identifier: Apache-2.0 */
/* What the host's log writers say. */
#include "tests/scenarios/say_private.h"

bool say_is_run(struct slice word)
{
	return slice_equal(word, SLICE("session")) ||
	       slice_equal(word, SLICE("command")) ||
	       slice_equal(word, SLICE("association"));
}

static enum trust say_trust(struct telling *telling)
{
	static const enum trust usual[HOST_SOURCE_COUNT] = {
		[HOST_SOURCE_SYSLOG] = TRUST_UNVERIFIED,
		[HOST_SOURCE_JOURNAL] = TRUST_ATTESTED,
		[HOST_SOURCE_SSM] = TRUST_ROOT_FILE,
	};
	struct slice word = say_text(telling, "trust");

	if (word.len == 0)
		return usual[telling->event->source];
	for (enum trust trust = 0; trust < TRUST_COUNT; trust++)
		if (slice_equal(word, slice_text(trust_word(trust))))
			return trust;
	say_fail(telling, "trust", word);
	return TRUST_UNVERIFIED;
}

/* Any number that differs from line to line; equal texts must be equal. */
static uint64_t text_hash(struct slice text)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < text.len; i++)
		hash = (hash ^ (unsigned char)text.ptr[i]) * 0x100000001b3;
	return hash;
}

void say_line(struct telling *telling)
{
	struct event *event = telling->event;
	struct slice text = say_text(telling, "text");

	event->trust = say_trust(telling);
	if (event->source == HOST_SOURCE_SSM)
		return;
	event->host = script_value(telling->line, "host", SLICE("web-1"));
	event->pid = (uint32_t)say_number(telling, "pid", UINT32_MAX, 1000);
	event->text_hash = text.len ? text_hash(text) : telling->line->number;
	event->twin_expected = say_yes(telling, "twin");
}

void say_offered(struct telling *telling)
{
	telling->event->kind = EVENT_KEY_OFFERED;
	telling->event->key_offered = (struct key_offered){
		.fingerprint = say_fingerprint(telling, say_text(telling, "key")),
		.request_id = say_text(telling, "request"),
		.principal = say_arn(telling, say_text(telling, "principal")),
	};
}

void say_accepted(struct telling *telling)
{
	struct slice key = say_text(telling, "key");

	telling->event->kind = EVENT_LOGIN_ACCEPTED;
	telling->event->login = (struct login_accepted){
		.user = script_value(telling->line, "user", SLICE("deploy")),
		.method = script_value(telling->line, "method",
				       key.len ? SLICE("publickey")
					       : SLICE("keyboard-interactive/pam")),
		.source_ip = script_value(telling->line, "peer", SLICE("203.0.113.5")),
		.source_port = (uint16_t)say_number(telling, "port", 65535, 40000),
		.key_type = key.len ? SLICE("ED25519") : SLICE(""),
		.fingerprint = say_fingerprint(telling, key),
		.certificate_id = say_text(telling, "certificate"),
	};
}

void say_partial(struct telling *telling)
{
	say_accepted(telling);
	telling->event->kind = EVENT_KEY_PARTIAL;
}

void say_listening(struct telling *telling)
{
	telling->event->kind = EVENT_SSHD_LISTENING;
	telling->event->sshd_listening.port =
		(uint16_t)say_number(telling, "port", 65535, 22);
}

void say_console(struct telling *telling)
{
	telling->event->kind = EVENT_CONSOLE_LOGIN;
	telling->event->console_login = (struct console_login){
		.user = script_value(telling->line, "user", SLICE("operator")),
		.tty = say_text(telling, "tty"),
	};
}

void say_opened(struct telling *telling)
{
	telling->event->kind = EVENT_SESSION_OPENED;
	telling->event->pam_session = (struct pam_session){
		.service = script_value(telling->line, "service", SLICE("login")),
		.user = script_value(telling->line, "user", SLICE("operator")),
	};
}

void say_closed(struct telling *telling)
{
	say_opened(telling);
	telling->event->kind = EVENT_SESSION_CLOSED;
}

void say_sudo(struct telling *telling)
{
	telling->event->kind = EVENT_SUDO;
	telling->event->sudo = (struct sudo_use){
		.user = script_value(telling->line, "user", SLICE("deploy")),
		.target_user = script_value(telling->line, "as", SLICE("root")),
		.tty = say_text(telling, "tty"),
	};
}

static void say_run(struct telling *telling, enum run_kind kind)
{
	static const char *const stages[] = {
		[RUN_STARTED] = "started",
		[RUN_CONNECTED] = "connected",
		[RUN_DESCRIBED] = "described",
		[RUN_ENDED] = "ended",
	};
	struct slice word = script_value(telling->line, "stage", SLICE("started"));
	struct slice content = say_text(telling, "content");
	enum run_stage stage = RUN_STARTED;

	while (stage <= RUN_ENDED && !slice_equal(word, slice_text(stages[stage])))
		stage++;
	if (stage > RUN_ENDED)
		say_fail(telling, "stage", word);
	telling->event->kind = EVENT_RUN;
	telling->event->run = (struct run){
		.kind = kind,
		.stage = stage,
		.id = say_text(telling, "id"),
		.instance = say_instance(
			telling, script_value(telling->line, "instance", SLICE("here"))),
		.plugin = say_text(telling, "plugin"),
		.document = say_text(telling, "document"),
		.owner = say_arn(telling, say_text(telling, "owner")),
		.run_as_user = say_text(telling, "run_as"),
		.port = (uint16_t)say_number(telling, "port", 65535, 0),
		.content_hash = content.len ? text_hash(content) : 0,
	};
}

void say_session(struct telling *telling)
{
	say_run(telling, RUN_SESSION);
}

void say_command(struct telling *telling)
{
	say_run(telling, RUN_COMMAND);
}

void say_association(struct telling *telling)
{
	say_run(telling, RUN_ASSOCIATION);
}
