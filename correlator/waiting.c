/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/waiting.h"

#include <stdlib.h>

#include "base/memory.h"
#include "correlator/classify.h"
#include "correlator/console.h"
#include "correlator/google.h"
#include "correlator/observe.h"

/* ---- heap: least `until` at the top ---- */

static void heap_sift_up(struct heap *heap, size_t at)
{
	struct heap_entry entry = heap->entries[at];

	while (at > 0 && heap->entries[(at - 1) / 2].until > entry.until) {
		heap->entries[at] = heap->entries[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	heap->entries[at] = entry;
}

static void heap_sift_down(struct heap *heap, size_t at)
{
	struct heap_entry entry = heap->entries[at];

	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= heap->count)
			break;
		if (child + 1 < heap->count &&
		    heap->entries[child + 1].until < heap->entries[child].until)
			child++;
		if (heap->entries[child].until >= entry.until)
			break;
		heap->entries[at] = heap->entries[child];
		at = child;
	}
	heap->entries[at] = entry;
}

static void heap_push(struct heap *heap, us_time until, struct tracked_login *login)
{
	if (heap->count == heap->size) {
		heap->size = heap->size ? heap->size * 2 : 64;
		heap->entries =
			memory_resize(heap->entries, heap->size, sizeof(*heap->entries));
	}
	heap->entries[heap->count] = (struct heap_entry){ until, login };
	heap_sift_up(heap, heap->count++);
}

static struct heap_entry heap_pop(struct heap *heap)
{
	struct heap_entry top = heap->entries[0];

	heap->entries[0] = heap->entries[--heap->count];
	if (heap->count)
		heap_sift_down(heap, 0);
	return top;
}

/* ---- ring of the pending, in the order they began to wait ---- */

static struct pending_entry *pending_at(const struct pending_queue *queue, size_t i)
{
	return &queue->entries[(queue->first + i) & (queue->size - 1)];
}

static void pending_push(struct pending_queue *queue, us_time since,
			 struct tracked_login *login)
{
	size_t at;

	if (queue->count == queue->size) {
		size_t size = queue->size ? queue->size * 2 : 64;
		struct pending_entry *entries =
			memory_resize(NULL, size, sizeof(*entries));

		for (size_t i = 0; i < queue->count; i++)
			entries[i] =
				queue->entries[(queue->first + i) & (queue->size - 1)];
		free(queue->entries);
		*queue = (struct pending_queue){ entries, 0, queue->count, size };
	}
	/* who waited for another class before is not the last */
	for (at = queue->count++; at > 0 && pending_at(queue, at - 1)->since > since;
	     at--)
		*pending_at(queue, at) = *pending_at(queue, at - 1);
	*pending_at(queue, at) = (struct pending_entry){ since, login };
}

static bool is_pending_since(const struct pending_entry *entry, size_t log_class)
{
	return !entry->login->forgotten && entry->login->is_told &&
	       (entry->login->judgement.pending_bits & 1u << log_class) &&
	       entry->login->waiting_since == entry->since;
}

/* An entry that is stale is dropped; its login may have to be queued again. */
static void pending_unlist(const struct pending_entry *entry, size_t log_class)
{
	if (entry->login->waiting_since == entry->since)
		entry->login->pending_listed &= ~(1u << log_class);
}

/* The one that has waited longest; NULL when nobody is pending. */
static const struct pending_entry *oldest_pending(struct pending_queue *queue,
						  size_t log_class)
{
	while (queue->count && !is_pending_since(pending_at(queue, 0), log_class)) {
		pending_unlist(pending_at(queue, 0), log_class);
		queue->first = (queue->first + 1) & (queue->size - 1);
		queue->count--;
	}
	return queue->count ? pending_at(queue, 0) : NULL;
}

/* ---- who waits ---- */

/* Of several classes the one that is proven least far: it decides when to look again. */
static size_t slowest_class(const struct correlator *correlator, uint32_t class_bits)
{
	size_t slowest = 0;
	us_time least = INT64_MAX;

	for (size_t log_class = 0; log_class < LOG_CLASS_COUNT; log_class++) {
		us_time reach;

		if (!(class_bits & 1u << log_class))
			continue;
		reach = watermark_reach(&correlator->watermark, 1u << log_class);
		if (reach < least) {
			least = reach;
			slowest = log_class;
		}
	}
	return slowest;
}

