/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Posture: which of the clouds' doors stand open on a host, by what its files and the
 * cloud's metadata say, and what closes each. One row a check; nothing is changed, and no
 * program is run.
 *
 * What a file says is evidence; no secret is ever in it: of a password only that there is
 * one.
 */
#include "base/limits.h"
#include "cli/posture_options.h"
#include "cli/posture_tree.h"
#include "correlator/words.h"

enum posture_state {
	POSTURE_CLOSED,
	POSTURE_UNKNOWN, /* not all of it could be read */
	POSTURE_OPEN,
};

/* "closed", "unknown", "open" */
const char *posture_state_word(enum posture_state state);

/* Doors that one check is about. */
#define POSTURE_DOORS 4

struct posture_evidence {
	struct slice file; /* as seen from inside of the tree, or "metadata" */
	struct slice says;
	bool is_problem; /* it could not be read, and that is what `says` says */
};

/* What a check found; the texts are the arena's. */
struct posture_row {
	const char *name;		/* "ssm-agent" */
	const char *what;		/* for people */
	enum path doors[POSTURE_DOORS]; /* PATH_NONE fills up */
	const char *mitigation;		/* MITRE ATT&CK's, "M1042" */
	enum posture_state state;
	const char *note; /* what else to know of it, "" = nothing */
	struct posture_evidence evidence[LIMIT_POSTURE_EVIDENCE];
	size_t evidence_count;
	struct slice commands[LIMIT_POSTURE_COMMANDS]; /* that close it */
	size_t command_count;
};

typedef void posture_take_fn(void *ctx, const struct posture_row *row);

struct posture {
	const struct posture_tree *tree;
	const struct posture_options *options;
	posture_take_fn *take; /* what it is given lives for the call */
	void *ctx;
};

/* Makes every check, in the order of the table. */
void posture_look(const struct posture *posture);
