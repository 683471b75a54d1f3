/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/judge.h"

#include <stdlib.h>

#include "base/memory.h"
#include "correlator/calls.h"
#include "correlator/claims.h"
#include "correlator/classify.h"
#include "correlator/console.h"
#include "correlator/credential.h"
#include "correlator/judge_policy.h"
#include "correlator/observe.h"
#include "correlator/session.h"
#include "correlator/waiting.h"

static void add_reason(struct judgement *judgement, enum reason reason)
{
	if (reason == REASON_COUNT || judgement->reason_count == VERDICT_REASONS_MAX)
		return;
	for (uint32_t i = 0; i < judgement->reason_count; i++)
		if (judgement->reasons[i] == reason)
			return;
	judgement->reasons[judgement->reason_count++] = (uint8_t)reason;
}

static struct judgement judgement_of(enum verdict_kind verdict, enum stage stage,
				     enum reason reason)
{
	struct judgement judgement = { .verdict = (uint8_t)verdict,
				       .stage = (uint8_t)stage };

	add_reason(&judgement, reason);
	return judgement;
}

static void wait_until(struct judgement *judgement, const struct match *match,
		       us_time until)
{
	judgement->wait_until[0] = until;
	judgement->wait_class_bits[0] = match->class_bits;
	judgement->wait_count = 1;
}

/* The windows of the cloud in whose log the call would be. */
static const struct correlator_windows *windows_of(const struct correlator *correlator,
						   const struct match *match)
{
	enum cloud cloud = CLOUD_UNKNOWN;

	for (int i = 0; i < LOG_CLASS_COUNT; i++)
		if (match->class_bits & 1u << i)
			cloud = log_class_cloud((enum log_class)i);
	return &correlator->options.windows[cloud];
}

static us_span provisional_after(const struct correlator *correlator,
				 const struct match *match)
{
	const struct correlator_windows *windows = windows_of(correlator, match);
	us_span late = windows->lateness_us + correlator->options.skew_us;

	return late > windows->provisional_after_us ? late
						    : windows->provisional_after_us;
}

static us_span final_after(const struct correlator *correlator, const struct match *match)
{
	const struct correlator_windows *windows = windows_of(correlator, match);

	return match->is_weak ? windows->final_after_weak_us : windows->final_after_us;
}

/* To where the log must be proven before absence may be said (`*ret_final`: for good). */
static us_time proof_needed(const struct correlator *correlator,
			    const struct match *match, us_time *ret_final)
{
	us_time provisional, final;

	if (correlator->options.logs_are_complete) {
		*ret_final = match->until;
		return match->until;
	}
	provisional = match->measured_at + provisional_after(correlator, match);
	final = match->measured_at + final_after(correlator, match);
	if (provisional < match->until)
		provisional = match->until;
	*ret_final = final > provisional ? final : provisional;
	return provisional;
}

/* Whether the window can be looked at and the log is proven to `needed`. A hole past the
 * window hides no call that could vouch. */
static bool is_proven(const struct correlator *correlator, const struct match *match,
		      us_time needed)
{
	const struct watermark *watermark = &correlator->watermark;

	return watermark_covers(watermark, match->class_bits, match->from,
				match->until) &&
	       watermark_reach(watermark, match->class_bits) >= needed;
}

/* Which of the classes are blind; the reason of the one that was first. */
static uint32_t blind_classes(const struct correlator *correlator, uint32_t class_bits,
			      enum reason *ret_reason)
{
	const struct class_waiting *first = NULL;
	uint32_t blind_bits = 0;

	for (size_t log_class = 0; log_class < LOG_CLASS_COUNT; log_class++) {
		const struct class_waiting *waiting = &correlator->waiting[log_class];

		if (!(class_bits & 1u << log_class) || !waiting->is_blind)
			continue;
		blind_bits |= 1u << log_class;
		if (!first || waiting->blind_turn < first->blind_turn)
			first = waiting;
	}
	if (first)
		*ret_reason = first->blind_reason;
	return blind_bits;
}

