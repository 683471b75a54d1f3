/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/event_print.h"

#include <inttypes.h>

#include "base/escape.h"
#include "base/limits.h"

static bool is_plain(struct slice value)
{
	for (size_t i = 0; i < value.len; i++) {
		unsigned char byte = (unsigned char)value.ptr[i];

		if (byte <= ' ' || byte >= 0x7f || byte == '"' || byte == '\\')
			return false;
	}
	return true;
}

static void append_quoted(struct buf *buf, struct slice value)
{
	struct slice piece;

	buf_append_byte(buf, '"');
	while (slice_take_until(&value, '"', &piece)) {
		escape_append(buf, piece);
		buf_append_text(buf, "\\\"");
	}
	escape_append(buf, value);
	buf_append_byte(buf, '"');
}

static void put_text(struct buf *buf, const char *key, struct slice value)
{
	if (value.len == 0)
		return;
	buf_append_format(buf, " %s=", key);
	if (is_plain(value))
		buf_append(buf, value);
	else
		append_quoted(buf, value);
}

static void put_word(struct buf *buf, const char *key, const char *word)
{
	put_text(buf, key, slice_text(word));
}

static void put_number(struct buf *buf, const char *key, uint64_t number)
{
	if (number != 0)
		buf_append_format(buf, " %s=%" PRIu64, key, number);
}

static void put_flag(struct buf *buf, const char *key, bool flag)
{
	if (flag)
		buf_append_format(buf, " %s", key);
}

static void put_time(struct buf *buf, const char *key, us_time time)
{
	char text[TIME_TEXT_BYTES];

	if (time != US_TIME_NONE)
		buf_append_format(buf, " %s=%s", key, time_to_rfc3339(time, text));
}

static void put_list(struct buf *buf, const char *key, const struct slice *values,
		     uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		put_text(buf, key, values[i]);
}

static const char *host_source_word(enum host_source source)
{
	static const char *const words[HOST_SOURCE_COUNT] = {
		[HOST_SOURCE_SYSLOG] = "syslog",
		[HOST_SOURCE_JOURNAL] = "journal",
		[HOST_SOURCE_SSM] = "ssm",
		[HOST_SOURCE_AZURE_AGENT] = "azure-agent",
		[HOST_SOURCE_AZURE_HANDLER] = "azure-handler",
		[HOST_SOURCE_KEYS] = "keys",
		[HOST_SOURCE_CLOUD_INIT] = "cloud-init",
	};

	return (unsigned)source < HOST_SOURCE_COUNT ? words[source] : "?";
}

static void put_login(struct buf *buf, const struct event *event)
{
	const struct login_accepted *login = &event->login;

	put_text(buf, "user", login->user);
	put_text(buf, "method", login->method);
	put_text(buf, "source_ip", login->source_ip);
	put_number(buf, "source_port", login->source_port);
	put_text(buf, "key_type", login->key_type);
	put_text(buf, "fingerprint", login->fingerprint);
	put_text(buf, "certificate_id", login->certificate_id);
	put_flag(buf, "certificate_cut", login->certificate_cut);
}

static void put_key_offered(struct buf *buf, const struct event *event)
{
	put_text(buf, "fingerprint", event->key_offered.fingerprint);
	put_text(buf, "request_id", event->key_offered.request_id);
	put_text(buf, "principal", event->key_offered.principal);
}

static void put_listening(struct buf *buf, const struct event *event)
{
	put_number(buf, "port", event->sshd_listening.port);
}

static void put_console(struct buf *buf, const struct event *event)
{
	put_text(buf, "user", event->console_login.user);
	put_text(buf, "tty", event->console_login.tty);
}

static void put_session(struct buf *buf, const struct event *event)
{
	put_text(buf, "service", event->pam_session.service);
	put_text(buf, "user", event->pam_session.user);
	put_text(buf, "by", event->pam_session.by);
	put_text(buf, "tty", event->pam_session.tty);
}

static void put_logind(struct buf *buf, const struct event *event)
{
	put_text(buf, "session", event->logind_session.session);
	put_text(buf, "user", event->logind_session.user);
	put_number(buf, "leader_pid", event->logind_session.leader_pid);
	put_text(buf, "tty", event->logind_session.tty);
}

static void put_account(struct buf *buf, const struct event *event)
{
	put_text(buf, "user", event->account_created.user);
	buf_append_format(buf, " uid=%" PRIu32, event->account_created.uid);
}

