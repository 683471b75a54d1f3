/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plane/metadata.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/plane/metadata_keys.h"
#include "base/fault.h"
#include "base/json.h"
#include "base/memory.h"

#define KEYS_EVERY (15 * US_PER_MINUTE)
/* However many log in. */
#define KEYS_AT_MOST_EVERY (2 * US_PER_SECOND)
/* Logins that are looked at at a time; of more the oldest are left out. */
#define VISITS_MAX 64
/* OS Login's users have shorter names. */
#define USER_BYTES 64
#define ASKED_MAX 3
/* Of a login that is older when it is seen nobody knows the keys of then. */
#define FRESH US_PER_MINUTE
/* Nothing that is older is kept. */
#define REACH_MAX (8 * US_PER_DAY)
#define ROWS_MAX 64

/* Google's are numbers of twenty digits. */
#define INSTANCE_BYTES 64
#define NAME_BYTES (INSTANCE_BYTES + 32)

#define KEYS_VALUE "metadata-keys"
#define SINCE_VALUE "metadata-keys-since"

/* A login by ssh. */
struct visit {
	struct id id; /* of the login */
	char user[USER_BYTES];
	char fingerprint[64];
	us_time happened_at;
	enum path path;
	unsigned asked;	    /* for its user */
	bool is_user_known; /* or never to be */
	bool is_key_done;   /* what is known of its key is said */
};

struct plane_metadata {
	const struct control_plane_options *world;
	sd_event_source *timer;
	char instance[INSTANCE_BYTES]; /* that `keys` are of; "" = none */
	struct metadata_keys keys;     /* of the last answer */
	us_time keys_since;	       /* the first answer; US_TIME_NONE = none yet */
	us_time keys_at;	       /* the last one, on the real clock */
	unsigned failures;	       /* to get them, in a row */
	us_time asked_at;	       /* for keys, on the agent's clock; US_TIME_NONE */
	struct visit visits[VISITS_MAX];
	size_t visit_count, next_visit;
	struct visit *asking; /* whose user; NULL = none */
	bool is_asking, is_asking_keys;
};

/* ---- what is kept --------------------------------------------------------------------
 */

static void value_name(const struct plane_metadata *metadata, const char *what,
		       char name[NAME_BYTES])
{
	snprintf(name, NAME_BYTES, "%s:%s", what, metadata->instance);
}

/* What was said of this instance before; nothing is known of another's. */
static void load(struct plane_metadata *metadata, const char *instance)
{
	AUTO_BUF struct buf since = BUF_LIMIT(32);
	struct store *store = metadata->world->store;
	char name[NAME_BYTES];
	uint64_t number;

	snprintf(metadata->instance, sizeof(metadata->instance), "%s", instance);
	buf_clear(&metadata->keys.text);
	metadata->keys_since = metadata->keys_at = metadata->asked_at = US_TIME_NONE;
	value_name(metadata, SINCE_VALUE, name);
	if (!store_get_value(store, name, &since) ||
	    !slice_number(buf_slice(&since), (uint64_t)US_TIME_MAX, &number))
		return;
	metadata->keys_since = (us_time)number;
	value_name(metadata, KEYS_VALUE, name);
	if (!store_get_value(store, name, &metadata->keys.text))
		buf_clear(&metadata->keys.text);
}

static void save(struct plane_metadata *metadata, bool is_first)
{
	struct store *store = metadata->world->store;
	char name[NAME_BYTES], since[32];

	value_name(metadata, KEYS_VALUE, name);
	store_put_value(store, name, buf_slice(&metadata->keys.text));
	FAULT_POINT("plane-metadata-keys-put");
	if (!is_first)
		return;
	value_name(metadata, SINCE_VALUE, name);
	snprintf(since, sizeof(since), "%" PRId64, metadata->keys_since);
	store_put_value(store, name, slice_text(since));
}

/* ---- keys ----------------------------------------------------------------------------
 */

static void feed(void *ctx, const struct event *event)
{
	struct plane_metadata *metadata = ctx;

	pipeline_feed(metadata->world->pipeline, event);
}

/* Since when the key is known not to be there. A login of long ago may have been with a
 * key that was there and is gone. */
static us_time absent_since(const struct plane_metadata *metadata,
			    const struct visit *visit)
{
	us_time since = metadata->keys_since;

	if (visit->happened_at < metadata->keys_at - FRESH)
		return metadata->keys_at;
	return since > metadata->keys_at - REACH_MAX ? since
						     : metadata->keys_at - REACH_MAX;
}

static void judge_key(struct plane_metadata *metadata, struct visit *visit)
{
	struct slice fingerprint = slice_text(visit->fingerprint);
	struct slice user = slice_text(visit->user);
	struct event event =
		metadata_keys_event(fingerprint, user, absent_since(metadata, visit));

	if (visit->is_key_done || metadata->keys_at < visit->happened_at)
		return;
	visit->is_key_done = true;
	event.cloud_key.is_gone = true;
	if (visit->path == PATH_GCP_METADATA_KEY && fingerprint.len &&
	    !metadata_keys_have(&metadata->keys, fingerprint, user))
		pipeline_feed(metadata->world->pipeline, &event);
}

