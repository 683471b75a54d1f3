/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Status page: the lines that a status row of the agent is shown in: a section's name,
 * and beside it what its members say, wrapped to the screen. Every text of the row is
 * escaped; a member that is not there, or of another type, says nothing.
 */
#include "base/buf.h"
#include "base/json.h"
#include "base/time.h"
#include "cli/screen.h"

/* What the sections' names take. */
#define STATUS_PAGE_NAME_COLUMNS 10

struct status_page {
	const struct screen *screen; /* borrowed, as `buf` */
	struct buf *buf;
	struct buf line;     /* the one being made; owned */
	us_time now;	     /* the agent's; US_TIME_NONE = not known */
	struct slice detail; /* of the query above; borrowed from the row */
};

/* Begins a line with the name of a section, "" below its first line. */
void status_page_begin_line(struct status_page *page, const char *name);
/* Ends it; what it has no room for stands below, after `indent` blanks. */
void status_page_end_line(struct status_page *page, size_t indent);

/* `text` is the program's own. */
void status_page_put(struct status_page *page, const char *text);
void status_page_put_bytes(struct status_page *page, struct slice text);
void status_page_put_text_at(struct status_page *page, const json_t *json,
			     const char *key);
/* Whether anything is there to be told under this key; puts it after `before`. */
bool status_page_put_if(struct status_page *page, const char *before, const json_t *json,
			const char *key);
/* ", last line 2min ago"; nothing where it is not known. */
void status_page_put_when(struct status_page *page, const char *before,
			  const json_t *json, const char *key);
/* "9.1 KiB" */
void status_page_put_size(struct status_page *page, int64_t bytes);
/* A state of the agent or of a part of it, in its colour. */
void status_page_put_state(struct status_page *page, const json_t *json, const char *key);
/* The escape sequence of such a state's colour, or "". */
const char *status_page_color(const struct screen *screen, struct slice state);

/* A line for the row: its name, and what is said of it. */
void status_page_put_row(struct status_page *page, const char *section, const json_t *row,
			 void (*put_row)(struct status_page *page, const json_t *row));

/* A line for each row, of which there may be more than are shown; the name of the section
 * once. */
void status_page_put_rows(struct status_page *page, const char *section,
			  const json_t *rows,
			  void (*put_row)(struct status_page *page, const json_t *row));

/* 0 and US_TIME_NONE where there is none. */
int64_t status_page_number_at(const json_t *json, const char *key);
us_time status_page_time_at(const json_t *json, const char *key);
