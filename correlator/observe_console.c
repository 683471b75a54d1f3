/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of serial consoles beside verdicts: somebody took a session over, nobody
 * logged in, the host was restarted while somebody was there. */
#include "correlator/calls.h"
#include "correlator/classify.h"
#include "correlator/console.h"
#include "correlator/host_span.h"
#include "correlator/id.h"
#include "correlator/observe.h"
#include "correlator/twin.h"

/* How long after somebody connected he must have logged in. */
#define CONSOLE_APPEARS_US (5 * US_PER_MINUTE)

/* How long a connection without a login reaches. */
#define CONSOLE_IDLE_US (60 * US_PER_MINUTE)

/* Of how many connections after a login it is looked whether they took it over: those
 * that are read after it are looked at one by one. */
#define CALLS_LOOKED_AT 64

/* How many restarts after a connection, or a login, are looked at. */
#define BOOTS_LOOKED_AT 8

static enum cloud cloud_of(const struct call *call)
{
	return api_action_cloud(call->event.api_call.action);
}

static int port_of(const struct call *call)
{
	return call->event.api_call.serial_port;
}

/* Whether the login's session was open at `time`, as far as is known: the host had not
 * restarted either. */
static bool is_open_at(const struct correlator *correlator,
		       const struct tracked_login *login, us_time time)
{
	us_time end = login->view.ended_at;

	return (end == US_TIME_NONE || end > time) &&
	       !boots_between(correlator, login->view.happened_at, time);
}

/* ---- sessions that are taken over ---- */

/* Whether the call came while the login, let in by another principal, was still open. */
static bool takes_over(const struct tracked_login *login, const struct call *call)
{
	const struct call *own = login->judgement.call;
	us_time end = login->view.ended_at;

	if (!own ||
	    !callers_differ(own->event.api_call.principal,
			    call->event.api_call.principal) ||
	    call->event.happened_at <= login->view.happened_at)
		return false;
	if (port_of(call) >= 0 && login->serial_port >= 0 &&
	    port_of(call) != login->serial_port)
		return false;
	return end == US_TIME_NONE || call->event.happened_at < end;
}

/* The latest login before it at its port could be taken over: a tty has one session at a
 * time. */
static void look_for_taken_over(struct correlator *correlator, const struct call *call)
{
	const int ports[] = { port_of(call), -1 };

	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		char text[SERIAL_KEY_BYTES];
		const struct key_node *node = index_find(&correlator->index, KEY_SERIAL,
							 serial_key(ports[i], text));
		size_t at = node ? login_list_from(&node->logins, call->event.happened_at)
				 : 0;

		if (at && takes_over(node->logins.items[at - 1], call))
			observe_taken_over(correlator, call, node->logins.items[at - 1]);
	}
}

/* Until when the login's session was open, by what is known: its end, or the next login.
 */
static us_time open_until(const struct correlator *correlator,
			  const struct tracked_login *login)
{
	char text[SERIAL_KEY_BYTES];
	const struct key_node *node = index_find(&correlator->index, KEY_SERIAL,
						 serial_key(login->serial_port, text));
	size_t next =
		node ? login_list_from(&node->logins, login->view.happened_at + 1) : 0;
	us_time until =
		login->view.ended_at == US_TIME_NONE ? INT64_MAX : login->view.ended_at;

	if (node && next < node->logins.count &&
	    node->logins.items[next]->view.happened_at < until)
		until = node->logins.items[next]->view.happened_at;
	return until;
}

void observe_console_taken_over(struct correlator *correlator,
				const struct tracked_login *login)
{
	enum cloud cloud = console_cloud(login->view.path);
	char text[CONSOLE_KEY_BYTES];
	const struct key_node *node =
		index_find(&correlator->index, KEY_SERIAL,
			   console_key(cloud, login->serial_port, text));
	us_time until = open_until(correlator, login);
	size_t first;

	if (!node || !login->is_serial || !login->judgement.call)
		return;
	first = call_list_from(&node->calls, login->view.happened_at);
	for (size_t i = first; i < node->calls.count && i - first < CALLS_LOOKED_AT &&
			       node->calls.items[i]->event.happened_at < until;
	     i++)
		if (call_is_for_us(correlator, node->calls.items[i]) == 1 &&
		    takes_over(login, node->calls.items[i]))
			observe_taken_over(correlator, node->calls.items[i], login);
}

