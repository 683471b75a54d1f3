/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Verdict: what is known about one login now, with the reasons and the API call that
 * vouches. Observation: what must be told though no login is judged. Both are made by the
 * correlator and read by alert and command line; all pointers are borrowed for the call
 * they are handed over in.
 *
 *   pending ── a call vouches, and the policy allows it ──▶ authorized
 *   pending ── a call vouches, and the policy refuses it ──▶ unauthorized (final)
 *   pending ── proven past provisional_after ──▶ unauthorized (provisional)
 *   pending ── sight lost ──▶ unverifiable ── sight back ──▶ pending
 *   unauthorized (provisional) ── proven past final_after ──▶ unauthorized (final)
 *   unauthorized, unverifiable ── a late call vouches ──▶ authorized
 *   authorized ── an earlier login takes the call over ──▶ judged anew
 *   any ── a hole where the window was covered ──▶ judged anew
 */
#include <stdint.h>

#include "correlator/event.h"

#define ID_BYTES 16
#define ID_TEXT_BYTES (2 * ID_BYTES + 1)

struct id {
	uint8_t bytes[ID_BYTES];
};

/* 32 lower-case hexadecimal digits, terminated. Returns `text`. */
const char *id_to_text(const struct id *id, char text[ID_TEXT_BYTES]);

/* Whether `text` (1 to 32 hexadecimal digits) is the beginning of the id's text. */
bool id_has_prefix(const struct id *id, struct slice text);

enum login_kind {
	LOGIN_SSH,
	LOGIN_CONSOLE,
	LOGIN_SESSION,
	LOGIN_COMMAND,
	LOGIN_ASSOCIATION,
	LOGIN_EXTENSION, /* an Azure extension's or run command's execution */
	LOGIN_SCRIPT,	 /* what the cloud has the host run at boot or by policy */
	LOGIN_KIND_COUNT
};

/* What the host said about one login, all its lines joined. */
struct login {
	struct id id; /* made of what the host said, never of path or identity */
	enum login_kind kind;
	us_time happened_at;
	us_time ended_at;  /* US_TIME_NONE = the host has not said */
	enum path path;	   /* the door that authenticated it */
	enum path through; /* the tunnel, where it came through one besides; else
			      PATH_NONE */
	enum trust trust;
	uint32_t pid;
	uint16_t source_port;
	struct slice host;
	struct slice os_user;
	struct slice source_ip;
	struct slice tty;
	struct slice session_id;
	struct slice
		command_id; /* commands; associations: the association id; extensions:
			     * "<handler>[.<name>]/<sequence>"; scripts: what ran */
	struct slice key_fingerprint;
	struct slice principal_hint; /* who the host's own lines name as caller */
	const char *hint; /* a thing worth knowing that decides nothing, or NULL */
	const uint64_t *evidence; /* references of its lines, in the order they came */
	uint32_t evidence_count;
	bool evidence_cut;	     /* there were more than LIMIT_LOGIN_EVIDENCE */
	struct slice correlation_id; /* extensions: of their goal state; may be empty */
	us_time sudo_at; /* its user first became root by sudo; US_TIME_NONE = not seen */
};

#define VERDICT_REASONS_MAX 6

struct verdict {
	const struct login *login;
	enum verdict_kind verdict;
	enum stage stage;
	enum reason reasons[VERDICT_REASONS_MAX];
	uint32_t reason_count;
	const struct event
		*api_call; /* the call that vouches for the path, NULL = none */
	uint32_t matched;  /* 1 << enum matched, for api_call */
	const struct event *through_api_call; /* for the tunnel, NULL = none */
	uint32_t through_matched;
	const struct event *reason_call; /* the call that the reason rests on, where it is
					  * one that does not fit; NULL = none */
	bool repeats; /* another login has already told this finding: raise none */
	const char *policy_rule; /* of the policy, which decided; NULL = none did */
};

struct observation {
	enum observation_kind kind;
	struct id id; /* of its own key: a restart or a replay gives the same */
	us_time happened_at;
	bool is_over;		      /* control-plane-blind: sight is back */
	enum reason reason;	      /* control-plane-blind: why */
	const struct login *login;    /* NULL = none */
	const struct event *api_call; /* NULL = none */
	enum path path;	 /* of the login's doors the one that it is about; PATH_NONE = its
			    own, or all */
	bool is_again;	 /* more is known of what was told under this id before */
	bool is_of_many; /* it stands for others, too, whose login and call differ */
	uint64_t evidence;	 /* the line it is about, 0 = none */
	const uint64_t *samples; /* further lines, where it is about many */
	uint32_t sample_count;	 /* LIMIT_FORGED_CLAIMS - 1 at most */
	struct slice detail; /* what it is about, in words; may hold bytes from outside */
	us_time from, until; /* gaps: the time it may hide; many forged lines, or logins:
				the first's and the last's; US_TIME_NONE = unknown */
};

/* The finding's id: the first 16 bytes of SHA-256 over the login's id and the rule's
 * word. */
struct id finding_id(const struct id *login_id, const char *rule);

/* The id of an observation of this kind, of which `parts` tell it from others. */
struct id observation_id(enum observation_kind kind, const struct slice *parts,
			 size_t part_count);
