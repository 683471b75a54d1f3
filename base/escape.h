/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Making bytes from outside safe for a terminal or a log of ours: control bytes (C0, DEL,
 * C1), invalid UTF-8, and the marks that reorder or hide text (bidirectional controls,
 * zero-width characters, line separators) become "\xNN" or "\u{NNNN}"; a backslash
 * becomes two. What comes out is printable UTF-8 on one line.
 */
#include "base/buf.h"

/* Appends the escaped form. False past buf's limit. */
bool escape_append(struct buf *buf, struct slice bytes);

/* Length in bytes (1 to 4) of the valid UTF-8 sequence at the start of `bytes` (RFC 3629:
 * no surrogates, no overlong forms), its code point in `*ret_code_point`; 0 when there is
 * none. */
size_t utf8_take(struct slice bytes, uint32_t *ret_code_point);

/* Whether a code point is one of those above: a control, or a mark that reorders or
 * hides. */
bool escape_needed(uint32_t code_point);
