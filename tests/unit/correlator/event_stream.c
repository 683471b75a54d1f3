/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/correlator/event_stream.h"

#include "base/digest.h"

#define PICK(array, byte) (array)[(byte) % (sizeof(array) / sizeof((array)[0]))]

static const struct slice nothing;

#define OWN "i-0aaaaaaaaaaaaaaaa"
#define OTHER "i-0bbbbbbbbbbbbbbbb"

static const char *const keys[] = { "SHA256:k0", "SHA256:k1", "SHA256:k2", "" };
static const char *const requests[] = { "", "r-0", "r-1", "r-2" };
static const char *const users[] = { "alice", "bob", "root", "ssm-user" };
static const char *const addresses[] = { "127.0.0.1", "203.0.113.9", "203.0.113.10",
					 "10.0.0.5",  "10.0.0.9",    "35.235.240.1" };
static const char *const ttys[] = { "", "ttyS0", "ttyS1", "tty1" };
static const char *const services[] = { "login", "sshd", "cron" };
static const char *const logind_sessions[] = { "1", "2", "c3" };
static const char *const sessions[] = { "alice-0", "alice-1", "bob-0",
					"ecs-execute-command-0" };
static const char *const commands[] = { "cmd-0", "cmd-1", "cmd-2" };
static const char *const associations[] = { "assoc-0", "assoc-1" };
static const char *const instances[] = { "", OWN, OTHER, "ecs:c_t_0", OWN };
static const char *const plugins[] = { "Standard_Stream", "Port", "" };
static const char *const documents[] = { "", "AWS-StartSSHSession",
					 "AWS-StartPortForwardingSession", "other" };
static const char *const principals[] = { "arn:aws:iam::111122223333:user/alice",
					  "arn:aws:iam::111122223333:user/bob",
					  "arn:aws:iam::444455556666:user/alice", "" };
static const char *const accounts[] = { "111122223333", "444455556666", "" };
static const char *const regions[] = { "eu-west-1", "us-east-1", "" };

static const char *const handlers[] = {
	"Microsoft.CPlat.Core.RunCommandLinux",
	"Microsoft.Azure.Extensions.CustomScript",
	"Microsoft.CPlat.Core.RunCommandHandlerLinux",
	"Contoso.Tools.Thing",
	"Microsoft.CPlat.Core.LinuxPatchExtension",
};
static const char *const resources[] = { "", "web", "CustomScript", "VMAccess", "x" };
static const char *const versions[] = { "", "1.1", "1.2" };
static const char *const correlations[] = { "", "c-1", "c-2" };
static const char *const operations[] = { "", "o-1", "o-2", "o-3" };
static const char *const google_users[] = { "alice", "alice_contoso_example", "sa_1",
					    "ext_bob_contoso_example" };
static const char *const google_addresses[] = { "alice@contoso.example",
						"Bob@contoso.example",
						"x@p.iam.gserviceaccount.com" };
static const char *const entra_users[] = { "alice", "bob@contoso.example" };

static const struct slice instance_lists[][2] = {
	{ SLICE(OWN) },		{ SLICE("I-0AAAAAAAAAAAAAAAA") },
	{ SLICE(OTHER) },	{ SLICE(OWN), SLICE(OTHER) },
	{ SLICE("ecs:c_t_0") },
};
static const uint32_t instance_counts[] = { 1, 1, 1, 2, 1, 0 };
static const struct slice association_list[] = { SLICE("assoc-0"), SLICE("assoc-1") };
static const struct slice private_ips[] = { SLICE("10.0.0.5"), SLICE("10.0.0.6") };
static const struct slice endpoint_ips[] = { SLICE("10.0.0.9") };
static const struct slice tags[] = { SLICE("env=prod"), SLICE("role=web") };

uint64_t random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

void random_bytes(uint64_t seed, uint8_t *bytes, size_t size)
{
	uint64_t state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;

	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(random_next(&state) >> 32);
}

static struct slice pick(const char *const *texts, size_t count, uint8_t byte)
{
	return slice_text(texts[byte % count]);
}

#define PICK_TEXT(texts, byte) pick(texts, sizeof(texts) / sizeof((texts)[0]), byte)

