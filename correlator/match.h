/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Match: which call fits a login at one of its doors, by the key and window of that door,
 * or why none does. Changes nothing: calls that vouch once are handed out by claims.c
 * before. For the correlator's own files only.
 */
#include "correlator/state.h"

/* Where steps of the reasoning go; NULL pointers when nobody listens. */
struct tracer {
	void (*step)(void *ctx, const struct reasoning *reasoning);
	void *ctx;
};

void trace(const struct tracer *tracer, const char *rule, const struct call *call,
	   bool held, const char *why);

/* The match of a login at the door `path`, which is its path or its tunnel. */
struct match match_door(const struct correlator *correlator,
			const struct tracked_login *login, enum path path,
			const struct tracer *tracer);

/* A match that starts out as absence, over a window measured from `measured_at`. */
struct match match_absent(const struct correlator *correlator, us_time measured_at,
			  us_span before, us_span after, uint32_t class_bits);

/* How long after a login's stamp a call may still be stamped that let it in: the skew of
 * clocks, and the hour that the stamp may be off by. */
us_span after_login(const struct correlator *correlator,
		    const struct tracked_login *login);

/* A refused call under this key inside the match's window, or NULL. */
const struct call *match_refused(const struct correlator *correlator, enum key_kind kind,
				 struct slice text, const struct match *match);

/* Whether this login is the earlier one: by time, then by id. */
bool login_is_before(const struct tracked_login *a, const struct tracked_login *b);

/* The document the session runs, by the agent's word, else the call's; may be empty. */
struct slice session_document(const struct correlator *correlator,
			      const struct tracked_login *session);

/* Whether the port session lets through one ssh login only (AWS-StartSSHSession); the
 * document is the agent's word, else the call's. */
bool is_single_use(const struct correlator *correlator,
		   const struct tracked_login *session);

/* The port the session leads to, by the agent's word, else the call's; 0 = unknown. */
uint16_t session_port(const struct correlator *correlator,
		      const struct tracked_login *session);

/* Whether a login at `time` may be the one whose connection the session's plugin opened.
 */
bool is_within_grace(const struct tracked_login *session, us_time time);

/* Whether no other login has the single-use port session, or one that is later, from
 * which this one takes it. */
bool port_is_free(const struct tracked_login *session, const struct tracked_login *login);

/* One matcher per door. */
typedef struct match match_fn(const struct correlator *correlator,
			      const struct tracked_login *login,
			      const struct tracer *tracer);
match_fn match_instance_connect, match_session, match_command, match_association,
	match_serial_console, match_ssm_ssh, match_endpoint_tunnel, match_extension,
	match_entra, match_bastion, match_os_login, match_metadata_key, match_iap_tunnel,
	match_script;
