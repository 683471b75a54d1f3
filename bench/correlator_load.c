/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/correlator_load.h"

#include <stdio.h>
#include <stdlib.h>

/* 2024-06-01T00:00:00Z */
#define LOAD_EPOCH INT64_C(1717200000000000)

#define POLL_US (10 * US_PER_SECOND)

/* One login in so many has no call. */
#define STOLEN_EVERY 50

/* Logins later that a session ends: a third of the lag. */
#define ENDS_AFTER(load) ((load)->lag_steps / 3)

#define HOST SLICE("ip-10-0-0-5")
#define ACCOUNT SLICE("111122223333")
#define REGION SLICE("eu-west-1")

static const struct slice here[] = { SLICE("i-0aaaaaaaaaaaaaaaa") };
static const struct slice private_ips[] = { SLICE("10.0.0.5") };
static const struct slice endpoint_ips[] = { SLICE("10.0.0.9") };

const char *load_door_word(enum load_door door)
{
	static const char *const words[LOAD_DOOR_COUNT] = {
		[LOAD_DIRECT] = "direct",   [LOAD_INSTANCE_CONNECT] = "instance-connect",
		[LOAD_SESSION] = "session", [LOAD_COMMAND] = "command",
		[LOAD_PORT] = "port",	    [LOAD_TUNNEL] = "tunnel",
		[LOAD_CONSOLE] = "console",
	};

	return words[door];
}

/* Logins that wait for a call, for each login of a door: the port's session and its ssh.
 */
static unsigned waiting_of(enum load_door door)
{
	return door == LOAD_DIRECT ? 0 : door == LOAD_PORT ? 2 : 1;
}

void load_start(struct load *load, const struct load_options *options)
{
	unsigned waiting = 0;

	*load = (struct load){ .options = *options };
	for (unsigned door = 0; door < LOAD_DOOR_COUNT; door++) {
		load->weight_sum += options->weights[door];
		waiting += options->weights[door] * waiting_of((enum load_door)door);
	}
	if (waiting == 0)
		abort();
	load->lag_steps = options->open * load->weight_sum / waiting;
	load->step_us = options->lag_us ? options->lag_us / (us_span)load->lag_steps
					: (us_span)(1e6 / options->rate);
	load->proven_until = LOAD_EPOCH;
}

struct event load_identity(void)
{
	return (struct event){ .kind = EVENT_IDENTITY,
			       .happened_at = LOAD_EPOCH,
			       .identity = { .provider = SLICE("aws"),
					     .instance = here[0],
					     .account = ACCOUNT,
					     .region = REGION,
					     .private_ips = private_ips,
					     .private_ip_count = 1,
					     .endpoint_ips = endpoint_ips,
					     .endpoint_ip_count = 1,
					     .launched_at = US_TIME_NONE,
					     .watched_since = US_TIME_NONE } };
}

/* ---- what is computed from a login's number ---- */