/* Most times lie in ten minutes by the third second, the others in four hours. */
static us_time time_of(const struct stream_options *options, uint8_t byte)
{
	static const us_time wild[] = {
		INT64_MIN,
		INT64_MIN + 1,
		-1,
		US_TIME_MIN,
		1,
		US_TIME_MAX - 1,
		US_TIME_MAX,
		US_TIME_MAX + 1,
		INT64_MAX - 1,
		INT64_MAX,
	};

	if (options->wild && byte % 4 == 0)
		return PICK(wild, byte / 4);
	return STREAM_EPOCH +
	       (byte < 200 ? byte * 3 : (byte - 200) * 300) * US_PER_SECOND;
}

/* ---- what the host says: `b` are the six bytes after kind and time ---- */

static void make_offer(struct event *event, const uint8_t *b)
{
	event->key_offered.fingerprint = PICK_TEXT(keys, b[0]);
	event->key_offered.request_id = PICK_TEXT(requests, b[1]);
	event->key_offered.principal = PICK_TEXT(principals, b[2]);
}

static void make_login(struct event *event, const uint8_t *b)
{
	event->login.user = PICK_TEXT(users, b[0]);
	event->login.source_ip = PICK_TEXT(addresses, b[1]);
	event->login.fingerprint = PICK_TEXT(keys, b[2]);
	event->login.source_port = b[3];
}

static void make_listening(struct event *event, const uint8_t *b)
{
	event->sshd_listening.port = b[0] % 4 ? 22 : 2222;
}

static void make_console(struct event *event, const uint8_t *b)
{
	event->console_login.user = PICK_TEXT(users, b[0]);
	event->console_login.tty = PICK_TEXT(ttys, b[1]);
}

static void make_pam(struct event *event, const uint8_t *b)
{
	event->pam_session.service = PICK_TEXT(services, b[0]);
	event->pam_session.user = PICK_TEXT(users, b[1]);
	event->pam_session.tty = b[2] % 4 ? nothing : PICK_TEXT(ttys, b[3]);
}

static void make_logind(struct event *event, const uint8_t *b)
{
	event->logind_session.session = PICK_TEXT(logind_sessions, b[0]);
	event->logind_session.user = PICK_TEXT(users, b[1]);
	event->logind_session.leader_pid = b[2] % 4;
	event->logind_session.tty = PICK_TEXT(ttys, b[3]);
}

static void make_account(struct event *event, const uint8_t *b)
{
	event->account_created.user = PICK_TEXT(users, b[0]);
}

static void make_script(struct event *event, const uint8_t *b)
{
	static const char *const names[] = { "startup-script", "ExecStepTask",
					     "install-agent", "" };

	event->script.kind = (enum script_kind)(b[0] % 4);
	event->script.has_ended = b[1] % 4 == 0;
	event->script.name = PICK_TEXT(names, b[2]);
}

static void make_credential(struct event *event, const uint8_t *b)
{
	event->credential_set.means = (enum credential_means)(b[0] % 3);
	event->credential_set.user = b[1] % 4 ? PICK_TEXT(users, b[2]) : nothing;
	event->credential_set.is_password = b[3] % 2;
	event->credential_set.is_removed = b[4] % 4 == 0;
}

static void make_account_changed(struct event *event, const uint8_t *b)
{
	event->account_changed.user = PICK_TEXT(users, b[0]);
	event->account_changed.group = b[1] % 2 ? SLICE("google-sudoers") : nothing;
}

static void make_boot(struct event *event, const uint8_t *b)
{
	event->boot.is_shutdown = b[0] % 2;
}

static void make_sudo(struct event *event, const uint8_t *b)
{
	event->sudo.user = PICK_TEXT(users, b[0]);
}

static void make_run(struct event *event, const uint8_t *b)
{
	struct run *run = &event->run;

	run->kind = (enum run_kind)(b[0] % 3);
	run->stage = (enum run_stage)(b[0] / 3 % 4);
	run->id = run->kind == RUN_SESSION   ? PICK_TEXT(sessions, b[1])
		  : run->kind == RUN_COMMAND ? PICK_TEXT(commands, b[1])
					     : PICK_TEXT(associations, b[1]);
	run->instance = PICK_TEXT(instances, b[2]);
	run->plugin = PICK_TEXT(plugins, b[3]);
	run->document = PICK_TEXT(documents, b[4]);
	run->owner = b[5] % 8 ? nothing : PICK_TEXT(principals, b[5] / 8);
	run->run_as_user = b[5] % 3 ? nothing : PICK_TEXT(users, b[5] / 3);
	run->port = b[4] % 5 ? 22 : 0;
	run->port_is_remote = b[3] % 16 == 15;
	run->content_hash = run->kind == RUN_ASSOCIATION ? b[3] % 3 : 0;
	event->source = HOST_SOURCE_SSM;
	event->trust = TRUST_ROOT_FILE;
}

