/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/baseline_rate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/memory.h"

struct baseline_recent {
	struct baseline_excess excess; /* the newest; count 0 = none */
	size_t count, size;
	us_time times[]; /* in order, some more than once */
};

void baseline_counter_init(struct baseline_counter *counter, const char *word,
			   const struct baseline_rate *limit)
{
	*counter = (struct baseline_counter){
		.word = word,
		.limit = *limit,
		.newest = US_TIME_NONE,
	};
	if (counter->limit.most > LIMIT_BASELINE_MOST)
		counter->limit.most = LIMIT_BASELINE_MOST;
	baseline_table_init(&counter->subjects, LIMIT_BASELINE_SUBJECTS);
}

void baseline_counter_release(struct baseline_counter *counter)
{
	baseline_table_release(&counter->subjects);
}

/* ---- rows ------------------------------------------------------------------------- */

/* A name of a subject, the rate's word and a time. */
#define ROW_KEY_BYTES (LIMIT_BASELINE_KEY_BYTES + 64)

static void append_recent_key(struct buf *key, const struct baseline_counter *counter,
			      us_time at, struct slice subject)
{
	buf_append_format(key, "%s %" PRId64 " ", counter->word, at);
	buf_append(key, subject);
}

static void append_excess_key(struct buf *key, const struct baseline_counter *counter,
			      struct slice subject)
{
	buf_append_format(key, "%s ", counter->word);
	buf_append(key, subject);
}

static void keep_recent(const struct baseline_counter *counter, struct slice subject,
			us_time at, uint64_t count, const struct baseline_sink *sink)
{
	AUTO_BUF struct buf key = BUF_LIMIT(ROW_KEY_BYTES);
	struct baseline_row row = {
		.kind = SLICE("recent"), .first_at = at, .last_at = at, .count = count
	};

	append_recent_key(&key, counter, at, subject);
	row.key = buf_slice(&key);
	sink->keep(sink->ctx, &row);
}

static void keep_excess(const struct baseline_counter *counter, struct slice subject,
			const struct baseline_excess *excess,
			const struct baseline_sink *sink)
{
	AUTO_BUF struct buf key = BUF_LIMIT(ROW_KEY_BYTES);
	struct baseline_row row = {
		.kind = SLICE("too-many"),
		.first_at = excess->from,
		.last_at = excess->until,
		.count = excess->count,
	};

	append_excess_key(&key, counter, subject);
	row.key = buf_slice(&key);
	sink->keep(sink->ctx, &row);
}

static void drop_recent(const struct baseline_counter *counter,
			const struct baseline_entry *subject, us_time at,
			const struct baseline_sink *sink)
{
	AUTO_BUF struct buf key = BUF_LIMIT(ROW_KEY_BYTES);

	append_recent_key(&key, counter, at, baseline_entry_key(subject));
	sink->drop(sink->ctx, SLICE("recent"), buf_slice(&key));
}

static void drop_excess(const struct baseline_counter *counter,
			const struct baseline_entry *subject,
			const struct baseline_sink *sink)
{
	AUTO_BUF struct buf key = BUF_LIMIT(ROW_KEY_BYTES);

	append_excess_key(&key, counter, baseline_entry_key(subject));
	sink->drop(sink->ctx, SLICE("too-many"), buf_slice(&key));
}

/* ---- times ------------------------------------------------------------------------ */

/* Where the first time is that is not before `at`. */
static size_t place_of(const struct baseline_recent *recent, us_time at)
{
	size_t from = 0, until = recent->count;

	while (from < until) {
		size_t middle = from + (until - from) / 2;

		if (recent->times[middle] < at)
			from = middle + 1;
		else
			until = middle;
	}
	return from;
}

static struct baseline_recent *with_room(struct baseline_recent *recent)
{
	size_t size = recent ? 2 * recent->size : 8;

	if (recent && recent->count < recent->size)
		return recent;
	if (!recent) {
		recent = memory_new(1, sizeof(*recent) + size * sizeof(us_time));
	} else {
		recent = memory_resize(recent, 1,
				       sizeof(*recent) + size * sizeof(us_time));
	}
	recent->size = size;
	return recent;
}

