/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile and senseless input: nothing crashes, nothing overflows, everything ends, and what
 * must hold of a settled correlator holds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "tests/support/check.h"
#include "tests/unit/correlator/event_stream.h"
#include "tests/unit/correlator/settled.h"

#define STREAMS 400

struct trial {
	struct correlator *correlator;
	struct settled settled;
};

static void take_verdict(void *ctx, const struct verdict *verdict)
{
	settled_note(&((struct trial *)ctx)->settled, verdict);
}

static void start(struct trial *trial, const struct correlator_options *options)
{
	const struct correlator_sink sink = { take_verdict, NULL, trial };

	*trial = (struct trial){ 0 };
	trial->correlator = correlator_new(options, &sink);
}

static void stop(struct trial *trial)
{
	correlator_free(trial->correlator);
	settled_release(&trial->settled);
}

static void play(struct trial *trial, const struct event_stream *stream)
{
	for (size_t i = 0; i < stream->count; i++) {
		const struct stream_step *step = &stream->steps[i];

		if (step->is_advance)
			correlator_advance(trial->correlator, step->now);
		else
			correlator_feed(trial->correlator, &step->event, step->now);
	}
	correlator_advance(trial->correlator, stream->steps[stream->count - 1].now);
}

static struct event_stream *make(const struct stream_options *options, uint64_t seed,
				 size_t steps)
{
	struct event_stream *stream = memory_new(1, sizeof(*stream));
	uint8_t bytes[STREAM_STEPS_MAX * STREAM_STEP_BYTES];

	random_bytes(seed, bytes, steps * STREAM_STEP_BYTES);
	event_stream_make(stream, options, bytes, steps * STREAM_STEP_BYTES);
	return stream;
}

/* Options as a configuration may have them, to 1000 years. */
static struct correlator_options odd_options(uint64_t seed)
{
	static const us_span spans[] = { 0, 1, US_PER_SECOND, US_PER_HOUR, 365 * US_PER_DAY,
					 365000 * US_PER_DAY };
	struct correlator_options options = correlator_options_default();
	us_span *fields[] = { &options.lateness_us,	   &options.provisional_after_us,
			      &options.final_after_us,	   &options.final_after_weak_us,
			      &options.blind_after_us,	   &options.skew_us,
			      &options.twin_wait_us,	   &options.keep_us };

	for (size_t i = 0; i < COUNT_OF(fields); i++)
		if (random_next(&seed) % 2)
			*fields[i] = spans[random_next(&seed) % COUNT_OF(spans)];
	options.logs_are_complete = random_next(&seed) % 2;
	return options;
}

static void test_wild(void)
{
	const struct stream_options wild = { .wild = true };

	for (uint64_t seed = 1; seed <= STREAMS; seed++) {
		struct correlator_options options = odd_options(seed);
		struct event_stream *stream = make(&wild, seed, 150);
		struct trial trial;

		start(&trial, &options);
		play(&trial, stream);
		stop(&trial);
		free(stream);
	}
}

/* With the default options and common times, what must hold holds in the end. */
static void test_settled(void)
{
	const struct stream_options common = { .wild = false };

	for (uint64_t seed = 1; seed <= STREAMS; seed++) {
		struct correlator_options options = correlator_options_default();
		struct event_stream *stream = make(&common, seed, 20 + seed % 200);
		struct trial trial;

		options.logs_are_complete = seed % 2;
		options.keep_us = 36500 * US_PER_DAY;
		start(&trial, &options);
		play(&trial, stream);
		if (!CHECK_TEXT(settled_wrong(&trial.settled, trial.correlator), NULL))
			CHECK_UINT(seed, 0);
		stop(&trial);
		free(stream);
	}
}

/* Forgetting all the time: nothing dangles. */
static void test_forgetting(void)
{
	const struct stream_options common = { .wild = false };

	for (uint64_t seed = 1; seed <= STREAMS; seed++) {
		struct correlator_options options = correlator_options_default();
		struct event_stream *stream = make(&common, seed, 300);
		struct trial trial;

		options.keep_us = (us_span)(1 + seed % 5) * US_PER_MINUTE;
		start(&trial, &options);
		play(&trial, stream);
		stop(&trial);
		free(stream);
	}
}

/* Every text empty, every number 0, every time the same. */
static void test_empty(void)
{
	for (unsigned rounds = 0; rounds < 3; rounds++) {
		struct correlator_options options = correlator_options_default();
		struct trial trial;

		options.logs_are_complete = rounds == 1;
		start(&trial, &options);
		for (unsigned kind = 0; kind < EVENT_KIND_COUNT * 3; kind++) {
			struct event event = { .kind = (enum event_kind)(kind % EVENT_KIND_COUNT),
					       .trust = TRUST_ATTESTED };

			correlator_feed(trial.correlator, &event, 0);
		}
		for (unsigned action = 0; action < API_ACTION_COUNT * 3; action++) {
			struct event event = { .kind = EVENT_API_CALL };

			event.api_call.action = (enum api_action)(action % API_ACTION_COUNT);
			event.api_call.outcome = (enum api_outcome)(action / API_ACTION_COUNT);
			correlator_feed(trial.correlator, &event, 0);
		}
		for (unsigned stage = 0; stage < 12; stage++) {
			struct event event = { .kind = EVENT_RUN };

			event.run.kind = (enum run_kind)(stage % 3);
			event.run.stage = (enum run_stage)(stage / 3);
			correlator_feed(trial.correlator, &event, 0);
		}
		correlator_advance(trial.correlator, 1);
		CHECK_TEXT(settled_wrong(&trial.settled, trial.correlator), NULL);
		stop(&trial);
	}
}

