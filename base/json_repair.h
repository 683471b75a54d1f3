/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Repair: JSON that is well formed by RFC 8259 and that jansson refuses all the same,
 * because a caller put half a surrogate pair into a text, or a NUL into a key (section
 * 8.2: "unpredictable"). One such word must not make a whole answer unreadable.
 */
#include "base/buf.h"

/* Appends `text` with U+FFFD for every escape that stands for half a surrogate pair or
 * for NUL; its length, and so every position in it, stays the same. False, and nothing
 * appended, where there is none of them. */
bool json_repair(struct slice text, struct buf *buf);
