/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Pass: one round of a control plane's questions. The canaries first, then each query of
 * the classes that are wanted, page after page, a few pages at a turn, so that none keeps
 * the others waiting. A window whose pages have all come is proven up to its end, but not
 * past the newest record that was seen before its second page. Where a
 * question fails, the place is kept: the pass goes on there, when it is told to. What has
 * more pages than its turn goes on in the next pass.
 *
 *   begin ──▶ canary ──▶ query, page after page ──▶ ... ──▶ ended: whole, or more to ask
 *                │ refused, throttled, unreachable
 *                └──▶ ended: failed ── begin ──▶ the same page
 *
 * An answer that is none begins its slice of time anew; the second one in a row leaves
 * the query to the next pass. When anything is asked is control_plane.c's to say.
 */
#include "agent/plane/proof.h"

struct plane_pass;

enum plane_pass_end {
	PLANE_PASS_WHOLE,  /* all that was wanted has had its turn */
	PLANE_PASS_MORE,   /* and something has more pages */
	PLANE_PASS_FAILED, /* it goes on where it was when it is begun again */
};

struct plane_pass_result {
	enum plane_pass_end end;
	uint32_t classes; /* that it was of */
	bool has_watched; /* the watches had their turn, too */
	/* failed */
	enum message_outcome outcome;
	unsigned failures;   /* of this query, in a row */
	us_span retry_after; /* 0 = not said */
};

struct plane_pass_options {
	struct plane_proof *proof; /* borrowed */
	/* The next question is to be put, after the kind's page_gap. */
	void (*more)(void *ctx);
	/* One was answered well. */
	void (*answered)(void *ctx);
	void (*ended)(void *ctx, const struct plane_pass_result *result);
	void *ctx;
};

struct plane_pass *plane_pass_new(const struct plane_pass_options *options);
void plane_pass_free(struct plane_pass *pass);

/* Begins, or goes on where the last one failed, then with the classes besides that it was
 * begun with. The watches are asked when all else has had its turn; one that fails ends
 * the pass as if it had been answered. The proof knows kind and place. Calls `more` or
 * `ended`. */
void plane_pass_begin(struct plane_pass *pass, uint32_t classes, bool is_watching);

/* Puts the next question, of a pass that has begun. */
void plane_pass_ask(struct plane_pass *pass);

/* Whether an answer is waited for. */
bool plane_pass_is_asking(const struct plane_pass *pass);