/* Texts as long as readers let through, with every byte in them. */
static void test_long(void)
{
	struct correlator_options options = correlator_options_default();
	struct event event = { .kind = EVENT_LOGIN_ACCEPTED, .trust = TRUST_ATTESTED, .pid = 7 };
	char text[4096];
	struct slice slice = slice_of(text, sizeof(text));
	struct trial trial;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 7);
	start(&trial, &options);
	event.host = slice;
	event.login.user = event.login.source_ip = event.login.fingerprint = slice;
	correlator_feed(trial.correlator, &event, 0);
	event.kind = EVENT_SESSION_OPENED;
	event.pam_session = (struct pam_session){ SLICE("sshd"), slice, slice };
	correlator_feed(trial.correlator, &event, 0);
	event.kind = EVENT_RUN;
	event.run = (struct run){ .id = slice, .instance = slice, .owner = slice,
				  .document = slice };
	correlator_feed(trial.correlator, &event, 0);
	event.kind = EVENT_IDENTITY;
	event.identity = (struct identity){ .instance = slice, .account = slice, .region = slice };
	correlator_feed(trial.correlator, &event, 0);
	CHECK_UINT(correlator_counts(trial.correlator).logins, 2);
	CHECK_TEXT(settled_wrong(&trial.settled, trial.correlator), NULL);
	stop(&trial);
}

/* ---- bounded time ---- */

static double cpu_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* What a crowd of the same kind costs: `make` gives its n-th event. */
static double cost_of(void (*make_nth)(struct event *event, char text[32], size_t n),
		      size_t count, uint64_t *ret_told)
{
	struct correlator_options options = correlator_options_default();
	const struct slice ips[] = { SLICE("10.0.0.5") };
	const struct slice endpoints[] = { SLICE("10.0.0.9") };
	struct event event = { .kind = EVENT_IDENTITY };
	struct trial trial;
	char text[32];
	double begin;

	event.identity = (struct identity){ .instance = SLICE("i-1"),
					    .account = SLICE("111122223333"),
					    .region = SLICE("eu-west-1"),
					    .private_ips = ips,
					    .private_ip_count = 1,
					    .endpoint_ips = endpoints,
					    .endpoint_ip_count = 1,
					    .launched_at = US_TIME_NONE,
					    .watched_since = US_TIME_NONE };
	start(&trial, &options);
	correlator_feed(trial.correlator, &event, 0);
	begin = cpu_s();
	for (size_t n = 0; n < count; n++) {
		make_nth(&event, text, n);
		correlator_feed(trial.correlator, &event, STREAM_EPOCH);
	}
	begin = cpu_s() - begin;
	*ret_told = trial.settled.told;
	stop(&trial);
	return begin;
}

static struct slice numbered(char text[32], const char *prefix, size_t n)
{
	return slice_of(text, (size_t)snprintf(text, 32, "%s%zu", prefix, n));
}

static void make_login(struct event *event, struct slice peer, size_t n)
{
	*event = (struct event){ .kind = EVENT_LOGIN_ACCEPTED,
				 .happened_at = STREAM_EPOCH + (us_time)n * 10000,
				 .trust = TRUST_ATTESTED };
	event->pid = (uint32_t)n + 1;
	event->login.user = SLICE("alice");
	event->login.source_ip = peer;
}

static void make_call(struct event *event, char text[32], enum api_action action, size_t n)
{
	static const struct slice here[] = { SLICE("i-1") };

	*event = (struct event){ .kind = EVENT_API_CALL,
				 .happened_at = STREAM_EPOCH + (us_time)n * 10000 };
	event->api_call.id = numbered(text, "call-", n);
	event->api_call.action = action;
	event->api_call.serial_port = -1;
	event->api_call.instances = here;
	event->api_call.instance_count = 1;
}

static void make_tunnelled(struct event *event, char text[32], size_t n)
{
	if (n % 2) {
		make_login(event, SLICE("10.0.0.9"), n);
		return;
	}
	make_call(event, text, API_OPEN_TUNNEL, n);
	event->api_call.private_ip = SLICE("10.0.0.5");
}

/* Calls after all the logins, the latest first. */
static void make_tunnelled_backwards(struct event *event, char text[32], size_t n)
{
	if (n < 2000) {
		make_login(event, SLICE("10.0.0.9"), 4000 - n);
		return;
	}
	make_call(event, text, API_OPEN_TUNNEL, 6000 - n);
	event->api_call.private_ip = SLICE("10.0.0.5");
}

