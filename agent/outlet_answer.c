/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a batch by the answer to it. */
#include "agent/clock.h"
#include "agent/outlet.h"
#include "base/arena.h"
#include "base/fault.h"

struct tally {
	size_t counts[DELIVERY_FATE_COUNT];
	struct slice why; /* of the first that is not safe */
};

/* What became of the record, by the answer; to be sent again where it does not say. */
static const struct delivery_result *result_of(const struct message *answer,
					       uint64_t number)
{
	const struct delivered *delivered = &answer->delivered;

	for (uint64_t i = 0; answer->kind == MESSAGE_DELIVERED && i < delivered->count;
	     i++) {
		if (delivered->results[i].number == number)
			return &delivered->results[i];
	}
	return NULL;
}

static enum delivery_fate fate_of(const struct message *answer, uint64_t number,
				  struct slice *ret_why)
{
	const struct delivery_result *result = result_of(answer, number);

	*ret_why = result ? result->detail : answer->detail;
	return result ? (enum delivery_fate)result->fate : DELIVERY_AGAIN;
}

static struct tally count_fates(const struct outlet *outlet, const struct message *answer)
{
	struct tally tally = { .why = answer->detail };

	for (size_t i = 0; i < outlet->flight.count; i++) {
		struct slice why;
		enum delivery_fate fate =
			fate_of(answer, outlet->flight.numbers[i], &why);

		tally.counts[fate]++;
		if (fate != DELIVERY_SAFE && tally.why.len == 0)
			tally.why = why;
	}
	return tally;
}

struct funeral {
	struct outlet *outlet;
	const struct message *answer;
	struct arena arena;
	struct store_dead_letter letters[MESSAGE_LIST_MAX];
	size_t count;
};

/* Records that are under way are among the oldest of the sink, but not always the oldest.
 */
static bool take_refused(void *ctx, const struct store_delivery *delivery)
{
	struct funeral *funeral = ctx;
	const struct outlet_flight *flight = &funeral->outlet->flight;
	struct slice why;

	if (!outlet_has_under_way(funeral->outlet, delivery->number))
		return delivery->number < flight->numbers[flight->count - 1];
	if (fate_of(funeral->answer, delivery->number, &why) == DELIVERY_REFUSED)
		funeral->letters[funeral->count++] = (struct store_dead_letter){
			.number = delivery->number,
			.refused_at = clock_real(),
			.why = arena_copy(&funeral->arena, why),
			.bytes = arena_copy(&funeral->arena, delivery->bytes),
		};
	return delivery->number < flight->numbers[flight->count - 1];
}

static void bury(struct outlet *outlet, struct store *store, const struct message *answer)
{
	struct funeral funeral = { .outlet = outlet, .answer = answer };
	struct err err;

	arena_init(&funeral.arena);
	/* A database that cannot be read fails loudly at the next commit; what was not
	 * buried is sent again. */
	if (store_each_delivery(store, outlet->name, 0, take_refused, &funeral, &err) < 0)
		funeral.count = 0;
	for (size_t i = 0; i < funeral.count; i++) {
		store_put_dead_letter(store, outlet->name, &funeral.letters[i]);
		outlet_forget_aside(outlet, funeral.letters[i].number);
	}
	outlet->refused += funeral.count;
	arena_release(&funeral.arena);
}

static void drop_safe(struct outlet *outlet, struct store *store,
		      const struct message *answer)
{
	for (size_t i = 0; i < outlet->flight.count; i++) {
		struct slice why;

		if (fate_of(answer, outlet->flight.numbers[i], &why) != DELIVERY_SAFE)
			continue;
		store_drop_delivery(store, outlet->name, outlet->flight.numbers[i]);
		outlet_forget_aside(outlet, outlet->flight.numbers[i]);
		outlet->delivered++;
	}
}

/* One bad record may spoil the others' batch: each is sent alone. */
static bool is_spoilt(const struct outlet *outlet, const struct message *answer,
		      const struct tally *tally)
{
	return outlet->flight.count > 1 &&
	       (answer->outcome == OUTCOME_BAD_REQUEST ||
		tally->counts[DELIVERY_REFUSED] == outlet->flight.count);
}

/* Whether the sink wants to be left alone. */
static bool is_throttled(const struct message *answer)
{
	return answer->outcome == OUTCOME_THROTTLED ||
	       (answer->kind == MESSAGE_DELIVERED &&
		answer->delivered.retry_after_us > 0);
}

/* A record that was sent alone failed, and not because the sink has too much to do. */
static bool is_at_fault(struct outlet *outlet, struct store *store,
			const struct message *answer, const struct tally *tally,
			us_time now)
{
	uint64_t number = outlet->flight.numbers[0];

	if (outlet->flight.count != 1 ||
	    (is_throttled(answer) && outlet_is_patient(outlet, number, now)))
		return false;
	return outlet_failed_alone(outlet, store, number, tally->why, now);
}

void outlet_take_answer(struct outlet *outlet, struct store *store,
			const struct message *answer, us_time now)
{
	const struct tally tally = count_fates(outlet, answer);
	us_span retry_after =
		answer->kind == MESSAGE_DELIVERED ? answer->delivered.retry_after_us : 0;

	FAULT_POINT("outlet-answered");
	if (is_spoilt(outlet, answer, &tally)) {
		outlet->alone_until = outlet->flight.numbers[outlet->flight.count - 1];
		outlet->flight.is_under_way = false;
		return;
	}
	drop_safe(outlet, store, answer);
	if (outlet->stale_heartbeat)
		store_drop_delivery(store, outlet->name, outlet->stale_heartbeat);
	outlet->stale_heartbeat = 0;
	if (tally.counts[DELIVERY_REFUSED])
		bury(outlet, store, answer);
	outlet->flight.is_under_way = false;
	if (tally.counts[DELIVERY_SAFE])
		outlet_took_another(
			outlet, outlet->flight.numbers[outlet->flight.count - 1], now);
	if (tally.counts[DELIVERY_AGAIN] < outlet->flight.count) {
		breaker_succeeded(&outlet->breaker);
		outlet->last_error[0] = '\0';
	}
	if (answer->outcome == OUTCOME_BAD_REQUEST) {
		outlet_stop(outlet, now, tally.why);
	} else if (tally.counts[DELIVERY_AGAIN]) {
		if (is_at_fault(outlet, store, answer, &tally, now))
			outlet_note(outlet, tally.why);
		else
			outlet_fail(outlet, now, retry_after, tally.why);
	}
	outlet_save(outlet, store);
}
