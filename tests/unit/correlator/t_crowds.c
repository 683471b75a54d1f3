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
	correlator_advance(trial.correlator, STREAM_EPOCH + US_PER_MINUTE);
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

static void make_login_at_console(struct event *event, size_t n)
{
	*event = (struct event){ .kind = EVENT_CONSOLE_LOGIN,
				 .happened_at = STREAM_EPOCH + (us_time)n * 10000,
				 .trust = TRUST_ATTESTED,
				 .pid = (uint32_t)n };
	event->console_login.user = SLICE("root");
	event->console_login.tty = SLICE("ttyS0");
}

static void make_azure_console(struct event *event, char text[32], size_t n)
{
	if (n % 2) {
		make_login_at_console(event, n);
		return;
	}
	make_call(event, text, API_AZURE_SERIAL_CONNECT, n);
	event->api_call.serial_port = 0;
}

/* Connections that end, and after all of them the logins. */
static void make_google_console(struct event *event, char text[32], size_t n)
{
	if (n > MANY / 2) {
		make_login_at_console(event, n);
		return;
	}
	make_call(event, text, n % 2 ? API_GCP_SERIAL_DISCONNECT : API_GCP_SERIAL_CONNECT,
		  n);
	event->api_call.operation_id = slice_of(text + 5, event->api_call.id.len - 5);
	event->api_call.serial_port = 0;
}

/* All logins at consoles, and after them the calls, the oldest first: each explains all
 * that came after it, until the next one does. */
static void make_console_after(struct event *event, char text[32], size_t n)
{
	if (n < MANY / 2) {
		make_login_at_console(event, MANY + n);
		return;
	}
	make_call(event, text, API_SEND_SERIAL_CONSOLE_SSH_PUBLIC_KEY, n);
}

static void make_azure_console_after(struct event *event, char text[32], size_t n)
{
	make_console_after(event, text, n);
	if (n < MANY / 2)
		return;
	event->api_call.action = API_AZURE_SERIAL_CONNECT;
	event->api_call.serial_port = 0;
}

/* Calls to another port than that of the logins explain none. */
static void make_other_console_after(struct event *event, char text[32], size_t n)
{
	make_azure_console_after(event, text, n);
	if (n >= MANY / 2)
		event->api_call.serial_port = 1;
}

/* Connections, logins, and then the connections' ends: the latest ends first. */
static void make_ended_after(struct event *event, char text[32], size_t n)
{
	size_t third = MANY / 3;
	bool is_end = n >= 2 * third;

	if (n >= third && !is_end) {
		/* past the ends, however far the clocks are apart */
		make_login_at_console(event, 10 * MANY + n);
		return;
	}
	make_call(event, text,
		  is_end ? API_GCP_SERIAL_DISCONNECT : API_GCP_SERIAL_CONNECT, n);
	/* the call's id is in front */
	event->api_call.operation_id = slice_of(
		text + 16, (size_t)snprintf(text + 16, 16, "%zu", is_end ? MANY - n : n));
	event->api_call.serial_port = 0;
}

static void make_credential(struct event *event, char text[32], size_t n)
{
	(void)text;
	if (n % 2) {
		make_login(event, SLICE("192.0.2.1"), n);
		return;
	}
	*event = (struct event){ .kind = EVENT_CREDENTIAL_SET,
				 .happened_at = STREAM_EPOCH + (us_time)n * 10000,
				 .trust = TRUST_ATTESTED };
	event->credential_set.user = SLICE("alice");
}

static void make_script(struct event *event, char text[32], size_t n)
{
	if (n % 2 == 0) {
		make_call(event, text, API_GCP_RESET_INSTANCE, n);
		event->happened_at -= US_PER_HOUR;
		return;
	}
	*event = (struct event){ .kind = EVENT_SCRIPT,
				 .happened_at = STREAM_EPOCH + (us_time)n * 10000,
				 .trust = TRUST_ATTESTED };
	event->script.name = SLICE("startup-script");
}