static void put_sudo(struct buf *buf, const struct event *event)
{
	put_text(buf, "user", event->sudo.user);
	put_text(buf, "target_user", event->sudo.target_user);
	put_text(buf, "tty", event->sudo.tty);
}

static void put_run(struct buf *buf, const struct event *event)
{
	static const char *const kinds[] = {
		[RUN_SESSION] = "session",
		[RUN_COMMAND] = "command",
		[RUN_ASSOCIATION] = "association",
	};
	static const char *const stages[] = {
		[RUN_STARTED] = "started",
		[RUN_CONNECTED] = "connected",
		[RUN_DESCRIBED] = "described",
		[RUN_ENDED] = "ended",
	};
	const struct run *run = &event->run;

	put_word(buf, "run", kinds[run->kind]);
	put_word(buf, "stage", stages[run->stage]);
	put_text(buf, "id", run->id);
	put_text(buf, "instance", run->instance);
	put_text(buf, "plugin", run->plugin);
	put_text(buf, "document", run->document);
	put_text(buf, "owner", run->owner);
	put_text(buf, "run_as_user", run->run_as_user);
	put_number(buf, "port", run->port);
	put_flag(buf, "port_is_remote", run->port_is_remote);
	put_flag(buf, "content_hash", run->content_hash != 0);
}

static void put_extension(struct buf *buf, const struct event *event)
{
	static const char *const stages[] = {
		[EXTENSION_GOAL_STATE] = "goal-state", [EXTENSION_STATE] = "state",
		[EXTENSION_SETTINGS] = "settings",     [EXTENSION_EXECUTED] = "executed",
		[EXTENSION_ENDED] = "ended",	       [EXTENSION_REMOVED] = "removed",
		[EXTENSION_KNOWN] = "known",
	};
	const struct extension *extension = &event->extension;

	put_word(buf, "stage", stages[extension->stage]);
	put_text(buf, "handler", extension->handler);
	put_text(buf, "version", extension->version);
	put_text(buf, "name", extension->name);
	if (extension->has_sequence)
		buf_append_format(buf, " sequence=%" PRIu64, extension->sequence);
	put_flag(buf, "was_enabled", extension->was_enabled);
	put_text(buf, "correlation_id", extension->correlation_id);
	put_time(buf, "created_at", extension->created_at);
	put_text(buf, "run_as_user", extension->run_as_user);
}

static void put_script(struct buf *buf, const struct event *event)
{
	static const char *const words[] = {
		[SCRIPT_STARTUP] = "startup",
		[SCRIPT_SHUTDOWN] = "shutdown",
		[SCRIPT_OS_CONFIG] = "os-config",
		[SCRIPT_USER_DATA] = "user-data",
	};

	put_word(buf, "script", words[event->script.kind]);
	put_text(buf, "name", event->script.name);
	put_flag(buf, "has_ended", event->script.has_ended);
}

static void put_cloud_user(struct buf *buf, const struct event *event)
{
	static const char *const states[] = {
		[CLOUD_USER_SEEN] = "seen",
		[CLOUD_USER_ADMITTED] = "admitted",
		[CLOUD_USER_REFUSED] = "refused",
	};
	const struct cloud_user *user = &event->cloud_user;

	put_word(buf, "cloud", user->cloud == CLOUD_GCP ? "gcp" : "azure");
	put_word(buf, "state", states[user->state]);
	put_text(buf, "user", user->user);
	put_text(buf, "principal", user->principal);
	put_text(buf, "correlation_id", user->correlation_id);
	put_flag(buf, "is_admin", user->is_admin);
}

static void put_cloud_key(struct buf *buf, const struct event *event)
{
	put_text(buf, "user", event->cloud_key.user);
	put_text(buf, "fingerprint", event->cloud_key.fingerprint);
	put_text(buf, "principal", event->cloud_key.principal);
	put_flag(buf, "is_gone", event->cloud_key.is_gone);
}

static void put_credential(struct buf *buf, const struct event *event)
{
	static const char *const means[] = {
		[CREDENTIAL_VM_ACCESS] = "vm-access",
		[CREDENTIAL_JIT_USER] = "jit-user",
		[CREDENTIAL_METADATA_KEY] = "metadata-key",
	};

	put_word(buf, "means", means[event->credential_set.means]);
	put_text(buf, "user", event->credential_set.user);
	put_flag(buf, "is_password", event->credential_set.is_password);
	put_flag(buf, "is_removed", event->credential_set.is_removed);
}

static void put_account_changed(struct buf *buf, const struct event *event)
{
	put_text(buf, "user", event->account_changed.user);
	put_text(buf, "group", event->account_changed.group);
}