/* The window's start, or a hole in it, cannot be looked at: a stand-in may vouch, else
 * the call may simply be older than what was read. */
static struct judgement judge_uncovered(const struct correlator *correlator,
					const struct match *match,
					const struct tracer *tracer)
{
	bool tail = match->may_be_older &&
		    watermark_covers(&correlator->watermark, match->class_bits,
				     match->measured_at, match->until);
	struct judgement judgement;

	if (match->stand_in) {
		trace(tracer, "coverage", match->stand_in, true,
		      "the time of the call that opened it is not covered, so this one "
		      "stands in");
		judgement = judgement_of(VERDICT_AUTHORIZED, STAGE_FINAL,
					 match->stand_in_reason);
		judgement.call = match->stand_in;
		judgement.matched = 1u << MATCHED_SESSION_ID;
	} else if (watermark_is_off(&correlator->watermark, match->class_bits)) {
		trace(tracer, "coverage", NULL, false,
		      "of this log nothing was read, though others of its cloud were");
		judgement = judgement_of(VERDICT_UNVERIFIABLE, STAGE_NONE,
					 REASON_LOG_CLASS_DISABLED);
		add_reason(&judgement, match->also);
	} else {
		trace(tracer, "coverage", NULL, false,
		      tail ? "the API log covers the time but not all of the hours "
			     "before it"
			   : "the API log does not cover the whole window");
		judgement =
			judgement_of(VERDICT_UNVERIFIABLE, STAGE_NONE,
				     tail ? REASON_CALL_MAY_BE_OLDER : REASON_NO_API_LOG);
		add_reason(&judgement, match->also);
	}
	judgement.is_uncovered = true;
	return judgement;
}

/* A log that is hardly ever kept is not waited for; should it be read after all, the
 * login is judged by it. */
static struct judgement judge_unlogged(const struct correlator *correlator,
				       const struct match *match, us_time needed,
				       const struct tracer *tracer)
{
	struct judgement judgement =
		judgement_of(VERDICT_UNVERIFIABLE, STAGE_NONE, REASON_NOT_COVERED);

	trace(tracer, "coverage", NULL, false,
	      "the log that would show the call does not cover the window");
	add_reason(&judgement, match->also);
	judgement.is_uncovered = true;
	if (watermark_reach(&correlator->watermark, match->class_bits) < needed)
		wait_until(&judgement, match, needed);
	return judgement;
}

/* No call vouches, and whether that means anything depends on how far the log is proven.
 */
static struct judgement judge_absence(const struct correlator *correlator,
				      const struct match *match,
				      const struct tracer *tracer)
{
	us_time final, needed = proof_needed(correlator, match, &final);
	struct judgement judgement;
	uint32_t blind_bits;
	enum reason why_blind = REASON_NO_PROGRESS;

	if (!is_proven(correlator, match, needed)) {
		if (match->is_rarely_logged)
			return judge_unlogged(correlator, match, needed, tracer);
		if (correlator->options.logs_are_complete ||
		    watermark_reach(&correlator->watermark, match->class_bits) >= needed)
			return judge_uncovered(correlator, match, tracer);
		blind_bits = blind_classes(correlator, match->class_bits, &why_blind);
		if (blind_bits) {
			trace(tracer, "coverage", NULL, false,
			      "sight of the control plane is lost");
			judgement =
				judgement_of(VERDICT_UNVERIFIABLE, STAGE_NONE, why_blind);
			judgement.is_blind = true;
			/* a place that lags may be proven far enough before sight is
			 * back in all */
			wait_until(&judgement, match, needed);
			/* it goes on waiting for those that are not blind */
			judgement.pending_bits = match->class_bits & ~blind_bits;
			return judgement;
		}
		trace(tracer, "coverage", NULL, false,
		      "the control plane has not had its time yet");
		judgement = judgement_of(VERDICT_PENDING, STAGE_NONE, REASON_COUNT);
		wait_until(&judgement, match, needed);
		judgement.pending_bits = match->class_bits;
		return judgement;
	}
	trace(tracer, "coverage", NULL, true, "the API log covers the whole window");
	if (match->is_no_news)
		return judgement_of(VERDICT_NOT_JUDGED, STAGE_NONE, match->reason);
	if (match->at_most_unverifiable) {
		judgement = judgement_of(VERDICT_UNVERIFIABLE, STAGE_NONE, match->reason);
		add_reason(&judgement, match->also);
		return judgement;
	}
	judgement = judgement_of(VERDICT_UNAUTHORIZED, STAGE_FINAL, match->reason);
	add_reason(&judgement, match->also);
	if (!correlator->options.logs_are_complete &&
	    !is_proven(correlator, match, final)) {
		judgement.stage = STAGE_PROVISIONAL;
		wait_until(&judgement, match, final);
	}
	return judgement;
}

