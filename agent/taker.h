/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Taker: takes one record of a host source through evidence/ into the pipeline, keeping
 * the text of those that turn out to be evidence. What all host sources share.
 */
#include "agent/pipeline.h"
#include "evidence/evidence.h"

struct taker {
	struct pipeline *pipeline; /* borrowed */
	const char *source;	   /* borrowed: what the evidence is of */
	enum host_source kind;
	struct host_reader *reader; /* borrowed */
	bool is_safe;		    /* only root could have written it */

	uint64_t events;	     /* fed so far */
	us_time last_at;	     /* of the newest of them; US_TIME_NONE = none */
	struct buf text;	     /* of one record */
	const struct record *record; /* that is being taken */
	const char *cursor;
	uint64_t reference; /* of its text, 0 = not kept yet */
};

void taker_init(struct taker *taker);
void taker_release(struct taker *taker);

/* Reads the record; what it says is fed before this returns. */
void taker_take(struct taker *taker, const struct record *record, const char *cursor);

/* Lines were lost between these times (US_TIME_NONE = unknown). */
void taker_gap(struct taker *taker, const char *cause, us_time from, us_time until,
	       uint64_t lost_bytes);

/* The source was read without a hole over this time. */
void taker_cover(struct taker *taker, us_time from, us_time until, const char *host);