static void make_extension(struct event *event, const uint8_t *b)
{
	struct extension *extension = &event->extension;

	extension->stage = (enum extension_stage)(b[0] % (EXTENSION_KNOWN + 1));
	extension->handler = PICK_TEXT(handlers, b[1]);
	extension->name = b[1] % 3 == 2 ? PICK_TEXT(resources, b[1] / 8) : nothing;
	extension->sequence = b[2] % 4;
	extension->version = PICK_TEXT(versions, b[2] / 4);
	extension->has_sequence = true;
	extension->was_enabled = b[3] % 2;
	extension->correlation_id = PICK_TEXT(correlations, b[3] / 2);
	extension->created_at = b[4] % 2 && event->happened_at > US_TIME_MIN
					? event->happened_at - b[4] * US_PER_SECOND
					: US_TIME_NONE;
	extension->run_as_user = extension->sequence == 3 ? SLICE("bob") : nothing;
	event->source = HOST_SOURCE_AZURE_AGENT;
	event->trust = b[5] % 4 ? TRUST_ROOT_FILE : TRUST_UNVERIFIED;
}

static void make_cloud_user(struct event *event, const uint8_t *b)
{
	event->cloud_user.cloud = b[2] % 2 ? CLOUD_AZURE : CLOUD_GCP;
	if (b[2] % 16 == 0)
		event->cloud_user.principal = PICK_TEXT(entra_users, b[2] / 16);
	event->cloud_user.state =
		(enum cloud_user_state)(b[0] % (CLOUD_USER_REFUSED + 1));
	event->cloud_user.user = PICK_TEXT(entra_users, b[1]);
}

static void make_cloud_key(struct event *event, const uint8_t *b)
{
	event->cloud_key.fingerprint = PICK_TEXT(keys, b[0]);
	event->cloud_key.user = b[1] % 3 ? PICK_TEXT(users, b[1] / 3) : nothing;
	event->cloud_key.principal = PICK_TEXT(entra_users, b[1]);
	event->cloud_key.is_gone = b[2] % 3 == 0;
	event->source = b[2] % 2 ? HOST_SOURCE_KEYS : HOST_SOURCE_JOURNAL;
	event->trust = TRUST_ROOT_FILE;
}

/* ---- what the control plane says ---- */

static void make_call(struct event *event, const uint8_t *b)
{
	static const enum api_outcome outcomes[] = { API_ADMITTED, API_ADMITTED,
						     API_ADMITTED, API_DENIED,
						     API_FAILED };
	struct api_call *call = &event->api_call;
	uint8_t list =
		(uint8_t)(b[2] % (sizeof(instance_counts) / sizeof(instance_counts[0])));

	call->action = (enum api_action)(b[0] % API_ACTION_COUNT);
	call->outcome = PICK(outcomes, b[1]);
	call->name = slice_text(api_action_word(call->action));
	call->principal = PICK_TEXT(principals, b[1] / 8);
	call->instance_count = instance_counts[list];
	call->instances = call->instance_count ? instance_lists[list] : NULL;
	call->account = PICK_TEXT(accounts, b[3] % 16 ? 0 : b[3] / 16);
	call->region = PICK_TEXT(regions, b[3] % 16 ? 0 : b[3] / 16);
	call->source_ip = PICK_TEXT(addresses, b[4]);
	call->fingerprint = PICK_TEXT(keys, b[4]);
	call->os_user = PICK_TEXT(users, b[5]);
	call->request_id = PICK_TEXT(requests, b[5] / 4);
	call->session_id = b[4] % 4 ? PICK_TEXT(sessions, b[5]) : nothing;
	call->command_id = PICK_TEXT(commands, b[5]);
	call->association_ids = association_list;
	call->association_count = b[4] % 3;
	call->document = PICK_TEXT(documents, b[5] / 8);
	call->port = b[4] % 8 ? 22 : 0;
	call->private_ip = private_ips[b[5] % 2];
	call->serial_port = (int16_t)(b[4] % 3 - 1);
	call->targets_by_tag = b[2] % 32 == 31;
	call->correlation_id = PICK_TEXT(correlations, b[3] / 16);
	call->operation_id = PICK_TEXT(operations, b[2] / 8);
	call->metadata_keys = b[5] / 16;
	call->resource = PICK_TEXT(resources, b[4] / 4);
	call->handler = b[5] % 4 ? nothing : PICK_TEXT(handlers, b[5] / 4);
	call->has_ended = b[4] % 2;
	if (call->outcome == API_DENIED)
		call->denied_instance = PICK_TEXT(instances, b[5]);
}

