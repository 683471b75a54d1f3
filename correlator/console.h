/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Connections to serial consoles, of every cloud: which one a login came through, and
 * what is told of them beside verdicts.
 *
 *   session_console.c  lines into console logins
 *   classify_console.c which console, and whose cloud leads there
 *   calls_console.c    connections: where they are listed, when they began and ended
 *   match_console.c    which connection a login came through
 *   observe_console.c  taken over; nobody logged in; restarted meanwhile
 *   session_boot.c     when the host started and went down
 *
 * AWS: a key is pushed, and whoever has it may connect for about an hour. Azure:
 * connections have no end, and the next one takes the console over. Google Cloud: what
 * begins and what ends a connection have its operation id in common; several may be open
 * at once. For the correlator's own files only.
 */
#include "correlator/state.h"

/* How long before a login its connection may have begun, for absence: getty waits for
 * ever. On Azure also for what vouches. */
#define CONSOLE_ABSENCE_US (24 * US_PER_HOUR)

/* Serial ports that connections without a port may be to: ttyS0 and the next. */
#define CONSOLE_PORTS 8

/* Lists that hold the calls to every port, whatever they say. */
#define CONSOLE_ANY_PORT (-2)

/* The key of a cloud's connections to a port: -1 for those that do not say which, or
 * CONSOLE_ANY_PORT. */
#define CONSOLE_KEY_BYTES 40
struct slice console_key(enum cloud cloud, int port, char text[CONSOLE_KEY_BYTES]);

/* Whose console the door is; CLOUD_UNKNOWN = none. */
enum cloud console_cloud(enum path path);

/* How long after it a connection may let somebody in, where its end is not said. */
us_span console_reach(enum cloud cloud);

/* The last instant at which the connection was open, as far as is said; INT64_MAX = it is
 * not. */
us_time console_end(const struct correlator *correlator, const struct call *call);

/* The latest connection listed under exactly this port that began between `from` and
 * `time` and was open then; NULL = none. */
struct call *console_open_at(const struct correlator *correlator, enum cloud cloud,
			     int port, us_time from, us_time time);

/* The same of the port and of those that do not say theirs; of all for port -1. */
struct call *console_connection(const struct correlator *correlator, enum cloud cloud,
				int port, us_time from, us_time time);

/* The first refused connection to the port between `from` and `until`. */
const struct call *console_refused(const struct correlator *correlator, enum cloud cloud,
				   int port, us_time from, us_time until);

/* Lists the connections anew, after this host's identity was learnt. */
void calls_identify_console(struct correlator *correlator);

/* The login at the same port before this one, as far as both ports are said; NULL =
 * none. */
const struct tracked_login *console_login_before(const struct correlator *correlator,
						 const struct tracked_login *login);

/* The latest login at this port, or at one that is not said, at or before `time`; any
 * port for -1. */
struct tracked_login *console_login_at(const struct correlator *correlator, int port,
				       us_time time);

/* What is known of the login, or that it is there, has changed: the next one at its port
 * may lean on it. */
void console_concern_next(struct correlator *correlator,
			  const struct tracked_login *login);

/* Somebody connected, and is the one whose records are listed. */
void observe_console_connected(struct correlator *correlator, struct call *call);

/* Who connected for this login is known now: has another taken it over? */
void observe_console_taken_over(struct correlator *correlator,
				const struct tracked_login *login);

/* A console login is new, or its tty is. */
void observe_console_login(struct correlator *correlator,
			   const struct tracked_login *login);

/* Watches for the login that a connection should bring, and tells of those whose time is
 * over. */
void observe_watched_consoles(struct correlator *correlator);

/* ---- the host's starts ---- */

struct boot_mark {
	us_time at;
	uint64_t evidence;
	bool waits; /* a connection may have ended before it: not proven yet */
};

/* Whether the host started, or went down, between these times. */
bool boots_between(const struct correlator *correlator, us_time from, us_time until);
/* Position of the first one at or after `time`. */
size_t boots_from(const struct correlator *correlator, us_time time);
void boots_forget(struct correlator *correlator, us_span keep);

/* Tells it where somebody was at a serial console then. */
void observe_boot(struct correlator *correlator, struct boot_mark *boot);
/* Of all: in finished logs; else of those that wait for proof. */
void observe_boots(struct correlator *correlator);
