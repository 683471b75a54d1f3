/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What say.c and say_host.c share. */
#include "tests/scenarios/say.h"

/* One line being told. `failed` is -1 once something in it was wrong. */
struct telling {
	const struct script_line *line;
	us_time start;
	struct said *said;
	struct event *event;
	int failed;
	struct err *err;
};

/* Keys that every line of the host may have, and its own. */
#define SAY_LINE_KEYS(...)                                                             \
	((const char *const[]){ __VA_ARGS__, "login", "at", "source", "trust", "twin", \
				"text", "pid", "host", NULL })

struct slice say_text(struct telling *telling, const char *key);
uint64_t say_number(struct telling *telling, const char *key, uint64_t max,
		    uint64_t absent);
us_time say_time(struct telling *telling, const char *key, us_time absent);
bool say_yes(struct telling *telling, const char *key);
struct slice say_fingerprint(struct telling *telling, struct slice name);
struct slice say_arn(struct telling *telling, struct slice name);
struct slice say_instance(struct telling *telling, struct slice name);

/* Notes that `word` is no `what`. Always -1. */
int say_fail(struct telling *telling, const char *what, struct slice word);

/* Whether it is the SSM agent that says this. */
bool say_is_run(struct slice word);

/* What all lines of the host have: trust, host name, process, twin. The source is known.
 */
void say_line(struct telling *telling);

void say_offered(struct telling *telling);
void say_accepted(struct telling *telling);
void say_partial(struct telling *telling);
void say_listening(struct telling *telling);
void say_console(struct telling *telling);
void say_opened(struct telling *telling);
void say_closed(struct telling *telling);
void say_sudo(struct telling *telling);
void say_session(struct telling *telling);
void say_command(struct telling *telling);
void say_association(struct telling *telling);

/* Consoles, scripts, accounts, starts (say_console.c). */
void say_script(struct telling *telling);
void say_credential(struct telling *telling);
void say_account(struct telling *telling);
void say_password(struct telling *telling);
void say_boot(struct telling *telling);

/* Azure: its agent, its extensions' handlers, Entra ID's helpers (say_azure.c). */
void say_goal_state(struct telling *telling);
void say_handler_state(struct telling *telling);
void say_settings(struct telling *telling);
void say_executed(struct telling *telling);
void say_uninstalled(struct telling *telling);
void say_entra_user(struct telling *telling);

/* Google Cloud: OS Login's helpers, its guest agent, keys (say_gcp.c). */
void say_os_login_user(struct telling *telling);
void say_known_user(struct telling *telling);
void say_metadata_key(struct telling *telling);
void say_file_key(struct telling *telling);
void say_metadata_user(struct telling *telling);
