/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What a line of the SSM agent's log says about a run, by a table of its sentences. A
 * sentence is matched whole after the contexts: a line whose free text merely holds the
 * words says nothing. All slices point into the line or into literals.
 */
#include "evidence/host/ssm_id.h"
#include "evidence/host/ssm_line.h"

enum ssm_json {
	SSM_JSON_NONE,
	SSM_JSON_PAYLOAD,      /* a message of the control plane */
	SSM_JSON_DATA_BACKEND, /* the document a worker was given */
};

struct ssm_statement {
	enum run_stage stage;
	bool is_open_ended;  /* text of no use follows the sentence: a cut line is as good
			      */
	struct ssm_id id;    /* of a Payload line empty: only its JSON tells */
	struct slice plugin; /* empty where none is named */
	enum ssm_json json;
	struct slice json_text; /* secret-bearing, as it stands in the line */
	/* the sentence in its three parts, of which nothing is free text */
	struct slice before, subject, after;
};

/* Whether the text of a line begins and ends as one of the sentences does. For the pass
 * over all lines: cheap, and true for every line that ssm_statement_read() accepts. */
bool ssm_statement_possible(struct slice text);

/* Reads what the line says; false when it is none of the sentences. */
bool ssm_statement_read(const struct ssm_line *line, struct ssm_statement *ret_statement);
