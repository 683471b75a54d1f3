/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/world/judge.h"

#define BIT(number) (1U << (number))

/* Beside enum outcome: it waits; whether that is called pending or unverifiable depends
 * on sight. */
#define OUTCOME_WAITING OUTCOME_COUNT
#define REASON_BIT(reason) (UINT64_C(1) << (reason))

const char *outcome_word(enum outcome outcome)
{
	static const char *const words[OUTCOME_COUNT] = {
		"not-judged",	"authorized",  "pending",
		"unverifiable", "provisional", "final",
	};

	return words[outcome];
}

/* ---- one door ---- */

struct door_outcome {
	uint32_t outcomes;
	uint64_t blames, doubts;
};

/* In a complete log nothing changes any more: all is final at once. */
static uint32_t unauthorized_stage(const struct world *world, const struct seen *seen,
				   const struct door *door)
{
	us_span exact = world->options.windows[CLOUD_AWS].final_after_us;
	us_span weak = world->options.windows[CLOUD_AWS].final_after_weak_us;
	enum certainty is_final =
		seen_worst(seen_is_past(seen, door, exact),
			   door->is_weak ? seen_is_past(seen, door, weak) : CERTAINLY);

	if (world->options.logs_are_complete || is_final == CERTAINLY)
		return BIT(OUTCOME_FINAL);
	return is_final == PERHAPS ? BIT(OUTCOME_FINAL) | BIT(OUTCOME_PROVISIONAL)
				   : BIT(OUTCOME_PROVISIONAL);
}

static bool has_seen(const struct seen *seen, const struct door *door, enum fit fit)
{
	for (uint32_t i = 0; i < door->tie_count; i++)
		if (door->ties[i].fit == fit && seen->calls[door->ties[i].call])
			return true;
	return false;
}

/* Among the logins that claim the same calls, those seen that happened before this one.
 */
static uint32_t claims_before(const struct world *world, const struct seen *seen,
			      uint32_t login, int32_t group)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < world->login_count; i++) {
		const struct world_login *other = &world->logins[i];

		if (i == login || seen->logins[i] == US_TIME_NONE ||
		    other->happened_at >= world->logins[login].happened_at)
			continue;
		for (uint32_t k = 0; k < other->door_count; k++)
			count += other->doors[k].group == group;
	}
	return count;
}

enum vouching {
	VOUCHED,
	TAKEN, /* by an earlier login */
	NOT_VOUCHED,
};

static enum vouching vouching_of(const struct world *world, const struct seen *seen,
				 uint32_t login, const struct door *door)
{
	uint32_t calls = 0;

	for (uint32_t i = 0; i < door->tie_count; i++)
		calls += door->ties[i].fit == FIT_VOUCHES &&
			 seen->calls[door->ties[i].call];
	if (calls == 0)
		return NOT_VOUCHED;
	if (door->group < 0 || claims_before(world, seen, login, door->group) < calls)
		return VOUCHED;
	return TAKEN;
}

/* The path a call opens, where it may be `path`. */
static enum path path_of_action(enum api_action action, enum path path)
{
	switch (action) {
	case API_SEND_SSH_PUBLIC_KEY:
		return PATH_AWS_EC2_INSTANCE_CONNECT;
	case API_SEND_SERIAL_CONSOLE_SSH_PUBLIC_KEY:
		return PATH_AWS_SERIAL_CONSOLE;
	case API_START_SESSION:
		return path == PATH_AWS_SSM_SSH ? path : PATH_AWS_SSM_SESSION;
	case API_SEND_COMMAND:
		return PATH_AWS_SSM_COMMAND;
	default:
		return PATH_NONE;
	}
}

/* A refused call that was meant for another login may seem to have been for this one. */
static bool was_refused(const struct world *world, const struct seen *seen,
			enum path path)
{
	for (uint32_t i = 0; i < world->call_count; i++)
		if (seen->calls[i] &&
		    world->calls[i].event.api_call.outcome == API_DENIED &&
		    path_of_action(world->calls[i].event.api_call.action, path) == path)
			return true;
	return false;
}

static uint64_t absence_reasons(const struct world *world, const struct seen *seen,
				const struct door *door)
{
	uint64_t reasons = REASON_BIT(REASON_NO_API_CALL);

	if (has_seen(seen, door, FIT_DENIED))
		return REASON_BIT(REASON_API_CALL_DENIED);
	if (has_seen(seen, door, FIT_EXPIRED)) {
		if (door->path == PATH_AWS_EC2_INSTANCE_CONNECT)
			return REASON_BIT(REASON_API_CALL_EXPIRED);
		reasons |= REASON_BIT(REASON_API_CALL_EXPIRED);
	}
	if (was_refused(world, seen, door->path))
		reasons |= REASON_BIT(REASON_API_CALL_DENIED);
	return reasons;
}