/* All runs, and after them what set the script again and again. */
static void make_script_after(struct event *event, char text[32], size_t n)
{
	if (n >= MANY / 2) {
		make_call(event, text, API_GCP_SET_METADATA, n);
		event->api_call.metadata_keys = METADATA_STARTUP_SCRIPT;
		return;
	}
	*event =
		(struct event){ .kind = EVENT_SCRIPT,
				.happened_at = STREAM_EPOCH + (us_time)(MANY + n) * 10000,
				.trust = TRUST_ATTESTED };
	event->script.name = SLICE("startup-script");
}

static void make_config_after(struct event *event, char text[32], size_t n)
{
	make_script_after(event, text, n);
	if (n >= MANY / 2)
		event->api_call.action = API_GCP_OS_CONFIG;
	else
		event->script.kind = SCRIPT_OS_CONFIG;
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

static void make_executed(struct event *event, char text[32], size_t n)
{
	(void)text;
	*event = (struct event){ .kind = EVENT_EXTENSION,
				 .happened_at = STREAM_EPOCH + (us_time)n * 10000,
				 .trust = TRUST_ROOT_FILE };
	event->extension = (struct extension){
		.stage = EXTENSION_EXECUTED,
		.handler = SLICE("Microsoft.Azure.Extensions.CustomScript"),
		.sequence = n,
		.has_sequence = true,
		.created_at = US_TIME_NONE,
	};
}

static void make_extension_call(struct event *event, char text[32], size_t n)
{
	make_call(event, text, API_AZURE_WRITE_EXTENSION, n);
	event->api_call.resource = SLICE("CustomScript");
}

static void make_extended(struct event *event, char text[32], size_t n)
{
	if (n % 2)
		make_executed(event, text, n);
	else
		make_extension_call(event, text, n);
}

/* All calls after all executions, and the other way round. */
static void make_extended_after(struct event *event, char text[32], size_t n)
{
	if (n < MANY / 2)
		make_executed(event, text, n);
	else
		make_extension_call(event, text, n - MANY / 2);
}

static void make_extended_before(struct event *event, char text[32], size_t n)
{
	if (n < MANY / 2)
		make_extension_call(event, text, n);
	else
		make_executed(event, text, n - MANY / 2);
}

/* Of one goal state, with one correlation id. */
static void make_one_goal(struct event *event, char text[32], size_t n)
{
	if (n % 2) {
		make_executed(event, text, n);
		event->extension.stage = EXTENSION_SETTINGS;
	} else if (n) {
		make_extension_call(event, text, n);
		event->api_call.correlation_id = SLICE("c");
	} else {
		make_executed(event, text, n);
		event->extension.stage = EXTENSION_GOAL_STATE;
		event->extension.correlation_id = SLICE("c");
	}
}

static void make_deployed(struct event *event, char text[32], size_t n)
{
	if (n % 2)
		make_executed(event, text, n);
	else
		make_call(event, text, API_AZURE_DEPLOY, n);
}

static void make_check(struct event *event, char text[32], size_t n)
{
	make_call(event, text, API_GCP_CHECK_POLICY, n);
	event->api_call.principal = SLICE("amy@example.com");
}

static void make_checked_login(struct event *event, size_t n)
{
	make_login(event, SLICE("192.0.2.1"), n);
	event->login.user = SLICE("amy_example_com");
}

static void make_checked(struct event *event, char text[32], size_t n)
{
	if (n % 2)
		make_checked_login(event, n);
	else
		make_check(event, text, n);
}

static void make_checked_after(struct event *event, char text[32], size_t n)
{
	if (n < MANY / 2)
		make_checked_login(event, n);
	else
		make_check(event, text, n - MANY / 2);
}

static void make_checked_before(struct event *event, char text[32], size_t n)
{
	if (n < MANY / 2)
		make_check(event, text, n);
	else
		make_checked_login(event, n - MANY / 2);
}

/* A login, its end, and the record of the proxy's tunnel, which begins or ends then. */
static void make_proxied(struct event *event, char text[32], size_t n)
{
	if (n % 3 == 0) {
		make_login(event, SLICE("35.235.240.1"), n);
	} else if (n % 3 == 1) {
		make_login(event, SLICE("35.235.240.1"), n - 1);
		event->kind = EVENT_SESSION_CLOSED;
		event->pam_session = (struct pam_session){ .service = SLICE("sshd") };
		event->happened_at += 10000;
	} else {
		make_call(event, text, API_GCP_AUTHORIZE_TUNNEL, n);
		event->api_call.has_ended = n % 2;
	}
}

/* Google's agent speaks of the user before each login. */
static void make_keyed(struct event *event, char text[32], size_t n)
{
	if (n % 3 == 0) {
		make_login(event, SLICE("192.0.2.1"), n);
		event->login.fingerprint = SLICE("SHA256:k");
	} else if (n % 3 == 1) {
		make_login(event, SLICE(""), n);
		event->kind = EVENT_CREDENTIAL_SET;
		event->credential_set = (struct credential_set){
			.means = CREDENTIAL_METADATA_KEY,
			.user = SLICE("alice"),
			.is_removed = n % 2,
		};
	} else {
		make_call(event, text, API_GCP_SET_METADATA, n);
		event->api_call.metadata_keys = METADATA_SSH_KEYS;
	}
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
		{ "consoles of Azure", make_azure_console },
		{ "consoles of Google Cloud", make_google_console },
		{ "consoles, calls last", make_console_after },
		{ "consoles of Azure, calls last", make_azure_console_after },
		{ "consoles, calls to another last", make_other_console_after },
		{ "consoles of Google Cloud, ends last", make_ended_after },
		{ "credentials", make_credential },
		{ "scripts", make_script },
		{ "scripts, calls last", make_script_after },
		{ "OS Config, calls last", make_config_after },
		{ "refused pushes", make_refused },
		{ "one key", make_one_key },
		{ "one owner", make_one_owner },
		{ "calls that are watched", make_watched },
		{ "offers and logins without a key", make_keyless },
		{ "one process in many instants", make_forged_ids },
		{ "extensions", make_extended },
		{ "extensions, calls last", make_extended_after },
		{ "extensions, calls first", make_extended_before },
		{ "extensions of one goal state", make_one_goal },
		{ "extensions and deployments", make_deployed },
		{ "checks of OS Login", make_checked },
		{ "checks of OS Login, calls last", make_checked_after },
		{ "checks of OS Login, calls first", make_checked_before },
		{ "the proxy's tunnels", make_proxied },
		{ "metadata keys", make_keyed },
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

static void check_latest(void *ctx, const struct verdict *verdict)
{
	const struct slice *latest = ctx;

	CHECK(verdict->api_call != NULL);
	if (verdict->api_call)
		CHECK_SLICE(verdict->api_call->api_call.id, *latest);
}

/* Those of a crowd that have to wait are judged when it is said. */
static void test_who_waits(void)
{
	struct correlator_options options = correlator_options_default();
	struct event event = { .kind = EVENT_IDENTITY };
	struct slice latest;
	struct trial trial;
	char text[32];

	event.identity = (struct identity){ .instance = SLICE("i-1"),
					    .account = SLICE("111122223333"),
					    .region = SLICE("eu-west-1"),
					    .launched_at = US_TIME_NONE,
					    .watched_since = US_TIME_NONE };
	start(&trial, &options);
	correlator_feed(trial.correlator, &event, STREAM_EPOCH);
	for (size_t n = 0; n < MANY; n++) {
		make_console_after(&event, text, n);
		correlator_feed(trial.correlator, &event, STREAM_EPOCH);
	}
	CHECK_INT(correlator_next_deadline(trial.correlator),
		  STREAM_EPOCH + 5 * US_PER_SECOND);
	correlator_advance(trial.correlator, STREAM_EPOCH + 5 * US_PER_SECOND);
	latest = numbered(text, "call-", MANY - 1);
	correlator_each_login(trial.correlator, check_latest, &latest);
	stop(&trial);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "crowds", test_crowds },
		{ "who waits", test_who_waits },
		{ NULL, NULL },
	};

	return check_run("correlator/crowds", tests);
}
