/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/correlator.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "correlator/calls.h"
#include "correlator/concern.h"
#include "correlator/console.h"
#include "correlator/credential.h"
#include "correlator/door.h"
#include "correlator/entra.h"
#include "correlator/extension.h"
#include "correlator/forged.h"
#include "correlator/forget.h"
#include "correlator/google.h"
#include "correlator/host_span.h"
#include "correlator/judge.h"
#include "correlator/observe.h"
#include "correlator/session.h"
#include "correlator/ssh_groups.h"
#include "correlator/state.h"
#include "correlator/twin.h"
#include "correlator/waiting.h"

struct correlator_options correlator_options_default(void)
{
	const struct correlator_windows usual = {
		.lateness_us = 5 * US_PER_MINUTE,
		.provisional_after_us = 10 * US_PER_MINUTE,
		.final_after_us = 60 * US_PER_MINUTE,
		.final_after_weak_us = 2 * US_PER_HOUR,
		.blind_after_us = 30 * US_PER_MINUTE,
	};
	struct correlator_options options = {
		.windows = { usual, usual, usual, usual },
		.skew_us = 30 * US_PER_SECOND,
		.twin_wait_us = 30 * US_PER_SECOND,
		.keep_us = 8 * US_PER_DAY,
		.tell_calls_without_login = true,
	};

	options.windows[CLOUD_AZURE].lateness_us = 15 * US_PER_MINUTE;
	options.windows[CLOUD_AZURE].provisional_after_us = 20 * US_PER_MINUTE;
	options.windows[CLOUD_GCP].lateness_us = 2 * US_PER_MINUTE;
	options.windows[CLOUD_GCP].provisional_after_us = 5 * US_PER_MINUTE;
	return options;
}

struct correlator *correlator_new(const struct correlator_options *options,
				  const struct correlator_sink *sink)
{
	struct correlator *correlator = memory_new(1, sizeof(*correlator));

	correlator->options = *options;
	correlator->sink = *sink;
	correlator->identity.launched_at = US_TIME_NONE;
	correlator->identity.watched_since = US_TIME_NONE;
	index_init(&correlator->index, &options->hash_key);
	watermark_init(&correlator->watermark, &options->hash_key);
	map_init(&correlator->by_id);
	map_init(&correlator->told_observations);
	map_init(&correlator->twin.twins);
	correlator->twin.dropped_until = US_TIME_NONE;
	return correlator;
}

static void identity_release(struct own_identity *identity)
{
	text_free(identity->texts);
	free(identity->private_ips);
	free(identity->endpoint_ips);
	free(identity->tags);
	*identity = (struct own_identity){ 0 };
}

void correlator_free(struct correlator *correlator)
{
	if (!correlator)
		return;
	offers_release(correlator);
	queue_release(&correlator->joining);
	twin_release(correlator);
	host_span_release(correlator);
	observe_release(correlator);
	forged_free(correlator->forged);
	doors_free(correlator->doors);
	for (size_t log_class = 0; log_class < LOG_CLASS_COUNT; log_class++)
		waiting_release(&correlator->waiting[log_class]);
	for (size_t kind = 0; kind < LOGIN_KIND_COUNT; kind++) {
		for (size_t i = 0; i < correlator->by_kind[kind].count; i++)
			login_free(correlator->by_kind[kind].items[i]);
		login_list_release(&correlator->by_kind[kind]);
	}
	login_list_release(&correlator->port_sessions);
	for (size_t i = 0; i < correlator->calls.count; i++)
		call_free(correlator->calls.items[i]);
	call_list_release(&correlator->calls);
	call_list_release(&correlator->tunnels);
	call_list_release(&correlator->own_tunnels);
	login_list_release(&correlator->own_peer);
	queue_release(&correlator->touched_groups);
	free(correlator->port_bounds);
	index_release(&correlator->index);
	map_release(&correlator->by_id);
	watermark_release(&correlator->watermark);
	goal_states_release(correlator);
	iap_release(correlator);
	credentials_free(correlator->credentials);
	sudo_uses_free(correlator->sudo_uses);
	identity_release(&correlator->identity);
	free(correlator->sshd_ports);
	free(correlator->dirty);
	free(correlator);
}