/* Puts it behind those of the same time. Returns where it is. */
static size_t insert(struct baseline_counter *counter, struct baseline_entry *subject,
		     us_time at)
{
	struct baseline_recent *recent = with_room(subject->recent);
	size_t place = place_of(recent, at + 1);

	subject->recent = recent;
	memmove(&recent->times[place + 1], &recent->times[place],
		(recent->count - place) * sizeof(us_time));
	recent->times[place] = at;
	recent->count++;
	counter->times++;
	return place;
}

/* Removes the first `count` times, which are all of theirs. */
static void remove_first(struct baseline_counter *counter, struct baseline_entry *subject,
			 size_t count, const struct baseline_sink *sink)
{
	struct baseline_recent *recent = subject->recent;

	for (size_t i = 0; i < count; i++) {
		if (i == 0 || recent->times[i] != recent->times[i - 1])
			drop_recent(counter, subject, recent->times[i], sink);
	}
	recent->count -= count;
	counter->times -= count;
	memmove(recent->times, &recent->times[count], recent->count * sizeof(us_time));
}

static void remove_subject(struct baseline_counter *counter,
			   struct baseline_entry *subject,
			   const struct baseline_sink *sink)
{
	struct baseline_recent *recent = subject->recent;

	if (recent)
		remove_first(counter, subject, recent->count, sink);
	if (recent && recent->excess.count)
		drop_excess(counter, subject, sink);
	baseline_table_remove(&counter->subjects, subject);
}

/* ---- too many --------------------------------------------------------------------- */

/* Whether the login at `place` is one of more than are allowed, and of which: the first
 * and last time of all windows around it that have too many. */
static bool is_too_many(const struct baseline_counter *counter,
			const struct baseline_recent *recent, size_t place,
			struct baseline_excess *ret_found)
{
	size_t most = (size_t)counter->limit.most;
	size_t first = place > most ? place - most : 0;
	size_t begin = SIZE_MAX, end = 0;

	for (size_t i = first; i <= place && i + most < recent->count; i++) {
		if (recent->times[i + most] - recent->times[i] >= counter->limit.window)
			continue;
		if (begin == SIZE_MAX)
			begin = i;
		end = i + most;
	}
	if (begin == SIZE_MAX)
		return false;
	*ret_found = (struct baseline_excess){
		.from = recent->times[begin],
		.until = recent->times[end],
		.count = end - begin + 1,
	};
	return true;
}

/* Within a window of what was told before it is still that. */
static bool goes_on(const struct baseline_excess *told,
		    const struct baseline_excess *found, us_span window)
{
	return told->count && found->from <= told->until + window &&
	       found->until >= told->from - window;
}

/* Twice, four times ... as many as were too many: what is told of one excess again and
 * again stays little, however many logins there are. */
static bool has_doubled(uint64_t count, uint64_t first)
{
	uint64_t times = count / first;

	return count % first == 0 && (times & (times - 1)) == 0;
}

static bool note_excess(const struct baseline_counter *counter,
			struct baseline_excess *told, const struct baseline_excess *found)
{
	if (!goes_on(told, found, counter->limit.window)) {
		*told = *found;
		return true;
	}
	told->is_again = true;
	told->count++;
	if (found->until > told->until)
		told->until = found->until;
	return has_doubled(told->count, counter->limit.most + 1);
}

/* ---- counting --------------------------------------------------------------------- */

/* What no login that is still to come can be counted with. */
static void forget_old(struct baseline_counter *counter, const struct baseline_sink *sink)
{
	us_time needed = counter->newest - counter->limit.window - BASELINE_LATENESS;
	struct baseline_entry *oldest = baseline_table_oldest(&counter->subjects);

	while (oldest &&
	       (oldest->last_at < needed || counter->times > LIMIT_BASELINE_TIMES)) {
		remove_subject(counter, oldest, sink);
		oldest = baseline_table_oldest(&counter->subjects);
	}
}

static void forget_old_of(struct baseline_counter *counter,
			  struct baseline_entry *subject,
			  const struct baseline_sink *sink)
{
	us_time needed = counter->newest - counter->limit.window - BASELINE_LATENESS;
	struct baseline_recent *recent = subject->recent;
	size_t count = place_of(recent, needed);

	if (recent->count >= LIMIT_BASELINE_TIMES_OF_SUBJECT && count == 0)
		count = place_of(recent, recent->times[0] + 1);
	if (count)
		remove_first(counter, subject, count, sink);
}

