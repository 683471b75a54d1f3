/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/event_copy.h"

#include <stddef.h>

/* Where each kind of event keeps what it borrows, besides `host` and lists. */
#define SLICE_ROW(kind, member)                      \
	{                                            \
		kind, offsetof(struct event, member) \
	}
static const struct {
	enum event_kind kind;
	size_t offset;
} borrowed[] = {
	SLICE_ROW(EVENT_KEY_OFFERED, key_offered.fingerprint),
	SLICE_ROW(EVENT_KEY_OFFERED, key_offered.request_id),
	SLICE_ROW(EVENT_KEY_OFFERED, key_offered.principal),
	SLICE_ROW(EVENT_LOGIN_ACCEPTED, login.user),
	SLICE_ROW(EVENT_LOGIN_ACCEPTED, login.method),
	SLICE_ROW(EVENT_LOGIN_ACCEPTED, login.source_ip),
	SLICE_ROW(EVENT_LOGIN_ACCEPTED, login.key_type),
	SLICE_ROW(EVENT_LOGIN_ACCEPTED, login.fingerprint),
	SLICE_ROW(EVENT_LOGIN_ACCEPTED, login.certificate_id),
	SLICE_ROW(EVENT_KEY_PARTIAL, login.user),
	SLICE_ROW(EVENT_KEY_PARTIAL, login.method),
	SLICE_ROW(EVENT_KEY_PARTIAL, login.source_ip),
	SLICE_ROW(EVENT_KEY_PARTIAL, login.key_type),
	SLICE_ROW(EVENT_KEY_PARTIAL, login.fingerprint),
	SLICE_ROW(EVENT_KEY_PARTIAL, login.certificate_id),
	SLICE_ROW(EVENT_CONSOLE_LOGIN, console_login.user),
	SLICE_ROW(EVENT_CONSOLE_LOGIN, console_login.tty),
	SLICE_ROW(EVENT_SESSION_OPENED, pam_session.service),
	SLICE_ROW(EVENT_SESSION_OPENED, pam_session.user),
	SLICE_ROW(EVENT_SESSION_OPENED, pam_session.by),
	SLICE_ROW(EVENT_SESSION_OPENED, pam_session.tty),
	SLICE_ROW(EVENT_SESSION_CLOSED, pam_session.service),
	SLICE_ROW(EVENT_SESSION_CLOSED, pam_session.user),
	SLICE_ROW(EVENT_SESSION_CLOSED, pam_session.by),
	SLICE_ROW(EVENT_SESSION_CLOSED, pam_session.tty),
	SLICE_ROW(EVENT_LOGIND_OPENED, logind_session.session),
	SLICE_ROW(EVENT_LOGIND_OPENED, logind_session.user),
	SLICE_ROW(EVENT_LOGIND_OPENED, logind_session.tty),
	SLICE_ROW(EVENT_LOGIND_CLOSED, logind_session.session),
	SLICE_ROW(EVENT_LOGIND_CLOSED, logind_session.user),
	SLICE_ROW(EVENT_LOGIND_CLOSED, logind_session.tty),
	SLICE_ROW(EVENT_ACCOUNT_CREATED, account_created.user),
	SLICE_ROW(EVENT_SUDO, sudo.user),
	SLICE_ROW(EVENT_SUDO, sudo.target_user),
	SLICE_ROW(EVENT_SUDO, sudo.tty),
	SLICE_ROW(EVENT_RUN, run.id),
	SLICE_ROW(EVENT_RUN, run.instance),
	SLICE_ROW(EVENT_RUN, run.plugin),
	SLICE_ROW(EVENT_RUN, run.document),
	SLICE_ROW(EVENT_RUN, run.owner),
	SLICE_ROW(EVENT_RUN, run.run_as_user),
	SLICE_ROW(EVENT_API_CALL, api_call.id),
	SLICE_ROW(EVENT_API_CALL, api_call.name),
	SLICE_ROW(EVENT_API_CALL, api_call.request_id),
	SLICE_ROW(EVENT_API_CALL, api_call.error_code),
	SLICE_ROW(EVENT_API_CALL, api_call.principal),
	SLICE_ROW(EVENT_API_CALL, api_call.access_key_id),
	SLICE_ROW(EVENT_API_CALL, api_call.session_issuer),
	SLICE_ROW(EVENT_API_CALL, api_call.source_ip),
	SLICE_ROW(EVENT_API_CALL, api_call.user_agent),
	SLICE_ROW(EVENT_API_CALL, api_call.invoked_by),
	SLICE_ROW(EVENT_API_CALL, api_call.account),
	SLICE_ROW(EVENT_API_CALL, api_call.region),
	SLICE_ROW(EVENT_API_CALL, api_call.denied_instance),
	SLICE_ROW(EVENT_API_CALL, api_call.denied_session),
	SLICE_ROW(EVENT_API_CALL, api_call.session_id),
	SLICE_ROW(EVENT_API_CALL, api_call.command_id),
	SLICE_ROW(EVENT_API_CALL, api_call.os_user),
	SLICE_ROW(EVENT_API_CALL, api_call.fingerprint),
	SLICE_ROW(EVENT_API_CALL, api_call.document),
	SLICE_ROW(EVENT_API_CALL, api_call.private_ip),
	SLICE_ROW(EVENT_API_CALL, api_call.correlation_id),
	SLICE_ROW(EVENT_API_CALL, api_call.operation_id),
	SLICE_ROW(EVENT_API_CALL, api_call.resource),
	SLICE_ROW(EVENT_API_CALL, api_call.handler),
	SLICE_ROW(EVENT_API_CALL, api_call.tunnel_id),
	SLICE_ROW(EVENT_API_CALL, api_call.caller_hint),
	SLICE_ROW(EVENT_GAP, gap.source),
	SLICE_ROW(EVENT_GAP, gap.cause),
	SLICE_ROW(EVENT_HOST_COVERAGE, host_coverage.host),
	SLICE_ROW(EVENT_PROGRESS, progress.account),
	SLICE_ROW(EVENT_PROGRESS, progress.region),
	SLICE_ROW(EVENT_API_HOLE, progress.account),
	SLICE_ROW(EVENT_API_HOLE, progress.region),
	SLICE_ROW(EVENT_SIGHT, sight.account),
	SLICE_ROW(EVENT_SIGHT, sight.region),
	SLICE_ROW(EVENT_IDENTITY, identity.provider),
	SLICE_ROW(EVENT_IDENTITY, identity.instance),
	SLICE_ROW(EVENT_IDENTITY, identity.account),
	SLICE_ROW(EVENT_IDENTITY, identity.region),
	SLICE_ROW(EVENT_EXTENSION, extension.handler),
	SLICE_ROW(EVENT_EXTENSION, extension.version),
	SLICE_ROW(EVENT_EXTENSION, extension.name),
	SLICE_ROW(EVENT_EXTENSION, extension.correlation_id),
	SLICE_ROW(EVENT_EXTENSION, extension.run_as_user),
	SLICE_ROW(EVENT_SCRIPT, script.name),
	SLICE_ROW(EVENT_CLOUD_USER, cloud_user.user),
	SLICE_ROW(EVENT_CLOUD_USER, cloud_user.principal),
	SLICE_ROW(EVENT_CLOUD_USER, cloud_user.correlation_id),
	SLICE_ROW(EVENT_CLOUD_KEY, cloud_key.user),
	SLICE_ROW(EVENT_CLOUD_KEY, cloud_key.fingerprint),
	SLICE_ROW(EVENT_CLOUD_KEY, cloud_key.principal),
	SLICE_ROW(EVENT_CREDENTIAL_SET, credential_set.user),
	SLICE_ROW(EVENT_ACCOUNT_CHANGED, account_changed.user),
	SLICE_ROW(EVENT_ACCOUNT_CHANGED, account_changed.group),
};
#undef SLICE_ROW

static void keep_list(const struct event_keeper *keeper, const struct slice **list,
		      uint32_t count)
{
	*list = count ? keeper->keep_list(keeper->ctx, *list, count) : NULL;
}

void event_keep(struct event *event, const struct event_keeper *keeper)
{
	for (size_t i = 0; i < sizeof(borrowed) / sizeof(borrowed[0]); i++) {
		struct slice *text;

		if (borrowed[i].kind != event->kind)
			continue;
		text = (struct slice *)(void *)((char *)event + borrowed[i].offset);
		*text = text->len ? keeper->keep_text(keeper->ctx, *text)
				  : (struct slice){ "", 0 };
	}
	if (event->kind == EVENT_API_CALL) {
		struct api_call *call = &event->api_call;

		keep_list(keeper, &call->instances, call->instance_count);
		keep_list(keeper, &call->association_ids, call->association_count);
	} else if (event->kind == EVENT_IDENTITY) {
		struct identity *identity = &event->identity;

		keep_list(keeper, &identity->private_ips, identity->private_ip_count);
		keep_list(keeper, &identity->endpoint_ips, identity->endpoint_ip_count);
		keep_list(keeper, &identity->tags, identity->tag_count);
	}
}
