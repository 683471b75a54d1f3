/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An answer of an AWS API: as a page, as an error, and its token. What jansson takes for
 * an object must be taken for a page too, unless a name is escaped or stands there twice,
 * or a NUL stands in it: jansson passes over one that follows a literal.
 */
#include "base/json.h"
#include "base/limits.h"
#include "courier/answer.h"
#include "courier/aws/answer_error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_page(struct slice text)
{
	struct answer_member members[] = { { .name = "Events" },
					   { .name = "NextToken" } };
	AUTO_BUF struct buf token = BUF_LIMIT(LIMIT_PAGE_TOKEN_BYTES);
	AUTO_JSON json_t *json = NULL;
	struct err err;
	bool is_page = answer_read(text, members, 2, &err) == 0;

	if (!is_page && slice_find(text, SLICE("\\")) < 0 &&
	    !(text.len && memchr(text.ptr, '\0', text.len)) &&
	    json_read(text, &json, &err) == 0 && json_is_object(json))
		__builtin_trap();
	for (size_t i = 0; is_page && i < 2; i++) {
		if (members[i].value.len &&
		    (members[i].value.ptr < text.ptr ||
		     members[i].value.ptr + members[i].value.len > text.ptr + text.len))
			__builtin_trap();
	}
	if (is_page && answer_token(members[1].value, &token, &err) == 0 &&
	    !answer_token_valid(buf_slice(&token)))
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of((const char *)data, size);
	struct slice none = { NULL, 0 };
	struct answer_error error;

	check_page(text);
	error = answer_error_read(size % 2 ? 400 : 503, none, text);
	if (error.outcome == OUTCOME_OK || strpbrk(error.type, " \"\\\n\033<"))
		__builtin_trap();
	error = answer_error_read(403, text, none);
	if (error.outcome == OUTCOME_OK || strlen(error.type) >= ANSWER_TYPE_BYTES)
		__builtin_trap();
	return 0;
}