static struct baseline_entry *subject_of(struct baseline_counter *counter,
					 struct slice name,
					 const struct baseline_sink *sink)
{
	struct baseline_entry *subject = baseline_table_find(&counter->subjects, name);

	if (subject)
		return subject;
	if (baseline_table_is_full(&counter->subjects))
		remove_subject(counter, baseline_table_oldest(&counter->subjects), sink);
	return baseline_table_add(&counter->subjects, name);
}

bool baseline_counter_add(struct baseline_counter *counter, struct slice name, us_time at,
			  const struct baseline_sink *sink,
			  struct baseline_excess *ret_excess)
{
	struct baseline_excess found;
	struct baseline_entry *subject;
	bool is_told = false;
	size_t place;

	if (counter->limit.most == 0)
		return false;
	if (at > counter->newest)
		counter->newest = at;
	subject = subject_of(counter, name, sink);
	place = insert(counter, subject, at);
	baseline_table_note(&counter->subjects, subject, (us_time[]){ at, at }, 1);
	keep_recent(counter, name, at, place + 1 - place_of(subject->recent, at), sink);
	if (is_too_many(counter, subject->recent, place, &found)) {
		is_told = note_excess(counter, &subject->recent->excess, &found);
		*ret_excess = subject->recent->excess;
		keep_excess(counter, name, ret_excess, sink);
	}
	forget_old_of(counter, subject, sink);
	forget_old(counter, sink);
	return is_told;
}

/* ---- restoring and forgetting ----------------------------------------------------- */

static struct baseline_entry *restored(struct baseline_counter *counter,
				       struct slice name)
{
	struct baseline_entry *subject = baseline_table_find(&counter->subjects, name);

	if (!subject && !baseline_table_is_full(&counter->subjects))
		subject = baseline_table_add(&counter->subjects, name);
	if (subject)
		subject->recent = with_room(subject->recent);
	return subject;
}

bool baseline_counter_restore_recent(struct baseline_counter *counter, struct slice key,
				     const struct baseline_row *row)
{
	struct baseline_entry *subject;
	uint64_t at;

	if (!slice_take_number(&key, (uint64_t)US_TIME_MAX, &at) ||
	    !slice_take_prefix(&key, SLICE(" ")) || (us_time)at != row->first_at ||
	    row->count == 0 || row->count > LIMIT_BASELINE_TIMES_OF_SUBJECT)
		return false;
	subject = baseline_table_find(&counter->subjects, key);
	if (counter->times + row->count > LIMIT_BASELINE_TIMES ||
	    (subject && subject->recent &&
	     subject->recent->count + row->count > LIMIT_BASELINE_TIMES_OF_SUBJECT))
		return false;
	subject = restored(counter, key);
	if (!subject)
		return false;
	for (uint64_t i = 0; i < row->count; i++)
		insert(counter, subject, row->first_at);
	baseline_table_note(&counter->subjects, subject,
			    (us_time[]){ row->first_at, row->first_at }, row->count);
	if (row->first_at > counter->newest)
		counter->newest = row->first_at;
	return true;
}

bool baseline_counter_restore_excess(struct baseline_counter *counter, struct slice name,
				     const struct baseline_row *row)
{
	struct baseline_entry *subject = restored(counter, name);

	if (!subject)
		return false;
	subject->recent->excess = (struct baseline_excess){
		.from = row->first_at,
		.until = row->last_at,
		.count = row->count,
	};
	baseline_table_note(&counter->subjects, subject,
			    (us_time[]){ row->first_at, row->last_at }, 0);
	return true;
}

bool baseline_counter_forget(struct baseline_counter *counter, struct slice name,
			     const struct baseline_sink *sink)
{
	struct baseline_entry *subject;

	if (name.len) {
		subject = baseline_table_find(&counter->subjects, name);
		if (subject)
			remove_subject(counter, subject, sink);
		return subject != NULL;
	}
	baseline_table_release(&counter->subjects);
	baseline_table_init(&counter->subjects, LIMIT_BASELINE_SUBJECTS);
	counter->times = 0;
	counter->newest = US_TIME_NONE;
	return true;
}
