/* SPDX-License-Identifier: Apache-2.0 */
/* Logins at consoles, and what PAM and logind say of these and of sshd's. */
#include "correlator/calls.h"
#include "correlator/classify.h"
#include "correlator/concern.h"
#include "correlator/console.h"
#include "correlator/credential.h"
#include "correlator/google.h"
#include "correlator/id.h"
#include "correlator/match.h"
#include "correlator/session.h"

/* PAM's line follows Accepted within its own processes' time. */
#define PAM_JOIN_US (60 * US_PER_SECOND)

/* A host under load writes the line that names the tty as late as that. */
#define CONSOLE_LATE_JOIN_US (15 * US_PER_SECOND)

static us_span distance(us_time a, us_time b)
{
	return a < b ? b - a : a - b;
}

static struct id console_id(uint32_t pid, struct slice user, us_time time)
{
	struct id_maker maker;

	id_start(&maker, "console");
	id_add_number(&maker, pid);
	id_add(&maker, user);
	id_add_number(&maker, time);
	return id_finish(&maker);
}

typedef bool fits_fn(const struct tracked_login *login, const struct event *event);

static bool is_joinable(const struct tracked_login *login, const struct event *event,
			struct slice user, fits_fn *fits)
{
	return slice_equal(login->view.os_user, user) &&
	       slice_equal(login->view.host, event->host) && fits(login, event);
}

/* The login of this kind and user that is nearest to the event, within `reach`, and that
 * `fits`; NULL when there is none. Looks outward from the event's time. */
static struct tracked_login *nearest_within(const struct correlator *correlator,
					    enum login_kind kind,
					    const struct event *event, struct slice user,
					    fits_fn *fits, us_span reach)
{
	const struct login_list *list = &correlator->by_kind[kind];
	us_time time = event->happened_at;
	size_t after = login_list_from(list, time), before = after;

	for (;;) {
		us_span to_after = after < list->count
					   ? list->items[after]->view.happened_at - time
					   : INT64_MAX;
		us_span to_before =
			before > 0 ? time - list->items[before - 1]->view.happened_at
				   : INT64_MAX;
		struct tracked_login *login;

		if (to_after > reach && to_before > reach)
			return NULL;
		login = to_before <= to_after ? list->items[--before]
					      : list->items[after++];
		if (is_joinable(login, event, user, fits))
			return login;
	}
}

static struct tracked_login *nearest(const struct correlator *correlator,
				     enum login_kind kind, const struct event *event,
				     struct slice user, fits_fn *fits)
{
	return nearest_within(correlator, kind, event, user, fits, CONSOLE_JOIN_US);
}

/* Where both say it. */
static bool agree_in_tty(const struct tracked_login *login, struct slice tty)
{
	return !tty.len || !login->view.tty.len || slice_equal(tty, login->view.tty);
}

static bool agree_in_pid(const struct tracked_login *login, const struct event *event)
{
	return !event->pid || !login->view.pid || event->pid == login->view.pid;
}

/* shadow's login lets a child write root's line, right before it becomes the shell, and
 * PAM's is its own. */
static bool is_root(const struct tracked_login *login)
{
	return slice_equal(login->view.os_user, SLICE("root"));
}

/* Lines of one login agree in tty and in pid. */
static bool fits_console_line(const struct tracked_login *login,
			      const struct event *event)
{
	return agree_in_tty(login, event->console_login.tty) &&
	       (agree_in_pid(login, event) ||
		(is_root(login) && event->console_login.tty.len &&
		 !login->has_login_line));
}

static bool fits_pam_line(const struct tracked_login *login, const struct event *event)
{
	return agree_in_tty(login, event->pam_session.tty) &&
	       (agree_in_pid(login, event) || (is_root(login) && login->has_login_line &&
					       login->view.tty.len && !login->has_pam));
}

/* A line that comes late is joined where one of the two names the tty and the other is
 * PAM's, or may be. */
static bool fits_late_console_line(const struct tracked_login *login,
				   const struct event *event)
{
	return event->console_login.tty.len && !login->view.tty.len &&
	       !login->has_login_line && fits_console_line(login, event);
}

static bool fits_late_pam_line(const struct tracked_login *login,
			       const struct event *event)
{
	return !event->pam_session.tty.len && login->view.tty.len && !login->has_pam &&
	       login->has_login_line && fits_pam_line(login, event);
}

/* Whether it is listed by port; -1 = its port is not known. */
static bool has_port(const struct tracked_login *login, int16_t *ret_port)
{
	*ret_port = -1;
	return login->view.tty.len == 0 || is_serial_tty(login->view.tty, ret_port);
}

static struct key_node *logins_at(const struct correlator *correlator, int port)
{
	char text[SERIAL_KEY_BYTES];

	return index_find(&correlator->index, KEY_SERIAL, serial_key(port, text));
}

