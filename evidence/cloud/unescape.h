/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Decoding the inside of one JSON string, for records that come as text inside of JSON,
 * without building a tree of what is around them.
 */
#include "base/buf.h"

/* Appends what `raw`, the bytes between the quotes, stands for (RFC 8259 section 7).
 * False on what is no escape, half a surrogate pair, or past buf's limit; `buf` then
 * holds a part. */
bool unescape(struct slice raw, struct buf *buf);
