/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Finding: what the security team must hear of, made of one verdict or one observation.
 * Says under which rule, how bad it is and which technique it is; keeps no text of its
 * own. Writing it down is the formats' work (alert/native.h and the like).
 */
#include "correlator/verdict.h"

enum severity {
	SEVERITY_INFORMATIONAL = -1, /* of what is no finding, or none any more */
	SEVERITY_LOW,
	SEVERITY_MEDIUM,
	SEVERITY_HIGH,
	SEVERITY_CRITICAL,
	SEVERITY_COUNT
};

/* "informational", "low", "medium", "high", "critical". */
const char *severity_word(enum severity severity);

/* The policy says that the finding is no news; it is kept, counted and shown, and told to
 * nobody. Borrowed from the policy. */
struct suppression {
	const char *name;   /* of its section */
	const char *reason; /* its author's words */
	us_time until; /* it counts for what happened before; US_TIME_NONE = for ever */
};

/* All pointers are borrowed from the verdict or observation, or are constants. */
struct finding {
	struct id id;
	const char *rule;  /* "login-without-api-call" ... */
	const char *title; /* what happened, in words */
	enum severity severity;
	us_time happened_at;
	enum path path; /* of the login, else of the API call; PATH_NONE = unknown */
	const char *technique;	       /* MITRE ATT&CK, "T1021.008"; NULL = none fits */
	const char *tactic;	       /* "TA0008"; NULL with technique */
	const struct login *login;     /* NULL = it is about no login */
	const struct verdict *verdict; /* NULL = made of an observation */
	const struct observation *observation; /* NULL = made of a verdict */
	const struct event *api_call;	       /* NULL = none */
	const struct suppression
		*suppression; /* NULL = none; set by whoever has a policy */
};

/* The finding a verdict calls for. False when it calls for none: authorized, pending,
 * unverifiable, not judged, or told already with another login. */
bool finding_from_verdict(const struct verdict *verdict, struct finding *ret_finding);

/* What the verdict says, in words: verdict_text(), but that the policy refuses it, where
 * that is why. */
const char *finding_verdict_text(const struct verdict *verdict);

/* Every observation is a finding. */
void finding_from_observation(const struct observation *observation,
			      struct finding *ret_finding);
