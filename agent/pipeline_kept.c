/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The events that outlive the stored ones: what the correlator must know for ever. Each
 * is a value of the store with the time it was fed first; a restart feeds those again
 * that are from before the oldest stored event, in their order.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "agent/pipeline_state.h"
#include "base/limits.h"
#include "base/memory.h"
#include "correlator/event_code.h"

#define KEPT_PREFIX "kept:"

/* What a name has of one text that came from outside. */
#define PART_BYTES 128

static struct slice part(struct slice text)
{
	return slice_first(text, PART_BYTES);
}

/* ---- which are kept, and under which names -------------------------------------------
 */

static bool name_run(const struct event *event, struct buf *name)
{
	return event->run.kind == RUN_ASSOCIATION &&
	       buf_append_format(name, "%.*s:%016" PRIx64, SLICE_ARG(part(event->run.id)),
				 event->run.content_hash);
}

static bool name_call(const struct event *event, struct buf *name)
{
	return event->api_call.action == API_CREATE_ASSOCIATION &&
	       buf_append(name, part(event->api_call.id));
}

/* By its time: the latest stands for those before it. */
static bool name_script(const struct event *event, struct buf *name)
{
	return event->api_call.outcome == API_ADMITTED && event->happened_at >= 0 &&
	       api_call_sets_script(&event->api_call) &&
	       buf_append_format(name, "%020" PRId64, event->happened_at);
}

static bool name_port(const struct event *event, struct buf *name)
{
	return buf_append_format(name, "%u", event->sshd_listening.port);
}

static bool name_identity(const struct event *event, struct buf *name)
{
	(void)event;
	(void)name;
	return true; /* there is one */
}

/* A handler, in whatever case it was written. */
static bool append_series(const struct extension *said, struct buf *name)
{
	struct slice handler = part(said->handler);

	for (size_t i = 0; i < handler.len; i++) {
		char byte = handler.ptr[i];

		buf_append_byte(name, (char)(byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a'
									: byte));
	}
	return buf_append_format(name, ":%.*s:", SLICE_ARG(part(said->name)));
}

/* What anybody could have written makes no number known. */
static bool name_number(const struct event *event, struct buf *name)
{
	const struct extension *said = &event->extension;

	return (said->stage == EXTENSION_SETTINGS || said->stage == EXTENSION_EXECUTED) &&
	       said->has_sequence && event->trust > TRUST_UNVERIFIED &&
	       append_series(said, name) &&
	       buf_append_format(name, "%020" PRIu64, said->sequence);
}

static bool name_removal(const struct event *event, struct buf *name)
{
	return event->extension.stage == EXTENSION_REMOVED &&
	       event->trust > TRUST_UNVERIFIED &&
	       append_series(&event->extension, name) &&
	       buf_append_format(name, "%020" PRId64, event->happened_at);
}

static bool name_key(const struct event *event, struct buf *name)
{
	const struct cloud_key *key = &event->cloud_key;

	return buf_append_format(name, "%s:%s:%.*s:%.*s",
				 event->source == HOST_SOURCE_KEYS ? "file" : "metadata",
				 key->is_gone ? "gone" : "there",
				 SLICE_ARG(part(key->fingerprint)),
				 SLICE_ARG(part(key->user)));
}

static bool name_user(const struct event *event, struct buf *name)
{
	const struct cloud_user *user = &event->cloud_user;

	return user->cloud == CLOUD_GCP && user->principal.len &&
	       buf_append(name, part(user->user));
}

static bool name_made(const struct event *event, struct buf *name)
{
	const struct credential_set *set = &event->credential_set;

	return set->means == CREDENTIAL_METADATA_KEY &&
	       buf_append_format(name, "%s:%.*s", set->is_removed ? "gone" : "there",
				 SLICE_ARG(part(set->user)));
}

static bool name_group(const struct event *event, struct buf *name)
{
	const struct account_changed *changed = &event->account_changed;

	return slice_equal(changed->group, SLICE("google-sudoers")) &&
	       buf_append(name, part(changed->user));
}

/* An association that is known stays no news for ever (its first run, each change of its
 * content, the calls that made it), and so do an extension's numbers since it was removed
 * last; the latest call that set what the host runs when it starts; who this host is and
 * where its sshd listens; whom and which keys a cloud put here. */
