/* SPDX-License-Identifier: Apache-2.0 */
/* Google's doors: whatever the order in which lines, keys, users and calls come, what is
 * known in the end is the same; and after each of them what was told is what is known. */
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "tests/support/check.h"
#include "tests/unit/correlator/event_stream.h"
#include "tests/unit/correlator/scene.h"

#define SEEDS 300
#define STEPS 40
#define ORDERS 4

#define PICK(array, byte) (array)[(byte) % COUNT_OF(array)]

struct step {
	struct event event;
	char id[16];
};

static const struct slice here[] = { SLICE("42") };
static const struct slice elsewhere[] = { SLICE("43") };
static const struct slice project[] = { SLICE("projects/p") };

static struct slice text_of(const char *const *texts, size_t count, uint8_t byte)
{
	return slice_text(texts[byte % count]);
}

#define PICK_TEXT(texts, byte) text_of(texts, COUNT_OF(texts), byte)

static const char *const users[] = { "amy_example_com", "amy", "sa_123", "bob" };
static const char *const keys[] = { "k", "j", "" };
static const char *const addresses[] = { "35.235.241.17", "35.235.240.1", "192.0.2.7" };
static const char *const principals[] = { "amy@example.com", "Bob@example.com",
					  "x@p.iam.gserviceaccount.com" };
static const char *const operations[] = { "o", "p", "q", "" };

static void make_login(struct event *event, const uint8_t *b)
{
	event->kind = EVENT_LOGIN_ACCEPTED;
	event->login.user = PICK_TEXT(users, b[0]);
	event->login.fingerprint = PICK_TEXT(keys, b[1]);
	event->login.source_ip = PICK_TEXT(addresses, b[2]);
	event->pid = b[3] % 8 + 1u;
	event->uncertainty_us = b[3] >= 248 ? US_PER_HOUR : 0;
}

static void make_closed(struct event *event, const uint8_t *b)
{
	event->kind = EVENT_SESSION_CLOSED;
	event->pam_session.service = SLICE("sshd");
	event->pid = b[3] % 8 + 1u;
}

static void make_user(struct event *event, const uint8_t *b)
{
	event->kind = EVENT_CLOUD_USER;
	event->cloud_user.cloud = CLOUD_GCP;
	event->cloud_user.user = PICK_TEXT(users, b[0]);
	event->cloud_user.state = (enum cloud_user_state)(b[1] % 3);
	if (b[2] % 4 == 0)
		event->cloud_user.principal = PICK_TEXT(principals, b[3]);
}

static void make_key(struct event *event, const uint8_t *b)
{
	event->kind = EVENT_CLOUD_KEY;
	event->source = b[0] % 2 ? HOST_SOURCE_KEYS : HOST_SOURCE_JOURNAL;
	event->cloud_key.user = b[1] % 4 ? PICK_TEXT(users, b[1] / 4) : SLICE("");
	event->cloud_key.fingerprint = PICK_TEXT(keys, b[2]);
	event->cloud_key.is_gone = b[3] % 3 == 0;
}

static void make_made(struct event *event, const uint8_t *b)
{
	if (b[0] % 3 == 0) {
		event->kind = EVENT_ACCOUNT_CHANGED;
		event->account_changed.user = PICK_TEXT(users, b[1]);
		event->account_changed.group = SLICE("google-sudoers");
		return;
	}
	event->kind = EVENT_CREDENTIAL_SET;
	event->credential_set.means = CREDENTIAL_METADATA_KEY;
	event->credential_set.user = PICK_TEXT(users, b[1]);
	event->credential_set.is_removed = b[2] % 3 == 0;
}

static void make_call(struct event *event, const uint8_t *b)
{
	static const enum api_action actions[] = {
		API_GCP_CHECK_POLICY,	      API_GCP_CHECK_POLICY,
		API_GCP_AUTHORIZE_TUNNEL,     API_GCP_AUTHORIZE_TUNNEL,
		API_GCP_AUTHORIZE_TUNNEL,     API_GCP_SET_METADATA,
		API_GCP_SET_PROJECT_METADATA, API_GCP_CONTINUE_SESSION,
	};
	static const enum api_outcome outcomes[] = { API_ADMITTED, API_ADMITTED,
						     API_ADMITTED, API_DENIED };
	struct api_call *call = &event->api_call;

	event->kind = EVENT_API_CALL;
	call->action = PICK(actions, b[0]);
	call->outcome = PICK(outcomes, b[1]);
	call->principal = PICK_TEXT(principals, b[2]);
	call->operation_id = PICK_TEXT(operations, b[3]);
	call->has_ended = b[3] / 4 % 2;
	call->port = b[1] / 4 % 8 ? 22 : 80;
	call->metadata_keys = b[1] / 4 % 4 ? METADATA_SSH_KEYS : METADATA_STARTUP_SCRIPT;
	call->is_admin = b[1] / 16 % 4 == 0;
	call->account = SLICE("p");
	call->serial_port = -1;
	call->instances = call->action == API_GCP_SET_PROJECT_METADATA ? project
			  : b[2] % 16 == 15			       ? elsewhere
								       : here;
	call->instance_count = 1;
}

