/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Made record: a record for the formats out of any bytes, whatever they are: every
 * stream, verdict, reason, path and observation, with texts from nothing to their
 * ceiling. The same bytes give the same record.
 */
#include "alert/record.h"
#include "base/arena.h"
#include "base/limits.h"

#define MADE_TEXTS 4

/* So many texts may be of any length; the others are short, so that many records are soon
 * made. */
#define MADE_LONG_TEXTS 3

struct made_record {
	struct alert_record record;
	struct verdict verdict;
	struct login login;
	struct observation observation;
	struct alert_heartbeat heartbeat;
	struct event calls[3];
	struct native_context context;
	struct evidence_text lines[MADE_TEXTS];
	uint64_t references[LIMIT_LOGIN_EVIDENCE];
	struct arena arena;
	struct slice bytes; /* that are left */
	int long_texts;
};

/* Borrows nothing. The record points into *ret_made, which must not move. */
void made_record_init(struct made_record *ret_made, struct slice bytes);
void made_record_release(struct made_record *made);

/* Makes it a record of the findings' stream about an observation of this kind. */
void made_record_observe(struct made_record *made, enum observation_kind kind);
