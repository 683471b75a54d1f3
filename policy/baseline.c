/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/baseline.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "base/zone.h"
#include "policy/baseline_key.h"
#include "policy/baseline_state.h"

#define HOURS_OF_DAY 24
/* A call that vouches for the door, and one for the tunnel. */
#define CALLS_MAX 2

struct baseline *baseline_new(const struct baseline_options *options)
{
	const struct baseline_rate *limits[BASELINE_RATE_COUNT] = {
		[BASELINE_PER_PRINCIPAL] = &options->per_principal,
		[BASELINE_PER_SOURCE] = &options->per_source,
		[BASELINE_PER_OS_USER] = &options->per_os_user,
	};
	struct baseline *baseline = memory_new(1, sizeof(*baseline));

	baseline->options = *options;
	for (int i = 0; i < BASELINE_KIND_COUNT; i++) {
		baseline_table_init(&baseline->known[i].table,
				    baseline_kinds[i].most_rows);
		baseline->known[i].began_at = US_TIME_NONE;
	}
	for (int i = 0; i < BASELINE_RATE_COUNT; i++)
		baseline_counter_init(&baseline->counters[i], baseline_rate_words[i],
				      limits[i]);
	return baseline;
}

void baseline_free(struct baseline *baseline)
{
	if (!baseline)
		return;
	for (int i = 0; i < BASELINE_KIND_COUNT; i++)
		baseline_table_release(&baseline->known[i].table);
	for (int i = 0; i < BASELINE_RATE_COUNT; i++)
		baseline_counter_release(&baseline->counters[i]);
	free(baseline);
}

/* ---- learning --------------------------------------------------------------------- */

static void keep(const struct baseline_lesson *lesson, enum baseline_kind kind,
		 const struct baseline_entry *entry)
{
	const struct baseline_row row = {
		.kind = slice_text(baseline_kinds[kind].word),
		.key = baseline_entry_key(entry),
		.first_at = entry->first_at,
		.last_at = entry->last_at,
		.count = entry->count,
	};

	lesson->sink->keep(lesson->sink->ctx, &row);
}

/* Learning begins with the earliest login, in whatever order they come. */
static void begin(const struct baseline_lesson *lesson, enum baseline_kind kind)
{
	struct baseline_known *known = &lesson->baseline->known[kind];
	const struct baseline_row row = {
		.kind = SLICE("began"),
		.key = slice_text(baseline_kinds[kind].word),
		.first_at = lesson->at,
		.last_at = lesson->at,
		.count = 1,
	};

	if (known->began_at != US_TIME_NONE && known->began_at <= lesson->at)
		return;
	known->began_at = lesson->at;
	lesson->sink->keep(lesson->sink->ctx, &row);
}

static bool has_learned(const struct baseline_lesson *lesson, enum baseline_kind kind)
{
	return lesson->at >= lesson->baseline->known[kind].began_at +
				     lesson->baseline->options.learning;
}

static void make_room(const struct baseline_lesson *lesson, enum baseline_kind kind)
{
	struct baseline_table *table = &lesson->baseline->known[kind].table;
	struct baseline_entry *oldest = baseline_table_oldest(table);

	if (!baseline_table_is_full(table))
		return;
	lesson->sink->drop(lesson->sink->ctx, slice_text(baseline_kinds[kind].word),
			   baseline_entry_key(oldest));
	baseline_table_remove(table, oldest);
}

/* True when it is new, and to be told. */
static bool learn(const struct baseline_lesson *lesson, enum baseline_kind kind,
		  struct slice key)
{
	struct baseline_table *table = &lesson->baseline->known[kind].table;
	struct baseline_entry *entry = baseline_table_find(table, key);
	bool is_new = !entry;

	begin(lesson, kind);
	if (is_new) {
		make_room(lesson, kind);
		entry = baseline_table_add(table, key);
	}
	baseline_table_note(table, entry, (us_time[]){ lesson->at, lesson->at }, 1);
	keep(lesson, kind, entry);
	return is_new && has_learned(lesson, kind) &&
	       baseline_is_told(&lesson->baseline->options, kind);
}

/* "first login from 203.0.113.0/24 on this host; 3 networks were known" */
static void learn_and_tell(const struct baseline_lesson *lesson, enum baseline_kind kind,
			   struct slice key)
{
	static const struct {
		const char *before, *one, *many;
	} words[BASELINE_KIND_COUNT] = {
		[BASELINE_PRINCIPAL] = { "of", "principal was", "principals were" },
		[BASELINE_SOURCE_NETWORK] = { "from", "network was", "networks were" },
		[BASELINE_PATH] = { "through", "door was", "doors were" },
	};
	AUTO_BUF struct buf detail = BUF_LIMIT(2 * LIMIT_BASELINE_KEY_BYTES);
	size_t known = lesson->baseline->known[kind].table.count;