/* ---- connections without a login ---- */

static void watch(struct correlator *correlator, struct call *call)
{
	/* pushed keys are not watched: who pushes one need not use it */
	if (correlator->options.tell_calls_without_login && cloud_of(call) != CLOUD_AWS)
		watched_calls_add(&correlator->watched_consoles,
				  (struct watched_call){ call->event.happened_at +
								 CONSOLE_APPEARS_US,
							 call });
}

/* Whether somebody logged in, or was: then it is his session again, or one that was taken
 * over. */
static bool has_appeared(const struct correlator *correlator,
			 const struct watched_call *watched)
{
	us_time time = watched->call->event.happened_at;
	const struct tracked_login *login =
		console_login_at(correlator, port_of(watched->call),
				 watched->due + correlator->options.skew_us);

	if (login && login->view.happened_at >= time - correlator->options.skew_us)
		return true;
	return login && is_open_at(correlator, login, time);
}

/* Whether console logins of all of this time would have been read. */
static bool is_covered(const struct correlator *correlator, us_time from, us_time until)
{
	const struct slice any = { 0 };

	return host_span_covers(correlator, HOST_SOURCE_JOURNAL, any, from, until) ||
	       host_span_covers(correlator, HOST_SOURCE_SYSLOG, any, from, until);
}

/* To where they were read; a text line may still wait for its twin, and a login may be
 * stamped later than it is. */
static us_time read_until(const struct correlator *correlator)
{
	us_time journal = host_span_end(correlator, HOST_SOURCE_JOURNAL);
	us_time syslog = host_span_end(correlator, HOST_SOURCE_SYSLOG);
	us_time end = journal > syslog ? journal : syslog;

	if (end == US_TIME_NONE || correlator->options.logs_are_complete)
		return end;
	return end - twin_patience(correlator) - correlator->options.skew_us;
}

/* Whether it still stands for its connection. */
static bool is_listed(const struct correlator *correlator, const struct call *call)
{
	char text[CONSOLE_KEY_BYTES];
	const struct key_node *node =
		index_find(&correlator->index, KEY_SERIAL,
			   console_key(cloud_of(call), port_of(call), text));

	return node && call_list_position(&node->calls, call) < node->calls.count &&
	       call_is_for_us(correlator, call) == 1;
}

void observe_watched_consoles(struct correlator *correlator)
{
	struct watched_calls *list = &correlator->watched_consoles;
	us_time end;
	size_t due = 0;

	if (list->count == 0)
		return;
	end = read_until(correlator);
	if (end == US_TIME_NONE)
		return;
	for (; due < list->count && list->items[due].due <= end; due++) {
		const struct watched_call *watched = &list->items[due];

		if (is_listed(correlator, watched->call) &&
		    !has_appeared(correlator, watched) &&
		    is_covered(correlator, watched->call->event.happened_at,
			       watched->due))
			observe_without_login(correlator, watched->call);
	}
	list->count -= due;
	if (due)
		memmove(list->items, list->items + due,
			list->count * sizeof(*list->items));
}

/* ---- restarts ---- */

/* The login that the connection had let in by then, if any. */
static const struct tracked_login *login_by(const struct correlator *correlator,
					    const struct call *call, us_time time)
{
	const struct tracked_login *login =
		console_login_at(correlator, port_of(call), time);

	return login && login->view.happened_at >= call->event.happened_at -
							   correlator->options.skew_us
		       ? login
		       : NULL;
}

/* From somebody's connecting to the end of his session; an hour where he has none. */
static bool reaches(const struct call *call, const struct tracked_login *login,
		    us_time time)
{
	if (!login)
		return time <= call->event.happened_at + CONSOLE_IDLE_US;
	return login->view.ended_at == US_TIME_NONE ||
	       login->view.ended_at + HOST_CUT_US >= time;
}