/* ---- about the sources ---- */

static us_span minutes(uint8_t byte)
{
	return byte * US_PER_MINUTE;
}

static void make_gap(struct event *event, const uint8_t *b)
{
	event->gap.source = SLICE("/var/log/auth.log");
	event->gap.cause = SLICE("a line too long");
	event->gap.from = b[0] % 8 ? event->happened_at : US_TIME_NONE;
	event->gap.until = event->happened_at;
	event->trust = b[2] % 8 ? TRUST_ATTESTED : TRUST_CONTRADICTED;
	event->source = (enum host_source)(b[1] % HOST_SOURCE_COUNT);
}

static void make_coverage(struct event *event, const uint8_t *b)
{
	event->host_coverage.source = (enum host_source)(b[0] % HOST_SOURCE_COUNT);
	event->host_coverage.host = SLICE("h");
	event->host_coverage.from = event->happened_at;
	event->host_coverage.until = event->happened_at;
	if (event->happened_at > US_TIME_MIN && event->happened_at < US_TIME_MAX) {
		event->host_coverage.from -= minutes(b[1]);
		event->host_coverage.until += minutes(b[2]);
	}
}

static void make_progress(struct event *event, const uint8_t *b)
{
	struct progress *progress = &event->progress;

	progress->account = PICK_TEXT(accounts, b[0] % 4 ? 0 : b[0] / 4);
	progress->region = PICK_TEXT(regions, b[0] % 4 ? 0 : b[0] / 4);
	progress->every_class = b[1] % 2;
	progress->log_class = (enum log_class)(b[1] / 2 % LOG_CLASS_COUNT);
	progress->from = event->happened_at;
	progress->until = event->happened_at;
	if (event->happened_at > US_TIME_MIN && event->happened_at < US_TIME_MAX) {
		progress->from -= 8 * minutes(b[2]);
		progress->until += minutes(b[3]);
	}
}

static void make_sight(struct event *event, const uint8_t *b)
{
	static const enum reason reasons[] = { REASON_NO_CREDENTIALS,
					       REASON_API_UNREACHABLE, REASON_THROTTLED,
					       REASON_API_DENIED };
	struct sight *sight = &event->sight;

	sight->account = PICK_TEXT(accounts, b[0] % 4 ? 0 : b[0] / 4);
	sight->region = PICK_TEXT(regions, b[0] % 4 ? 0 : b[0] / 4);
	sight->every_class = b[1] % 2;
	sight->log_class = (enum log_class)(b[1] / 2 % LOG_CLASS_COUNT);
	sight->lost = b[2] % 2;
	sight->reason = PICK(reasons, b[3]);
}

static void make_identity(struct event *event, const uint8_t *b)
{
	struct identity *identity = &event->identity;

	identity->provider = SLICE("aws");
	identity->instance = b[0] % 4 ? SLICE(OWN) : nothing;
	identity->account = b[1] % 2 ? PICK_TEXT(accounts, 0) : nothing;
	identity->region = b[1] % 3 ? PICK_TEXT(regions, 0) : nothing;
	identity->private_ips = private_ips;
	identity->private_ip_count = b[2] % 3;
	identity->endpoint_ips = endpoint_ips;
	identity->endpoint_ip_count = b[3] % 2;
	identity->launched_at = b[4] % 4 ? US_TIME_NONE : event->happened_at;
	identity->watched_since = b[5] % 2 ? US_TIME_NONE : event->happened_at;
	identity->tags = tags;
	identity->tag_count = b[5] / 2 % 3;
	identity->has_tags = identity->tag_count || b[5] / 8 % 2;
}

