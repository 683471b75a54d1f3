/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/cloudtrail.h"

#include "evidence/cloud/action.h"

bool cloudtrail_time(struct slice text, us_time *ret_time)
{
	struct civil civil;

	if (time_from_rfc3339(text, ret_time))
		return true;
	if (!time_take_civil(&text, &civil) || text.len || !civil_valid(&civil))
		return false;
	*ret_time = civil_to_utc(&civil);
	return true;
}

int cloudtrail_head(const json_t *record, struct record_head *ret_head, struct err *err)
{
	struct record_head head = { .happened_at = US_TIME_NONE };
	struct slice time;

	if (request_text(record, "eventName", &head.name, err) < 0 ||
	    request_text(record, "eventSource", &head.source, err) < 0 ||
	    request_text(record, "eventTime", &time, err) < 0 ||
	    request_text(record, "eventID", &head.id, err) < 0 ||
	    request_text(record, "awsRegion", &head.region, err) < 0 ||
	    request_text(record, "recipientAccountId", &head.account, err) < 0)
		return -1;
	if (!head.account.len)
		head.account = json_text_at(record, "userIdentity.accountId");
	if (head.account.len > LIMIT_FIELD_BYTES)
		return err_set(err, ERR_LIMIT,
			       "userIdentity.accountId: longer than %zu bytes",
			       LIMIT_FIELD_BYTES);
	if (!cloudtrail_time(time, &head.happened_at))
		head.happened_at = US_TIME_NONE;
	*ret_head = head;
	return 0;
}

/* At most LIMIT_FIELD_BYTES, cut where a character begins. */
static struct slice cut(struct slice text)
{
	size_t len = text.len;

	if (len <= LIMIT_FIELD_BYTES)
		return text;
	len = LIMIT_FIELD_BYTES;
	while (len && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
		len--;
	return slice_first(text, len);
}

/* "true", "false" or, where a pipeline retyped it, true, false. */
static enum tristate mfa_of(const json_t *record)
{
	const json_t *value = json_at(
		record, "userIdentity.sessionContext.attributes.mfaAuthenticated");
	struct slice text = json_slice(value);

	if (json_is_true(value) || slice_equal_ignoring_case(text, SLICE("true")))
		return TRISTATE_TRUE;
	if (json_is_false(value) || slice_equal_ignoring_case(text, SLICE("false")))
		return TRISTATE_FALSE;
	return TRISTATE_UNKNOWN;
}

static int read_caller(const json_t *record, struct api_call *call, struct err *err)
{
	struct slice user_agent, principal_id;

	if (request_text(record, "userIdentity.arn", &call->principal, err) < 0 ||
	    request_text(record, "userIdentity.principalId", &principal_id, err) < 0 ||
	    request_text(record, "userIdentity.invokedBy", &call->invoked_by, err) < 0 ||
	    request_text(record, "userIdentity.accessKeyId", &call->access_key_id, err) <
		    0 ||
	    request_text(record, "userIdentity.sessionContext.sessionIssuer.arn",
			 &call->session_issuer, err) < 0 ||
	    request_text(record, "sourceIPAddress", &call->source_ip, err) < 0 ||
	    json_need_text(record, "userAgent", &user_agent, err) < 0)
		return -1;
	if (!call->principal.len)
		call->principal = call->invoked_by.len ? call->invoked_by : principal_id;
	call->user_agent = cut(user_agent);
	call->mfa = mfa_of(record);
	return 0;
}

static int read_call(const json_t *record, struct api_call *call, struct err *err)
{
	if (request_text(record, "errorCode", &call->error_code, err) < 0 ||
	    request_text(record, "requestID", &call->request_id, err) < 0)
		return -1;
	call->outcome = action_outcome(call->error_code);
	/* Instance Connect repeats its requestID in the answer. */
	if (!call->request_id.len && call->action == API_SEND_SSH_PUBLIC_KEY)
		return request_text(record, "responseElements.requestId",
				    &call->request_id, err);
	return 0;
}

int cloudtrail_event(const json_t *record, const struct record_head *head,
		     enum api_action action, struct request_room *room,
		     struct event *ret_event, struct err *err)
{
	struct event event = {
		.kind = EVENT_API_CALL,
		.happened_at = head->happened_at,
		.trust = TRUST_ATTESTED,
		.api_call = {
			.id = head->id,
			.action = action,
			.name = slice_trim(head->name),
			.account = head->account,
			.region = head->region,
		},
	};

	if (read_call(record, &event.api_call, err) < 0 ||
	    read_caller(record, &event.api_call, err) < 0 ||
	    request_read(record, room, &event.api_call, err) < 0)
		return -1;
	*ret_event = event;
	return 0;
}