/* Lists a login at a serial port, or at an unknown one. */
static void list_by_port(struct correlator *correlator, struct tracked_login *login)
{
	char text[SERIAL_KEY_BYTES];
	int16_t port;

	if (!has_port(login, &port))
		return;
	login_list_under(correlator, KEY_SERIAL, serial_key(port, text), login);
	console_concern_next(correlator, login);
	observe_console_login(correlator, login);
}

const struct tracked_login *console_login_before(const struct correlator *correlator,
						 const struct tracked_login *login)
{
	const struct key_node *node;
	int16_t port;
	size_t at;

	if (!has_port(login, &port) || port < 0)
		return NULL;
	node = logins_at(correlator, port);
	at = node ? login_list_position(&node->logins, login) : 0;
	return node && at && at < node->logins.count ? node->logins.items[at - 1] : NULL;
}

void console_concern_next(struct correlator *correlator,
			  const struct tracked_login *login)
{
	const struct key_node *node;
	int16_t port;
	size_t at;

	if (!has_port(login, &port) || port < 0)
		return;
	node = logins_at(correlator, port);
	at = node ? login_list_position(&node->logins, login) + 1 : 0;
	if (node && at < node->logins.count &&
	    !concern_has_waiting(correlator, node->logins.items[at]))
		judge_later(correlator, node->logins.items[at]);
}

struct tracked_login *console_login_at(const struct correlator *correlator, int port,
				       us_time time)
{
	int first = port < 0 ? 0 : port, last = port < 0 ? CONSOLE_PORTS - 1 : port;
	struct tracked_login *latest = NULL;

	for (int i = first - 1; i <= last; i++) {
		const struct key_node *node = logins_at(correlator, i < first ? -1 : i);
		size_t at = node ? login_list_from(&node->logins, time + 1) : 0;

		if (at &&
		    (!latest || login_is_before(latest, node->logins.items[at - 1])))
			latest = node->logins.items[at - 1];
	}
	return latest;
}

static struct tracked_login *make_console(struct correlator *correlator,
					  const struct event *event, struct slice user)
{
	struct id id = console_id(event->pid, user, event->happened_at);
	struct tracked_login *login = login_find(correlator, &id);

	if (login)
		return login;
	login = login_make(correlator, LOGIN_CONSOLE, &id, event);
	if (!correlator->options.logs_are_complete)
		queue_add(&correlator->joining, login);
	login->view.os_user = login_keep(login, user);
	list_by_port(correlator, login);
	credentials_add_login(correlator, login);
	sudo_add_login(correlator, login);
	return login;
}

/* A pid learnt later leads the lines that come after to this login. */
static void learn_process(struct correlator *correlator, struct tracked_login *login,
			  const struct event *event)
{
	char text[PROCESS_KEY_BYTES];
	struct key_node *node;

	if (event->pid == 0)
		return;
	if (login->view.pid == 0)
		login->view.pid = event->pid;
	node = index_get(&correlator->index, KEY_PROCESS,
			 process_key(event->host, "login", event->pid, text));
	for (size_t i = 0; i < node->logins.count; i++)
		if (node->logins.items[i] == login)
			return;
	login_list_add(&node->logins, login);
}

static void learn_tty(struct correlator *correlator, struct tracked_login *login,
		      struct slice tty)
{
	char text[SERIAL_KEY_BYTES];

	if (tty.len == 0 || login->view.tty.len || login->view.kind != LOGIN_CONSOLE)
		return;
	login_list_remove_sorted(
		&index_get(&correlator->index, KEY_SERIAL, serial_key(-1, text))->logins,
		login);
	login->view.tty = login_keep(login, tty);
	sudo_relearn(correlator, login);
	list_by_port(correlator, login);
	judge_later(correlator, login);
}

void session_take_console(struct correlator *correlator, const struct event *event)
{
	struct slice user = event->console_login.user;
	struct tracked_login *login =
		nearest(correlator, LOGIN_CONSOLE, event, user, fits_console_line);

	if (!login)
		login = nearest_within(correlator, LOGIN_CONSOLE, event, user,
				       fits_late_console_line, CONSOLE_LATE_JOIN_US);
	if (!login)
		login = make_console(correlator, event, user);
	login->has_login_line = true;
	learn_process(correlator, login, event);
	learn_tty(correlator, login, event->console_login.tty);
	login_add_evidence(login, event->evidence);
}

/* The latest login of the process at this time. */
static struct tracked_login *login_of_process(const struct correlator *correlator,
					      const struct event *event, const char *what)
{
	char text[PROCESS_KEY_BYTES];
	const struct key_node *node;
	size_t at;

	if (event->pid == 0)
		return NULL;
	node = index_find(&correlator->index, KEY_PROCESS,
			  process_key(event->host, what, event->pid, text));
	if (!node)
		return NULL;
	at = login_list_from(&node->logins, event->happened_at + HOST_CUT_US);
	return at ? node->logins.items[at - 1] : NULL;
}

