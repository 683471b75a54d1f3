/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Fates: what became of each record of one batch, kept while it is found out, and made
 * into the answer that the daemon gets. A record of which nothing was said is to be sent
 * again.
 */
#include "courier/message.h"

#define FATE_DETAIL_BYTES 320

struct fates {
	struct {
		uint64_t fate; /* enum delivery_fate */
		bool is_known;
		char detail[FATE_DETAIL_BYTES];
	} items[MESSAGE_LIST_MAX];
	size_t count;
	enum message_outcome outcome; /* of the sending as a whole */
	char detail[FATE_DETAIL_BYTES];
	char answer[FATE_DETAIL_BYTES]; /* what the receiver said, for people */
	us_span retry_after;
};

/* None is known, and all is well. */
void fates_init(struct fates *fates, size_t count);

/* What became of one record; what was said first stays. `format` may be NULL for SAFE. */
void fates_set(struct fates *fates, size_t index, enum delivery_fate fate,
	       const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Why the sending as a whole went wrong; what was said first stays. */
void fates_fail(struct fates *fates, enum message_outcome outcome, const char *format,
		...) __attribute__((format(printf, 3, 4)));

/* What the receiver said, as people would read it; the last counts. */
void fates_set_answer(struct fates *fates, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Takes back all that the receiver said, of this sending and its records: it holds a
 * secret. `status` is HTTP's. */
void fates_withhold(struct fates *fates, int status);

/* The answer to the daemon; it borrows from both. */
void fates_tell(const struct fates *fates, const struct deliver *batch,
		struct message *ret_answer);
