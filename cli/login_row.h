/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Login row: a login or finding in the project's own JSON (alert/native.h) read back into
 * what it was written from, so that it is shown as any other. Words that are not known
 * here are an error where the row says nothing without them, else left out.
 */
#include "alert/native.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"

struct login_row {
	struct login login; /* `evidence` are positions in `texts`, from 1 */
	struct verdict verdict;
	struct event api_call, through_api_call;
	struct slice instance;
	struct evidence_text *texts; /* in the arena; login.evidence_count of them */
};

struct finding_row {
	struct finding finding; /* rule and title are of the arena; verdict is NULL */
	struct observation observation; /* its detail, times and evidence */
	struct login_row login; /* with the evidence of those without one, too; of its
				 * verdict the policy's rule alone */
	bool has_login;
	struct id login_id;
	struct slice host;
	const char *next;		/* what to do; "" = not said */
	struct slice contain;		/* the command; "" = none */
	struct suppression suppression; /* finding.suppression, where it is not NULL */
	/* As the agent says; a replay's are neither. */
	bool is_withdrawn; /* its login is judged otherwise by now */
	bool is_over;	   /* what was observed has ended; it happened all the same */
};

/* Each fills what the caller made with everything copied into the arena. Nothing of a row
 * moves: it points into itself. */
int login_row_read(const json_t *json, struct arena *arena, struct login_row *row,
		   struct err *err) __attribute__((warn_unused_result));
int finding_row_read(const json_t *json, struct arena *arena, struct finding_row *row,
		     struct err *err) __attribute__((warn_unused_result));

/* Whether it is to be looked at: it is neither withdrawn nor suppressed. */
bool finding_row_is_news(const struct finding_row *row);

/* A call in the form that api_call has in a login. False when it is null. */
bool call_row_read(const json_t *json, struct arena *arena, struct event *event,
		   uint32_t *ret_matched);

/* For struct native_context: finds a text of a login_row, which is `ctx`. */
bool login_row_evidence(void *ctx, uint64_t reference, struct evidence_text *ret_text);
