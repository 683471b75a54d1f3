/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Page: logins and findings put together into one HTML page for an incident or an audit.
 * The page is whole in itself: no script, nothing fetched, drawings inline; it prints.
 * Every byte from outside is escaped twice over: what hides or reorders is written out,
 * and what means something to HTML is an entity.
 */
#include "base/arena.h"
#include "base/zone.h"
#include "cli/login_row.h"

struct page {
	struct login_row *
		*logins; /* owned array; rows are of the arena, sorted by time */
	size_t login_count, login_size;
	struct finding_row **findings;
	size_t finding_count, finding_size;
	uint64_t left_out; /* rows past LIMIT_PAGE_ROWS of their kind */

	us_time since, until; /* what was asked for; US_TIME_NONE = any */
	us_time made_at;
	const struct zone *zone; /* of the times shown; borrowed */
};

void page_init(struct page *page);
void page_release(struct page *page);

/* Takes a row, which outlives the page. Of each kind the first LIMIT_PAGE_ROWS. */
void page_add_login(struct page *page, struct login_row *row);
void page_add_finding(struct page *page, struct finding_row *row);

/* Sorts what was taken, by time and id. */
void page_sort(struct page *page);

/* Appends the whole page. What does not fit the buf's limit is for the caller to notice.
 */
void page_append(const struct page *page, struct buf *buf);

/* The drawing of one host's logins and calls in time, an <svg>; page_append() calls it.
 * `host` "" = those without a name. */
void page_append_timeline(const struct page *page, struct slice host, struct buf *buf);
