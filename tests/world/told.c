/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/world/told.h"

#include <stdio.h>

void told_init(struct told *told, struct world *world)
{
	memset(told, 0, sizeof(*told));
	told->world = world;
}

/* ---- hashing ---- */

static uint64_t add_bytes(uint64_t digest, const void *bytes, size_t len)
{
	const unsigned char *byte = bytes;

	/* FNV-1a */
	for (size_t i = 0; i < len; i++)
		digest = (digest ^ byte[i]) * 0x100000001b3;
	return digest;
}

static uint64_t add_number(uint64_t digest, uint64_t number)
{
	return add_bytes(digest, &number, sizeof(number));
}

static uint64_t add_text(uint64_t digest, struct slice text)
{
	return add_number(add_bytes(digest, text.ptr, text.len), text.len);
}

/* ---- finding what a verdict is about ---- */

int32_t told_login_of(const struct world *world, const struct login *login)
{
	int32_t found = -1;

	for (uint32_t i = 0; i < login->evidence_count; i++) {
		uint64_t line = login->evidence[i];

		if (line == 0 || line > world->line_count)
			continue;
		if (world->lines[line - 1].makes_login)
			return (int32_t)world->lines[line - 1].login;
		/* an offer may be kept with any login of its key */
		if (world->lines[line - 1].event.kind != EVENT_KEY_OFFERED)
			found = (int32_t)world->lines[line - 1].login;
	}
	return found;
}

/* World's call ids are "event-N". */
static int32_t call_of(const struct world *world, const struct event *event)
{
	struct slice text;
	uint64_t number;

	if (!event)
		return -1;
	text = event->api_call.id;
	if (!slice_take_prefix(&text, SLICE("event-")) ||
	    !slice_number(text, world->call_count - 1, &number))
		return -2;
	return (int32_t)number;
}

static enum outcome outcome_of(const struct verdict *verdict)
{
	switch (verdict->verdict) {
	case VERDICT_PENDING:
		return OUTCOME_PENDING;
	case VERDICT_AUTHORIZED:
		return OUTCOME_AUTHORIZED;
	case VERDICT_UNAUTHORIZED:
		return verdict->stage == STAGE_FINAL ? OUTCOME_FINAL
						     : OUTCOME_PROVISIONAL;
	case VERDICT_UNVERIFIABLE:
		return OUTCOME_UNVERIFIABLE;
	default:
		return OUTCOME_NOT_JUDGED;
	}
}

static uint64_t hash_words(const struct login *login)
{
	uint64_t hash = add_number(0xcbf29ce484222325, login->pid);

	hash = add_number(hash, login->source_port);
	hash = add_number(hash, login->trust);
	hash = add_text(hash, login->host);
	hash = add_text(hash, login->os_user);
	hash = add_text(hash, login->source_ip);
	hash = add_text(hash, login->tty);
	hash = add_text(hash, login->session_id);
	hash = add_text(hash, login->command_id);
	hash = add_text(hash, login->key_fingerprint);
	hash = add_text(hash, login->principal_hint);
	return add_text(hash, slice_text(login->hint));
}

static struct told_login read_verdict(const struct world *world,
				      const struct verdict *verdict)
{
	struct told_login told = {
		.is_told = true,
		.id = verdict->login->id,
		.outcome = outcome_of(verdict),
		.path = verdict->login->path,
		.through = verdict->login->through,
		.call = call_of(world, verdict->api_call),
		.through_call = call_of(world, verdict->through_api_call),
		.happened_at = verdict->login->happened_at,
		.ended_at = verdict->login->ended_at,
		.evidence_count = verdict->login->evidence_count,
		.repeats = verdict->repeats,
		.matched = verdict->matched,
		.through_matched = verdict->through_matched,
		.words = hash_words(verdict->login),
	};

	for (uint32_t i = 0; i < verdict->reason_count; i++)
		told.reasons |= UINT64_C(1) << verdict->reasons[i];
	return told;
}