static const struct kept_kind {
	enum event_kind event;
	const char *prefix;
	bool (*name)(const struct event *event, struct buf *name);
	bool is_last;	/* of those with one name the last counts, else the first */
	bool is_series; /* the name ends in a number, and a greater one stands for it */
	bool is_ours;	/* of calls, those for this host alone */
} kept_kinds[KEPT_KIND_COUNT] = {
	{ EVENT_RUN, KEPT_PREFIX "run:", name_run, false, false, false },
	{ EVENT_API_CALL, KEPT_PREFIX "call:", name_call, false, false, false },
	{ EVENT_API_CALL, KEPT_PREFIX "script:", name_script, false, true, true },
	{ EVENT_SSHD_LISTENING, KEPT_PREFIX "port:", name_port, false, false, false },
	{ EVENT_IDENTITY, KEPT_PREFIX "identity", name_identity, true, false, false },
	{ EVENT_EXTENSION, KEPT_PREFIX "number:", name_number, false, true, false },
	{ EVENT_EXTENSION, KEPT_PREFIX "removal:", name_removal, false, true, false },
	{ EVENT_CLOUD_KEY, KEPT_PREFIX "key:", name_key, true, false, false },
	{ EVENT_CLOUD_USER, KEPT_PREFIX "user:", name_user, true, false, false },
	{ EVENT_CREDENTIAL_SET, KEPT_PREFIX "made:", name_made, true, false, false },
	{ EVENT_ACCOUNT_CHANGED, KEPT_PREFIX "group:", name_group, true, false, false },
};

/* ---- loading -------------------------------------------------------------------------
 */

struct kept_event {
	us_time fed_at;
	struct slice name, code;
};

struct kept_events {
	struct arena arena;
	struct kept_event *events; /* owned */
	size_t count, size;
};

static bool collect(void *ctx, const char *name, struct slice value)
{
	struct kept_events *kept = ctx;
	struct slice fed_at;
	uint64_t number;

	if (!slice_take_until(&value, ' ', &fed_at) ||
	    !slice_number(fed_at, (uint64_t)US_TIME_MAX, &number))
		return true;
	if (kept->count == kept->size) {
		kept->size = kept->size ? 2 * kept->size : 64;
		kept->events =
			memory_resize(kept->events, kept->size, sizeof(*kept->events));
	}
	kept->events[kept->count++] =
		(struct kept_event){ (us_time)number,
				     arena_copy(&kept->arena, slice_text(name)),
				     arena_copy(&kept->arena, value) };
	return true;
}

static int load(struct pipeline *pipeline, const char *prefix, struct kept_events *kept,
		struct err *err)
{
	*kept = (struct kept_events){ .count = 0 };
	arena_init(&kept->arena);
	return store_each_value(pipeline->options.store, prefix, collect, kept, err);
}

static void release(struct kept_events *kept)
{
	free(kept->events);
	arena_release(&kept->arena);
}

static int by_time(const void *left, const void *right)
{
	const struct kept_event *a = left, *b = right;

	return (a->fed_at > b->fed_at) - (a->fed_at < b->fed_at);
}

static bool note_oldest(void *ctx, us_time fed_at, struct slice code)
{
	(void)code;
	*(us_time *)ctx = fed_at;
	return false;
}

/* When the oldest event was fed that is still stored; US_TIME_MAX = there is none. */
static int oldest_stored(struct pipeline *pipeline, us_time *ret_oldest, struct err *err)
{
	us_time oldest = US_TIME_MAX;

	if (store_each_event(pipeline->options.store, note_oldest, &oldest, err) < 0)
		return -1;
	*ret_oldest = oldest;
	return 0;
}

/* ---- dropping what another stands for ------------------------------------------------
 */

/* The name without its number. */
static struct slice series_of(const struct kept_event *kept)
{
	return slice_first(kept->name, (size_t)slice_find_last(kept->name, ':'));
}

/* By series; in one the latest first, and of one time the greatest number. */
static int by_series(const void *left, const void *right)
{
	const struct kept_event *a = left, *b = right;
	int order = slice_compare(series_of(a), series_of(b));

	if (order == 0)
		order = by_time(b, a);
	return order ? order : slice_compare(b->name, a->name);
}

/* A number is needed no more once a greater one of its series was fed later, and both
 * are from before all that is stored: names of a series are of one length, and so are
 * ordered as their numbers. */
static void drop_surpassed(struct pipeline *pipeline, const struct kept_kind *kind,
			   struct kept_events *kept, us_time oldest)
{
	const struct kept_event *greatest = NULL;
	size_t number = (size_t)(kind - kept_kinds);

	if (kept->count)
		qsort(kept->events, kept->count, sizeof(*kept->events), by_series);
	pipeline->kept[number] = kept->count;
	for (size_t i = 0; i < kept->count; i++) {
		const struct kept_event *one = &kept->events[i];

		if (one->fed_at >= oldest)
			continue;
		if (!greatest || !slice_equal(series_of(greatest), series_of(one)) ||
		    slice_compare(greatest->name, one->name) < 0) {
			greatest = one;
			continue;
		}
		store_put_value(pipeline->options.store, one->name.ptr,
				(struct slice){ NULL, 0 });
		pipeline->kept[number]--;
	}
}

