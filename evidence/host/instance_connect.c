/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/grammar.h"
#include "evidence/host/writer.h"

#define REQUEST_ID_BYTES 128
#define ARN_BYTES 2048 /* IAM's own ceiling */

static bool take_request_id(struct slice *text, struct slice *ret_id)
{
	if (!slice_take_prefix(text, SLICE(", request-id: ")))
		return true;
	return grammar_take_run(text, BYTE_LETTER | BYTE_DIGIT | BYTE_NAME_SIGN,
				REQUEST_ID_BYTES, ret_id);
}

static bool take_principal(struct slice *text, struct slice *ret_principal)
{
	if (!slice_take_prefix(text, SLICE(", for IAM principal: ")))
		return true;
	return grammar_take_run(text, BYTE_GRAPHIC, ARN_BYTES, ret_principal);
}

/*
 * Providing ssh key from EC2 Instance Connect with fingerprint: SHA256:2mNc...w8,
 * request-id: 5a1f9d3e-0c4b-4f7e-9a52-3b8d6c1e7f20, for IAM principal:
 * arn:aws:iam::111122223333:user/amy
 *
 * aws-ec2-instance-connect-config, src/bin/eic_parse_authorized_keys: both parts after
 * the fingerprint are there only when the metadata service said them. A rewrite in Python
 * puts a full stop after the fingerprint.
 */
bool instance_connect_parse(const struct host_line *line, struct event *event)
{
	struct slice rest = line->message;
	struct key_offered *offered = &event->key_offered;

	if (!slice_take_prefix(&rest, SLICE("Providing ssh key from EC2 Instance Connect "
					    "with fingerprint: ")) ||
	    !grammar_take_fingerprint(&rest, &offered->fingerprint))
		return false;
	slice_take_prefix(&rest, SLICE("."));
	if (!take_request_id(&rest, &offered->request_id) ||
	    !take_principal(&rest, &offered->principal) || rest.len)
		return false;
	event->kind = EVENT_KEY_OFFERED;
	return true;
}
