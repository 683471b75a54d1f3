/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/memory.h"

void page_init(struct page *page)
{
	*page = (struct page){ .since = US_TIME_NONE,
			       .until = US_TIME_NONE,
			       .made_at = US_TIME_NONE };
}

void page_release(struct page *page)
{
	free(page->logins);
	free(page->findings);
	page_init(page);
}

/* Whether one more may be taken; it is counted where not. */
static bool may_take(struct page *page, size_t count)
{
	if (count < LIMIT_PAGE_ROWS)
		return true;
	page->left_out++;
	return false;
}

static size_t grown(size_t size)
{
	return size ? 2 * size : 64;
}

void page_add_login(struct page *page, struct login_row *row)
{
	if (!may_take(page, page->login_count))
		return;
	if (page->login_count == page->login_size) {
		page->login_size = grown(page->login_size);
		page->logins = memory_resize(page->logins, page->login_size,
					     sizeof(struct login_row *));
	}
	page->logins[page->login_count++] = row;
}

void page_add_finding(struct page *page, struct finding_row *row)
{
	if (!may_take(page, page->finding_count))
		return;
	if (page->finding_count == page->finding_size) {
		page->finding_size = grown(page->finding_size);
		page->findings = memory_resize(page->findings, page->finding_size,
					       sizeof(struct finding_row *));
	}
	page->findings[page->finding_count++] = row;
}

static int compare_places(us_time at, const struct id *id, us_time other_at,
			  const struct id *other_id)
{
	if (at != other_at)
		return at < other_at ? -1 : 1;
	return memcmp(id->bytes, other_id->bytes, ID_BYTES);
}

static int compare_logins(const void *left, const void *right)
{
	const struct login *a = &(*(struct login_row *const *)left)->login;
	const struct login *b = &(*(struct login_row *const *)right)->login;

	return compare_places(a->happened_at, &a->id, b->happened_at, &b->id);
}

static int compare_findings(const void *left, const void *right)
{
	const struct finding *a = &(*(struct finding_row *const *)left)->finding;
	const struct finding *b = &(*(struct finding_row *const *)right)->finding;

	return compare_places(a->happened_at, &a->id, b->happened_at, &b->id);
}

void page_sort(struct page *page)
{
	if (page->login_count)
		qsort(page->logins, page->login_count, sizeof(struct login_row *),
		      compare_logins);
	if (page->finding_count)
		qsort(page->findings, page->finding_count, sizeof(struct finding_row *),
		      compare_findings);
}
