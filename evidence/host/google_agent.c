/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/grammar.h"
#include "evidence/host/writer.h"

/*
 * What Google's guest agent says of the users that ssh-keys of the metadata name. The
 * agent up to 2024 (non_windows_accounts.go) writes all but the last; the one after it
 * says nothing of keys and removals at its usual level:
 *
 * Creating user amy.
 * Adding existing user amy to google-sudoers group.
 * Updating keys for user amy.
 * Removing user amy.
 * Created user amy
 */
static const struct {
	struct slice before, after;
	bool is_removed;
} statements[] = {
	{ SLICE("Creating user "), SLICE("."), false },
	{ SLICE("Adding existing user "), SLICE(" to google-sudoers group."), false },
	{ SLICE("Updating keys for user "), SLICE("."), false },
	{ SLICE("Removing user "), SLICE("."), true },
	{ SLICE("Created user "), SLICE(""), false },
};

/* Its errors ("ERROR non_windows_accounts.go:217 invalid ssh key entry - ...") hold whole
 * values of the metadata, which are anybody's text: they are not read at all. */
bool google_agent_parse(const struct host_line *line, struct event *event)
{
	struct credential_set *set = &event->credential_set;
	struct slice message = line->message;

	slice_take_prefix(&message, SLICE("CorePlugin: "));
	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
		if (!grammar_is_name_between(message, statements[i].before,
					     statements[i].after, &set->user))
			continue;
		event->kind = EVENT_CREDENTIAL_SET;
		set->means = CREDENTIAL_METADATA_KEY;
		set->is_removed = statements[i].is_removed;
		return true;
	}
	return false;
}
