/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Facts: what a person must read about a record to know who came in, through which door,
 * what vouches for it or does not, and what to do next; each a label and a value, in this
 * order. Messages for people are made of them, and the lists of keys and values of
 * formats that have no better place.
 */
#include "alert/view.h"

/* A value is no longer than this; what was longer is cut. */
#define FACT_BYTES ((size_t)512)

/* Lines of evidence that are shown to people; the others are counted. */
#define FACT_LINES 3

struct fact {
	const char *key;    /* "door": for machines, letters and '_' */
	const char *label;  /* "Door": for people */
	struct slice value; /* printable, on one line; of outside: escape its marks */
};

typedef void fact_take_fn(void *ctx, const struct fact *fact);

/* Gives all that are known; never one that is empty. Of a heartbeat there are none. */
void facts_each(const struct alert_view *view, fact_take_fn *take, void *ctx);

typedef void fact_line_fn(void *ctx, const struct evidence_text *text);

/* Gives the first `limit` lines of evidence that are kept, and returns how many more
 * there are. */
uint32_t facts_each_line(const struct alert_view *view, uint32_t limit,
			 fact_line_fn *take, void *ctx);