/* A reason that holds whatever else is delivered: only how final it is depends on the
 * log. */
static struct judgement judge_contradiction(const struct correlator *correlator,
					    const struct match *match)
{
	struct judgement judgement =
		judgement_of(VERDICT_UNAUTHORIZED, STAGE_FINAL, match->reason);
	us_time final;

	add_reason(&judgement, match->also);
	proof_needed(correlator, match, &final);
	if (!correlator->options.logs_are_complete &&
	    watermark_reach(&correlator->watermark, match->class_bits) < final) {
		judgement.stage = STAGE_PROVISIONAL;
		wait_until(&judgement, match, final);
	}
	return judgement;
}

static struct judgement judge_match(const struct correlator *correlator,
				    const struct match *match,
				    const struct tracer *tracer)
{
	struct judgement judgement;

	if (match->not_judged) {
		judgement = judgement_of(VERDICT_NOT_JUDGED, STAGE_NONE, match->reason);
	} else if (match->is_never_logged) {
		judgement = judgement_of(VERDICT_UNVERIFIABLE, STAGE_NONE, match->reason);
		add_reason(&judgement, match->also);
	} else if (match->fixed) {
		judgement = *match->fixed;
		/* what the policy refused is still what it came through */
		judgement.matched =
			judgement.call ? judgement.matched | 1u << MATCHED_TIME : 0;
		judgement.repeats = false;
	} else if (match->call) {
		judgement =
			judgement_of(VERDICT_AUTHORIZED, STAGE_FINAL,
				     match->is_weak ? REASON_WEAK_MATCH : REASON_COUNT);
		add_reason(&judgement, match->also);
		judgement.call = match->call;
		judgement.matched = match->matched;
	} else if (match->needs_no_coverage) {
		judgement = judge_contradiction(correlator, match);
	} else {
		judgement = judge_absence(correlator, match, tracer);
	}
	if (judgement.verdict == VERDICT_UNAUTHORIZED && !match->fixed)
		judgement.reason_call = match->near;
	judgement.class_bits = match->class_bits;
	return judgement;
}

/* What is known of one of its doors, and whether the policy allows it. */
static struct judgement judge_door(const struct correlator *correlator,
				   const struct tracked_login *login, enum path path,
				   const struct tracer *tracer)
{
	struct match match = match_door(correlator, login, path, tracer);
	struct judgement judgement = judge_match(correlator, &match, tracer);

	judge_by_policy(correlator, login, path, &judgement, tracer);
	return judgement;
}

/* From harmless to worst: of two doors the worse decides. */
static int badness(enum verdict_kind verdict)
{
	static const int order[VERDICT_COUNT] = {
		[VERDICT_NOT_JUDGED] = 0,   [VERDICT_AUTHORIZED] = 1,
		[VERDICT_PENDING] = 2,	    [VERDICT_UNVERIFIABLE] = 3,
		[VERDICT_UNAUTHORIZED] = 4,
	};

	return order[verdict];
}