/* Whether they say the same of the login, whatever more is known of it. */
static bool are_verdicts_equal(const struct told_login *a, const struct told_login *b)
{
	return memcmp(&a->id, &b->id, sizeof(a->id)) == 0 && a->outcome == b->outcome &&
	       a->reasons == b->reasons && a->path == b->path &&
	       a->through == b->through && a->call == b->call &&
	       a->through_call == b->through_call && a->matched == b->matched &&
	       a->through_matched == b->through_matched;
}

static bool are_equal(const struct told_login *a, const struct told_login *b)
{
	return are_verdicts_equal(a, b) && a->happened_at == b->happened_at &&
	       a->ended_at == b->ended_at && a->evidence_count == b->evidence_count &&
	       a->repeats == b->repeats && a->words == b->words;
}

static uint64_t add_told(uint64_t digest, const struct told_login *told)
{
	digest = add_bytes(digest, &told->id, sizeof(told->id));
	digest = add_number(digest, told->outcome);
	digest = add_number(digest, told->reasons);
	digest = add_number(digest, (uint64_t)told->path << 32 | told->through);
	digest = add_number(digest, (uint64_t)(uint32_t)told->call << 32 |
					    (uint32_t)told->through_call);
	digest = add_number(digest, (uint64_t)told->ended_at);
	digest =
		add_number(digest, (uint64_t)told->matched << 32 | told->through_matched);
	return add_number(digest, told->words);
}

/* ---- verdicts ---- */

static void print_verdict(const struct told *told, int32_t login,
			  const struct told_login *latest)
{
	char id[ID_TEXT_BYTES];

	printf("  %10.3f told login %d %s %s %s%s%s call %d/%d reasons",
	       (double)told->now / 1e6, login, id_to_text(&latest->id, id),
	       outcome_word(latest->outcome), path_word(latest->path),
	       latest->through ? " through " : "", path_word(latest->through),
	       latest->call, latest->through_call);
	for (unsigned i = 0; i < REASON_COUNT; i++)
		if (latest->reasons & (UINT64_C(1) << i))
			printf(" %s", reason_word(i));
	printf("%s\n", latest->repeats ? " (repeats)" : "");
}

/* Never authorized without a call that let it in, delivered or not. */
static void check_call(struct world *world, int32_t login, enum path path, int32_t call)
{
	const struct world_login *truth = &world->logins[login];

	for (uint32_t i = 0; i < truth->door_count; i++) {
		const struct door *door = &truth->doors[i];

		if (door->path != path)
			continue;
		for (uint32_t k = 0; k < door->tie_count; k++)
			if ((int32_t)door->ties[k].call == call &&
			    (door->ties[k].fit == FIT_VOUCHES ||
			     door->ties[k].fit == FIT_RESUMES))
				return;
	}
	world_fail(
		world,
		"login %d (%s) is authorized for %s by call %d, which did not let it in",
		login, story_word(truth->story), path_word(path), call);
}

static void check_calls(struct told *told, int32_t login, const struct told_login *latest)
{
	if (latest->outcome != OUTCOME_AUTHORIZED || told->world->logins[login].is_torn)
		return;
	check_call(told->world, login, latest->path, latest->call);
	if (latest->through != PATH_NONE)
		check_call(told->world, login, latest->through, latest->through_call);
}

void told_check_calls(struct told *told)
{
	for (uint32_t i = 0; i < told->world->login_count; i++)
		if (told->logins[i].is_told)
			check_calls(told, (int32_t)i, &told->logins[i]);
}

static void check_verdict(struct told *told, int32_t login,
			  const struct told_login *latest)
{
	const struct told_login *before = &told->logins[login];

	if (before->is_told && memcmp(&before->id, &latest->id, sizeof(latest->id)) != 0)
		world_fail(told->world, "login %d (%s) was told with two ids", login,
			   story_word(told->world->logins[login].story));
	if (before->is_told && are_equal(before, latest))
		world_fail(told->world,
			   "login %d (%s) was told twice with one verdict: %s", login,
			   story_word(told->world->logins[login].story),
			   outcome_word(latest->outcome));
	if (!told->only_end_counts)
		check_calls(told, login, latest);
}

