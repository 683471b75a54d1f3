/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CloudTrail: one parsed record becomes one event. What the record says of the call
 * (what, who, where, for what) is checked and borrowed, nothing is copied but what has to
 * be computed. Record contents: AWS CloudTrail User Guide, "CloudTrail record contents".
 */
#include "evidence/cloud/action.h"
#include "evidence/cloud/request.h"
#include "evidence/cloud/text.h"

/* All of a record's; what is missing may stand elsewhere in it. */
#define HEAD_FIELDS                                                                \
	(FIELD_BIT(FIELD_NAME) | FIELD_BIT(FIELD_SOURCE) | FIELD_BIT(FIELD_TIME) | \
	 FIELD_BIT(FIELD_REGION) | FIELD_BIT(FIELD_ACCOUNT) | FIELD_BIT(FIELD_ID))

static void finish_head(struct record_head *head, struct slice time)
{
	head->source = slice_trim(head->source);
	if (!record_time(time, &head->happened_at))
		head->happened_at = US_TIME_NONE;
	head->delivered_at = US_TIME_NONE;
	head->action = action_find(head->source, head->name);
}

static bool glance(const struct fields *fields, struct slice record,
		   struct record_room *room, struct record_head *ret_head)
{
	(void)record;
	(void)room;
	if (!fields_are_plain(fields, HEAD_FIELDS, 0))
		return false;
	*ret_head = (struct record_head){
		.log = API_LOG_CLOUDTRAIL,
		.name = fields->values[FIELD_NAME],
		.source = fields->values[FIELD_SOURCE],
		.id = fields->values[FIELD_ID],
		.account = fields->values[FIELD_ACCOUNT],
		.region = fields->values[FIELD_REGION],
	};
	finish_head(ret_head, fields->values[FIELD_TIME]);
	return true;
}

/* The account is recipientAccountId, else the caller's. */
static int read_head(const json_t *record, struct record_room *room,
		     struct record_head *ret_head, struct err *err)
{
	struct record_head head = { .log = API_LOG_CLOUDTRAIL };
	struct slice time;

	(void)room;
	if (text_need(record, "eventName", &head.name, err) < 0 ||
	    text_need(record, "eventSource", &head.source, err) < 0 ||
	    text_need(record, "eventTime", &time, err) < 0 ||
	    text_need(record, "eventID", &head.id, err) < 0 ||
	    text_need(record, "awsRegion", &head.region, err) < 0 ||
	    text_need(record, "recipientAccountId", &head.account, err) < 0)
		return -1;
	if (!head.account.len)
		head.account = json_text_at(record, "userIdentity.accountId");
	if (head.account.len > LIMIT_FIELD_BYTES)
		return err_set(err, ERR_LIMIT,
			       "userIdentity.accountId: longer than %zu bytes",
			       LIMIT_FIELD_BYTES);
	finish_head(&head, time);
	*ret_head = head;
	return 0;
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

	if (text_need(record, "userIdentity.arn", &call->principal, err) < 0 ||
	    text_need(record, "userIdentity.principalId", &principal_id, err) < 0 ||
	    text_need(record, "userIdentity.invokedBy", &call->invoked_by, err) < 0 ||
	    text_need(record, "userIdentity.accessKeyId", &call->access_key_id, err) <
		    0 ||
	    text_need(record, "userIdentity.sessionContext.sessionIssuer.arn",
		      &call->session_issuer, err) < 0 ||
	    text_need(record, "sourceIPAddress", &call->source_ip, err) < 0 ||
	    json_need_text(record, "userAgent", &user_agent, err) < 0)
		return -1;
	if (!call->principal.len)
		call->principal = call->invoked_by.len ? call->invoked_by : principal_id;
	call->user_agent = text_cut(user_agent);
	call->mfa = mfa_of(record);
	return 0;
}

static int read_call(const json_t *record, struct api_call *call, struct err *err)
{
	if (text_need(record, "errorCode", &call->error_code, err) < 0 ||
	    text_need(record, "requestID", &call->request_id, err) < 0)
		return -1;
	call->outcome = action_outcome(call->error_code);
	/* Instance Connect repeats its requestID in the answer. */
	if (!call->request_id.len && call->action == API_SEND_SSH_PUBLIC_KEY)
		return text_need(record, "responseElements.requestId", &call->request_id,
				 err);
	return 0;
}

static int fill(const json_t *record, struct record_room *room, struct event *event,
		struct err *err)
{
	struct api_call *call = &event->api_call;

	call->name = slice_trim(call->name);
	if (read_call(record, call, err) < 0 || read_caller(record, call, err) < 0)
		return -1;
	return request_read(record, room, call, err);
}

const struct record_kind kind_cloudtrail = {
	.marks = FIELD_BIT(FIELD_NAME) | FIELD_BIT(FIELD_SOURCE) | FIELD_BIT(FIELD_TIME),
	.time_name = "eventTime",
	.glance = glance,
	.head = read_head,
	.fill = fill,
};