/* Whether no end of the connection before this time can still be delivered. */
static bool is_proven_open(struct correlator *correlator, const struct call *call,
			   us_time time)
{
	if (cloud_of(call) != CLOUD_GCP || call->closed_at != US_TIME_NONE ||
	    correlator->options.logs_are_complete)
		return true;
	watermark_refresh(&correlator->watermark);
	return watermark_reach(&correlator->watermark, 1u << LOG_CLASS_GCP_SERIAL_PORT) >=
	       time;
}

static void tell_boot(struct correlator *correlator, const struct boot_mark *boot,
		      const struct call *call, const struct tracked_login *login)
{
	struct observation observation =
		observation_of(OBSERVATION_REBOOT_DURING_CONSOLE, boot->at);
	struct id_maker maker;

	id_start(&maker, observation_word(observation.kind));
	observation_add_call(&maker, call);
	observation.id = id_finish(&maker);
	observation.login = login ? &login->view : NULL;
	observation.api_call = &call->event;
	observation.evidence = boot->evidence;
	observation.detail = call->event.api_call.principal;
	observe_tell(correlator, &observation);
}

/* The latest connection to this port before the boot. False when more must be proven
 * before anything can be said of it. */
static bool look_at_port(struct correlator *correlator, const struct boot_mark *boot,
			 enum cloud cloud, int port)
{
	us_time from = boot->at - console_reach(cloud);
	const struct call *call =
		console_open_at(correlator, cloud, port, from, boot->at);
	const struct tracked_login *login;

	if (!call || call_is_for_us(correlator, call) != 1)
		return true;
	login = login_by(correlator, call, boot->at);
	if (!reaches(call, login, boot->at))
		return true;
	if (!is_proven_open(correlator, call, boot->at))
		return false;
	tell_boot(correlator, boot, call, login);
	return true;
}

static void set_waits(struct correlator *correlator, struct boot_mark *boot, bool waits)
{
	correlator->boots.waiting += (size_t)waits - (size_t)boot->waits;
	boot->waits = waits;
}

void observe_boot(struct correlator *correlator, struct boot_mark *boot)
{
	bool is_known = true;

	for (int cloud = CLOUD_AWS; cloud < CLOUD_COUNT; cloud++)
		for (int port = -1; port < CONSOLE_PORTS; port++)
			is_known &=
				look_at_port(correlator, boot, (enum cloud)cloud, port);
	set_waits(correlator, boot, !is_known);
}

void observe_boots(struct correlator *correlator)
{
	struct boots *boots = &correlator->boots;
	bool all = correlator->options.logs_are_complete;

	for (size_t i = 0; i < boots->count && (all || boots->waiting); i++)
		if (all || boots->items[i].waits)
			observe_boot(correlator, &boots->items[i]);
}

/* Those that the connection, or the login, is new to. */
static void look_at_boots(struct correlator *correlator, enum cloud cloud, int port,
			  us_time from, us_time until)
{
	struct boots *boots = &correlator->boots;
	size_t first = boots_from(correlator, from);

	if (correlator->options.logs_are_complete)
		return;
	for (size_t i = first; i < boots->count && i - first < BOOTS_LOOKED_AT &&
			       boots->items[i].at <= until;
	     i++)
		if (!look_at_port(correlator, &boots->items[i], cloud, port))
			set_waits(correlator, &boots->items[i], true);
}

void observe_console_login(struct correlator *correlator,
			   const struct tracked_login *login)
{
	us_time time = login->view.happened_at;

	for (int cloud = CLOUD_AWS; correlator->boots.count && cloud < CLOUD_COUNT;
	     cloud++)
		for (int port = -1; port < CONSOLE_PORTS; port++)
			look_at_boots(correlator, (enum cloud)cloud, port, time,
				      time + console_reach((enum cloud)cloud));
}

void observe_console_connected(struct correlator *correlator, struct call *call)
{
	us_time time = call->event.happened_at;

	if (call_is_for_us(correlator, call) == 1)
		look_for_taken_over(correlator, call);
	watch(correlator, call);
	look_at_boots(correlator, cloud_of(call), port_of(call), time,
		      time + console_reach(cloud_of(call)));
}
