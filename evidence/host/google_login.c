/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/grammar.h"
#include "evidence/host/writer.h"

/* guest-oslogin ValidateUserName() lets no other names through. */
#define USER_BYTES 32

/* What is said about one user, between the words before and after the name. */
struct statement {
	struct slice before, after;
	enum cloud_user_state state;
	bool is_admin;
};

/*
 * google_authorized_keys, google_authorized_keys_sk and google_authorized_principals
 * (guest-oslogin src/oslogin_utils.cc), which sshd asks before it has seen a signature:
 * they can refuse, and never let anybody in. They log errors only. That a user is no
 * administrator is one of them, written in every login of such a user.
 *
 * google_authorized_keys: OS Login user amy_example_com does not have adminLogin
 * permission.
 * google_authorized_keys: OS Login user amy_example_com does not have login permission.
 * google_authorized_keys: Could not grant access to organization user: amy_example_com.
 *
 * "Organization user ..." are of versions 20230919 to 20240311.
 */
static const struct statement of_helpers[] = {
	{ SLICE("Could not grant access to organization user: "), SLICE("."),
	  CLOUD_USER_REFUSED, false },
	{ SLICE("Could not grant root access to organization user: "), SLICE("."),
	  CLOUD_USER_REFUSED, true },
	{ SLICE("OS Login user "), SLICE(" does not have login permission."),
	  CLOUD_USER_REFUSED, false },
	{ SLICE("OS Login user "), SLICE(" does not have adminLogin permission."),
	  CLOUD_USER_SEEN, false },
	{ SLICE("Organization user "), SLICE(" does not have login permission."),
	  CLOUD_USER_REFUSED, false },
	{ SLICE("Organization user "), SLICE(" does not have adminLogin permission."),
	  CLOUD_USER_SEEN, false },
	{ SLICE("Failed to validate that OS Login user "),
	  SLICE(" has login permission."), CLOUD_USER_SEEN, false },
	{ SLICE("Failed to validate that OS Login user "),
	  SLICE(" has adminLogin permission."), CLOUD_USER_SEEN, false },
};

/*
 * pam_oslogin_login and pam_oslogin_admin of versions before 20230919, in sshd's own
 * process:
 *
 * pam_oslogin_login(sshd:account): Organization user amy_example_com has login
 * permission.
 * pam_oslogin_login(sshd:account): Organization user amy_example_com does not have login
 * permission.
 * pam_oslogin_admin(sshd:account): Granting sudo permissions to organization user
 * amy_example_com.
 */
static const struct statement of_pam_login[] = {
	{ SLICE("Organization user "), SLICE(" has login permission."),
	  CLOUD_USER_ADMITTED, false },
	{ SLICE("Organization user "), SLICE(" does not have login permission."),
	  CLOUD_USER_REFUSED, false },
};
static const struct statement of_pam_admin[] = {
	{ SLICE("Granting sudo permissions to organization user "), SLICE("."),
	  CLOUD_USER_ADMITTED, true },
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* Who may say what. */
static const struct speaker {
	struct slice prefix;
	const struct statement *statements;
	size_t count;
} helpers[] = {
	{ SLICE("google_authorized_keys: "), of_helpers, COUNT(of_helpers) },
	{ SLICE("google_authorized_keys_sk: "), of_helpers, COUNT(of_helpers) },
	{ SLICE("google_authorized_principals: "), of_helpers, COUNT(of_helpers) },
}, modules[] = {
	{ SLICE("pam_oslogin_login(sshd:account): "), of_pam_login, COUNT(of_pam_login) },
	{ SLICE("pam_oslogin_admin(sshd:account): "), of_pam_admin, COUNT(of_pam_admin) },
};

static bool read_statement(const struct speaker *speaker, struct slice text,
			   struct event *event)
{
	struct cloud_user *user = &event->cloud_user;

	for (size_t i = 0; i < speaker->count; i++) {
		const struct statement *statement = &speaker->statements[i];

		if (!grammar_is_name_between(text, statement->before, statement->after,
					     &user->user) ||
		    user->user.len > USER_BYTES)
			continue;
		event->kind = EVENT_CLOUD_USER;
		user->cloud = CLOUD_GCP;
		user->state = statement->state;
		user->is_admin = statement->is_admin;
		return true;
	}
	return false;
}

static bool read_speaker(const struct speaker *speakers, size_t count,
			 const struct host_line *line, struct event *event)
{
	for (size_t i = 0; i < count; i++) {
		struct slice text = line->message;

		if (slice_take_prefix(&text, speakers[i].prefix))
			return read_statement(&speakers[i], text, event);
	}
	return false;
}

bool google_helper_parse(const struct host_line *line, struct event *event)
{
	return read_speaker(helpers, COUNT(helpers), line, event);
}

bool google_pam_parse(const struct host_line *line, struct event *event)
{
	return read_speaker(modules, COUNT(modules), line, event);
}
