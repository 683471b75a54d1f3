/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/follow/journal_gaps.h"

#include <stdio.h>
#include <string.h>

#define PLACE_BYTES ((size_t)1024 * 1024)

void journal_gaps_init(struct journal_gaps *gaps)
{
	*gaps = (struct journal_gaps){ .before = BUF_LIMIT(PLACE_BYTES) };
}

void journal_gaps_release(struct journal_gaps *gaps)
{
	buf_release(&gaps->before);
}

void journal_gaps_keep_place(struct journal_gaps *gaps, const struct journal_place *place)
{
	if (gaps->count > 0)
		return;
	buf_clear(&gaps->before);
	journal_place_write(place, &gaps->before);
}

static us_time earlier(us_time a, us_time b)
{
	return a == US_TIME_NONE || b == US_TIME_NONE ? US_TIME_NONE : a < b ? a : b;
}

static us_time later(us_time a, us_time b)
{
	return a == US_TIME_NONE || b == US_TIME_NONE ? US_TIME_NONE : a > b ? a : b;
}

/* The queue is full: the last gap becomes that of all that follow. */
static void widen(struct journal_gap *gap, const struct journal_loss *loss)
{
	gap->since = earlier(gap->since, loss->since);
	gap->to = later(gap->to, loss->to);
	gap->entries = gap->entries && loss->entries ? gap->entries + loss->entries : 0;
	(void)snprintf(gap->cause, sizeof(gap->cause),
		       "many journals cannot be read or were deleted before they were");
}

void journal_gaps_add(struct journal_gaps *gaps, const struct journal_loss *loss,
		      const char *cause)
{
	struct journal_gap *gap = &gaps->items[gaps->count];

	if (gaps->count == LIMIT_JOURNAL_GAPS) {
		widen(gap - 1, loss);
		return;
	}
	*gap = (struct journal_gap){ .since = loss->since,
				     .to = loss->to,
				     .entries = loss->entries };
	(void)snprintf(gap->cause, sizeof(gap->cause), "%s", cause);
	gaps->count++;
}

bool journal_gaps_take(struct journal_gaps *gaps, struct journal_gap *ret_gap)
{
	if (gaps->count == 0)
		return false;
	*ret_gap = gaps->items[0];
	gaps->count--;
	memmove(gaps->items, gaps->items + 1, gaps->count * sizeof(gaps->items[0]));
	return true;
}

void journal_gaps_write_place(const struct journal_gaps *gaps,
			      const struct journal_place *place, struct buf *buf)
{
	if (gaps->count > 0)
		buf_append(buf, buf_slice(&gaps->before));
	else
		journal_place_write(place, buf);
}
