/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Texts inside HTML and SVG, as content or in a quoted attribute.
 */
#include "base/buf.h"
#include "base/zone.h"

/* Appends bytes from outside: what controls, hides or reorders as "\xNN" or "\u{NNNN}"
 * (base/escape.h), and & < > " ' as entities. */
void html_append(struct buf *buf, struct slice bytes);

/* Appends a text of ours, with the same entities. */
void html_append_text(struct buf *buf, const char *text);

/* Appends "2026-01-28 10:59:55" in the zone; "–" for US_TIME_NONE. */
void html_append_time(struct buf *buf, const struct zone *zone, us_time time);
