/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/fates.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

void fates_init(struct fates *fates, size_t count)
{
	assert(count <= MESSAGE_LIST_MAX);
	*fates = (struct fates){ .count = count, .outcome = OUTCOME_OK };
	for (size_t i = 0; i < count; i++)
		fates->items[i].fate = DELIVERY_AGAIN;
}

void fates_set(struct fates *fates, size_t index, enum delivery_fate fate,
	       const char *format, ...)
{
	va_list words;

	assert(index < fates->count);
	if (fates->items[index].is_known)
		return;
	fates->items[index].is_known = true;
	fates->items[index].fate = fate;
	if (!format)
		return;
	va_start(words, format);
	vsnprintf(fates->items[index].detail, FATE_DETAIL_BYTES, format, words);
	va_end(words);
}

void fates_fail(struct fates *fates, enum message_outcome outcome, const char *format,
		...)
{
	va_list words;

	if (fates->outcome != OUTCOME_OK)
		return;
	fates->outcome = outcome;
	va_start(words, format);
	vsnprintf(fates->detail, FATE_DETAIL_BYTES, format, words);
	va_end(words);
}

void fates_set_answer(struct fates *fates, const char *format, ...)
{
	va_list words;

	va_start(words, format);
	vsnprintf(fates->answer, FATE_DETAIL_BYTES, format, words);
	va_end(words);
}

void fates_withhold(struct fates *fates, int status)
{
	static const char words[] = "%d (the rest holds a secret, and is not told)";

	snprintf(fates->answer, FATE_DETAIL_BYTES, words, status);
	if (fates->detail[0])
		snprintf(fates->detail, FATE_DETAIL_BYTES, words, status);
	for (size_t i = 0; i < fates->count; i++) {
		if (fates->items[i].detail[0])
			snprintf(fates->items[i].detail, FATE_DETAIL_BYTES, words,
				 status);
	}
}

void fates_tell(const struct fates *fates, const struct deliver *batch,
		struct message *ret_answer)
{
	*ret_answer = (struct message){
		.kind = MESSAGE_DELIVERED,
		.outcome = fates->outcome,
		.detail = slice_text(fates->detail),
		.delivered = {
			.retry_after_us = fates->retry_after,
			.answer = slice_text(fates->answer),
			.count = fates->count,
		},
	};
	for (size_t i = 0; i < fates->count; i++) {
		const char *detail =
			fates->items[i].is_known ? fates->items[i].detail : fates->detail;

		ret_answer->delivered.results[i] = (struct delivery_result){
			.number = batch->records[i].number,
			.fate = fates->items[i].fate,
			.detail = slice_text(detail),
		};
	}
}