/* Kinds by how often they come; the first column are those of calls and logins only. */
static const struct {
	enum event_kind kind;
	void (*make)(struct event *event, const uint8_t *b);
	bool is_of_logins;
	unsigned weight;
} makers[] = {
	{ EVENT_KEY_OFFERED, make_offer, true, 4 },
	{ EVENT_LOGIN_ACCEPTED, make_login, true, 8 },
	{ EVENT_KEY_PARTIAL, make_login, true, 1 },
	{ EVENT_SSHD_LISTENING, make_listening, true, 1 },
	{ EVENT_CONSOLE_LOGIN, make_console, true, 3 },
	{ EVENT_SESSION_OPENED, make_pam, true, 2 },
	{ EVENT_SESSION_CLOSED, make_pam, true, 1 },
	{ EVENT_LOGIND_OPENED, make_logind, true, 2 },
	{ EVENT_LOGIND_CLOSED, make_logind, true, 1 },
	{ EVENT_ACCOUNT_CREATED, make_account, true, 1 },
	{ EVENT_SUDO, make_sudo, true, 1 },
	{ EVENT_RUN, make_run, true, 12 },
	{ EVENT_SCRIPT, make_script, true, 3 },
	{ EVENT_CREDENTIAL_SET, make_credential, true, 2 },
	{ EVENT_ACCOUNT_CHANGED, make_account_changed, true, 1 },
	{ EVENT_BOOT, make_boot, true, 1 },
	{ EVENT_EXTENSION, make_extension, true, 10 },
	{ EVENT_CLOUD_USER, make_cloud_user, true, 2 },
	{ EVENT_CLOUD_KEY, make_cloud_key, true, 2 },
	{ EVENT_API_CALL, make_call, true, 16 },
	{ EVENT_GAP, make_gap, false, 1 },
	{ EVENT_HOST_COVERAGE, make_coverage, false, 2 },
	{ EVENT_PROGRESS, make_progress, false, 6 },
	{ EVENT_API_HOLE, make_progress, false, 1 },
	{ EVENT_SIGHT, make_sight, false, 2 },
	{ EVENT_IDENTITY, make_identity, false, 2 },
};

static void make_azure_call(struct event *event, const uint8_t *b)
{
	struct api_call *call = &event->api_call;

	call->action = (enum api_action)(API_AZURE_RUN_COMMAND +
					 (b[0] % 2 ? b[0] / 2 % 3 : b[0] / 2 % 10));
	call->name = slice_text(api_action_word(call->action));
	if (call->instance_count == 0 || b[2] % 3) {
		call->instances = instance_lists[0];
		call->instance_count = 1;
	}
}

static size_t maker_of(const struct stream_options *options, uint8_t byte)
{
	size_t count = sizeof(makers) / sizeof(makers[0]);
	unsigned total = 0, rest;

	for (size_t i = 0; i < count; i++)
		if (makers[i].is_of_logins || !options->calls_and_logins_only)
			total += makers[i].weight;
	rest = byte % total;
	for (size_t i = 0;; i++) {
		if (!makers[i].is_of_logins && options->calls_and_logins_only)
			continue;
		if (rest < makers[i].weight)
			return i;
		rest -= makers[i].weight;
	}
}

/* Consoles, scripts and what concerns them: half of them calls. */
static size_t console_maker(uint8_t byte)
{
	static const enum event_kind kinds[] = {
		EVENT_CONSOLE_LOGIN,  EVENT_CONSOLE_LOGIN,  EVENT_SESSION_OPENED,
		EVENT_SESSION_CLOSED, EVENT_LOGIND_OPENED,  EVENT_SCRIPT,
		EVENT_SCRIPT,	      EVENT_CREDENTIAL_SET, EVENT_ACCOUNT_CHANGED,
		EVENT_BOOT,	      EVENT_LOGIN_ACCEPTED, EVENT_EXTENSION,
	};
	enum event_kind kind = byte % 2 ? EVENT_API_CALL : PICK(kinds, byte / 2);
	size_t maker = 0;

	while (makers[maker].kind != kind)
		maker++;
	return maker;
}

