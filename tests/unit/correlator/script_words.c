/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/correlator/script_words.h"

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

const struct script_key script_common_keys[] = {
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

static const struct script_key offer_keys[] = {
	ROW("key", VALUE_TEXT, key_offered.fingerprint),
	ROW("request", VALUE_TEXT, key_offered.request_id),
	ROW("by", VALUE_TEXT, key_offered.principal),
	ROWS_END,
};

static const struct script_key login_keys[] = {
	ROW("user", VALUE_TEXT, login.user),
	ROW("from", VALUE_TEXT, login.source_ip),
	ROW("port", VALUE_U16, login.source_port),
	ROW("key", VALUE_TEXT, login.fingerprint),
	ROW("certificate", VALUE_TEXT, login.certificate_id),
	ROWS_END,
};

static const struct script_key listening_keys[] = {
	ROW("port", VALUE_U16, sshd_listening.port),
	ROWS_END,
};

static const struct script_key console_keys[] = {
	ROW("user", VALUE_TEXT, console_login.user),
	ROW("tty", VALUE_TEXT, console_login.tty),
	ROWS_END,
};

static const struct script_key pam_keys[] = {
	ROW("service", VALUE_TEXT, pam_session.service),
	ROW("user", VALUE_TEXT, pam_session.user),
	ROW("tty", VALUE_TEXT, pam_session.tty),
	ROWS_END,
};

static const struct script_key logind_keys[] = {
	ROW("session", VALUE_TEXT, logind_session.session),
	ROW("user", VALUE_TEXT, logind_session.user),
	ROW("leader", VALUE_U32, logind_session.leader_pid),
	ROW("tty", VALUE_TEXT, logind_session.tty),
	ROWS_END,
};

static const struct script_key account_keys[] = {
	ROW("user", VALUE_TEXT, account_created.user),
	ROWS_END,
};

static const struct script_key run_keys[] = {
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

static const struct script_key call_keys[] = {
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
	ROW("correlation", VALUE_TEXT, api_call.correlation_id),
	ROW("operation", VALUE_TEXT, api_call.operation_id),
	ROW("name", VALUE_TEXT, api_call.name),
	ROW("metadata", VALUE_U32, api_call.metadata_keys),
	ROW("resource", VALUE_TEXT, api_call.resource),
	ROW("handler", VALUE_TEXT, api_call.handler),
	ROW("tunnel", VALUE_TEXT, api_call.tunnel_id),
	ROW("admin", VALUE_BOOL, api_call.is_admin),
	ROW("ended", VALUE_BOOL, api_call.has_ended),
	ROWS_END,
};

static const struct script_key extension_keys[] = {
	ROW("handler", VALUE_TEXT, extension.handler),
	ROW("version", VALUE_TEXT, extension.version),
	ROW("name", VALUE_TEXT, extension.name),
	ROW("seq", VALUE_U64, extension.sequence),
	ROW("enabled", VALUE_BOOL, extension.was_enabled),
	ROW("correlation", VALUE_TEXT, extension.correlation_id),
	ROW("created", VALUE_TIME, extension.created_at),
	ROW("user", VALUE_TEXT, extension.run_as_user),
	ROWS_END,
};

static const struct script_key script_run_keys[] = {
	ROW("name", VALUE_TEXT, script.name),
	ROW("ended", VALUE_BOOL, script.has_ended),
	ROWS_END,
};

static const struct script_key credential_keys[] = {
	ROW("user", VALUE_TEXT, credential_set.user),
	ROW("password", VALUE_BOOL, credential_set.is_password),
	ROW("gone", VALUE_BOOL, credential_set.is_removed),
	ROWS_END,
};

static const struct script_key account_changed_keys[] = {
	ROW("user", VALUE_TEXT, account_changed.user),
	ROW("group", VALUE_TEXT, account_changed.group),
	ROWS_END,
};

static const struct script_key boot_keys[] = {
	ROWS_END,
};

static const struct script_key cloud_user_keys[] = {
	ROW("user", VALUE_TEXT, cloud_user.user),
	ROW("state", VALUE_USER_STATE, cloud_user.state),
	ROW("principal", VALUE_TEXT, cloud_user.principal),
	ROW("admin", VALUE_BOOL, cloud_user.is_admin),
	ROWS_END,
};

static const struct script_key cloud_key_keys[] = {
	ROW("user", VALUE_TEXT, cloud_key.user),
	ROW("key", VALUE_TEXT, cloud_key.fingerprint),
	ROW("principal", VALUE_TEXT, cloud_key.principal),
	ROW("gone", VALUE_BOOL, cloud_key.is_gone),
	ROWS_END,
};

static const struct script_key gap_keys[] = {
	ROW("path", VALUE_TEXT, gap.source),
	ROW("cause", VALUE_TEXT, gap.cause),
	ROW("from", VALUE_TIME, gap.from),
	ROW("until", VALUE_TIME, gap.until),
	ROWS_END,
};

static const struct script_key coverage_keys[] = {
	ROW("source", VALUE_SOURCE, host_coverage.source),
	ROW("from", VALUE_TIME, host_coverage.from),
	ROW("until", VALUE_TIME, host_coverage.until),
	ROW("host", VALUE_TEXT, host_coverage.host),
	ROWS_END,
};

static const struct script_key progress_keys[] = {
	ROW("account", VALUE_TEXT, progress.account),
	ROW("region", VALUE_TEXT, progress.region),
	ROW("class", VALUE_CLASS, progress.log_class),
	ROW("from", VALUE_TIME, progress.from),
	ROW("until", VALUE_TIME, progress.until),
	ROWS_END,
};

static const struct script_key sight_keys[] = {
	ROW("account", VALUE_TEXT, sight.account),
	ROW("region", VALUE_TEXT, sight.region),
	ROW("class", VALUE_CLASS, sight.log_class),
	ROW("reason", VALUE_REASON, sight.reason),
	ROWS_END,
};

static const struct script_key sudo_keys[] = {
	ROW("user", VALUE_TEXT, sudo.user),
	ROW("as", VALUE_TEXT, sudo.target_user),
	ROW("tty", VALUE_TEXT, sudo.tty),
	ROWS_END,
};

static const struct script_key identity_keys[] = {
	ROW("provider", VALUE_TEXT, identity.provider),
	ROW("instance", VALUE_TEXT, identity.instance),
	ROW("account", VALUE_TEXT, identity.account),
	ROW("region", VALUE_TEXT, identity.region),
	LIST_ROW("ip", identity.private_ips, identity.private_ip_count),
	LIST_ROW("endpoint", identity.endpoint_ips, identity.endpoint_ip_count),
	ROW("launched", VALUE_TIME, identity.launched_at),
	ROW("watched", VALUE_TIME, identity.watched_since),
	LIST_ROW("tags", identity.tags, identity.tag_count),
	ROW("has_tags", VALUE_BOOL, identity.has_tags),
	ROWS_END,
};

const struct script_verb script_verbs[] = {
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
	{ "sudo", EVENT_SUDO, 0, 0, sudo_keys },
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
	{ "goal", EVENT_EXTENSION, EXTENSION_GOAL_STATE, 0, extension_keys },
	{ "state", EVENT_EXTENSION, EXTENSION_STATE, 0, extension_keys },
	{ "settings", EVENT_EXTENSION, EXTENSION_SETTINGS, 0, extension_keys },
	{ "executed", EVENT_EXTENSION, EXTENSION_EXECUTED, 0, extension_keys },
	{ "ran", EVENT_EXTENSION, EXTENSION_ENDED, 0, extension_keys },
	{ "removed", EVENT_EXTENSION, EXTENSION_REMOVED, 0, extension_keys },
	{ "known", EVENT_EXTENSION, EXTENSION_KNOWN, 0, extension_keys },
	{ "entra", EVENT_CLOUD_USER, CLOUD_AZURE, 0, cloud_user_keys },
	{ "oslogin", EVENT_CLOUD_USER, CLOUD_GCP, 0, cloud_user_keys },
	{ "cloudkey", EVENT_CLOUD_KEY, 0, 0, cloud_key_keys },
	{ "Check", EVENT_API_CALL, API_GCP_CHECK_POLICY, 0, call_keys },
	{ "Check!", EVENT_API_CALL, API_GCP_CHECK_POLICY, API_DENIED, call_keys },
	{ "Continue", EVENT_API_CALL, API_GCP_CONTINUE_SESSION, 0, call_keys },
	{ "Import", EVENT_API_CALL, API_GCP_IMPORT_KEY, 0, call_keys },
	{ "Iap", EVENT_API_CALL, API_GCP_AUTHORIZE_TUNNEL, 0, call_keys },
	{ "Iap!", EVENT_API_CALL, API_GCP_AUTHORIZE_TUNNEL, API_DENIED, call_keys },
	{ "Run", EVENT_API_CALL, API_AZURE_RUN_COMMAND, 0, call_keys },
	{ "Run!", EVENT_API_CALL, API_AZURE_RUN_COMMAND, API_DENIED, call_keys },
	{ "Run?", EVENT_API_CALL, API_AZURE_RUN_COMMAND, API_FAILED, call_keys },
	{ "Managed", EVENT_API_CALL, API_AZURE_WRITE_RUN_COMMAND, 0, call_keys },
	{ "Extend", EVENT_API_CALL, API_AZURE_WRITE_EXTENSION, 0, call_keys },
	{ "Extend!", EVENT_API_CALL, API_AZURE_WRITE_EXTENSION, API_DENIED, call_keys },
	{ "Machine", EVENT_API_CALL, API_AZURE_WRITE_MACHINE, 0, call_keys },
	{ "ScaleSet", EVENT_API_CALL, API_AZURE_WRITE_SCALE_SET, 0, call_keys },
	{ "Reimage", EVENT_API_CALL, API_AZURE_REIMAGE, 0, call_keys },
	{ "Patch", EVENT_API_CALL, API_AZURE_PATCH, 0, call_keys },
	{ "Application", EVENT_API_CALL, API_AZURE_WRITE_APPLICATION, 0, call_keys },
	{ "Deploy", EVENT_API_CALL, API_AZURE_DEPLOY, 0, call_keys },
	{ "Policy", EVENT_API_CALL, API_AZURE_POLICY, 0, call_keys },
	{ "Bastion", EVENT_API_CALL, API_AZURE_BASTION_CONNECT, 0, call_keys },
	{ "startup", EVENT_SCRIPT, SCRIPT_STARTUP, 0, script_run_keys },
	{ "shutdown", EVENT_SCRIPT, SCRIPT_SHUTDOWN, 0, script_run_keys },
	{ "osconfig", EVENT_SCRIPT, SCRIPT_OS_CONFIG, 0, script_run_keys },
	{ "userdata", EVENT_SCRIPT, SCRIPT_USER_DATA, 0, script_run_keys },
	{ "vmaccess", EVENT_CREDENTIAL_SET, CREDENTIAL_VM_ACCESS, 0, credential_keys },
	{ "jit", EVENT_CREDENTIAL_SET, CREDENTIAL_JIT_USER, 0, credential_keys },
	{ "metadata-user", EVENT_CREDENTIAL_SET, CREDENTIAL_METADATA_KEY, 0,
	  credential_keys },
	{ "changed", EVENT_ACCOUNT_CHANGED, 0, 0, account_changed_keys },
	{ "boot", EVENT_BOOT, false, 0, boot_keys },
	{ "halt", EVENT_BOOT, true, 0, boot_keys },
	{ "UserData", EVENT_API_CALL, API_MODIFY_INSTANCE_ATTRIBUTE, 0, call_keys },
	{ "UserData!", EVENT_API_CALL, API_MODIFY_INSTANCE_ATTRIBUTE, API_DENIED,
	  call_keys },
	{ "Launch", EVENT_API_CALL, API_RUN_INSTANCES, 0, call_keys },
	{ "Reboot", EVENT_API_CALL, API_REBOOT_INSTANCES, 0, call_keys },
	{ "Connect", EVENT_API_CALL, API_AZURE_SERIAL_CONNECT, 0, call_keys },
	{ "Connect!", EVENT_API_CALL, API_AZURE_SERIAL_CONNECT, API_DENIED, call_keys },
	{ "Connect?", EVENT_API_CALL, API_AZURE_SERIAL_CONNECT, API_FAILED, call_keys },
	{ "Dial", EVENT_API_CALL, API_GCP_SERIAL_CONNECT, 0, call_keys },
	{ "Dial!", EVENT_API_CALL, API_GCP_SERIAL_CONNECT, API_DENIED, call_keys },
	{ "Hangup", EVENT_API_CALL, API_GCP_SERIAL_DISCONNECT, 0, call_keys },
	{ "Metadata", EVENT_API_CALL, API_GCP_SET_METADATA, 0, call_keys },
	{ "Metadata!", EVENT_API_CALL, API_GCP_SET_METADATA, API_DENIED, call_keys },
	{ "Common", EVENT_API_CALL, API_GCP_SET_PROJECT_METADATA, 0, call_keys },
	{ "Insert", EVENT_API_CALL, API_GCP_START_INSTANCE, 0, call_keys },
	{ "Reset", EVENT_API_CALL, API_GCP_RESET_INSTANCE, 0, call_keys },
	{ "Config", EVENT_API_CALL, API_GCP_OS_CONFIG, 0, call_keys },
	{ "Enable", EVENT_API_CALL, API_ENABLE_SERIAL_CONSOLE_ACCESS, 0, call_keys },
	{ "Enable!", EVENT_API_CALL, API_ENABLE_SERIAL_CONSOLE_ACCESS, API_DENIED,
	  call_keys },
	{ "Enable?", EVENT_API_CALL, API_ENABLE_SERIAL_CONSOLE_ACCESS, API_FAILED,
	  call_keys },
	{ "Endpoint", EVENT_API_CALL, API_CREATE_INSTANCE_CONNECT_ENDPOINT, 0,
	  call_keys },
	{ "StopTrail", EVENT_API_CALL, API_STOP_TRAIL, 0, call_keys },
	{ "EnableConsole", EVENT_API_CALL, API_AZURE_ENABLE_SERIAL_CONSOLE, 0,
	  call_keys },
	{ "NewBastion", EVENT_API_CALL, API_AZURE_WRITE_BASTION, 0, call_keys },
	{ "StopLog", EVENT_API_CALL, API_AZURE_STOP_LOG, 0, call_keys },
	{ "DropSink", EVENT_API_CALL, API_GCP_STOP_LOG, 0, call_keys },
	{ "gap", EVENT_GAP, 0, 0, gap_keys },
	{ "read", EVENT_HOST_COVERAGE, 0, 0, coverage_keys },
	{ "proven", EVENT_PROGRESS, 0, 0, progress_keys },
	{ "hole", EVENT_API_HOLE, 0, 0, progress_keys },
	{ "lost", EVENT_SIGHT, true, 0, sight_keys },
	{ "back", EVENT_SIGHT, false, 0, sight_keys },
	{ "identity", EVENT_IDENTITY, 0, 0, identity_keys },
	{ "now", EVENT_KIND_COUNT, 0, 0, script_common_keys },
	{ NULL, EVENT_KIND_COUNT, 0, 0, NULL },
};
