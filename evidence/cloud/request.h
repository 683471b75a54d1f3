/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Request: what one API call was for, out of its requestParameters and responseElements,
 * or, of a refused call that has none, out of its errorMessage. Fills the part "what it
 * was for" of a struct api_call and nothing else. Tokens, URLs and parameters are not
 * looked at.
 */
#include "evidence/cloud/kind.h"

/* Reads it for `call`, whose action and outcome are known. What it borrows lives in
 * `record` and `room`. Of more than LIMIT_CALL_TARGETS instances or associations the
 * first are kept and targets_by_tag is set, so that nothing is held against an instance
 * for not being listed. A call that, by its parameters, opens no door becomes API_OTHER.
 * Fails, naming the path, on a value of the wrong type and on an id
 * too long to be one. */
int request_read(const json_t *record, struct record_room *room, struct api_call *call,
		 struct err *err) __attribute__((warn_unused_result));