	if (key.len == 0 || !learn(lesson, kind, key))
		return;
	buf_append_format(&detail, "first login %s ", words[kind].before);
	buf_append(&detail, key);
	buf_append_format(&detail, " on this host; %zu %s known", known,
			  known == 1 ? words[kind].one : words[kind].many);
	baseline_tell(lesson, kind, key, buf_slice(&detail));
}

/* ---- who, from where, through which door ------------------------------------------ */

/* The names of one kind that a login and its calls give, each once, and whose they are:
 * what is told of one is not told by the other's call. */
struct names {
	struct buf buf[CALLS_MAX];
	const struct event *calls[CALLS_MAX]; /* NULL = the login's own */
	size_t count;
};

static void names_init(struct names *names)
{
	for (size_t i = 0; i < CALLS_MAX; i++)
		names->buf[i] = (struct buf)BUF_LIMIT(LIMIT_BASELINE_KEY_BYTES + 64);
	names->count = 0;
}

static void names_release(struct names *names)
{
	for (size_t i = 0; i < CALLS_MAX; i++)
		buf_release(&names->buf[i]);
}

/* Takes up what was appended behind the last one, of this call. */
static void names_take(struct names *names, const struct event *call)
{
	const struct buf *last = &names->buf[names->count];

	names->calls[names->count] = call;
	if (last->len && (names->count == 0 ||
			  !slice_equal(buf_slice(&names->buf[0]), buf_slice(last))))
		names->count++;
	else
		buf_clear(&names->buf[names->count]);
}

static void collect_principals(const struct verdict *verdict, struct names *names)
{
	const struct event *calls[CALLS_MAX] = { verdict->api_call,
						 verdict->through_api_call };

	for (size_t i = 0; i < CALLS_MAX; i++) {
		if (!calls[i])
			continue;
		baseline_key_append_principal(&names->buf[names->count],
					      calls[i]->api_call.principal);
		names_take(names, calls[i]);
	}
}

static void collect_networks(const struct baseline_lesson *lesson, struct names *names)
{
	const struct verdict *verdict = lesson->verdict;
	const struct event *calls[CALLS_MAX] = { verdict->api_call,
						 verdict->through_api_call };
	const struct slice sources[CALLS_MAX] = {
		baseline_source_of(verdict->login, verdict->api_call),
		verdict->through_api_call ? verdict->through_api_call->api_call.source_ip
					  : (struct slice){ NULL, 0 },
	};

	for (size_t i = 0; i < CALLS_MAX; i++) {
		baseline_key_append_network(&names->buf[names->count], sources[i],
					    &lesson->baseline->options);
		names_take(names, calls[i]);
	}
}

/* The same lesson, by one of its calls. */
static struct baseline_lesson lesson_of(const struct baseline_lesson *lesson,
					const struct event *call)
{
	struct baseline_lesson one = *lesson;

	one.call = call;
	return one;
}

static void learn_paths(const struct baseline_lesson *lesson)
{
	const struct login *login = lesson->verdict->login;
	const struct baseline_lesson tunnel =
		lesson_of(lesson, lesson->verdict->through_api_call);

	learn_and_tell(lesson, BASELINE_PATH, slice_text(path_word(login->path)));
	if (login->through != login->path)
		learn_and_tell(&tunnel, BASELINE_PATH,
			       slice_text(path_word(login->through)));
}

/* ---- hours ------------------------------------------------------------------------ */

/* How often the user came at each hour. */
static uint64_t count_hours(const struct baseline_lesson *lesson,
			    uint64_t counts[HOURS_OF_DAY])
{
	const struct baseline_table *table =
		&lesson->baseline->known[BASELINE_HOUR].table;
	AUTO_BUF struct buf key = BUF_LIMIT(LIMIT_BASELINE_KEY_BYTES + 16);
	uint64_t sum = 0;

	for (unsigned hour = 0; hour < HOURS_OF_DAY; hour++) {
		const struct baseline_entry *entry;

		buf_clear(&key);
		baseline_key_append_hour(&key, lesson->verdict->login->os_user, hour);
		entry = baseline_table_find(table, buf_slice(&key));
		counts[hour] = entry ? entry->count : 0;
		sum += counts[hour];
	}
	return sum;
}

/* "root has come 57 times and never from 02:00 to 05:00 (Europe/Berlin)" */
static void tell_hour(const struct baseline_lesson *lesson, struct slice key,
		      unsigned hour, uint64_t logins)
{
	const struct zone *zone = lesson->baseline->options.zone;
	AUTO_BUF struct buf detail = BUF_LIMIT(2 * LIMIT_BASELINE_KEY_BYTES);

	baseline_key_append(&detail, lesson->verdict->login->os_user);
	buf_append_format(&detail,
			  " has come %" PRIu64
			  " times and never from %02u:00 to %02u:00 (%s)",
			  logins, (hour + HOURS_OF_DAY - 1) % HOURS_OF_DAY,
			  (hour + 2) % HOURS_OF_DAY, zone ? zone_name(zone) : "UTC");
	baseline_tell(lesson, BASELINE_HOUR, key, buf_slice(&detail));
}