static void judge_keys(struct plane_metadata *metadata)
{
	for (size_t i = 0; i < metadata->visit_count; i++)
		judge_key(metadata, &metadata->visits[i]);
}

static int take_keys(struct plane_metadata *metadata, struct slice body, struct err *err)
{
	const struct emitter emitter = { feed, metadata };
	bool is_first = metadata->keys_since == US_TIME_NONE;
	us_time now = clock_real();
	struct metadata_keys keys;

	metadata_keys_init(&keys);
	if (metadata_keys_read(&keys, body, now, err) < 0) {
		metadata_keys_release(&keys);
		return -1;
	}
	metadata_keys_compare(&metadata->keys, &keys, now, &emitter);
	if (is_first)
		metadata->keys_since = now;
	metadata->keys_at = now;
	if (is_first ||
	    !slice_equal(buf_slice(&keys.text), buf_slice(&metadata->keys.text))) {
		metadata_keys_release(&metadata->keys);
		metadata->keys = keys;
		save(metadata, is_first);
	} else {
		metadata_keys_release(&keys);
	}
	judge_keys(metadata);
	return 0;
}

/* ---- users ---------------------------------------------------------------------------
 */

static bool has_account(const json_t *profile, struct slice user)
{
	const json_t *accounts = json_at(profile, "posixAccounts");

	for (size_t i = 0; i < json_array_size(accounts) && i < ROWS_MAX; i++) {
		if (slice_equal(json_text_at(json_array_get(accounts, i), "username"),
				user))
			return true;
	}
	return false;
}

/* {"loginProfiles":[{"name":"amy@example.com","posixAccounts":[{"username":"amy_..."}]}]}.
 * A service account's name may be its number, which no call tells. */
static void take_user(struct plane_metadata *metadata, const struct visit *visit,
		      struct slice body)
{
	struct event event = {
		.kind = EVENT_CLOUD_USER,
		.happened_at = visit->happened_at,
		.trust = TRUST_ATTESTED,
		.source = HOST_SOURCE_JOURNAL,
		.cloud_user = { .cloud = CLOUD_GCP,
				.state = CLOUD_USER_SEEN,
				.user = slice_text(visit->user) },
	};
	AUTO_JSON json_t *json = NULL;
	const json_t *profile;
	struct slice name;
	struct err err;

	if (json_read(body, &json, &err) < 0)
		return;
	profile = json_array_get(json_at(json, "loginProfiles"), 0);
	if (!has_account(profile, event.cloud_user.user))
		return;
	name = json_text_at(profile, "name");
	if (name.len && memchr(name.ptr, '@', name.len))
		event.cloud_user.principal = name;
	pipeline_feed(metadata->world->pipeline, &event);
}

/* ---- asking --------------------------------------------------------------------------
 */

static void go_on(struct plane_metadata *metadata);

static void take_answer(void *ctx, const struct message *answer)
{
	struct plane_metadata *metadata = ctx;
	bool is_page = answer->outcome == OUTCOME_OK && answer->kind == MESSAGE_PAGE;
	struct visit *visit = metadata->asking;
	struct err err;

	metadata->is_asking = false;
	metadata->asking = NULL;
	if (metadata->is_asking_keys) {
		/* What is no list of keys says nothing of any. */
		if (is_page && take_keys(metadata, answer->page.body, &err) == 0)
			metadata->failures = 0;
		else
			metadata->failures++;
	} else if (visit) {
		visit->is_user_known = is_page || visit->asked >= ASKED_MAX ||
				       answer->outcome == OUTCOME_BAD_REQUEST;
		if (is_page)
			take_user(metadata, visit, answer->page.body);
	}
	metadata->world->fed(metadata->world->ctx);
	go_on(metadata);
}

static void ask(struct plane_metadata *metadata, struct slice attribute,
		struct visit *visit)
{
	struct message request = {
		.kind = MESSAGE_ASK_PAGE,
		.ask_page = { .query = QUERY_METADATA,
			      .attribute = attribute,
			      .from = US_TIME_NONE,
			      .until = US_TIME_NONE },
	};

	if (visit)
		request.ask_page.value = slice_text(visit->user);
	metadata->asking = visit;
	metadata->is_asking_keys = !visit;
	metadata->is_asking = courier_link_ask(metadata->world->courier, &request,
					       take_answer, metadata);
	if (!metadata->is_asking)
		metadata->asking = NULL;
	else if (visit)
		visit->asked++;
}

/* The next login whose user is not known; NULL = none. */
static struct visit *next_user(struct plane_metadata *metadata)
{
	for (size_t i = 0; i < metadata->visit_count; i++) {
		struct visit *visit = &metadata->visits[i];

		if (!visit->is_user_known && visit->asked < ASKED_MAX)
			return visit;
	}
	return NULL;
}

static bool has_key_to_judge(const struct plane_metadata *metadata)
{
	for (size_t i = 0; i < metadata->visit_count; i++) {
		if (!metadata->visits[i].is_key_done)
			return true;
	}
	return false;
}

