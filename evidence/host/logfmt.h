/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Lines of key=value as go-kit's logger writes them: `time=... seq=3 event="seqnum
 * saved"`. A value with blanks, quotes, '=' or control bytes is in quotes and escaped as
 * in JSON, newlines too (github.com/go-logfmt/logfmt encode.go), so that no value can
 * look like another key. Nothing is decoded.
 */
#include "base/slice.h"

struct logfmt_field {
	struct slice key;
	struct slice value; /* without its quotes, escapes as they are */
	bool is_quoted;
};

/* Consumes one field and the blank behind it. False at the end, and for anything that is
 * no field: `*text` is then not empty. */
bool logfmt_take(struct slice *text, struct logfmt_field *ret_field);