/* Nothing that was seen opens this door. */
static struct door_outcome absence_outcome(const struct world *world,
					   const struct seen *seen,
					   const struct door *door)
{
	const struct correlator_options *options = &world->options;
	us_span patience = options->windows[CLOUD_AWS].lateness_us + options->skew_us;
	enum certainty is_due, is_read = seen_is_window_read(world, seen, door);
	struct door_outcome outcome = { .outcomes = 0 };

	if (patience < options->windows[CLOUD_AWS].provisional_after_us)
		patience = options->windows[CLOUD_AWS].provisional_after_us;
	is_due = seen_is_past(seen, door,
			      options->logs_are_complete ? options->skew_us : patience);
	if (is_due != CERTAINLY && !options->logs_are_complete)
		outcome.outcomes |= BIT(OUTCOME_WAITING);
	if (is_read != CERTAINLY || door->never_unauthorized ||
	    (is_due != CERTAINLY && options->logs_are_complete)) {
		outcome.outcomes |= BIT(OUTCOME_UNVERIFIABLE);
		outcome.doubts |= REASON_BIT(REASON_NO_API_LOG) |
				  REASON_BIT(REASON_CALL_MAY_BE_OLDER) |
				  REASON_BIT(REASON_TTY_UNKNOWN);
	}
	if (is_due != CERTAINLY_NOT && is_read != CERTAINLY_NOT &&
	    !door->never_unauthorized) {
		outcome.outcomes |= unauthorized_stage(world, seen, door);
		outcome.blames |= absence_reasons(world, seen, door);
	}
	return outcome;
}

static struct door_outcome door_outcome(const struct world *world,
					const struct seen *seen, uint32_t login,
					const struct door *door)
{
	enum vouching vouching = vouching_of(world, seen, login, door);
	struct door_outcome outcome = { .outcomes = BIT(OUTCOME_AUTHORIZED) };
	uint64_t blame = 0;

	if (vouching == VOUCHED)
		return outcome;
	if (has_seen(seen, door, FIT_WRONG_USER))
		blame = REASON_BIT(REASON_WRONG_OS_USER);
	else if (has_seen(seen, door, FIT_WRONG_INSTANCE))
		blame = REASON_BIT(REASON_WRONG_INSTANCE);
	else if (has_seen(seen, door, FIT_SPENT))
		blame = REASON_BIT(REASON_API_CALL_EXPIRED) |
			REASON_BIT(REASON_API_CALL_REUSED);
	else if (vouching == TAKEN && door->path == PATH_AWS_SSM_SSH)
		blame = REASON_BIT(REASON_API_CALL_REUSED);
	if (blame) {
		outcome.outcomes = unauthorized_stage(world, seen, door);
		outcome.blames = blame;
		return outcome;
	}
	outcome = absence_outcome(world, seen, door);
	/* Its own call may only be late: as for absence, but for the reason. */
	if (vouching == TAKEN && outcome.blames)
		outcome.blames = REASON_BIT(REASON_API_CALL_REUSED);
	/* A ResumeSession vouches where StartSession's time is not covered. */
	if (has_seen(seen, door, FIT_RESUMES)) {
		if (seen_is_window_read(world, seen, door) == CERTAINLY_NOT) {
			outcome.outcomes &= BIT(OUTCOME_WAITING);
			outcome.outcomes |= BIT(OUTCOME_AUTHORIZED);
		} else if (seen_is_window_read(world, seen, door) == PERHAPS) {
			outcome.outcomes |= BIT(OUTCOME_AUTHORIZED);
		}
	}
	return outcome;
}

/* ---- the login ---- */

/* Whether anything that was fed says that the login came through this door. */
static bool is_door_known(const struct seen *seen, const struct door *door)
{
	if (door->carrier >= 0 &&
	    (seen->logins[door->carrier] == US_TIME_NONE || !seen->ports[door->carrier]))
		return false;
	if (!door->is_made_by_call)
		return true;
	for (uint32_t i = 0; i < door->tie_count; i++)
		if (door->ties[i].fit != FIT_DENIED && seen->calls[door->ties[i].call])
			return true;
	return false;
}

/* How bad an outcome is: of two doors the worse counts. Whether to wait for one or to
 * despair of the other first is left open, and so are stages that differ. */
static unsigned badness(unsigned outcome)
{
	static const unsigned badness[OUTCOME_COUNT + 1] = {
		[OUTCOME_NOT_JUDGED] = 0, [OUTCOME_AUTHORIZED] = 1,
		[OUTCOME_PENDING] = 2,	  [OUTCOME_UNVERIFIABLE] = 2,
		[OUTCOME_WAITING] = 2,	  [OUTCOME_PROVISIONAL] = 3,
		[OUTCOME_FINAL] = 3,
	};

	return badness[outcome];
}

static uint32_t worse_outcomes(uint32_t a, uint32_t b)
{
	uint32_t outcomes = 0;

	for (unsigned i = 0; i <= OUTCOME_COUNT; i++)
		for (unsigned k = 0; k <= OUTCOME_COUNT; k++) {
			if (!(a & BIT(i)) || !(b & BIT(k)))
				continue;
			if (badness(i) >= badness(k))
				outcomes |= BIT(i);
			if (badness(k) >= badness(i))
				outcomes |= BIT(k);
		}
	return outcomes;
}

