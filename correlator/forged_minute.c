/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/forged_minute.h"

#include <stddef.h>
#include <string.h>

/* Where kinds keep whom they speak of: a name, and where that one came from. */
static const struct {
	size_t name, from; /* offsets of slices in struct event; 0 = none */
} subjects[EVENT_KIND_COUNT] = {
#define AT(member) offsetof(struct event, member)
	[EVENT_KEY_OFFERED] = { AT(key_offered.principal), AT(key_offered.fingerprint) },
	[EVENT_LOGIN_ACCEPTED] = { AT(login.user), AT(login.source_ip) },
	[EVENT_KEY_PARTIAL] = { AT(login.user), AT(login.source_ip) },
	[EVENT_CONSOLE_LOGIN] = { AT(console_login.user), AT(console_login.tty) },
	[EVENT_SESSION_OPENED] = { AT(pam_session.user), 0 },
	[EVENT_SESSION_CLOSED] = { AT(pam_session.user), 0 },
	[EVENT_LOGIND_OPENED] = { AT(logind_session.user), AT(logind_session.tty) },
	[EVENT_LOGIND_CLOSED] = { AT(logind_session.session), 0 },
	[EVENT_ACCOUNT_CREATED] = { AT(account_created.user), 0 },
	[EVENT_SUDO] = { AT(sudo.user), AT(sudo.tty) },
	[EVENT_RUN] = { AT(run.id), 0 },
	[EVENT_EXTENSION] = { AT(extension.handler), AT(extension.name) },
	[EVENT_SCRIPT] = { AT(script.name), 0 },
	[EVENT_CLOUD_USER] = { AT(cloud_user.user), AT(cloud_user.principal) },
	[EVENT_CLOUD_KEY] = { AT(cloud_key.user), AT(cloud_key.fingerprint) },
	[EVENT_CREDENTIAL_SET] = { AT(credential_set.user), 0 },
	[EVENT_ACCOUNT_CHANGED] = { AT(account_changed.user), AT(account_changed.group) },
#undef AT
};

static struct slice text_at(const struct event *event, size_t offset)
{
	return offset ? *(const struct slice *)(const void *)((const char *)event +
							      offset)
		      : (struct slice){ "", 0 };
}

/* What does not fit is cut. */
static void set_claim(struct claim *claim, const struct event *event)
{
	AUTO_BUF struct buf text = BUF_LIMIT(2 * sizeof(claim->text));
	struct slice name = text_at(event, subjects[event->kind].name);
	struct slice from = text_at(event, subjects[event->kind].from);

	buf_append(&text, slice_first(name, sizeof(claim->text) / 2));
	if (from.len) {
		buf_append_text(&text, name.len ? " from " : "from ");
		buf_append(&text, slice_first(from, sizeof(claim->text) / 2));
	}
	claim->len = slice_first(buf_slice(&text), sizeof(claim->text)).len;
	if (claim->len)
		memcpy(claim->text, text.ptr, claim->len);
	claim->evidence = event->evidence;
}

static void note_claim(struct forged_minute *minute, const struct event *event)
{
	struct claim claim;

	set_claim(&claim, event);
	for (uint32_t i = 0; i < minute->claim_count; i++)
		if (minute->claims[i].len == claim.len &&
		    memcmp(minute->claims[i].text, claim.text, claim.len) == 0)
			return;
	if (minute->claim_count < LIMIT_FORGED_CLAIMS)
		minute->claims[minute->claim_count++] = claim;
	else
		minute->has_more_claims = true;
}

us_time forged_minute_time(const struct event *event)
{
	us_time time = event->happened_at;

	return time < US_TIME_MIN ? US_TIME_MIN : time > US_TIME_MAX ? US_TIME_MAX : time;
}

void forged_minute_count(struct forged_minute *minute, const struct event *event)
{
	us_time time = forged_minute_time(event);

	if (minute->count == 0 || time < minute->first)
		minute->first = time;
	if (minute->count == 0 || time > minute->last)
		minute->last = time;
	minute->count++;
	note_claim(minute, event);
}

void forged_minute_name(const struct forged_minute *minute, struct buf *buf)
{
	const char *before =
		minute->has_more_claims ? ", that name, among others: " : ", that name: ";

	for (uint32_t i = 0; i < minute->claim_count; i++) {
		const struct claim *claim = &minute->claims[i];

		if (claim->len == 0)
			continue;
		buf_append_text(buf, before);
		buf_append(buf, slice_of(claim->text, claim->len));
		before = ", ";
	}
}