/* Both doors in one: the worse verdict, the reasons of both, each its own call. */
static struct judgement join_doors(const struct judgement *key,
				   const struct judgement *tunnel)
{
	bool tunnel_worse = badness((enum verdict_kind)tunnel->verdict) >
			    badness((enum verdict_kind)key->verdict);
	struct judgement joined = tunnel_worse ? *tunnel : *key;
	const struct judgement *other = tunnel_worse ? key : tunnel;

	for (uint32_t i = 0; i < other->reason_count; i++)
		add_reason(&joined, (enum reason)other->reasons[i]);
	joined.call = key->call;
	joined.matched = key->matched;
	joined.through_call = tunnel->call;
	joined.through_matched = tunnel->matched;
	joined.class_bits = key->class_bits | tunnel->class_bits;
	joined.pending_bits = key->pending_bits | tunnel->pending_bits;
	for (uint32_t i = 0; i < other->wait_count && joined.wait_count < 2; i++) {
		joined.wait_until[joined.wait_count] = other->wait_until[i];
		joined.wait_class_bits[joined.wait_count++] = other->wait_class_bits[i];
	}
	if (!joined.policy_rule)
		joined.policy_rule = other->policy_rule;
	joined.is_uncovered |= other->is_uncovered;
	joined.is_blind |= other->is_blind;
	return joined;
}

/* SSH over the network, which no call has to vouch for. Where the policy refuses it, it
 * is unauthorized once no late call can turn it into a login through a door. */
static struct judgement judge_no_door(const struct correlator *correlator,
				      const struct tracked_login *login,
				      const struct tracer *tracer)
{
	struct judgement judgement =
		judgement_of(VERDICT_NOT_JUDGED, STAGE_NONE, REASON_COUNT);
	struct policy_answer answer;
	struct match match;

	trace(tracer, "path", NULL, true, "it came through no cloud door");
	if (login->view.path != PATH_DIRECT_SSH)
		return judgement;
	answer = judge_direct_ssh(correlator, login, tracer);
	if (answer.ruling == POLICY_ALLOWED)
		return judgement;
	match = match_absent(correlator, login->view.happened_at, 0, 0,
			     direct_ssh_classes(correlator));
	match.reason = answer.reason;
	if (answer.ruling == POLICY_UNDECIDED)
		judgement = judgement_of(VERDICT_UNVERIFIABLE, STAGE_NONE, answer.reason);
	else
		judgement = judge_contradiction(correlator, &match);
	/* until it is known whose cloud this is */
	if (!match.class_bits && !correlator->identity.is_in_no_cloud &&
	    !correlator->options.logs_are_complete && judgement.stage == STAGE_FINAL)
		judgement.stage = STAGE_PROVISIONAL;
	judgement.class_bits = match.class_bits;
	judgement.policy_rule = answer.rule;
	return judgement;
}

/* What settles a login before any call is looked at. */
static bool judge_at_once(const struct correlator *correlator,
			  const struct tracked_login *login,
			  struct judgement *ret_judgement, const struct tracer *tracer)
{
	if (is_before_launch(correlator, login)) {
		trace(tracer, "launch", NULL, true,
		      "it is older than this instance's launch");
		*ret_judgement = judgement_of(VERDICT_NOT_JUDGED, STAGE_NONE,
					      REASON_BEFORE_THIS_INSTANCE);
		return true;
	}
	switch (whose_run(correlator, login)) {
	case RUN_OF_ANOTHER:
		trace(tracer, "registration", NULL, true,
		      "the agent that ran it belongs to another account or instance");
		*ret_judgement = judgement_of(VERDICT_UNVERIFIABLE, STAGE_NONE,
					      REASON_OTHER_ACCOUNT);
		return true;
	case RUN_OF_EARLIER:
		trace(tracer, "registration", NULL, true,
		      "it names another instance, from before this one was launched");
		*ret_judgement = judgement_of(VERDICT_NOT_JUDGED, STAGE_NONE,
					      REASON_BEFORE_THIS_INSTANCE);
		return true;
	default:
		break;
	}
	if (login->view.path != PATH_DIRECT_SSH && login->view.path != PATH_LOCAL)
		return false;
	*ret_judgement = judge_no_door(correlator, login, tracer);
	return true;
}