static int on_timer(sd_event_source *timer, uint64_t at, void *ctx)
{
	(void)timer;
	(void)at;
	go_on(ctx);
	return 0;
}

static void wake_in(struct plane_metadata *metadata, us_span span)
{
	uint64_t relative = span > 0 ? (uint64_t)span : 0;

	if (!metadata->timer) {
		if (sd_event_add_time_relative(metadata->world->event, &metadata->timer,
					       CLOCK_BOOTTIME, relative, 0, on_timer,
					       metadata) < 0)
			metadata->timer = NULL;
		return;
	}
	sd_event_source_set_time_relative(metadata->timer, relative);
	sd_event_source_set_enabled(metadata->timer, SD_EVENT_ONESHOT);
}

/* How long after the last question for keys the next is due. */
static us_span keys_every(const struct plane_metadata *metadata)
{
	us_span every = has_key_to_judge(metadata) ? KEYS_AT_MOST_EVERY : KEYS_EVERY;

	for (unsigned i = 0; i < metadata->failures && every < KEYS_EVERY; i++)
		every *= 2;
	return every;
}

static void go_on(struct plane_metadata *metadata)
{
	us_time now = clock_now(metadata->world->clock);
	us_span every = keys_every(metadata);
	struct visit *visit = next_user(metadata);

	if (metadata->is_asking)
		return;
	if (metadata->asked_at == US_TIME_NONE || now >= metadata->asked_at + every) {
		metadata->asked_at = now;
		ask(metadata, SLICE("ssh-keys"), NULL);
	} else if (visit) {
		ask(metadata, SLICE("os-login-user"), visit);
	}
	if (!metadata->is_asking)
		wake_in(metadata,
			visit ? KEYS_AT_MOST_EVERY : metadata->asked_at + every - now);
}

void plane_metadata_consider(struct plane_metadata *metadata,
			     const struct plane_kind *kind)
{
	const struct identity *own = pipeline_identity(metadata->world->pipeline);
	char instance[INSTANCE_BYTES];

	if (!kind || !kind->has_metadata || own->instance.len == 0 ||
	    metadata->world->config->courier.mode == COURIER_OFF || metadata->is_asking)
		return;
	snprintf(instance, sizeof(instance), "%.*s",
		 SLICE_ARG(slice_first(own->instance, sizeof(instance) - 1)));
	if (strcmp(instance, metadata->instance) != 0)
		load(metadata, instance);
	go_on(metadata);
}

/* ---- who has come --------------------------------------------------------------------
 */

/* The visit of this login; a new one in the place of the oldest; NULL = none is free. */
static struct visit *visit_of(struct plane_metadata *metadata, const struct id *id)
{
	struct visit *visit;

	for (size_t i = 0; i < metadata->visit_count; i++) {
		if (memcmp(metadata->visits[i].id.bytes, id->bytes, ID_BYTES) == 0)
			return &metadata->visits[i];
	}
	visit = &metadata->visits[metadata->next_visit];
	if (visit == metadata->asking)
		return NULL;
	metadata->next_visit = (metadata->next_visit + 1) % VISITS_MAX;
	if (metadata->visit_count < VISITS_MAX)
		metadata->visit_count++;
	*visit = (struct visit){ .id = *id };
	return visit;
}

static void keep(char *to, size_t size_bytes, struct slice text)
{
	to[0] = '\0';
	if (text.len == 0 || text.len >= size_bytes || memchr(text.ptr, '\0', text.len))
		return;
	memcpy(to, text.ptr, text.len);
	to[text.len] = '\0';
}

void plane_metadata_note(struct plane_metadata *metadata, const struct verdict *verdict)
{
	const struct login *login = verdict->login;
	struct visit *visit;

	if (login->kind != LOGIN_SSH)
		return;
	visit = visit_of(metadata, &login->id);
	if (!visit)
		return;
	if (visit->path != login->path && login->path == PATH_GCP_METADATA_KEY)
		visit->is_key_done = false;
	visit->path = login->path;
	visit->happened_at = login->happened_at;
	keep(visit->user, sizeof(visit->user), login->os_user);
	keep(visit->fingerprint, sizeof(visit->fingerprint), login->key_fingerprint);
	if (!visit->user[0] || visit->happened_at > clock_real() + FRESH)
		visit->is_user_known = visit->is_key_done = true;
}

/* ---- life ----------------------------------------------------------------------------
 */

struct plane_metadata *plane_metadata_new(const struct control_plane_options *world)
{
	struct plane_metadata *metadata = memory_new(1, sizeof(*metadata));

	metadata->world = world;
	metadata->keys_since = metadata->keys_at = metadata->asked_at = US_TIME_NONE;
	metadata_keys_init(&metadata->keys);
	return metadata;
}

void plane_metadata_free(struct plane_metadata *metadata)
{
	if (!metadata)
		return;
	sd_event_source_disable_unref(metadata->timer);
	metadata_keys_release(&metadata->keys);
	free(metadata);
}
