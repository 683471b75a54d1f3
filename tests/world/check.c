/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "tests/world/live.h"

/* ---- checking ---- */

/* A text line may wait for its twin before it is told, and the lines of a console login
 * say only one after the other what it was. */
static bool is_fresh(const struct live *live, uint32_t login)
{
	return live->seen.now - live->seen.logins[login] <=
	       live->world->options.twin_wait_us;
}

static bool is_console(enum path path)
{
	return path == PATH_AWS_SERIAL_CONSOLE || path == PATH_LOCAL;
}

static void fail_login(struct live *live, uint32_t login, const struct judgement *want)
{
	const struct told_login *got = &live->told.logins[login];
	char outcomes[128] = "";
	size_t len = 0;

	for (unsigned i = 0; i < OUTCOME_COUNT; i++)
		if (want->outcomes & (1U << i))
			len += (size_t)snprintf(outcomes + len, sizeof(outcomes) - len,
						" %s", outcome_word(i));
	world_fail(live->world, "at %.3f login %u (%s): expected%s, got %s",
		   (double)live->seen.now / 1e6, login,
		   story_word(live->world->logins[login].story), outcomes,
		   got->is_told ? outcome_word(got->outcome) : "nothing");
}

static void fail_reasons(struct live *live, uint32_t login, uint64_t want)
{
	const struct told_login *got = &live->told.logins[login];

	if (live->world->has_failed)
		return;
	for (unsigned i = 0; i < REASON_COUNT; i++)
		if (want & (UINT64_C(1) << i))
			fprintf(stderr, "  may be: %s\n", reason_word(i));
	for (unsigned i = 0; i < REASON_COUNT; i++)
		if (got->reasons & (UINT64_C(1) << i))
			fprintf(stderr, "  is: %s\n", reason_word(i));
	world_fail(live->world, "at %.3f login %u (%s) is %s for the wrong reason",
		   (double)live->seen.now / 1e6, login,
		   story_word(live->world->logins[login].story),
		   outcome_word(got->outcome));
}

/* The door that authenticated comes first, the tunnel is what it came through. */
static void check_path(struct live *live, uint32_t login, const struct judgement *want)
{
	const struct world_login *truth = &live->world->logins[login];
	const struct told_login *got = &live->told.logins[login];
	enum path path = truth->bare_path, through = PATH_NONE;

	if (got->outcome == OUTCOME_NOT_JUDGED && !truth->is_news)
		return;
	for (uint32_t i = 0, found = 0; i < truth->door_count; i++) {
		if (!(want->doors & (1U << i)))
			continue;
		if (found++ == 0)
			path = truth->doors[i].path;
		else
			through = truth->doors[i].path;
	}
	if (got->path != path || got->through != through)
		world_fail(live->world,
			   "login %u (%s): expected %s through '%s', got %s through '%s'",
			   login, story_word(truth->story), path_word(path),
			   path_word(through), path_word(got->path),
			   path_word(got->through));
}

/* What is kept no longer is judged no longer. */
static bool may_be_forgotten(const struct live *live, uint32_t login)
{
	return live->seen.now - live->seen.logins[login] >= live->world->options.keep_us;
}

static void check_login(struct live *live, uint32_t login)
{
	struct judgement want = judge(live->world, &live->seen, login);
	const struct told_login *got = &live->told.logins[login];

	if (live->world->logins[login].is_torn || may_be_forgotten(live, login))
		return;
	if (is_fresh(live, login) &&
	    (!got->is_told || is_console(live->world->logins[login].bare_path)))
		return;
	if (!got->is_told || !(want.outcomes & (1U << got->outcome))) {
		fail_login(live, login, &want);
		return;
	}
	if (got->outcome >= OUTCOME_PROVISIONAL && !(got->reasons & want.blames))
		fail_reasons(live, login, want.blames);
	if (got->outcome == OUTCOME_UNVERIFIABLE && !(got->reasons & want.doubts))
		fail_reasons(live, login, want.doubts);
	check_path(live, login, &want);
}

/* Settled logins are looked at again only now and then. */
static bool is_settled(const struct live *live, uint32_t login)
{
	const struct told_login *got = &live->told.logins[login];

	return got->is_told &&
	       (got->outcome == OUTCOME_AUTHORIZED || got->outcome == OUTCOME_FINAL ||
		got->outcome == OUTCOME_NOT_JUDGED);
}

void check_open(struct live *live)
{
	uint32_t kept = 0;

	live->told.now = live->seen.now;
	judge_waiting(live->world, &live->seen, live->open, live->open_count);
	for (uint32_t i = 0; i < live->open_count; i++) {
		check_login(live, live->open[i]);
		live->is_open[live->open[i]] = !is_settled(live, live->open[i]);
		if (live->is_open[live->open[i]])
			live->open[kept++] = live->open[i];
	}
	live->open_count = kept;
}

void check_all(struct live *live)
{
	live->open_count = 0;
	for (uint32_t i = 0; i < live->world->login_count; i++)
		if (live->seen.logins[i] != US_TIME_NONE)
			live->open[live->open_count++] = i;
	for (uint32_t i = 0; i < live->open_count; i++)
		live->is_open[live->open[i]] = true;
	check_open(live);
	told_compare_kept(&live->told, live->correlator);
}

/* ---- truth ---- */