void session_take_pam_opened(struct correlator *correlator, const struct event *event)
{
	const struct pam_session *said = &event->pam_session;
	struct tracked_login *login;

	if (slice_equal(said->service, SLICE("sshd"))) {
		login = login_of_process(correlator, event, "sshd");
		if (login &&
		    distance(login->view.happened_at, event->happened_at) <= PAM_JOIN_US)
			login_add_evidence(login, event->evidence);
		return;
	}
	if (!slice_equal(said->service, SLICE("login")))
		return;
	login = nearest(correlator, LOGIN_CONSOLE, event, said->user, fits_pam_line);
	if (!login)
		login = nearest_within(correlator, LOGIN_CONSOLE, event, said->user,
				       fits_late_pam_line, CONSOLE_LATE_JOIN_US);
	if (!login)
		login = make_console(correlator, event, said->user);
	login->has_pam = true;
	learn_process(correlator, login, event);
	learn_tty(correlator, login, said->tty);
	login_add_evidence(login, event->evidence);
}

void session_join_consoles(struct correlator *correlator)
{
	struct queue *joining = &correlator->joining;

	while (joining->count) {
		const struct tracked_login *oldest = queue_at(joining, 0);

		if (correlator->now - oldest->arrived_at < CONSOLE_JOIN_US)
			break;
		judge_later(correlator, queue_take(joining));
	}
}

us_time session_join_deadline(const struct correlator *correlator)
{
	const struct tracked_login *oldest;

	if (correlator->joining.count == 0)
		return US_TIME_NONE;
	oldest = queue_at(&correlator->joining, 0);
	return oldest->arrived_at + CONSOLE_JOIN_US;
}

static void end_login(struct correlator *correlator, struct tracked_login *login,
		      const struct event *event)
{
	if (!login || event->happened_at < login->view.happened_at - HOST_CUT_US ||
	    login->view.ended_at != US_TIME_NONE)
		return;
	login->view.ended_at = event->happened_at;
	login_add_evidence(login, event->evidence);
	iap_login_ended(correlator, login);
	sudo_login_ended(correlator, login);
	if (login->view.kind == LOGIN_CONSOLE)
		console_concern_next(correlator, login);
}

void session_take_pam_closed(struct correlator *correlator, const struct event *event)
{
	const struct pam_session *said = &event->pam_session;

	if (slice_equal(said->service, SLICE("sshd")))
		end_login(correlator, login_of_process(correlator, event, "sshd"), event);
	else if (slice_equal(said->service, SLICE("login")))
		end_login(correlator, login_of_process(correlator, event, "login"),
			  event);
}

/* A logind session belongs to its leader, where that is said. */
static bool fits_logind_line(const struct tracked_login *login, const struct event *event)
{
	uint32_t leader = event->logind_session.leader_pid;

	return !login->has_logind &&
	       (!leader || !login->view.pid || leader == login->view.pid);
}

static uint64_t session_number(struct slice session)
{
	uint64_t number;

	return slice_number(session, UINT32_MAX, &number) ? number : 0;
}

void session_take_logind_opened(struct correlator *correlator, const struct event *event)
{
	const struct logind_session *said = &event->logind_session;
	uint64_t number = session_number(said->session);
	struct tracked_login *login =
		nearest(correlator, LOGIN_SSH, event, said->user, fits_logind_line);
	char text[PROCESS_KEY_BYTES];

	if (!login)
		login = nearest(correlator, LOGIN_CONSOLE, event, said->user,
				fits_logind_line);
	if (!login)
		return;
	login->has_logind = true;
	learn_tty(correlator, login, said->tty);
	login_add_evidence(login, event->evidence);
	if (number)
		login_list_under(correlator, KEY_PROCESS,
				 process_key(event->host, "logind", number, text), login);
}

void session_take_logind_closed(struct correlator *correlator, const struct event *event)
{
	uint64_t number = session_number(event->logind_session.session);
	char text[PROCESS_KEY_BYTES];
	const struct key_node *node =
		index_find(&correlator->index, KEY_PROCESS,
			   process_key(event->host, "logind", number, text));

	if (number && node && node->logins.count)
		end_login(correlator, node->logins.items[node->logins.count - 1], event);
}

void session_take_account(struct correlator *correlator, const struct event *event)
{
	const struct login_list *list = &correlator->by_kind[LOGIN_SESSION];
	size_t at;

	credentials_take_account(correlator, event, event->account_created.user, false);
	/* the agent makes ssm-user for its first session */
	if (!slice_equal(event->account_created.user, SLICE("ssm-user")))
		return;
	at = login_list_from(list, event->happened_at - PAM_JOIN_US);
	if (at < list->count && distance(list->items[at]->view.happened_at,
					 event->happened_at) <= PAM_JOIN_US)
		login_add_evidence(list->items[at], event->evidence);
}