static void learn_hour(const struct baseline_lesson *lesson)
{
	const struct baseline_options *options = &lesson->baseline->options;
	AUTO_BUF struct buf key = BUF_LIMIT(LIMIT_BASELINE_KEY_BYTES + 16);
	unsigned hour = baseline_hour_of(lesson->at, options);
	uint64_t counts[HOURS_OF_DAY];
	uint64_t logins;

	if (lesson->verdict->login->os_user.len == 0)
		return;
	logins = count_hours(lesson, counts);
	baseline_key_append_hour(&key, lesson->verdict->login->os_user, hour);
	if (!learn(lesson, BASELINE_HOUR, buf_slice(&key)))
		return;
	if (logins < options->unusual_hour_after || logins == 0 ||
	    counts[(hour + 1) % HOURS_OF_DAY] ||
	    counts[(hour + HOURS_OF_DAY - 1) % HOURS_OF_DAY])
		return;
	tell_hour(lesson, buf_slice(&key), hour, logins);
}

/* ---- rates ------------------------------------------------------------------------ */

static void count_login(const struct baseline_lesson *lesson,
			enum baseline_rate_kind kind, struct slice subject)
{
	struct baseline_counter *counter = &lesson->baseline->counters[kind];
	struct baseline_excess excess;

	if (subject.len &&
	    baseline_counter_add(counter, subject, lesson->at, lesson->sink, &excess))
		baseline_tell_excess(lesson, counter, subject, &excess);
}

static void learn_names(const struct baseline_lesson *lesson, enum baseline_kind kind,
			enum baseline_rate_kind rate, const struct names *names)
{
	for (size_t i = 0; i < names->count; i++) {
		const struct baseline_lesson one = lesson_of(lesson, names->calls[i]);

		learn_and_tell(&one, kind, buf_slice(&names->buf[i]));
	}
	for (size_t i = 0; i < names->count; i++) {
		const struct baseline_lesson one = lesson_of(lesson, names->calls[i]);

		count_login(&one, rate, buf_slice(&names->buf[i]));
	}
}

bool baseline_learn(struct baseline *baseline, const struct verdict *verdict,
		    const struct baseline_sink *sink)
{
	const struct login *login = verdict->login;
	const struct baseline_lesson lesson = { baseline, verdict, sink,
						login->happened_at, NULL };
	AUTO_BUF struct buf user = BUF_LIMIT(LIMIT_BASELINE_KEY_BYTES);
	struct names principals, networks;

	if (verdict->verdict != VERDICT_AUTHORIZED || login->happened_at < US_TIME_MIN ||
	    login->happened_at > US_TIME_MAX)
		return false;
	names_init(&principals);
	names_init(&networks);
	collect_principals(verdict, &principals);
	collect_networks(&lesson, &networks);
	baseline_key_append(&user, login->os_user);
	learn_names(&lesson, BASELINE_PRINCIPAL, BASELINE_PER_PRINCIPAL, &principals);
	learn_names(&lesson, BASELINE_SOURCE_NETWORK, BASELINE_PER_SOURCE, &networks);
	learn_paths(&lesson);
	learn_hour(&lesson);
	count_login(&lesson, BASELINE_PER_OS_USER, buf_slice(&user));
	names_release(&principals);
	names_release(&networks);
	return true;
}

/* ---- what is known ---------------------------------------------------------------- */

bool baseline_learning_at(const struct baseline *baseline, size_t index,
			  struct baseline_learning *ret_learning)
{
	const struct baseline_known *known;

	if (index >= BASELINE_KIND_COUNT)
		return false;
	known = &baseline->known[index];
	*ret_learning = (struct baseline_learning){
		.kind = baseline_kinds[index].word,
		.began_at = known->began_at,
		.learned_at = known->began_at == US_TIME_NONE
				      ? US_TIME_NONE
				      : known->began_at + baseline->options.learning,
		.rows = known->table.count,
		.most_rows = known->table.limit,
		.is_told =
			baseline_is_told(&baseline->options, (enum baseline_kind)index),
	};
	return true;
}

bool baseline_counting_at(const struct baseline *baseline, size_t index,
			  struct baseline_counting *ret_counting)
{
	if (index >= BASELINE_RATE_COUNT)
		return false;
	*ret_counting = (struct baseline_counting){
		.rate = baseline->counters[index].word,
		.limit = baseline->counters[index].limit,
		.subjects = baseline->counters[index].subjects.count,
	};
	return true;
}