static void put_boot(struct buf *buf, const struct event *event)
{
	put_flag(buf, "is_shutdown", event->boot.is_shutdown);
}

static void put_call_caller(struct buf *buf, const struct api_call *call)
{
	static const char *const mfa_words[] = {
		[TRISTATE_UNKNOWN] = "",
		[TRISTATE_FALSE] = "no",
		[TRISTATE_TRUE] = "yes",
	};

	put_text(buf, "principal", call->principal);
	put_text(buf, "access_key_id", call->access_key_id);
	put_text(buf, "session_issuer", call->session_issuer);
	put_text(buf, "source_ip", call->source_ip);
	put_text(buf, "user_agent", call->user_agent);
	put_text(buf, "invoked_by", call->invoked_by);
	put_word(buf, "mfa", mfa_words[call->mfa]);
	put_text(buf, "account", call->account);
	put_text(buf, "region", call->region);
}

static void put_call_target(struct buf *buf, const struct api_call *call)
{
	put_list(buf, "instance", call->instances, call->instance_count);
	put_flag(buf, "targets_by_tag", call->targets_by_tag);
	put_text(buf, "denied_instance", call->denied_instance);
	put_text(buf, "denied_session", call->denied_session);
	put_text(buf, "session_id", call->session_id);
	put_text(buf, "command_id", call->command_id);
	put_list(buf, "association_id", call->association_ids, call->association_count);
	put_text(buf, "os_user", call->os_user);
	put_text(buf, "fingerprint", call->fingerprint);
	put_text(buf, "document", call->document);
	put_number(buf, "port", call->port);
	put_text(buf, "private_ip", call->private_ip);
	if (call->serial_port >= 0)
		buf_append_format(buf, " serial_port=%d", call->serial_port);
}

/* What only Azure's and Google Cloud's records say. */
static void put_call_more(struct buf *buf, const struct api_call *call)
{
	static const char *const metadata_keys[] = {
		"ssh-keys",	  "startup-script",	    "serial-port-enable",
		"enable-oslogin", "block-project-ssh-keys",
	};

	put_text(buf, "caller_hint", call->caller_hint);
	put_text(buf, "correlation_id", call->correlation_id);
	put_text(buf, "operation_id", call->operation_id);
	put_text(buf, "resource", call->resource);
	put_text(buf, "handler", call->handler);
	put_text(buf, "tunnel_id", call->tunnel_id);
	for (size_t i = 0; i < sizeof(metadata_keys) / sizeof(metadata_keys[0]); i++)
		if (call->metadata_keys & 1u << i)
			put_word(buf, "metadata_key", metadata_keys[i]);
	put_flag(buf, "is_admin", call->is_admin);
	put_flag(buf, "has_ended", call->has_ended);
}

static void put_api_call(struct buf *buf, const struct event *event)
{
	static const char *const outcomes[] = {
		[API_ADMITTED] = "admitted",
		[API_DENIED] = "denied",
		[API_FAILED] = "failed",
	};
	const struct api_call *call = &event->api_call;

	put_text(buf, "id", call->id);
	put_word(buf, "action", api_action_word(call->action));
	put_text(buf, "name", call->name);
	put_text(buf, "request_id", call->request_id);
	put_word(buf, "outcome", outcomes[call->outcome]);
	put_text(buf, "error_code", call->error_code);
	put_call_caller(buf, call);
	put_call_target(buf, call);
	put_call_more(buf, call);
}

static void put_gap(struct buf *buf, const struct event *event)
{
	put_text(buf, "source", event->gap.source);
	put_text(buf, "cause", event->gap.cause);
	put_time(buf, "from", event->gap.from);
	put_time(buf, "until", event->gap.until);
	put_number(buf, "lost_bytes", event->gap.lost_bytes);
}

static void put_coverage(struct buf *buf, const struct event *event)
{
	put_word(buf, "source", host_source_word(event->host_coverage.source));
	put_time(buf, "from", event->host_coverage.from);
	put_time(buf, "until", event->host_coverage.until);
	put_text(buf, "covered_host", event->host_coverage.host);
}

static void put_progress(struct buf *buf, const struct event *event)
{
	const struct progress *progress = &event->progress;

	put_text(buf, "account", progress->account);
	put_text(buf, "region", progress->region);
	put_word(buf, "class",
		 progress->every_class ? "every" : log_class_word(progress->log_class));
	put_time(buf, "from", progress->from);
	put_time(buf, "until", progress->until);
}