static void make_step(struct step *step, size_t n, const uint8_t *b)
{
	static void (*const makers[])(struct event * event, const uint8_t *b) = {
		make_login, make_login, make_login, make_closed, make_closed,
		make_user,  make_key,	make_key,   make_made,	 make_call,
		make_call,  make_call,	make_call,  make_call,
	};

	*step = (struct step){ .event = { .happened_at =
						  STREAM_EPOCH +
						  (b[1] < 200 ? b[1] * 3 : b[1] * 40) *
							  US_PER_SECOND,
					  .trust = TRUST_ATTESTED,
					  .source = HOST_SOURCE_JOURNAL,
					  .host = SLICE("h") } };
	PICK(makers, b[0])(&step->event, b + 2);
	(void)snprintf(step->id, sizeof(step->id), "c-%zu", n);
}

/* Only logins and their ends must come in their order. */
static bool is_bound(const struct step *step)
{
	return step->event.kind == EVENT_LOGIN_ACCEPTED ||
	       step->event.kind == EVENT_SESSION_CLOSED;
}

static int by_time(const void *a, const void *b)
{
	const struct step *one = a, *two = b;

	if (one->event.happened_at != two->event.happened_at)
		return one->event.happened_at < two->event.happened_at ? -1 : 1;
	return strcmp(one->id, two->id);
}

static void shuffle(struct step steps[STEPS], uint64_t *state)
{
	struct step bound[STEPS], unbound[STEPS];
	size_t bound_count = 0, unbound_count = 0;

	for (size_t i = 0; i < STEPS; i++)
		if (is_bound(&steps[i]))
			bound[bound_count++] = steps[i];
		else
			unbound[unbound_count++] = steps[i];
	memcpy(steps, bound, bound_count * sizeof(steps[0]));
	for (size_t i = 0; i < unbound_count; i++) {
		size_t at = random_next(state) % (bound_count + 1);

		memmove(&steps[at + 1], &steps[at],
			(bound_count++ - at) * sizeof(steps[0]));
		steps[at] = unbound[i];
	}
}

/* The logins in the end. */
static char *judge(const struct step steps[STEPS], bool is_complete)
{
	AUTO_SCENE struct scene scene;

	if (is_complete)
		scene_open_complete(&scene);
	else
		scene_open_live(&scene);
	scene_play(&scene, "identity provider=gcp instance=42 account=p;"
			   "proven from=-900000 until=900000 account=p");
	for (size_t i = 0; i < STEPS; i++) {
		struct event event = steps[i].event;

		if (event.kind == EVENT_API_CALL)
			event.api_call.id = slice_text(steps[i].id);
		scene_feed(&scene, &event);
	}
	scene_advance(&scene, scene.now + US_PER_HOUR);
	return memory_copy_text(slice_text(scene_logins(&scene)));
}

static void check_orders(bool is_complete)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		uint8_t bytes[STEPS * 8];
		uint64_t state = seed * 77 + 1;
		struct step steps[STEPS];
		char *want;

		random_bytes(seed, bytes, sizeof(bytes));
		for (size_t i = 0; i < STEPS; i++)
			make_step(&steps[i], i, bytes + i * 8);
		qsort(steps, STEPS, sizeof(steps[0]), by_time);
		want = judge(steps, is_complete);
		for (unsigned order = 0; order < ORDERS; order++) {
			char *got;

			shuffle(steps, &state);
			got = judge(steps, is_complete);
			if (!CHECK_TEXT(got, want))
				CHECK_UINT(seed, 0);
			free(got);
		}
		free(want);
	}
}

static void test_complete(void)
{
	check_orders(true);
}

static void test_live(void)
{
	check_orders(false);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "complete logs", test_complete },
		{ "live", test_live },
		{ NULL, NULL },
	};

	return check_run("correlator/order_gcp", tests);
}
