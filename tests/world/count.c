/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/world/count.h"

#include <stdio.h>

static void add_turns(struct counts *counts, const struct world_login *truth,
		      const struct told_login *told)
{
	uint32_t unauthorized = 1U << OUTCOME_PROVISIONAL | 1U << OUTCOME_FINAL;
	uint32_t ever = told->ever;
	bool is_authorized = told->outcome == OUTCOME_AUTHORIZED;

	counts->turns[TURN_LATE_CALL] += is_authorized && (ever & unauthorized);
	counts->turns[TURN_RETRACTED] += is_authorized && (ever & 1U << OUTCOME_FINAL);
	counts->turns[TURN_LOST_CALL] +=
		!story_is_theft(truth->story) && told->outcome == OUTCOME_FINAL;
	counts->turns[TURN_WENT_DARK] +=
		(ever & 1U << OUTCOME_PENDING) && (ever & 1U << OUTCOME_UNVERIFIABLE);
	counts->turns[TURN_SAW_AGAIN] += (ever & 1U << OUTCOME_UNVERIFIABLE) &&
					 told->outcome != OUTCOME_UNVERIFIABLE;
	counts->turns[TURN_BORN_BLIND] +=
		told->count == 1 && told->outcome == OUTCOME_UNVERIFIABLE;
	counts->turns[TURN_TAKEN_AWAY] +=
		(ever & 1U << OUTCOME_AUTHORIZED) && (unauthorized & 1U << told->outcome);
	counts->turns[TURN_DOOR_LEARNT] += truth->is_news &&
					   (ever & 1U << OUTCOME_NOT_JUDGED) &&
					   told->outcome != OUTCOME_NOT_JUDGED;
}

void counts_add(struct counts *counts, const struct world *world, const struct told *told)
{
	counts->worlds++;
	for (uint32_t i = 0; i < world->login_count; i++) {
		const struct told_login *login = &told->logins[i];

		counts->turns[TURN_FORGED] += told->forged[i];
		counts->turns[TURN_TAKEN_OVER] += told->taken_over[i];
		counts->turns[TURN_ELSEWHERE] += told->elsewhere[i];
		if (!login->is_told)
			continue;
		counts->logins++;
		counts->by_story[world->logins[i].story][login->outcome]++;
		counts->by_path[login->path][login->outcome]++;
		for (unsigned reason = 0; reason < REASON_COUNT; reason++)
			counts->by_reason[reason] += (login->reasons >> reason) & 1;
		add_turns(counts, &world->logins[i], login);
	}
	for (uint32_t i = 0; i < world->call_count; i++)
		counts->turns[TURN_UNANSWERED] += told->unanswered[i];
	counts->turns[TURN_BLIND_LOST] += told->blind_lost;
	counts->turns[TURN_BLIND_BACK] += told->blind_back;
	counts->turns[TURN_CLOCK_STEP] += world->host_offset != world->host_offset_later;
}

/* ---- printing ---- */

static void print_row(const char *name, const uint64_t outcomes[OUTCOME_COUNT])
{
	printf("%-32s", name);
	for (unsigned i = 0; i < OUTCOME_COUNT; i++)
		printf(" %12llu", (unsigned long long)outcomes[i]);
	printf("\n");
}

static void print_head(const char *name)
{
	printf("\n%-32s", name);
	for (unsigned i = 0; i < OUTCOME_COUNT; i++)
		printf(" %12s", outcome_word(i));
	printf("\n");
}

static const char *const turn_texts[TURN_COUNT] = {
#define TURN(constant, text) [constant] = (text),
#include "tests/world/turns.def"
#undef TURN
};

static uint64_t sum(const uint64_t outcomes[OUTCOME_COUNT])
{
	uint64_t total = 0;

	for (unsigned i = 0; i < OUTCOME_COUNT; i++)
		total += outcomes[i];
	return total;
}

void counts_print(const struct counts *counts)
{
	print_head("how each story's logins ended");
	for (unsigned i = 0; i < STORY_COUNT; i++)
		print_row(story_word(i), counts->by_story[i]);
	print_head("by path");
	for (unsigned i = 0; i < PATH_COUNT; i++)
		if (sum(counts->by_path[i]) > 0)
			print_row(path_word(i), counts->by_path[i]);
	printf("\nreasons\n");
	for (unsigned i = 0; i < REASON_COUNT; i++)
		if (counts->by_reason[i] > 0)
			printf("%12llu  %s\n", (unsigned long long)counts->by_reason[i],
			       reason_word(i));
	printf("\nturns of fate\n");
	for (unsigned i = 0; i < TURN_COUNT; i++)
		printf("%12llu  %s\n", (unsigned long long)counts->turns[i],
		       turn_texts[i]);
	printf("\n%llu logins in %llu worlds\n", (unsigned long long)counts->logins,
	       (unsigned long long)counts->worlds);
}

/* ---- completeness ---- */

/* Stories that make no login of their own. */
static bool has_no_login(enum story story)
{
	return story == STORY_CONNECT_NOBODY || story == STORY_SESSION_NO_SHOW ||
	       story == STORY_COMMAND_NO_SHOW || story == STORY_NOISE ||
	       story == STORY_FORGED_LINE;
}

/* Stories of which no login is ever unauthorized, though they tell of a theft. */
static bool is_never_blamed(enum story story)
{
	return story == STORY_SERIAL_DARK || story == STORY_SESSION_TAKEN_OVER ||
	       story == STORY_REGISTERED_ELSEWHERE;
}

static bool story_occurred(const struct counts *counts, enum story story)
{
	const uint64_t *outcomes = counts->by_story[story];
	bool is_honest = !story_is_theft(story);

	if (has_no_login(story))
		return true;
	if (sum(outcomes) == 0)
		return false;
	if (is_honest)
		return outcomes[OUTCOME_AUTHORIZED] > 0 ||
		       outcomes[OUTCOME_NOT_JUDGED] > 0;
	return is_never_blamed(story) || outcomes[OUTCOME_FINAL] > 0;
}

bool counts_are_complete(const struct counts *counts)
{
	bool is_complete = true;

	for (unsigned i = 0; i < STORY_COUNT; i++) {
		if (story_occurred(counts, i))
			continue;
		fprintf(stderr, "never occurred as it should: %s\n", story_word(i));
		is_complete = false;
	}
	for (unsigned i = 0; i < TURN_COUNT; i++) {
		if (counts->turns[i] > 0)
			continue;
		fprintf(stderr, "never occurred: %s\n", turn_texts[i]);
		is_complete = false;
	}
	return is_complete;
}