static struct slice *keep_list(struct own_identity *own, const struct slice *texts,
			       uint32_t count)
{
	struct slice *kept = count ? memory_new(count, sizeof(*kept)) : NULL;

	for (uint32_t i = 0; i < count; i++)
		kept[i] = text_keep(&own->texts, texts[i]);
	return kept;
}

/* The nearest time that arithmetic is safe with; none stays none. */
static us_time known_time(us_time time)
{
	if (time == US_TIME_NONE)
		return US_TIME_NONE;
	return time < US_TIME_MIN ? US_TIME_MIN : time > US_TIME_MAX ? US_TIME_MAX : time;
}

static void take_identity(struct correlator *correlator, const struct event *event)
{
	const struct identity *identity = &event->identity;
	struct own_identity *own = &correlator->identity;

	identity_release(own);
	own->instance = text_keep(&own->texts, identity->instance);
	own->cloud = cloud_find(identity->provider);
	own->is_in_no_cloud = slice_equal(identity->provider, SLICE("none"));
	own->account = text_keep(&own->texts, identity->account);
	own->region = text_keep(&own->texts, identity->region);
	own->private_ips =
		keep_list(own, identity->private_ips, identity->private_ip_count);
	own->private_ip_count = identity->private_ip_count;
	own->endpoint_ips =
		keep_list(own, identity->endpoint_ips, identity->endpoint_ip_count);
	own->endpoint_ip_count = identity->endpoint_ip_count;
	own->tags = keep_list(own, identity->tags, identity->tag_count);
	own->tag_count = identity->tag_count;
	own->has_tags = identity->has_tags;
	own->launched_at = known_time(identity->launched_at);
	own->watched_since = known_time(identity->watched_since);
	watermark_identify(&correlator->watermark, own->account, own->region);
	for (size_t kind = LOGIN_SESSION; kind < LOGIN_KIND_COUNT; kind++)
		for (size_t i = 0; i < correlator->by_kind[kind].count; i++)
			session_know_whose(correlator,
					   correlator->by_kind[kind].items[i]);
	calls_identify(correlator);
	ssh_groups_relist(correlator);
	waiting_wake_all(correlator);
}

static void take_progress(struct correlator *correlator, const struct event *event)
{
	const struct progress *progress = &event->progress;
	uint32_t filled = watermark_add(&correlator->watermark, progress,
					event->kind == EVENT_API_HOLE, correlator->now);

	if (correlator->options.logs_are_complete)
		return; /* all is judged when time is advanced */
	for (uint32_t log_class = 0; log_class < LOG_CLASS_COUNT; log_class++)
		if (progress->every_class || progress->log_class == log_class)
			waiting_wake(correlator, (enum log_class)log_class,
				     filled & 1u << log_class);
	if (correlator->boots.waiting)
		observe_boots(correlator);
}

static void take_host_coverage(struct correlator *correlator, const struct event *event)
{
	host_span_add(correlator, event);
	if (event->host_coverage.source == HOST_SOURCE_SSM)
		observe_watched_calls(correlator);
	else
		observe_watched_consoles(correlator);
}

/* A loss that does not say since when began no earlier than this: journald tells of what
 * it dropped when its rate limit's interval, 30 s by default, is over (journald.conf(5)).
 */
#define GAP_REACH_US (5 * US_PER_MINUTE)

static void take_gap(struct correlator *correlator, const struct event *event)
{
	us_time from = known_time(event->gap.from), until = known_time(event->gap.until);

	if (event->trust == TRUST_CONTRADICTED) {
		forged_take(correlator, event, correlator->now);
		return;
	}
	if (from == US_TIME_NONE && until != US_TIME_NONE)
		from = until - GAP_REACH_US;
	host_span_lose(correlator, event->source, from, until);
	observe_gap(correlator, event);
}

static void take_sight(struct correlator *correlator, const struct event *event)
{
	watermark_sight(&correlator->watermark, &event->sight);
}

/* Whose users they are. */
static void take_cloud_user(struct correlator *correlator, const struct event *event)
{
	if (event->cloud_user.cloud == CLOUD_AZURE)
		session_take_entra_user(correlator, event);
	else
		session_take_cloud_user(correlator, event);
}

