/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Screen: how things are written for people. Bytes from outside are always escaped; where
 * the terminal does not speak UTF-8 nothing but ASCII is written. Colours only where
 * wanted.
 */
#include <stdio.h>

#include "base/buf.h"
#include "base/zone.h"
#include "correlator/words.h"

enum color_mode {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER,
};

struct screen {
	bool has_color;
	bool has_utf8;
	bool is_terminal;
	size_t columns; /* of the terminal, to wrap at; 0 = none, nothing is wrapped */
	const struct zone *zone; /* of the times written; borrowed */
};

/* For standard output. With COLOR_AUTO: a terminal that is not "dumb", and no NO_COLOR in
 * the environment (no-color.org). As wide as the terminal says, else as $COLUMNS says,
 * else 80 columns. `zone` is borrowed. */
struct screen screen_of_stdout(enum color_mode mode, const struct zone *zone);

/* Appends bytes from outside, escaped. False past buf's limit. */
bool screen_append(const struct screen *screen, struct buf *buf, struct slice bytes);

/* Appends "2026-01-28 10:59:55" in the screen's zone; "-" for US_TIME_NONE. */
void screen_append_time(const struct screen *screen, struct buf *buf, us_time time);

/* Appends who that is in short: the last part of an ARN, without its account. */
void screen_append_principal(const struct screen *screen, struct buf *buf,
			     struct slice principal);

/* The escape sequence that begins this colour, or "" on a screen without. */
const char *screen_bold(const struct screen *screen);
const char *screen_plain(const struct screen *screen);
const char *screen_of_verdict(const struct screen *screen, enum verdict_kind verdict);
