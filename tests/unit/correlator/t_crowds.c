/* SPDX-License-Identifier: Apache-2.0 */
/* Crowds: what ten times as many lines of one kind cost. An attacker chooses how many
 * there are, so nothing may cost their square. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/support/check.h"
#include "tests/unit/correlator/event_stream.h"
#include "tests/unit/correlator/settled.h"

#define SOME ((size_t)200)
#define TIMES_MORE 5
#define MANY (TIMES_MORE * SOME)

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

static void make_call(struct event *event, char text[32], enum api_action action,
		      size_t n)
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
	if (n < MANY / 2) {
		make_login(event, SLICE("10.0.0.9"), MANY - n);
		return;
	}
	make_call(event, text, API_OPEN_TUNNEL, 3 * MANY / 2 - n);
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
	event->happened_at = STREAM_EPOCH + (us_time)((n * 7919) % MANY);
	(void)text;
}

/* A crowd tells no more than a few verdicts a login; what it costs is shown. */
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
		double some = cost_of(rows[i].make_nth, SOME, &told);
		double many = cost_of(rows[i].make_nth, MANY, &told);

		check_row(rows[i].name);
		/* seconds are shown and decide nothing: what is told does */
		(void)fprintf(stderr, "%s: %zu in %.4f s, %zu in %.4f s\n", rows[i].name,
			      SOME, some, MANY, many);
		/* in reverse, every earlier login takes a call from those told before it
		 */
		if (rows[i].make_nth != make_tunnelled_backwards)
			CHECK(told <= 4 * MANY);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "crowds", test_crowds },
		{ NULL, NULL },
	};

	return check_run("correlator/crowds", tests);
}