static uint64_t mix(uint64_t number, uint64_t salt)
{
	uint64_t word = (number + 1) * UINT64_C(0x9e3779b97f4a7c15) + salt;

	word = (word ^ (word >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	word = (word ^ (word >> 27)) * UINT64_C(0x94d049bb133111eb);
	return word ^ (word >> 31);
}

static us_time time_of(const struct load *load, uint64_t step)
{
	return LOAD_EPOCH + 2 * US_PER_DAY + (us_span)step * load->step_us;
}

us_time load_now(const struct load *load)
{
	return time_of(load, load->step);
}

static enum load_door door_of(const struct load *load, uint64_t step)
{
	uint64_t rest = mix(step, 1) % load->weight_sum;
	unsigned door = 0;

	for (; rest >= load->options.weights[door]; door++)
		rest -= load->options.weights[door];
	return (enum load_door)door;
}

static bool is_stolen(uint64_t step)
{
	return mix(step, 2) % STOLEN_EVERY == 0;
}

static uint32_t pid_of(uint64_t step)
{
	return 1000 + (uint32_t)(step % 4000000);
}

/* `prefix` and `digits` hexadecimal digits that only this login and salt have. */
static struct slice text_of(struct load_event *event, const char *prefix, unsigned digits,
			    uint64_t step, uint64_t salt)
{
	static const char hex[] = "0123456789abcdef";
	char *text = event->texts[event->text_count++];
	uint64_t word = mix(step, salt);
	size_t len = 0;

	while (*prefix)
		text[len++] = *prefix++;
	for (unsigned i = 0; i < digits; i++) {
		text[len++] = hex[word & 15];
		word = word >> 4 | word << 60;
		if (i % 16 == 15)
			word = mix(word, salt);
	}
	return slice_of(text, len);
}

static struct slice key_of(struct load_event *event, uint64_t step)
{
	return text_of(event, "SHA256:", 43, step, 10);
}

static struct slice request_of(struct load_event *event, uint64_t step)
{
	return text_of(event, "", 36, step, 11);
}

static struct slice session_of(struct load_event *event, uint64_t step)
{
	return text_of(event, step % 2 ? "alice-" : "bob-", 17, step, 12);
}

static struct slice command_of(struct load_event *event, uint64_t step)
{
	return text_of(event, "", 36, step, 13);
}

static struct slice user_of(uint64_t step)
{
	static const struct slice users[] = { SLICE("ubuntu"), SLICE("ec2-user"),
					      SLICE("alice"), SLICE("bob") };

	return users[mix(step, 3) % 4];
}

/* ---- events ---- */

struct block {
	const struct load *load;
	struct load_event *events;
	size_t count;
	uint64_t step;
};

static struct event *add(struct block *block, enum event_kind kind, us_span after)
{
	struct load_event *added = &block->events[block->count++];

	added->text_count = 0;
	added->event =
		(struct event){ .kind = kind,
				.happened_at = time_of(block->load, block->step) + after,
				.trust = TRUST_ATTESTED,
				.host = HOST,
				.pid = pid_of(block->step),
				.evidence = block->step * 8 + block->count };
	return &added->event;
}

static struct load_event *holder(struct block *block)
{
	return &block->events[block->count - 1];
}

static void add_offer(struct block *block)
{
	struct event *event = add(block, EVENT_KEY_OFFERED, 0);

	event->key_offered.fingerprint = key_of(holder(block), block->step);
	event->key_offered.request_id = request_of(holder(block), block->step);
	event->key_offered.principal = SLICE("arn:aws:iam::111122223333:user/alice");
}

static void add_accepted(struct block *block, struct slice from)
{
	struct event *event = add(block, EVENT_LOGIN_ACCEPTED, 1000);

	event->login.user = user_of(block->step);
	event->login.method = SLICE("publickey");
	event->login.key_type = SLICE("ED25519");
	event->login.fingerprint = key_of(holder(block), block->step);
	event->login.source_ip = from;
	event->login.source_port = (uint16_t)(mix(block->step, 4) | 1024);
}

static void add_pam(struct block *block, enum event_kind kind, struct slice service)
{
	struct event *event = add(block, kind, 1500);

	event->pam_session.service = service;
	event->pam_session.user = user_of(block->step);
}

static void add_logind(struct block *block, enum event_kind kind)
{
	struct event *event = add(block, kind, 2000);
	char *text = holder(block)->texts[holder(block)->text_count++];

	event->logind_session.session = slice_of(
		text, (size_t)snprintf(text, LOAD_TEXT_BYTES, "%llu",
				       (unsigned long long)(block->step % UINT32_MAX)));
	if (kind == EVENT_LOGIND_CLOSED)
		return;
	event->logind_session.user = user_of(block->step);
	event->logind_session.leader_pid = pid_of(block->step);
}

static struct run *add_run(struct block *block, enum run_kind kind, enum run_stage stage)
{
	struct event *event = add(block, EVENT_RUN, 1000 * (us_span)block->count);

	event->source = HOST_SOURCE_SSM;
	event->trust = TRUST_ROOT_FILE;
	event->run.kind = kind;
	event->run.stage = stage;
	event->run.id = kind == RUN_SESSION ? session_of(holder(block), block->step)
					    : command_of(holder(block), block->step);
	event->run.instance = here[0];
	return &event->run;
}

static void add_session(struct block *block, bool is_port)
{
	struct run *run;

	add_run(block, RUN_SESSION, RUN_STARTED);
	run = add_run(block, RUN_SESSION, RUN_DESCRIBED);
	run->document = is_port ? SLICE("AWS-StartSSHSession")
				: SLICE("SSM-SessionManagerRunShell");
	run->owner = SLICE("arn:aws:iam::111122223333:user/alice");
	run->port = is_port ? 22 : 0;
	run = add_run(block, RUN_SESSION, RUN_CONNECTED);
	run->plugin = is_port ? SLICE("Port") : SLICE("Standard_Stream");
}

static void add_command(struct block *block)
{
	add_run(block, RUN_COMMAND, RUN_STARTED);
	add_run(block, RUN_COMMAND, RUN_STARTED);
	add_run(block, RUN_COMMAND, RUN_DESCRIBED)->document =
		SLICE("AWS-RunShellScript");
	add_run(block, RUN_COMMAND, RUN_CONNECTED)->plugin = SLICE("aws:runShellScript");
	add_run(block, RUN_COMMAND, RUN_ENDED);
}

static void add_console(struct block *block)
{
	struct event *event = add(block, EVENT_CONSOLE_LOGIN, 0);

	event->console_login.user = user_of(block->step);
	event->console_login.tty = SLICE("ttyS0");
	add_pam(block, EVENT_SESSION_OPENED, SLICE("login"));
}

/* An address outside, from 198.51.100.0/24. */
static struct slice peer_of(struct block *block)
{
	static const struct slice peers[] = { SLICE("198.51.100.7"),
					      SLICE("198.51.100.21"),
					      SLICE("198.51.100.94"),
					      SLICE("198.51.100.180") };

	return peers[mix(block->step, 5) % 4];
}

static void add_login(struct block *block, enum load_door door)
{
	switch (door) {
	case LOAD_INSTANCE_CONNECT:
		add_offer(block);
		add_offer(block);
		add_accepted(block, peer_of(block));
		break;
	case LOAD_DIRECT:
		add_accepted(block, peer_of(block));
		break;
	case LOAD_TUNNEL:
		add_accepted(block, endpoint_ips[0]);
		break;
	case LOAD_SESSION:
		add_session(block, false);
		return;
	case LOAD_PORT:
		add_session(block, true);
		add_accepted(block, SLICE("127.0.0.1"));
		return;
	case LOAD_COMMAND:
		add_command(block);
		return;
	case LOAD_CONSOLE:
		add_console(block);
		return;
	case LOAD_DOOR_COUNT:
		return;
	}
	add_pam(block, EVENT_SESSION_OPENED, SLICE("sshd"));
	add_logind(block, EVENT_LOGIND_OPENED);
}

static void add_end(struct block *block, enum load_door door)
{
	switch (door) {
	case LOAD_INSTANCE_CONNECT:
	case LOAD_DIRECT:
	case LOAD_TUNNEL:
		add_pam(block, EVENT_SESSION_CLOSED, SLICE("sshd"));
		add_logind(block, EVENT_LOGIND_CLOSED);
		break;
	case LOAD_SESSION:
	case LOAD_PORT:
		add_run(block, RUN_SESSION, RUN_ENDED);
		break;
	default:
		return;
	}
	for (size_t i = 0; i < 2 && block->count > i; i++) {
		struct event *event = &block->events[block->count - 1 - i].event;

		if (event->kind == EVENT_SESSION_CLOSED ||
		    event->kind == EVENT_LOGIND_CLOSED ||
		    (event->kind == EVENT_RUN && event->run.stage == RUN_ENDED))
			event->happened_at = load_now(block->load);
	}
}

static void fill_call(struct block *block, struct api_call *call, enum load_door door)
{
	struct load_event *texts = holder(block);
	uint64_t step = block->step;

	switch (door) {
	case LOAD_INSTANCE_CONNECT:
		call->action = API_SEND_SSH_PUBLIC_KEY;
		call->fingerprint = key_of(texts, step);
		call->request_id = request_of(texts, step);
		call->os_user = user_of(step);
		break;
	case LOAD_SESSION:
	case LOAD_PORT:
		call->action = API_START_SESSION;
		call->session_id = session_of(texts, step);
		call->request_id = request_of(texts, step);
		break;
	case LOAD_COMMAND:
		call->action = API_SEND_COMMAND;
		call->command_id = command_of(texts, step);
		call->request_id = request_of(texts, step);
		break;
	case LOAD_TUNNEL:
		call->action = API_OPEN_TUNNEL;
		call->private_ip = private_ips[0];
		call->port = 22;
		break;
	default:
		call->action = API_SEND_SERIAL_CONSOLE_SSH_PUBLIC_KEY;
		call->serial_port = 0;
		break;
	}
	if (door == LOAD_PORT)
		call->document = SLICE("AWS-StartSSHSession");
}

static void add_call(struct block *block, enum load_door door)
{
	struct event *event;
	struct api_call *call;

	if (door == LOAD_DIRECT || is_stolen(block->step))
		return;
	event = add(block, EVENT_API_CALL, 0);
	/* whole seconds, a moment before its login */
	event->happened_at -= US_PER_SECOND + event->happened_at % US_PER_SECOND;
	call = &event->api_call;
	call->serial_port = -1;
	call->id = text_of(holder(block), "", 36, block->step, 14);
	fill_call(block, call, door);
	call->name = slice_text(api_action_word(call->action));
	call->principal = SLICE("arn:aws:sts::111122223333:assumed-role/operators/alice");
	call->access_key_id = text_of(holder(block), "ASIA", 16, block->step, 15);
	call->session_issuer = SLICE("arn:aws:iam::111122223333:role/operators");
	call->source_ip = door == LOAD_TUNNEL ? SLICE("203.0.113.77") : peer_of(block);
	call->user_agent = SLICE("aws-cli/2.15.30 Python/3.11.8 Linux/6.1 exe/x86_64");
	call->account = ACCOUNT;
	call->region = REGION;
	call->instances = here;
	call->instance_count = 1;
}

/* The agent's log was read up to now. */
static void add_coverage(struct block *block, us_time from)
{
	us_time until = load_now(block->load);
	struct event *event = add(block, EVENT_HOST_COVERAGE, 0);

	event->host_coverage.source = HOST_SOURCE_SSM;
	event->host_coverage.from = from;
	event->host_coverage.until = until;
}

/* What has been delivered is proven, poll by poll. */
static void add_progress(struct block *block, struct load *load)
{
	us_time until = time_of(load, load->step - load->lag_steps) - 2 * US_PER_SECOND;
	struct event *event;

	if (until < load->proven_until + POLL_US)
		return;
	event = add(block, EVENT_PROGRESS, 0);
	event->progress = (struct progress){ .account = ACCOUNT,
					     .region = REGION,
					     .every_class = true,
					     .from = load->proven_until,
					     .until = until };
	add_coverage(block, load->proven_until);
	load->proven_until = until;
}

size_t load_step(struct load *load, struct load_event events[LOAD_STEP_EVENTS])
{
	struct block block = { load, events, 0, load->step };

	add_login(&block, door_of(load, load->step));
	if (load->step >= ENDS_AFTER(load)) {
		block.step = load->step - ENDS_AFTER(load);
		add_end(&block, door_of(load, block.step));
	}
	if (load->step >= load->lag_steps) {
		block.step = load->step - load->lag_steps;
		add_call(&block, door_of(load, block.step));
		add_progress(&block, load);
	}
	load->step++;
	return block.count;
}