struct judgement judge_login(const struct correlator *correlator,
			     const struct tracked_login *login,
			     const struct tracer *tracer)
{
	struct judgement key, tunnel;

	if (judge_at_once(correlator, login, &key, tracer))
		return key;
	key = judge_door(correlator, login, login->view.path, tracer);
	if (login->view.kind == LOGIN_CONSOLE && key.verdict != VERDICT_PENDING &&
	    credentials_before(correlator, login)) {
		trace(tracer, "credential", NULL, true,
		      "a password or key of this user was set through the cloud in the "
		      "day "
		      "before");
		add_reason(&key, REASON_CREDENTIAL_SET_BEFORE);
	}
	if (login->view.through == PATH_NONE)
		return key;
	tunnel = judge_door(correlator, login, login->view.through, tracer);
	return join_doors(&key, &tunnel);
}

struct verdict judge_verdict(const struct tracked_login *login,
			     const struct judgement *judgement)
{
	struct verdict verdict = {
		.login = &login->view,
		.verdict = (enum verdict_kind)judgement->verdict,
		.stage = (enum stage)judgement->stage,
		.reason_count = judgement->reason_count,
		.api_call = judgement->call ? &judgement->call->event : NULL,
		.matched = judgement->matched,
		.through_api_call =
			judgement->through_call ? &judgement->through_call->event : NULL,
		.through_matched = judgement->through_matched,
		.reason_call =
			judgement->reason_call ? &judgement->reason_call->event : NULL,
		.repeats = judgement->repeats,
		.policy_rule = judgement->policy_rule,
	};

	for (uint32_t i = 0; i < judgement->reason_count; i++)
		verdict.reasons[i] = (enum reason)judgement->reasons[i];
	return verdict;
}

/* The one login that an AWS-StartSSHSession carries: when it is another, all are judged
 * anew. */
static void settle_port(struct correlator *correlator, struct tracked_login *login)
{
	struct tracked_login *session = login->port_session;

	if (!session || !is_single_use(correlator, session) ||
	    session->run->port_used_by == login ||
	    !is_within_grace(session, login->view.happened_at) ||
	    !port_is_free(session, login))
		return;
	session->run->port_used_by = login;
	for (size_t i = 0; i < session->run->carried.count; i++)
		if (session->run->carried.items[i] != login)
			judge_later(correlator, session->run->carried.items[i]);
}

/* One finding for a key that opens the door after its time: the earliest such login
 * tells. */
static void settle_expired(struct correlator *correlator, struct tracked_login *login,
			   struct judgement *judgement)
{
	struct key_node *node = index_find(&correlator->index, KEY_FINGERPRINT,
					   login->view.key_fingerprint);
	bool expired = false;

	if (!node)
		return;
	for (uint32_t i = 0; i < judgement->reason_count; i++)
		expired |= judgement->reasons[i] == REASON_API_CALL_EXPIRED;
	expired &= judgement->verdict == VERDICT_UNAUTHORIZED;
	if (!expired) {
		if (node->offers->expired_teller == login) {
			node->offers->expired_teller = NULL;
			node->is_teller_forgotten = false;
			for (size_t i = 0; i < node->logins.count; i++)
				judge_later(correlator, node->logins.items[i]);
		}
		return;
	}
	/* where the teller was forgotten, what was told as no news is none now */
	if (!node->offers->expired_teller && node->is_teller_forgotten &&
	    login->is_told && login->judgement.repeats) {
		judgement->repeats = true;
		return;
	}
	if (!node->offers->expired_teller ||
	    login_is_before(login, node->offers->expired_teller)) {
		if (node->offers->expired_teller)
			judge_later(correlator, node->offers->expired_teller);
		node->offers->expired_teller = login;
	}
	judgement->repeats = node->offers->expired_teller != login;
}