static int count_kept(struct pipeline *pipeline, const struct kept_kind *kind,
		      us_time oldest, struct err *err)
{
	struct kept_events kept;
	int rc = load(pipeline, kind->prefix, &kept, err);

	if (rc == 0 && kind->is_series)
		drop_surpassed(pipeline, kind, &kept, oldest);
	else if (rc == 0)
		pipeline->kept[kind - kept_kinds] = kept.count;
	release(&kept);
	return rc;
}

/* Looked for once a day at most, when there are too many. */
static bool has_room(struct pipeline *pipeline, const struct kept_kind *kind, us_time now)
{
	us_time oldest;
	struct err ignored;

	if (pipeline->kept[kind - kept_kinds] < LIMIT_KEPT_EVENTS)
		return true;
	if (!kind->is_series || now - pipeline->kept_tidied_at < US_PER_DAY)
		return false;
	pipeline->kept_tidied_at = now;
	return oldest_stored(pipeline, &oldest, &ignored) == 0 &&
	       count_kept(pipeline, kind, oldest, &ignored) == 0 &&
	       pipeline->kept[kind - kept_kinds] < LIMIT_KEPT_EVENTS;
}

/* ---- keeping -------------------------------------------------------------------------
 */

/* Whether the call names this host, or all hosts of its project; also where it is not
 * known yet who this host is. */
static bool is_for_us(const struct identity *identity, const struct api_call *api)
{
	for (uint32_t i = 0; i < api->instance_count; i++) {
		struct slice named = api->instances[i];

		if (slice_equal_ignoring_case(named, identity->instance) ||
		    (slice_take_prefix(&named, SLICE("projects/")) &&
		     slice_equal_ignoring_case(named, identity->account)))
			return true;
	}
	return identity->instance.len == 0;
}

/* A number is kept as what is known, which makes no login. */
static void append_code(const struct event *event, struct buf *value)
{
	struct event known = *event;

	if (event->kind == EVENT_EXTENSION && event->extension.stage != EXTENSION_REMOVED)
		known.extension.stage = EXTENSION_KNOWN;
	known.evidence = 0;
	event_encode(&known, value);
}

static void keep_as(struct pipeline *pipeline, const struct kept_kind *kind,
		    const struct event *event, us_time now)
{
	AUTO_BUF struct buf name = BUF_LIMIT(LIMIT_FIELD_BYTES);
	AUTO_BUF struct buf value = BUF_LIMIT(EVENT_BYTES_MAX);
	bool is_kept;

	if (kind->is_ours && !is_for_us(&pipeline->identity, &event->api_call))
		return;
	buf_append_text(&name, kind->prefix);
	if (!kind->name(event, &name))
		return;
	is_kept = store_get_value(pipeline->options.store, buf_text(&name), &value);
	if (is_kept && !kind->is_last)
		return;
	if (!is_kept && !has_room(pipeline, kind, now))
		return;
	buf_clear(&value);
	buf_append_format(&value, "%" PRId64 " ", now);
	append_code(event, &value);
	if (buf_overflowed(&value))
		return;
	store_put_value(pipeline->options.store, buf_text(&name), buf_slice(&value));
	pipeline->kept[kind - kept_kinds] += !is_kept;
}

void pipeline_keep_event(struct pipeline *pipeline, const struct event *event,
			 us_time now)
{
	for (size_t i = 0; i < KEPT_KIND_COUNT; i++)
		if (kept_kinds[i].event == event->kind)
			keep_as(pipeline, &kept_kinds[i], event, now);
}

int pipeline_feed_kept(struct pipeline *pipeline, pipeline_stored_fn *feed,
		       struct err *err)
{
	struct kept_events kept = { .count = 0 };
	us_time oldest;
	int rc = oldest_stored(pipeline, &oldest, err);

	for (size_t i = 0; rc == 0 && i < KEPT_KIND_COUNT; i++)
		rc = count_kept(pipeline, &kept_kinds[i], oldest, err);
	if (rc < 0)
		return rc;
	rc = load(pipeline, KEPT_PREFIX, &kept, err);
	if (rc == 0 && kept.count)
		qsort(kept.events, kept.count, sizeof(*kept.events), by_time);
	for (size_t i = 0; rc == 0 && i < kept.count; i++)
		if (kept.events[i].fed_at < oldest)
			feed(pipeline, kept.events[i].fed_at, kept.events[i].code);
	release(&kept);
	return rc;
}