/* Whether the cloud had every call the login needs in time: before it proved progress
 * past `final_after`. The clocks may differ by the skew. */
static bool was_delivered_in_time(const struct live *live, uint32_t login)
{
	const struct world *world = live->world;
	const struct world_login *truth = &world->logins[login];

	for (uint32_t i = 0; i < truth->door_count; i++) {
		const struct door *door = &truth->doors[i];
		us_time deadline =
			door->from +
			(door->is_weak
				 ? world->options.windows[CLOUD_AWS].final_after_weak_us
				 : world->options.windows[CLOUD_AWS].final_after_us);

		for (uint32_t k = 0; k < door->tie_count; k++)
			if (door->ties[k].fit == FIT_VOUCHES &&
			    (cloud_available_at(&live->cloud, door->ties[k].call) >
				     deadline ||
			     world->calls[door->ties[k].call].event.happened_at <
				     world->covered_from))
				return false;
	}
	return true;
}

/* No honest login was ever called unauthorized for good while the cloud kept its promise.
 */
static void check_truth(struct live *live)
{
	for (uint32_t i = 0; i < live->world->login_count; i++) {
		const struct world_login *truth = &live->world->logins[i];
		const struct told_login *got = &live->told.logins[i];

		if (truth->is_forged && got->is_told)
			world_fail(live->world, "login %u came of a forged line", i);
		if (!truth->is_torn && !story_is_theft(truth->story) &&
		    (got->ever & 1U << OUTCOME_FINAL) && was_delivered_in_time(live, i))
			world_fail(live->world, "login %u (%s) was a false alarm", i,
				   story_word(truth->story));
	}
}

/* An observation that is due once the host's log is read far enough past the call. */
static void check_unanswered(struct live *live)
{
	for (uint32_t i = 0; i < live->world->call_count; i++) {
		const struct world_call *call = &live->world->calls[i];
		us_span patience = (call->event.api_call.action == API_SEND_COMMAND
					    ? US_PER_DAY
					    : 5 * US_PER_MINUTE) +
				   US_PER_MINUTE;
		bool is_read =
			call->made_at > live->world->started_at + US_PER_MINUTE &&
			live->covered_until[HOST_SOURCE_SSM] > call->made_at + patience;

		if (live->told.unanswered[i] && !call->is_unanswered)
			world_fail(live->world, "call %u (%s) was said to have no login",
				   i, story_word(call->story));
		if (!live->told.unanswered[i] && call->is_unanswered && is_read &&
		    live->seen.calls[i])
			world_fail(live->world,
				   "call %u (%s) has no login, and it was not said", i,
				   story_word(call->story));
	}
}

/* Told once both callers are known, the first also by what the host says of a session's
 * owner: with the second call, and not without it. */
static void check_taken_over(struct live *live, uint32_t login)
{
	const struct world_login *truth = &live->world->logins[login];
	const struct tie *ties = truth->doors[0].ties;
	bool may_be_told = truth->is_taken_over && live->seen.calls[ties[1].call];
	bool must_be_told = may_be_told && live->seen.calls[ties[0].call];
	bool is_told = live->told.taken_over[login];

	if ((is_told && !may_be_told) || (!is_told && must_be_told))
		world_fail(live->world, "login %u (%s): taken over is %d", login,
			   story_word(truth->story), is_told);
}

static void check_observations(struct live *live)
{
	const struct world *world = live->world;

	check_unanswered(live);
	for (uint32_t i = 0; i < world->login_count; i++) {
		const struct world_login *truth = &world->logins[i];
		bool is_elsewhere =
			truth->story == STORY_REGISTERED_ELSEWHERE && world->knows_launch;

		check_taken_over(live, i);
		if (live->told.elsewhere[i] != is_elsewhere)
			world_fail(live->world,
				   "login %u (%s): registered elsewhere is %d", i,
				   story_word(truth->story), live->told.elsewhere[i]);
		if (live->told.forged[i] != truth->tells_forgery)
			world_fail(live->world, "login %u (%s): forged is %d", i,
				   story_word(truth->story), live->told.forged[i]);
	}
}

/* Of the logins with one expired key exactly one is told as news. */
static void check_repeats(struct live *live)
{
	const struct world *world = live->world;
	uint32_t news[WORLD_CALLS_MAX] = { 0 }, all[WORLD_CALLS_MAX] = { 0 };

	for (uint32_t i = 0; i < world->login_count; i++) {
		const struct told_login *got = &live->told.logins[i];

		if (!got->is_told || got->outcome < OUTCOME_PROVISIONAL)
			continue;
		if (!(got->reasons & UINT64_C(1) << REASON_API_CALL_EXPIRED) ||
		    got->path != PATH_AWS_EC2_INSTANCE_CONNECT) {
			if (got->repeats)
				world_fail(live->world, "login %u repeats nothing", i);
			continue;
		}
		all[world->logins[i].doors[0].ties[0].call]++;
		news[world->logins[i].doors[0].ties[0].call] += !got->repeats;
	}
	for (uint32_t i = 0; i < world->call_count; i++)
		if (all[i] > 0 && news[i] != 1)
			world_fail(live->world,
				   "the expired key of call %u is told %u times", i,
				   news[i]);
}

void check_end(struct live *live)
{
	check_all(live);
	check_truth(live);
	check_observations(live);
	check_repeats(live);
}
