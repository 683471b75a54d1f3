/* SPDX-License-Identifier: Apache-2.0 */
/* What the cloud has the host run at boot or by policy: each run is a login of root. */
#include <stdio.h>

#include "correlator/id.h"
#include "correlator/script_run.h"
#include "correlator/session.h"

/* Of how many runs it is looked which has ended. */
#define RUNS_LOOKED_AT 16

/* A kind and a name. */
#define SCRIPT_KEY_BYTES 320

static const char *const kind_words[] = {
	[SCRIPT_STARTUP] = "startup",
	[SCRIPT_SHUTDOWN] = "shutdown",
	[SCRIPT_OS_CONFIG] = "os-config",
	[SCRIPT_USER_DATA] = "user-data",
};

static struct id script_id(const struct event *event)
{
	struct id_maker maker;

	id_start(&maker, "script");
	id_add(&maker, slice_text(kind_words[event->script.kind]));
	id_add(&maker, event->script.name);
	id_add_number(&maker, event->happened_at);
	return id_finish(&maker);
}

/* What was written, cut where it is longer. */
static struct slice written(const char text[SCRIPT_KEY_BYTES], int len)
{
	return slice_of(text, (size_t)len < SCRIPT_KEY_BYTES ? (size_t)len
							     : SCRIPT_KEY_BYTES - 1);
}

/* "os-config/install-agent", "user-data/scripts-user", "startup/startup-script" */
static struct slice run_name(const struct script_run *script, char text[SCRIPT_KEY_BYTES])
{
	return written(text,
		       snprintf(text, SCRIPT_KEY_BYTES, "%s/%.*s",
				kind_words[script->kind],
				SLICE_ARG(slice_first(script->name, SCRIPT_KEY_BYTES))));
}

/* The key of a script's runs. */
static struct slice runs_key(struct slice name, char text[SCRIPT_KEY_BYTES])
{
	return written(text, snprintf(text, SCRIPT_KEY_BYTES, "run %.*s",
				      SLICE_ARG(slice_first(name, SCRIPT_KEY_BYTES))));
}

/* The runs of a script. NULL = there are none. */
static const struct key_node *runs_of(const struct correlator *correlator,
				      struct slice name)
{
	char text[SCRIPT_KEY_BYTES];

	return index_find(&correlator->index, KEY_SCRIPT, runs_key(name, text));
}

const struct tracked_login *script_run_before(const struct correlator *correlator,
					      const struct tracked_login *login)
{
	const struct key_node *node = runs_of(correlator, login->view.command_id);
	size_t at = node ? login_list_position(&node->logins, login) : 0;

	return node && at && at < node->logins.count ? node->logins.items[at - 1] : NULL;
}

static void concern_next(struct correlator *correlator, const struct key_node *node,
			 const struct tracked_login *login)
{
	size_t next = login_list_position(&node->logins, login) + 1;

	if (next < node->logins.count)
		judge_later(correlator, node->logins.items[next]);
}

static void begin_run(struct correlator *correlator, const struct event *event)
{
	const struct script_run *script = &event->script;
	struct id id = script_id(event);
	struct tracked_login *login = login_find(correlator, &id);
	char name[SCRIPT_KEY_BYTES], text[SCRIPT_KEY_BYTES];
	struct key_node *node;

	if (!login) {
		login = login_make(correlator, LOGIN_SCRIPT, &id, event);
		login->script_kind = (int8_t)script->kind;
		login->view.os_user = SLICE("root");
		login->view.command_id = login_keep(login, run_name(script, name));
		node = index_get(&correlator->index, KEY_SCRIPT,
				 runs_key(login->view.command_id, text));
		login_list_add(&node->logins, login);
		concern_next(correlator, node, login);
	}
	login_add_evidence(login, event->evidence);
}

/* Whether it is the one that has ended: what ends is said without a name, or with. */
static bool is_running(const struct tracked_login *login, const struct event *event)
{
	char text[SCRIPT_KEY_BYTES];

	if (login->script_kind != (int8_t)event->script.kind ||
	    login->view.ended_at != US_TIME_NONE ||
	    !slice_equal(login->view.host, event->host))
		return false;
	return event->script.name.len == 0 ||
	       slice_equal(login->view.command_id, run_name(&event->script, text));
}

static void end_runs(struct correlator *correlator, const struct event *event)
{
	const struct login_list *list = &correlator->by_kind[LOGIN_SCRIPT];
	size_t after = login_list_from(list, event->happened_at + 1);

	for (size_t i = after; i-- > 0 && after - i <= RUNS_LOOKED_AT;) {
		struct tracked_login *login = list->items[i];

		if (!is_running(login, event))
			continue;
		login->view.ended_at = event->happened_at;
		login_add_evidence(login, event->evidence);
	}
}

void session_take_script(struct correlator *correlator, const struct event *event)
{
	if (event->script.has_ended)
		end_runs(correlator, event);
	else
		begin_run(correlator, event);
}