static struct judgement judge_but_sight(const struct world *world,
					const struct seen *seen, uint32_t index)
{
	const struct world_login *login = &world->logins[index];
	struct judgement judgement = { .outcomes = BIT(OUTCOME_NOT_JUDGED) };

	for (uint32_t i = 0; login->is_news && i < login->door_count; i++) {
		const struct door *door = &login->doors[i];
		struct door_outcome outcome;

		if (!is_door_known(seen, door))
			continue;
		outcome = door_outcome(world, seen, index, door);
		judgement.outcomes =
			judgement.doors == 0
				? outcome.outcomes
				: worse_outcomes(judgement.outcomes, outcome.outcomes);
		judgement.blames |= outcome.blames;
		judgement.doubts |= outcome.doubts;
		judgement.doors |= BIT(i);
		if (outcome.outcomes != BIT(OUTCOME_AUTHORIZED))
			judgement.class_bits |= door->class_bits;
	}
	if (login->is_elsewhere) {
		judgement.outcomes = BIT(OUTCOME_UNVERIFIABLE);
		judgement.doubts = REASON_BIT(REASON_OTHER_ACCOUNT);
	}
	return judgement;
}

struct judgement judge(const struct world *world, const struct seen *seen, uint32_t index)
{
	struct judgement judgement = judge_but_sight(world, seen, index);
	bool is_blind = false, may_be_blind = false;

	if (!(judgement.outcomes & BIT(OUTCOME_WAITING)))
		return judgement;
	judgement.outcomes &= ~BIT(OUTCOME_WAITING);
	for (unsigned i = 0; i < WORLD_CLASS_COUNT; i++) {
		const struct seen_class *sight = &seen->classes[i];

		if (!(judgement.class_bits & BIT(i)) ||
		    !seen_may_be_blind(world, sight, seen->now))
			continue;
		may_be_blind = true;
		is_blind |= seen_is_blind(world, sight, seen->now);
		judgement.doubts |= seen_blind_reasons(sight);
	}
	if (!is_blind)
		judgement.outcomes |= BIT(OUTCOME_PENDING);
	if (may_be_blind)
		judgement.outcomes |= BIT(OUTCOME_UNVERIFIABLE);
	return judgement;
}

/* ---- who waits ---- */

static void note_earliest(us_time *earliest, us_time at)
{
	if (*earliest == US_TIME_NONE || at < *earliest)
		*earliest = at;
}

/* One that is judged anew, for a call has shown its door, waits from then on. Gives since
 * when it surely has. */
static us_time note_wait(struct seen *seen, uint32_t login, bool is_waiting)
{
	us_time *since = &seen->waits[login];

	if (!is_waiting)
		*since = US_TIME_NONE;
	else if (*since == US_TIME_NONE)
		*since = seen->now;
	return *since;
}

/* Those that are settled wait no more. */
static void forget_waits(struct seen *seen, const uint32_t *logins, uint32_t count)
{
	bool is_open[WORLD_LOGINS_MAX] = { false };

	for (uint32_t k = 0; k < count; k++)
		is_open[logins[k]] = true;
	for (uint32_t i = 0; i < WORLD_LOGINS_MAX; i++)
		if (!is_open[i])
			seen->waits[i] = US_TIME_NONE;
}

void judge_waiting(const struct world *world, struct seen *seen, const uint32_t *logins,
		   uint32_t count)
{
	const uint32_t may_wait = BIT(OUTCOME_WAITING) | BIT(OUTCOME_UNVERIFIABLE) |
				  BIT(OUTCOME_PROVISIONAL);

	for (unsigned i = 0; i < WORLD_CLASS_COUNT; i++) {
		seen->classes[i].waiting_since = US_TIME_NONE;
		seen->classes[i].perhaps_waiting_since = US_TIME_NONE;
	}
	forget_waits(seen, logins, count);
	for (uint32_t k = 0; k < count; k++) {
		struct judgement judgement = judge_but_sight(world, seen, logins[k]);
		us_time since = seen->logins[logins[k]];
		us_time surely = note_wait(seen, logins[k],
					   judgement.outcomes == BIT(OUTCOME_WAITING));

		for (unsigned i = 0; i < WORLD_CLASS_COUNT; i++) {
			struct seen_class *sight = &seen->classes[i];

			/* of one whose lines are torn apart nothing is known */
			if (world->logins[logins[k]].is_torn)
				note_earliest(&sight->perhaps_waiting_since, since);
			if (!(judgement.class_bits & BIT(i)))
				continue;
			if (judgement.outcomes & may_wait)
				note_earliest(&sight->perhaps_waiting_since, since);
			/* who waits for two classes may be given up for one and not the
			 * other, so how long for which is left open */
			if (judgement.outcomes == BIT(OUTCOME_WAITING) &&
			    world->logins[logins[k]].door_count == 1 &&
			    judgement.class_bits == BIT(i))
				note_earliest(&sight->waiting_since, surely);
		}
	}
	for (unsigned i = 0; i < WORLD_CLASS_COUNT; i++)
		seen->classes[i].may_be_blind =
			seen_may_be_blind(world, &seen->classes[i], seen->now);
}