static bool is_same_rule(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool judgement_equal(const struct judgement *a, const struct judgement *b)
{
	return a->verdict == b->verdict && a->stage == b->stage &&
	       a->reason_count == b->reason_count &&
	       memcmp(a->reasons, b->reasons, a->reason_count * sizeof(a->reasons[0])) ==
		       0 &&
	       a->call == b->call && a->through_call == b->through_call &&
	       a->matched == b->matched && a->through_matched == b->through_matched &&
	       a->repeats == b->repeats && is_same_rule(a->policy_rule, b->policy_rule);
}

static void tell(struct correlator *correlator, struct tracked_login *login,
		 const struct judgement *judgement)
{
	struct verdict verdict;

	if (login->is_told)
		correlator->by_verdict[login->judgement.verdict]--;
	correlator->by_verdict[judgement->verdict]++;
	login->judgement = *judgement;
	login->is_told = true;
	if (!correlator->sink.verdict)
		return;
	verdict = judge_verdict(login, judgement);
	correlator->sink.verdict(correlator->sink.ctx, &verdict);
}

/* A console's first line may not say the tty; the one that does comes within a moment,
 * and until then nothing is told. */
static bool is_joining(const struct correlator *correlator,
		       const struct tracked_login *login)
{
	return login->view.kind == LOGIN_CONSOLE && login->view.tty.len == 0 &&
	       !login->is_told && !correlator->options.logs_are_complete &&
	       correlator->now - login->arrived_at < CONSOLE_JOIN_US;
}

static void judge_one(struct correlator *correlator, struct tracked_login *login)
{
	enum path path = login->view.path, through = login->view.through;
	struct judgement judgement;
	bool changed;

	classify(correlator, login);
	if (is_joining(correlator, login))
		return;
	judgement = judge_login(correlator, login, NULL);
	settle_port(correlator, login);
	settle_expired(correlator, login, &judgement);

	changed = !login->is_told || !judgement_equal(&login->judgement, &judgement) ||
		  path != login->view.path || through != login->view.through ||
		  login->is_root_news;
	login->is_root_news = false;
	if (changed) {
		tell(correlator, login, &judgement);
		for (size_t i = 0; login->run && i < login->run->carried.count; i++)
			judge_later(correlator, login->run->carried.items[i]);
		if (login->view.kind == LOGIN_CONSOLE) {
			observe_console_taken_over(correlator, login);
			console_concern_next(correlator, login);
		}
		credentials_observe_login(correlator, login);
		if (whose_run(correlator, login) == RUN_OF_ANOTHER)
			observe_registered_elsewhere(correlator, login);
	} else {
		login->judgement = judgement;
	}
	waiting_set(correlator, login);
}

void judge_later(struct correlator *correlator, struct tracked_login *login)
{
	/* finished logs are judged as a whole */
	if (correlator->options.logs_are_complete && !correlator->is_settling)
		return;
	if (login->is_dirty || login->forgotten || login->is_frozen)
		return;
	if (correlator->dirty_count == correlator->dirty_size) {
		correlator->dirty_size =
			correlator->dirty_size ? correlator->dirty_size * 2 : 64;
		correlator->dirty =
			memory_resize(correlator->dirty, correlator->dirty_size,
				      sizeof(struct tracked_login *));
	}
	login->is_dirty = true;
	correlator->dirty[correlator->dirty_count++] = login;
}

void judge_settle(struct correlator *correlator)
{
	watermark_refresh(&correlator->watermark);
	claims_settle(correlator);
	for (size_t i = 0; i < correlator->dirty_count; i++) {
		struct tracked_login *login = correlator->dirty[i];

		login->is_dirty = false;
		judge_one(correlator, login);
	}
	correlator->dirty_count = 0;
}