static void make_console_call(struct event *event, const uint8_t *b)
{
	static const enum api_action actions[] = {
		API_SEND_SERIAL_CONSOLE_SSH_PUBLIC_KEY,
		API_AZURE_SERIAL_CONNECT,
		API_GCP_SERIAL_CONNECT,
		API_GCP_SERIAL_CONNECT,
		API_GCP_SERIAL_DISCONNECT,
		API_GCP_SERIAL_DISCONNECT,
		API_AZURE_WRITE_EXTENSION,
		API_MODIFY_INSTANCE_ATTRIBUTE,
		API_RUN_INSTANCES,
		API_REBOOT_INSTANCES,
		API_GCP_SET_METADATA,
		API_GCP_SET_PROJECT_METADATA,
		API_GCP_START_INSTANCE,
		API_GCP_RESET_INSTANCE,
		API_GCP_OS_CONFIG,
	};
	static const struct slice project[] = { SLICE("projects/111122223333") };
	struct api_call *call = &event->api_call;

	call->action = PICK(actions, b[0]);
	call->name = b[5] % 2 ? slice_text(api_action_word(call->action))
			      : SLICE("v1.compute.instances.insert");
	if (call->action == API_GCP_SET_PROJECT_METADATA ||
	    call->action == API_GCP_OS_CONFIG) {
		call->instances = project;
		call->instance_count = 1;
	} else if (call->instance_count == 0 || b[2] % 3) {
		call->instances = instance_lists[0];
		call->instance_count = 1;
	}
}

/* Logins at Google's doors to sshd, and what concerns them: nearly half of them calls. */
static size_t google_maker(uint8_t byte)
{
	static const enum event_kind kinds[] = {
		EVENT_LOGIN_ACCEPTED, EVENT_LOGIN_ACCEPTED, EVENT_SESSION_CLOSED,
		EVENT_CLOUD_USER,     EVENT_CLOUD_KEY,	    EVENT_CREDENTIAL_SET,
		EVENT_PROGRESS,	      EVENT_PROGRESS,	    EVENT_API_HOLE,
		EVENT_IDENTITY,
	};
	enum event_kind kind = byte % 2 ? EVENT_API_CALL : PICK(kinds, byte / 2);
	size_t maker = 0;

	while (makers[maker].kind != kind)
		maker++;
	return maker;
}

static void make_google_call(struct event *event, const uint8_t *b)
{
	static const enum api_action actions[] = {
		API_GCP_CHECK_POLICY, API_GCP_AUTHORIZE_TUNNEL, API_GCP_AUTHORIZE_TUNNEL,
		API_GCP_SET_METADATA, API_GCP_CONTINUE_SESSION, API_GCP_IMPORT_KEY,
	};
	struct api_call *call = &event->api_call;

	call->action = PICK(actions, b[0]);
	call->principal = PICK_TEXT(google_addresses, b[5]);
	call->metadata_keys = b[1] / 8;
	call->is_admin = b[2] % 8 == 0;
	if (b[2] % 3) {
		call->instances = instance_lists[0];
		call->instance_count = 1;
	}
}

/* All in Google Cloud, and of its names. */
static void make_googles(struct event *event, const uint8_t *b)
{
	switch (event->kind) {
	case EVENT_API_CALL:
		make_google_call(event, b);
		break;
	case EVENT_LOGIN_ACCEPTED:
		event->login.user = PICK_TEXT(google_users, b[0]);
		event->login.source_ip =
			b[1] % 4 ? SLICE("35.235.240.1") : SLICE("::ffff:35.235.255.1");
		break;
	case EVENT_SESSION_CLOSED:
		event->pam_session.service = SLICE("sshd");
		break;
	case EVENT_CLOUD_USER:
		event->cloud_user.cloud = CLOUD_GCP;
		event->cloud_user.user = PICK_TEXT(google_users, b[1]);
		if (b[2] % 4 == 0)
			event->cloud_user.principal = PICK_TEXT(google_addresses, b[3]);
		break;
	case EVENT_CLOUD_KEY:
		if (b[1] % 2)
			event->cloud_key.user = PICK_TEXT(google_users, b[1] / 2);
		break;
	case EVENT_CREDENTIAL_SET:
		event->credential_set.means = CREDENTIAL_METADATA_KEY;
		event->credential_set.user = PICK_TEXT(google_users, b[1]);
		break;
	case EVENT_IDENTITY:
		event->identity.provider = b[0] % 8 ? SLICE("gcp") : nothing;
		break;
	default:
		break;
	}
}