static void take_extension(struct correlator *correlator, const struct event *event)
{
	session_take_extension(correlator, event);
	session_credential_note_extension(correlator, event);
}

static void take_credential(struct correlator *correlator, const struct event *event)
{
	session_take_credential(correlator, event);
	session_take_google_credential(correlator, event);
}

static void take_account_changed(struct correlator *correlator, const struct event *event)
{
	session_take_account_changed(correlator, event);
	session_take_google_group(correlator, event);
}

/* What each kind of event does. */
static void dispatch(struct correlator *correlator, const struct event *event)
{
	static void (*const takers[EVENT_KIND_COUNT])(struct correlator * correlator,
						      const struct event *event) = {
		[EVENT_KEY_OFFERED] = session_take_offer,
		[EVENT_LOGIN_ACCEPTED] = session_take_accepted,
		[EVENT_KEY_PARTIAL] = session_take_partial,
		[EVENT_SSHD_LISTENING] = session_take_listening,
		[EVENT_CONSOLE_LOGIN] = session_take_console,
		[EVENT_SESSION_OPENED] = session_take_pam_opened,
		[EVENT_SESSION_CLOSED] = session_take_pam_closed,
		[EVENT_LOGIND_OPENED] = session_take_logind_opened,
		[EVENT_LOGIND_CLOSED] = session_take_logind_closed,
		[EVENT_ACCOUNT_CREATED] = session_take_account,
		[EVENT_SUDO] = session_take_sudo,
		[EVENT_RUN] = session_take_run,
		[EVENT_API_CALL] = calls_take,
		[EVENT_GAP] = take_gap,
		[EVENT_HOST_COVERAGE] = take_host_coverage,
		[EVENT_PROGRESS] = take_progress,
		[EVENT_API_HOLE] = take_progress,
		[EVENT_SIGHT] = take_sight,
		[EVENT_IDENTITY] = take_identity,
		[EVENT_EXTENSION] = take_extension,
		[EVENT_SCRIPT] = session_take_script,
		[EVENT_CLOUD_USER] = take_cloud_user,
		[EVENT_CLOUD_KEY] = session_take_cloud_key,
		[EVENT_CREDENTIAL_SET] = take_credential,
		[EVENT_ACCOUNT_CHANGED] = take_account_changed,
		[EVENT_BOOT] = session_take_boot,
	};

	assert(event->kind < EVENT_KIND_COUNT);
	takers[event->kind](correlator, event);
}

static bool is_said_by_host(const struct event *event)
{
	return event_kind_is_of_host(event->kind);
}

static void set_now(struct correlator *correlator, us_time now)
{
	if (!correlator->has_started) {
		correlator->has_started = true;
		correlator->started_at = now;
		correlator->now = now;
		correlator->next_forget_at = now + correlator->options.keep_us;
	}
	assert(now >= correlator->now);
	correlator->now = now;
}

/* All that time and the latest event have brought about. */
static void settle(struct correlator *correlator)
{
	session_join_consoles(correlator);
	if (correlator->watermark.has_shrunk) {
		correlator->watermark.has_shrunk = false;
		waiting_wake_between(correlator, correlator->watermark.shrunk_from,
				     correlator->watermark.shrunk_until);
	}
	waiting_look_for_sight(correlator);
	judge_settle(correlator);
	waiting_look_for_blindness(correlator);
	judge_settle(correlator);
}

/* Arithmetic on times stays far from its ends, whatever a reader hands over. */
static bool has_time(const struct event *event)
{
	if (event->kind == EVENT_PROGRESS || event->kind == EVENT_API_HOLE)
		return event->progress.from >= US_TIME_MIN &&
		       event->progress.until <= US_TIME_MAX;
	if (!is_said_by_host(event) && event->kind != EVENT_API_CALL)
		return true;
	return event->happened_at >= US_TIME_MIN && event->happened_at <= US_TIME_MAX &&
	       event->uncertainty_us >= 0 && event->uncertainty_us <= US_PER_DAY;
}