/* Each door is woken by its own class. */
static void wait_for_proof(struct correlator *correlator, struct tracked_login *login)
{
	const struct judgement *judgement = &login->judgement;
	us_time until[LOG_CLASS_COUNT];

	for (size_t log_class = 0; log_class < LOG_CLASS_COUNT; log_class++)
		until[log_class] = US_TIME_NONE;
	for (uint32_t i = 0; i < judgement->wait_count; i++) {
		size_t log_class =
			slowest_class(correlator, judgement->wait_class_bits[i]);

		if (until[log_class] == US_TIME_NONE ||
		    judgement->wait_until[i] < until[log_class])
			until[log_class] = judgement->wait_until[i];
	}
	for (size_t log_class = 0; log_class < LOG_CLASS_COUNT; log_class++) {
		if (until[log_class] != US_TIME_NONE &&
		    until[log_class] != login->woken_at[log_class])
			heap_push(&correlator->waiting[log_class].heap, until[log_class],
				  login);
		login->woken_at[log_class] = until[log_class];
	}
}

/* A login waits from when it is first pending in any class; in each it is queued once. */
static void wait_pending(struct correlator *correlator, struct tracked_login *login)
{
	uint32_t bits = login->judgement.pending_bits;

	if (bits == 0) {
		login->waiting_since = US_TIME_NONE;
		login->pending_listed = 0;
		return;
	}
	if (login->waiting_since == US_TIME_NONE)
		login->waiting_since = correlator->now;
	for (size_t k = 0; k < LOG_CLASS_COUNT; k++)
		if (bits & ~login->pending_listed & 1u << k)
			pending_push(&correlator->waiting[k].pending,
				     login->waiting_since, login);
	login->pending_listed |= bits;
}

static void wait_for_sight(struct correlator *correlator, struct tracked_login *login)
{
	uint32_t missing = login->judgement.class_bits & ~login->unsighted_bits;

	for (size_t log_class = 0; log_class < LOG_CLASS_COUNT; log_class++)
		if (missing & 1u << log_class)
			login_list_append(&correlator->waiting[log_class].unsighted,
					  login);
	login->unsighted_bits |= missing;
}

void waiting_set(struct correlator *correlator, struct tracked_login *login)
{
	const struct judgement *judgement = &login->judgement;

	wait_for_proof(correlator, login);
	if (judgement->is_blind || judgement->is_uncovered)
		wait_for_sight(correlator, login);
	wait_pending(correlator, login);
}

/* ---- who is woken ---- */

static void wake_unsighted(struct correlator *correlator, enum log_class log_class)
{
	struct login_list *unsighted = &correlator->waiting[log_class].unsighted;

	for (size_t i = 0; i < unsighted->count; i++) {
		unsighted->items[i]->unsighted_bits &= ~(1u << log_class);
		judge_later(correlator, unsighted->items[i]);
	}
	unsighted->count = 0;
}

void waiting_wake(struct correlator *correlator, enum log_class log_class, bool backwards)
{
	struct class_waiting *waiting = &correlator->waiting[log_class];
	us_time reach;

	watermark_refresh(&correlator->watermark);
	reach = watermark_reach(&correlator->watermark, 1u << log_class);
	while (waiting->heap.count && waiting->heap.entries[0].until <= reach) {
		struct heap_entry entry = heap_pop(&waiting->heap);

		if (entry.login->woken_at[log_class] != entry.until)
			continue;
		entry.login->woken_at[log_class] = US_TIME_NONE;
		judge_later(correlator, entry.login);
	}
	if (backwards || correlator->options.logs_are_complete)
		wake_unsighted(correlator, log_class);
}

/* How long before a login its window may begin, at most. */
static us_span longest_window(size_t kind)
{
	if (kind == LOGIN_CONSOLE)
		return CONSOLE_ABSENCE_US;
	return kind >= LOGIN_COMMAND ? COMMAND_ABSENCE_US
				     : SERIAL_SESSION_US + LOGIN_GRACE_US;
}

void waiting_wake_between(struct correlator *correlator, us_time from, us_time until)
{
	us_span skew = correlator->options.skew_us;

	from -= skew + correlator->uncertainty_max_us;
	until += skew + CALL_TIME_CUT_US;
	iap_wake_ended(correlator, from, until);
	/* sessions before the logins they carried, which lean on them */
	for (size_t kind = LOGIN_KIND_COUNT; kind-- > 0;) {
		const struct login_list *list = &correlator->by_kind[kind];
		us_time last = until + longest_window(kind);

		for (size_t i = login_list_from(list, from);
		     i < list->count && list->items[i]->view.happened_at <= last; i++)
			judge_later(correlator, list->items[i]);
	}
}

void waiting_wake_all(struct correlator *correlator)
{
	for (size_t kind = LOGIN_KIND_COUNT; kind-- > 0;)
		for (size_t i = 0; i < correlator->by_kind[kind].count; i++)
			judge_later(correlator, correlator->by_kind[kind].items[i]);
}

/* ---- sight ---- */

static void go_blind(struct correlator *correlator, enum log_class log_class,
		     bool is_refused, enum reason reason)
{
	struct class_waiting *waiting = &correlator->waiting[log_class];

	waiting->is_blind = true;
	waiting->is_refused = is_refused;
	waiting->blind_reason = reason;
	waiting->blind_since = correlator->now;
	waiting->blind_turn = ++correlator->blind_turns;
	for (size_t i = 0; i < waiting->pending.count; i++)
		if (is_pending_since(pending_at(&waiting->pending, i), log_class))
			judge_later(correlator, pending_at(&waiting->pending, i)->login);
	observe_sight(correlator, log_class, true, reason);
}

