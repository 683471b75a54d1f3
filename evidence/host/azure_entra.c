/* SPDX-License-Identifier: Apache-2.0 */
/* Entra ID logins on Azure: what the key command and the PAM module say of a user. */
#include "evidence/host/azure_line.h"
#include "evidence/host/grammar.h"
#include "evidence/host/writer.h"

#define VERSION_BYTES 64

static bool take_version(struct slice *text)
{
	struct slice version;

	return grammar_take_run(text, BYTE_LETTER | BYTE_DIGIT | BYTE_NAME_SIGN,
				VERSION_BYTES, &version);
}

static bool tell(struct slice user, enum cloud_user_state state, struct event *event)
{
	event->kind = EVENT_CLOUD_USER;
	event->cloud_user.cloud = CLOUD_AZURE;
	event->cloud_user.state = state;
	event->cloud_user.user = user;
	return true;
}

/* An Entra user's name on the host: amy@example.com. */
static bool is_principal(struct slice user)
{
	return azure_is_user(user) && slice_find(user, SLICE("@")) > 0;
}

/*
 * Version: 1.0.015570001; user: amy@example.com
 * User 'amy@example.com' is not an AAD user; returning empty result.
 *
 * The key command may be asked about every user that connects, so it is only of those
 * with a principal's name that it says something; of the others it only says that they
 * are none of Entra's. Newer ones say "a Microsoft Entra user".
 */
bool aad_certhandler_parse(const struct host_line *line, struct event *event)
{
	struct slice rest = slice_trim(line->message);
	struct slice user;

	if (slice_take_prefix(&rest, SLICE("Version: ")))
		return take_version(&rest) &&
		       slice_take_prefix(&rest, SLICE("; user: ")) &&
		       is_principal(rest) && tell(rest, CLOUD_USER_SEEN, event);
	return slice_take_prefix(&rest, SLICE("User '")) &&
	       slice_take_until_text(&rest, SLICE("' is not a"), &user) &&
	       (slice_equal(rest, SLICE("n AAD user; returning empty result.")) ||
		slice_equal(rest,
			    SLICE(" Microsoft Entra user; returning empty result."))) &&
	       is_principal(user) && tell(user, CLOUD_USER_REFUSED, event);
}

/* Login granted for amy@example.com as an admin. */
static bool parse_granted(struct slice rest, struct event *event)
{
	bool is_admin = slice_take_suffix(&rest, SLICE(" as an admin."));

	if ((!is_admin && !slice_take_suffix(&rest, SLICE(" as a user.")) &&
	     !slice_take_suffix(&rest, SLICE("."))) ||
	    !is_principal(rest))
		return false;
	tell(rest, CLOUD_USER_ADMITTED, event);
	event->cloud_user.principal = rest;
	event->cloud_user.is_admin = is_admin;
	return true;
}

/*
 * pam_aad(sshd:account): AadAuthorize, Version: 1.0.013390001; CorrelationId:
 * a7d1cff1-... pam_aad(sshd:account): Login granted for amy@example.com as an admin.
 *
 * Logged by sshd's process. With debugging it logs tokens, too: nothing is read but these
 * two sentences as a whole.
 */
bool pam_aad_parse(const struct host_line *line, struct event *event)
{
	struct slice rest = slice_trim(line->message);

	if (!slice_take_prefix(&rest, SLICE("pam_aad(sshd:account): ")))
		return false;
	if (slice_take_prefix(&rest, SLICE("Login granted for ")))
		return parse_granted(rest, event);
	if (!slice_take_prefix(&rest, SLICE("AadAuthorize, Version: ")) ||
	    !take_version(&rest) ||
	    !slice_take_prefix(&rest, SLICE("; CorrelationId: ")) ||
	    line->space_bytes < AZURE_ID_BYTES)
		return false;
	event->cloud_user.correlation_id = azure_id(rest, line->space);
	return event->cloud_user.correlation_id.len > 0 &&
	       tell(slice_of(NULL, 0), CLOUD_USER_SEEN, event);
}