void correlator_feed(struct correlator *correlator, const struct event *event,
		     us_time now)
{
	set_now(correlator, now);
	if (!has_time(event))
		return;
	if (!is_said_by_host(event) || !twin_take(correlator, event))
		dispatch(correlator, event);
	if (correlator->twin.held.count)
		twin_decide(correlator, dispatch);
	if (correlator->options.logs_are_complete)
		return;
	forged_tell_due(correlator);
	doors_tell_due(correlator);
	settle(correlator);
}

void correlator_advance(struct correlator *correlator, us_time now)
{
	set_now(correlator, now);
	if (correlator->twin.held.count)
		twin_decide(correlator, dispatch);
	forged_tell_due(correlator);
	if (correlator->options.logs_are_complete)
		doors_look_again(correlator);
	doors_tell_due(correlator);
	correlator->is_settling = true;
	if (correlator->options.logs_are_complete)
		waiting_wake_all(correlator);
	concern_due(correlator);
	settle(correlator);
	correlator->is_settling = false;
	observe_watched_calls(correlator);
	if (correlator->options.logs_are_complete)
		observe_boots(correlator);
	forget_old(correlator);
}

us_time correlator_next_deadline(const struct correlator *correlator)
{
	us_time deadlines[] = {
		waiting_deadline(correlator),	   twin_deadline(correlator),
		session_join_deadline(correlator), forged_deadline(correlator),
		doors_deadline(correlator),	   concern_deadline(correlator)
	};
	us_time first = US_TIME_NONE;

	for (size_t i = 0; i < sizeof(deadlines) / sizeof(deadlines[0]); i++)
		if (deadlines[i] != US_TIME_NONE &&
		    (first == US_TIME_NONE || deadlines[i] < first))
			first = deadlines[i];
	return first;
}

static int compare_logins(const void *a, const void *b)
{
	const struct tracked_login *one = *(struct tracked_login *const *)a;
	const struct tracked_login *two = *(struct tracked_login *const *)b;

	return login_is_before(one, two) ? -1 : login_is_before(two, one) ? 1 : 0;
}

void correlator_each_login(const struct correlator *correlator,
			   void (*take)(void *ctx, const struct verdict *verdict),
			   void *ctx)
{
	struct login_list all = { 0 };

	for (size_t kind = 0; kind < LOGIN_KIND_COUNT; kind++)
		for (size_t i = 0; i < correlator->by_kind[kind].count; i++)
			login_list_append(&all, correlator->by_kind[kind].items[i]);
	if (all.count)
		qsort(all.items, all.count, sizeof(struct tracked_login *),
		      compare_logins);
	for (size_t i = 0; i < all.count; i++) {
		struct verdict verdict =
			judge_verdict(all.items[i], &all.items[i]->judgement);

		take(ctx, &verdict);
	}
	login_list_release(&all);
}

struct correlator_counts correlator_counts(const struct correlator *correlator)
{
	struct correlator_counts counts = { .logins = correlator->login_count,
					    .calls = correlator->calls.count };

	memcpy(counts.by_verdict, correlator->by_verdict, sizeof(counts.by_verdict));
	return counts;
}

/* Bringing what is remembered of coverage up to date changes nothing that can be seen. */
static const struct watermark *fresh_watermark(const struct correlator *correlator)
{
	watermark_refresh((struct watermark *)(uintptr_t)&correlator->watermark);
	return &correlator->watermark;
}

us_time correlator_proven_until(const struct correlator *correlator,
				enum log_class log_class)
{
	return watermark_reach(fresh_watermark(correlator), UINT32_C(1) << log_class);
}

bool correlator_explain(const struct correlator *correlator, const struct id *login_id,
			void (*step)(void *ctx, const struct reasoning *reasoning),
			void (*verdict)(void *ctx, const struct verdict *verdict),
			void *ctx)
{
	const struct tracked_login *login = login_find(correlator, login_id);
	const struct tracer tracer = { step, ctx };
	struct verdict said;

	if (!login)
		return false;
	fresh_watermark(correlator);
	judge_login(correlator, login, &tracer);
	said = judge_verdict(login, &login->judgement);
	if (verdict)
		verdict(ctx, &said);
	return true;
}