/* Nearly half of them calls; what else there may be, now and then. */
static size_t azure_maker(const struct stream_options *options, uint8_t byte)
{
	enum event_kind kind = byte % 5 < 3 ? EVENT_EXTENSION : EVENT_API_CALL;
	size_t maker = 0;

	if (byte >= 200 && !options->calls_and_logins_only)
		return maker_of(options, (uint8_t)(byte * 7));
	while (makers[maker].kind != kind)
		maker++;
	return maker;
}

/* Host lines: who wrote them, and whether the journal should know them too. */
static void set_head(struct event *event, const struct stream_options *options,
		     const uint8_t *b)
{
	event->host = SLICE("h");
	event->pid = (uint32_t)b[3] % 4;
	if (event->kind == EVENT_RUN || event->kind == EVENT_EXTENSION)
		return;
	event->source = b[4] % 2 ? HOST_SOURCE_JOURNAL : HOST_SOURCE_SYSLOG;
	event->text_hash = (uint64_t)event->kind * 256 + b[0] % 4 + 1;
	event->twin_expected = event->source == HOST_SOURCE_SYSLOG && b[4] % 4;
	event->trust =
		event->source == HOST_SOURCE_JOURNAL ? TRUST_ATTESTED : TRUST_UNVERIFIED;
	if (b[5] == 255 || (options->forges && b[5] % 4)) {
		event->trust = TRUST_CONTRADICTED;
		event->forger = b[4] / 2 % 3;
	}
	event->uncertainty_us = b[5] % 32 == 30 ? US_PER_HOUR : 0;
}

/* All lines of a run say the same of it. */
static void make_consistent(uint8_t *bytes)
{
	static const uint8_t ids[] = { 4, 3,
				       2 }; /* of sessions, commands, associations */
	uint64_t state = (uint64_t)(bytes[2] % 3) * 16 + bytes[3] % ids[bytes[2] % 3] + 1;

	for (size_t i = 4; i < STREAM_STEP_BYTES; i++)
		bytes[i] = (uint8_t)(random_next(&state) >> 7);
}

static void make_step(struct stream_step *step, const struct stream_options *options,
		      const uint8_t *data)
{
	size_t maker = options->google	   ? google_maker(data[0])
		       : options->azure	   ? azure_maker(options, data[0])
		       : options->consoles ? console_maker(data[0])
					   : maker_of(options, data[0]);
	struct event *event = &step->event;
	uint8_t bytes[STREAM_STEP_BYTES];

	memcpy(bytes, data, sizeof(bytes));
	if (makers[maker].kind == EVENT_RUN && options->calls_and_logins_only)
		make_consistent(bytes);
	*event = (struct event){ .kind = makers[maker].kind,
				 .happened_at = time_of(options, bytes[1]) };
	event->evidence = (uint64_t)bytes[2] << 8 | bytes[3];
	event->trust = TRUST_ATTESTED;
	if (event_kind_is_of_host(event->kind))
		set_head(event, options, bytes + 2);
	makers[maker].make(event, bytes + 2);
	if (options->azure && event->kind == EVENT_API_CALL)
		make_azure_call(event, bytes + 2);
	if (options->google)
		make_googles(event, bytes + 2);
	if (options->consoles && event->kind == EVENT_API_CALL)
		make_console_call(event, bytes + 2);
	if (event->kind == EVENT_API_CALL) {
		hex_from_bytes(bytes, STREAM_STEP_BYTES, step->id);
		event->api_call.id = slice_text(step->id);
	}
}

void event_stream_make(struct event_stream *stream, const struct stream_options *options,
		       const uint8_t *bytes, size_t size)
{
	us_time now = STREAM_EPOCH;

	stream->count = 0;
	for (; size >= STREAM_STEP_BYTES && stream->count < STREAM_STEPS_MAX;
	     bytes += STREAM_STEP_BYTES, size -= STREAM_STEP_BYTES) {
		struct stream_step *step = &stream->steps[stream->count++];

		step->is_advance = bytes[0] >= 240 && !options->calls_and_logins_only;
		if (step->is_advance)
			now += (us_span)bytes[1] * (bytes[2] % 8 ? 5 : 3600) *
			       US_PER_SECOND;
		step->now = now;
		if (!step->is_advance)
			make_step(step, options, bytes);
	}
}