static void take_verdict(void *ctx, const struct verdict *verdict)
{
	struct told *told = ctx;
	int32_t login = told_login_of(told->world, verdict->login);
	struct told_login latest = read_verdict(told->world, verdict);

	told->count++;
	told->digest = add_told(told->digest, &latest);
	if (told->world->is_verbose)
		print_verdict(told, login, &latest);
	if (login < 0) {
		world_fail(told->world, "a login was told that no line speaks of");
		return;
	}
	check_verdict(told, login, &latest);
	latest.count = told->logins[login].count + 1;
	latest.ever = told->logins[login].ever | 1U << latest.outcome;
	told->logins[login] = latest;
}

/* ---- observations ---- */

static void note_once(struct told *told, bool *flag,
		      const struct observation *observation, int32_t index)
{
	if (*flag && !told->only_end_counts)
		world_fail(told->world, "%s was told twice of %d",
			   observation_word(observation->kind), index);
	*flag = true;
}

static void take_blind(struct told *told, const struct observation *observation)
{
	if (observation->is_over)
		told->blind_back++;
	else
		told->blind_lost++;
	if (told->blind_back > told->blind_lost)
		world_fail(told->world, "sight was told to be back that was never lost");
}

static void take_observation(void *ctx, const struct observation *observation)
{
	struct told *told = ctx;
	const struct world *world = told->world;
	int32_t call = call_of(world, observation->api_call);
	int32_t login =
		observation->login ? told_login_of(world, observation->login) : -1;
	uint64_t line = observation->evidence;

	told->count++;
	told->digest = add_bytes(told->digest, &observation->id, sizeof(observation->id));
	told->digest = add_number(told->digest, observation->kind);
	told->digest = add_number(told->digest, observation->is_over);
	if (world->is_verbose)
		printf("  %10.3f observed %s%s login %d call %d line %llu %.*s\n",
		       (double)told->now / 1e6, observation_word(observation->kind),
		       observation->is_over ? " (over)" : "", login, call,
		       (unsigned long long)line, SLICE_ARG(observation->detail));
	if (login < 0 && line > 0 && line <= world->line_count)
		login = (int32_t)world->lines[line - 1].login;
	switch (observation->kind) {
	case OBSERVATION_API_CALL_WITHOUT_LOGIN:
		if (call >= 0)
			note_once(told, &told->unanswered[call], observation, call);
		break;
	case OBSERVATION_SESSION_TAKEN_OVER:
		if (login >= 0)
			note_once(told, &told->taken_over[login], observation, login);
		break;
	case OBSERVATION_AGENT_REGISTERED_ELSEWHERE:
		if (login >= 0)
			told->elsewhere[login] = true;
		break;
	case OBSERVATION_FORGED_LOG_LINE:
		if (login >= 0)
			told->forged[login] = true;
		break;
	case OBSERVATION_CONTROL_PLANE_BLIND:
		take_blind(told, observation);
		break;
	default:
		break;
	}
}

struct correlator_sink told_sink(struct told *told)
{
	return (struct correlator_sink){
		.verdict = take_verdict,
		.observation = take_observation,
		.ctx = told,
	};
}

/* ---- what is kept ---- */

static void compare_one(void *ctx, const struct verdict *verdict)
{
	struct told *told = ctx;
	int32_t login = told_login_of(told->world, verdict->login);
	struct told_login kept = read_verdict(told->world, verdict);

	if (login < 0 || !told->logins[login].is_told)
		return;
	if (!are_verdicts_equal(&told->logins[login], &kept))
		world_fail(told->world, "login %d (%s) is kept as %s, but was told as %s",
			   login, story_word(told->world->logins[login].story),
			   outcome_word(kept.outcome),
			   outcome_word(told->logins[login].outcome));
}

void told_compare_kept(struct told *told, const struct correlator *correlator)
{
	correlator_each_login(correlator, compare_one, told);
}