static void put_sight(struct buf *buf, const struct event *event)
{
	const struct sight *sight = &event->sight;

	put_text(buf, "account", sight->account);
	put_text(buf, "region", sight->region);
	put_word(buf, "class",
		 sight->every_class ? "every" : log_class_word(sight->log_class));
	put_word(buf, "sight", sight->lost ? "lost" : "back");
	if (sight->lost)
		put_word(buf, "reason", reason_word(sight->reason));
}

static void put_identity(struct buf *buf, const struct event *event)
{
	const struct identity *identity = &event->identity;

	put_text(buf, "provider", identity->provider);
	put_text(buf, "instance", identity->instance);
	put_text(buf, "account", identity->account);
	put_text(buf, "region", identity->region);
	put_list(buf, "private_ip", identity->private_ips, identity->private_ip_count);
	put_list(buf, "endpoint_ip", identity->endpoint_ips, identity->endpoint_ip_count);
	put_time(buf, "launched_at", identity->launched_at);
	put_time(buf, "watched_since", identity->watched_since);
	put_list(buf, "tag", identity->tags, identity->tag_count);
	put_flag(buf, "has_tags", identity->has_tags);
}

/* What the head of a host line says: where it was read, who is believed, host and
 * process. */
static void put_host_part(struct buf *buf, const struct event *event)
{
	put_word(buf, "from", host_source_word(event->source));
	put_word(buf, "trust", trust_word(event->trust));
	put_text(buf, "host", event->host);
	put_number(buf, "pid", event->pid);
	put_flag(buf, "twin_expected", event->twin_expected);
}

static const struct {
	void (*put)(struct buf *buf, const struct event *event);
	bool is_of_host;
} kinds[EVENT_KIND_COUNT] = {
	[EVENT_KEY_OFFERED] = { put_key_offered, true },
	[EVENT_LOGIN_ACCEPTED] = { put_login, true },
	[EVENT_KEY_PARTIAL] = { put_login, true },
	[EVENT_SSHD_LISTENING] = { put_listening, true },
	[EVENT_CONSOLE_LOGIN] = { put_console, true },
	[EVENT_SESSION_OPENED] = { put_session, true },
	[EVENT_SESSION_CLOSED] = { put_session, true },
	[EVENT_LOGIND_OPENED] = { put_logind, true },
	[EVENT_LOGIND_CLOSED] = { put_logind, true },
	[EVENT_ACCOUNT_CREATED] = { put_account, true },
	[EVENT_SUDO] = { put_sudo, true },
	[EVENT_RUN] = { put_run, true },
	[EVENT_API_CALL] = { put_api_call, false },
	[EVENT_GAP] = { put_gap, true },
	[EVENT_HOST_COVERAGE] = { put_coverage, false },
	[EVENT_PROGRESS] = { put_progress, false },
	[EVENT_API_HOLE] = { put_progress, false },
	[EVENT_SIGHT] = { put_sight, false },
	[EVENT_IDENTITY] = { put_identity, false },
	[EVENT_EXTENSION] = { put_extension, true },
	[EVENT_SCRIPT] = { put_script, true },
	[EVENT_CLOUD_USER] = { put_cloud_user, true },
	[EVENT_CLOUD_KEY] = { put_cloud_key, true },
	[EVENT_CREDENTIAL_SET] = { put_credential, true },
	[EVENT_ACCOUNT_CHANGED] = { put_account_changed, true },
	[EVENT_BOOT] = { put_boot, true },
};

bool event_print_append(struct buf *buf, const struct event *event)
{
	char text[TIME_TEXT_BYTES];

	if ((unsigned)event->kind >= EVENT_KIND_COUNT)
		return buf_append_text(buf, "no-such-kind");
	buf_append_format(buf, "%s %s", event_kind_word(event->kind),
			  event->happened_at == US_TIME_NONE
				  ? "-"
				  : time_to_rfc3339(event->happened_at, text));
	if (event->uncertainty_us != 0)
		buf_append_format(buf, " uncertainty=%s",
				  span_to_text(event->uncertainty_us, text));
	if (kinds[event->kind].is_of_host)
		put_host_part(buf, event);
	kinds[event->kind].put(buf, event);
	put_number(buf, "evidence", event->evidence);
	return !buf_overflowed(buf);
}

void event_print(FILE *out, const struct event *event)
{
	AUTO_BUF struct buf buf = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);

	event_print_append(&buf, event);
	(void)fprintf(out, "%s\n", buf_text(&buf));
}

void event_print_emit(void *ctx, const struct event *event)
{
	event_print((FILE *)ctx, event);
}