static void make_carried(struct event *event, char text[32], size_t n)
{
	if (n % 2) {
		make_login(event, SLICE("127.0.0.1"), n);
		return;
	}
	*event = (struct event){ .kind = EVENT_RUN,
				 .happened_at = STREAM_EPOCH + (us_time)n * 10000,
				 .trust = TRUST_ROOT_FILE };
	event->run.id = numbered(text, "bob-", n);
	event->run.stage = RUN_CONNECTED;
	event->run.plugin = SLICE("Port");
	event->run.document = SLICE("AWS-StartSSHSession");
	event->run.port = 22;
}

static void make_console(struct event *event, char text[32], size_t n)
{
	if (n % 2) {
		*event = (struct event){ .kind = EVENT_CONSOLE_LOGIN,
					 .happened_at = STREAM_EPOCH + (us_time)n * 10000,
					 .trust = TRUST_ATTESTED,
					 .pid = (uint32_t)n };
		event->console_login.user = SLICE("root");
		event->console_login.tty = SLICE("ttyS0");
		return;
	}
	make_call(event, text, API_SEND_SERIAL_CONSOLE_SSH_PUBLIC_KEY, n);
}

static void make_refused(struct event *event, char text[32], size_t n)
{
	if (n % 2) {
		make_login(event, SLICE("192.0.2.1"), n);
		event->login.fingerprint = SLICE("SHA256:k");
		return;
	}
	make_call(event, text, API_SEND_SSH_PUBLIC_KEY, n);
	event->api_call.outcome = API_DENIED;
	event->api_call.denied_instance = SLICE("i-1");
}

static void make_one_key(struct event *event, char text[32], size_t n)
{
	if (n % 2) {
		make_login(event, SLICE("192.0.2.1"), n);
		event->login.fingerprint = SLICE("SHA256:k");
		return;
	}
	make_call(event, text, API_SEND_SSH_PUBLIC_KEY, n);
	event->api_call.fingerprint = SLICE("SHA256:k");
	event->api_call.os_user = SLICE("alice");
}

static void make_one_owner(struct event *event, char text[32], size_t n)
{
	if (n % 2) {
		*event = (struct event){ .kind = EVENT_RUN,
					 .happened_at = STREAM_EPOCH + (us_time)n * 10000,
					 .trust = TRUST_ROOT_FILE };
		event->run.id = numbered(text, "alice-", n);
		return;
	}
	make_call(event, text, API_START_SESSION, n);
	event->api_call.principal = SLICE("arn:aws:iam::111122223333:user/alice");
}

static void make_watched(struct event *event, char text[32], size_t n)
{
	make_call(event, text, n % 2 ? API_START_SESSION : API_SEND_COMMAND, n);
	event->api_call.session_id = event->api_call.command_id = event->api_call.id;
}

static void make_keyless(struct event *event, char text[32], size_t n)
{
	if (n % 2) {
		make_login(event, SLICE("192.0.2.1"), n);
		return;
	}
	*event = (struct event){ .kind = EVENT_KEY_OFFERED,
				 .happened_at = STREAM_EPOCH + (us_time)n * 10000 };
	event->key_offered.fingerprint = numbered(text, "SHA256:", n);
}

static void make_forged_ids(struct event *event, char text[32], size_t n)
{
	make_login(event, SLICE("192.0.2.1"), 1);
	event->pid = 9;
	event->happened_at = STREAM_EPOCH + (us_time)((n * 7919) % 4000);
	(void)text;
}

/* A crowd ten times as large costs no more than about ten times as much, and tells no more than
 * a few verdicts a login: a hundredfold would be the square. */
static void test_crowds(void)
{
	static const struct {
		const char *name;
		void (*make_nth)(struct event *event, char text[32], size_t n);
	} rows[] = {
		{ "tunnels", make_tunnelled },
		{ "tunnels, backwards", make_tunnelled_backwards },
		{ "port sessions", make_carried },
		{ "consoles", make_console },
		{ "refused pushes", make_refused },
		{ "one key", make_one_key },
		{ "one owner", make_one_owner },
		{ "calls that are watched", make_watched },
		{ "offers and logins without a key", make_keyless },
		{ "one process in many instants", make_forged_ids },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint64_t told;
		double some = cost_of(rows[i].make_nth, 400, &told);
		double many = cost_of(rows[i].make_nth, 4000, &told);

		check_row(rows[i].name);
		/* a fixed allowance keeps small numbers from deciding */
		if (!CHECK(many < 40 * some + 0.1))
			(void)fprintf(stderr, "%s: 400 in %.4f s, 4000 in %.4f s\n", rows[i].name,
				      some, many);
		CHECK(told <= 4 * 4000);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "wild times and options", test_wild },
		{ "settled in the end", test_settled },
		{ "forgetting all the time", test_forgetting },
		{ "nothing said", test_empty },
		{ "long texts of every byte", test_long },
		{ "crowds", test_crowds },
		{ NULL, NULL },
	};

	return check_run("correlator/robust", tests);
}