static void see_again(struct correlator *correlator, enum log_class log_class)
{
	struct class_waiting *waiting = &correlator->waiting[log_class];

	waiting->is_blind = false;
	observe_sight(correlator, log_class, false, waiting->blind_reason);
	wake_unsighted(correlator, log_class);
}

/* When the class goes blind: blind_after the later of its last advance and the oldest
 * pending login's beginning to wait. */
static us_time blind_at(const struct correlator *correlator,
			struct class_waiting *waiting, enum log_class log_class)
{
	us_time advanced_at = correlator->watermark.joint[log_class].advanced_at;
	const struct pending_entry *oldest = oldest_pending(&waiting->pending, log_class);

	if (!oldest)
		return US_TIME_NONE;
	return (oldest->since > advanced_at ? oldest->since : advanced_at) +
	       correlator->options.windows[log_class_cloud(log_class)].blind_after_us;
}

/* Whether a class that is blind is so no more. */
static bool is_back(const struct correlator *correlator, enum log_class log_class)
{
	const struct joint_coverage *joint = &correlator->watermark.joint[log_class];
	const struct class_waiting *waiting = &correlator->waiting[log_class];

	return waiting->is_refused ? !joint->is_lost
				   : joint->advanced_at >= waiting->blind_since;
}

void waiting_look_for_sight(struct correlator *correlator)
{
	if (correlator->options.logs_are_complete)
		return;
	watermark_refresh(&correlator->watermark);
	for (size_t k = 0; k < LOG_CLASS_COUNT; k++)
		if (correlator->waiting[k].is_blind &&
		    is_back(correlator, (enum log_class)k))
			see_again(correlator, (enum log_class)k);
}

static void look_for_blindness(struct correlator *correlator, enum log_class log_class)
{
	const struct joint_coverage *joint = &correlator->watermark.joint[log_class];
	struct class_waiting *waiting = &correlator->waiting[log_class];
	us_time at;

	if (waiting->is_blind)
		return;
	if (joint->is_refused) {
		go_blind(correlator, log_class, true, joint->lost_reason);
		return;
	}
	at = blind_at(correlator, waiting, log_class);
	if (at != US_TIME_NONE && at <= correlator->now)
		go_blind(correlator, log_class, false,
			 !joint->is_lost && watermark_is_off(&correlator->watermark,
							     1u << log_class)
				 ? REASON_LOG_CLASS_DISABLED
				 : joint->lost_reason);
}

void waiting_look_for_blindness(struct correlator *correlator)
{
	if (correlator->options.logs_are_complete)
		return;
	watermark_refresh(&correlator->watermark);
	for (size_t log_class = 0; log_class < LOG_CLASS_COUNT; log_class++)
		look_for_blindness(correlator, (enum log_class)log_class);
}

us_time waiting_deadline(const struct correlator *correlator)
{
	us_time deadline = US_TIME_NONE;

	if (correlator->options.logs_are_complete)
		return US_TIME_NONE;
	for (size_t k = 0; k < LOG_CLASS_COUNT; k++) {
		/* dropping stale entries from the front changes nothing that can be seen
		 */
		struct class_waiting *waiting =
			(struct class_waiting *)(uintptr_t)&correlator->waiting[k];
		us_time at;

		if (waiting->is_blind)
			continue;
		at = blind_at(correlator, waiting, (enum log_class)k);
		if (at != US_TIME_NONE && (deadline == US_TIME_NONE || at < deadline))
			deadline = at;
	}
	return deadline;
}

void waiting_forget(struct class_waiting *waiting, enum log_class log_class)
{
	size_t kept = 0;

	for (size_t i = 0; i < waiting->heap.count; i++)
		if (!waiting->heap.entries[i].login->forgotten)
			waiting->heap.entries[kept++] = waiting->heap.entries[i];
	waiting->heap.count = kept;
	for (size_t i = kept / 2; i-- > 0;)
		heap_sift_down(&waiting->heap, i);

	kept = 0;
	for (size_t i = 0; i < waiting->pending.count; i++) {
		const struct pending_entry *entry = pending_at(&waiting->pending, i);

		if (is_pending_since(entry, log_class))
			*pending_at(&waiting->pending, kept++) = *entry;
		else
			pending_unlist(entry, log_class);
	}
	waiting->pending.count = kept;

	login_list_forget(&waiting->unsighted);
}

void waiting_release(struct class_waiting *waiting)
{
	free(waiting->heap.entries);
	free(waiting->pending.entries);
	login_list_release(&waiting->unsighted);
}
