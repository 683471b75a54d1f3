/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of a baseline: taken back after a restart, and forgotten when somebody says so.
 */
#include "base/limits.h"
#include "policy/baseline_state.h"

/* ---- restoring -------------------------------------------------------------------- */

/* The kind of this word; BASELINE_KIND_COUNT = none is. */
static enum baseline_kind kind_of(struct slice word)
{
	int kind = 0;

	while (kind < BASELINE_KIND_COUNT &&
	       !slice_equal(word, slice_text(baseline_kinds[kind].word)))
		kind++;
	return (enum baseline_kind)kind;
}

static bool restore_known(struct baseline *baseline, enum baseline_kind kind,
			  const struct baseline_row *row)
{
	struct baseline_table *table = &baseline->known[kind].table;

	/* An hour's name is a user's with some more. */
	if (row->key.len == 0 || row->key.len > LIMIT_BASELINE_KEY_BYTES + 16 ||
	    baseline_table_is_full(table) || baseline_table_find(table, row->key))
		return false;
	baseline_table_note(table, baseline_table_add(table, row->key),
			    (us_time[]){ row->first_at, row->last_at }, row->count);
	return true;
}

static bool restore_began(struct baseline *baseline, const struct baseline_row *row)
{
	enum baseline_kind kind = kind_of(row->key);

	if (kind == BASELINE_KIND_COUNT)
		return false;
	baseline->known[kind].began_at = row->first_at;
	return true;
}

static bool restore_told(struct baseline *baseline, const struct baseline_row *row)
{
	enum baseline_kind kind = kind_of(row->key);

	if (kind == BASELINE_KIND_COUNT)
		return false;
	baseline->known[kind].told_in = row->first_at - row->first_at % US_PER_HOUR;
	baseline->known[kind].told = row->count;
	return true;
}

/* Takes the counter's word off the front; NULL when it is none's. */
static struct baseline_counter *take_counter(struct baseline *baseline, struct slice *key)
{
	for (int i = 0; i < BASELINE_RATE_COUNT; i++) {
		struct slice rest = *key;

		if (slice_take_prefix(&rest, slice_text(baseline_rate_words[i])) &&
		    slice_take_prefix(&rest, SLICE(" "))) {
			*key = rest;
			return &baseline->counters[i];
		}
	}
	return NULL;
}

static bool restore_recent(struct baseline *baseline, const struct baseline_row *row)
{
	struct slice key = row->key;
	struct baseline_counter *counter = take_counter(baseline, &key);

	return counter && baseline_counter_restore_recent(counter, key, row);
}

static bool restore_excess(struct baseline *baseline, const struct baseline_row *row)
{
	struct slice subject = row->key;
	struct baseline_counter *counter = take_counter(baseline, &subject);

	return counter && baseline_counter_restore_excess(counter, subject, row);
}

static const struct {
	const char *word;
	bool (*restore)(struct baseline *baseline, const struct baseline_row *row);
} other_kinds[] = {
	{ "began", restore_began },
	{ "told", restore_told },
	{ "recent", restore_recent },
	{ "too-many", restore_excess },
};

bool baseline_restore(struct baseline *baseline, const struct baseline_row *row)
{
	enum baseline_kind kind = kind_of(row->kind);

	if (row->first_at < US_TIME_MIN || row->last_at < row->first_at ||
	    row->last_at > US_TIME_MAX || row->count == 0)
		return false;
	if (kind != BASELINE_KIND_COUNT)
		return restore_known(baseline, kind, row);
	for (size_t i = 0; i < sizeof(other_kinds) / sizeof(other_kinds[0]); i++) {
		if (slice_equal(row->kind, slice_text(other_kinds[i].word)))
			return other_kinds[i].restore(baseline, row);
	}
	return false;
}

/* ---- forgetting ------------------------------------------------------------------- */

static const struct slice recent = { "recent", sizeof("recent") - 1 };

bool baseline_can_forget(struct slice kind)
{
	return kind_of(kind) != BASELINE_KIND_COUNT || slice_equal(kind, recent);
}

static void forget_kind(struct baseline *baseline, enum baseline_kind kind,
			const struct baseline_sink *sink)
{
	struct baseline_known *known = &baseline->known[kind];
	struct slice word = slice_text(baseline_kinds[kind].word);

	baseline_table_release(&known->table);
	baseline_table_init(&known->table, baseline_kinds[kind].most_rows);
	known->began_at = US_TIME_NONE;
	known->told = 0;
	sink->drop(sink->ctx, word, (struct slice){ NULL, 0 });
	sink->drop(sink->ctx, SLICE("began"), word);
	sink->drop(sink->ctx, SLICE("told"), word);
}

static bool forget_key(struct baseline *baseline, enum baseline_kind kind,
		       struct slice key, const struct baseline_sink *sink)
{
	struct baseline_table *table = &baseline->known[kind].table;
	struct baseline_entry *entry = baseline_table_find(table, key);

	if (!entry)
		return false;
	sink->drop(sink->ctx, slice_text(baseline_kinds[kind].word), key);
	baseline_table_remove(table, entry);
	return true;
}

static void forget_all_counted(struct baseline *baseline,
			       const struct baseline_sink *sink)
{
	for (int i = 0; i < BASELINE_RATE_COUNT; i++)
		baseline_counter_forget(&baseline->counters[i], (struct slice){ NULL, 0 },
					sink);
	sink->drop(sink->ctx, recent, (struct slice){ NULL, 0 });
	sink->drop(sink->ctx, SLICE("too-many"), (struct slice){ NULL, 0 });
}

/* The subject alone names it, whatever it is the subject of. */
static bool forget_counted(struct baseline *baseline, struct slice subject,
			   const struct baseline_sink *sink)
{
	bool found = false;

	for (int i = 0; i < BASELINE_RATE_COUNT; i++)
		found |= baseline_counter_forget(&baseline->counters[i], subject, sink);
	return found;
}

bool baseline_forget(struct baseline *baseline, struct slice kind, struct slice key,
		     const struct baseline_sink *sink)
{
	enum baseline_kind known = kind_of(kind);

	if (kind.len && !baseline_can_forget(kind))
		return false;
	if (key.len)
		return known != BASELINE_KIND_COUNT
			       ? forget_key(baseline, known, key, sink)
			       : forget_counted(baseline, key, sink);
	for (int i = 0; i < BASELINE_KIND_COUNT; i++) {
		if (kind.len == 0 || known == (enum baseline_kind)i)
			forget_kind(baseline, (enum baseline_kind)i, sink);
	}
	if (kind.len == 0 || known == BASELINE_KIND_COUNT)
		forget_all_counted(baseline, sink);
	return true;
}
