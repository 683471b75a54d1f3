/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersign replay: judges a recorded incident. Reads API logs and host logs whole,
 * works out who the host is and what the API logs prove, lets the correlator judge, and
 * prints.
 */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "cli/command.h"
#include "cli/explain.h"
#include "cli/host_names.h"
#include "cli/identity_file.h"
#include "cli/load_api.h"
#include "cli/replay_options.h"
#include "cli/replay_policy.h"
#include "cli/report.h"
#include "cli/report_format.h"

/* Owns all that a replay needs. */
struct replay {
	struct replay_options options;
	struct arena arena;
	struct event_list events;
	struct evidence_store evidence;
	struct coverage coverage;
	struct file_list host_files, api_files;
	struct problems problems;
	struct meter meter;
	struct api_load api;
	struct host_load host;
	struct identity identity;
	struct policy *policy;	/* NULL: all is allowed */
	struct slice host_name; /* the one to be judged; "" = whichever there is */
	struct judge judge;
	struct zone *local_zone;
};

static void replay_init(struct replay *replay)
{
	memset(replay, 0, sizeof(*replay));
	replay_options_init(&replay->options);
	arena_init(&replay->arena);
	event_list_init(&replay->events, &replay->arena);
	evidence_store_init(&replay->evidence, &replay->arena);
	coverage_init(&replay->coverage, &replay->arena);
	api_load_init(&replay->api);
	judge_init(&replay->judge, &replay->arena);
	replay->problems.meter = &replay->meter;
	replay->identity.launched_at = US_TIME_NONE;
	replay->identity.watched_since = US_TIME_NONE;
}

static void replay_release(struct replay *replay)
{
	zone_free(replay->local_zone);
	judge_release(&replay->judge);
	policy_free(replay->policy);
	host_load_release(&replay->host);
	api_load_release(&replay->api);
	file_list_release(&replay->api_files);
	file_list_release(&replay->host_files);
	coverage_release(&replay->coverage);
	evidence_store_release(&replay->evidence);
	event_list_release(&replay->events);
	arena_release(&replay->arena);
	replay_options_release(&replay->options);
}

static us_time wall_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

/* ---- reading
 * ----------------------------------------------------------------------------- */

static void find_files(struct replay *replay)
{
	const struct path_list *api_logs = &replay->options.api_logs;
	const struct path_list *host_logs = &replay->options.host_logs;
	uint64_t before = replay->problems.count;

	for (size_t i = 0; i < api_logs->count; i++)
		file_list_add(&replay->api_files, api_logs->paths[i], &replay->problems);
	file_list_finish(&replay->api_files);
	/* A folder that cannot be looked into may hold any call. */
	if (replay->problems.count > before)
		coverage_add_hole(&replay->coverage, US_TIME_MIN, US_TIME_MAX);

	for (size_t i = 0; i < host_logs->count; i++)
		file_list_add(&replay->host_files, host_logs->paths[i],
			      &replay->problems);
	file_list_finish(&replay->host_files);
	meter_begin(&replay->meter, file_list_bytes(&replay->api_files) +
					    file_list_bytes(&replay->host_files));
}

/* What a traditional line's year is put nearest to. */
static us_time anchor_of(const struct replay *replay)
{
	struct coverage_span span = coverage_span(&replay->coverage);

	if (replay->options.now != US_TIME_NONE)
		return replay->options.now;
	if (span.from != US_TIME_NONE)
		return span.from + (span.until - span.from) / 2;
	return US_TIME_NONE;
}

/* API logs first: they say in which year the host's lines were written. */
static void read_files(struct replay *replay)
{
	replay->api.events = &replay->events;
	replay->api.evidence = &replay->evidence;
	replay->api.coverage = &replay->coverage;
	replay->api.problems = &replay->problems;
	replay->api.meter = &replay->meter;
	api_load_files(&replay->api, &replay->api_files);

	replay->host.events = &replay->events;
	replay->host.evidence = &replay->evidence;
	replay->host.problems = &replay->problems;
	replay->host.meter = &replay->meter;
	replay->host.zone = replay->options.zone;
	replay->host.year = replay->options.year;
	replay->host.anchor = anchor_of(replay);
	host_load_files(&replay->host, &replay->host_files);

	meter_hide(&replay->meter);
	replay->coverage.said.from = replay->options.covers_from;
	replay->coverage.said.until = replay->options.covers_until;
}

/* ---- who it is
 * --------------------------------------------------------------------------- */

static bool is_instance_id(struct slice id)
{
	return slice_starts_with(id, SLICE("i-")) || slice_starts_with(id, SLICE("mi-"));
}

/* The one instance that the host's own lines name. */
static void take_named_instance(struct replay *replay)
{
	struct slice found = { NULL, 0 };

	for (size_t i = 0; i < replay->events.count; i++) {
		const struct event *event = replay->events.events[i];
		struct slice named =
			event->kind == EVENT_RUN ? event->run.instance : found;

		if (!is_instance_id(named) || slice_equal_ignoring_case(named, found))
			continue;
		if (found.len) {
			problems_note(
				&replay->problems,
				"the host's lines name %.*s and %.*s: --instance says "
				"which of them it is",
				SLICE_ARG(found), SLICE_ARG(named));
			return;
		}
		found = named;
	}
	replay->identity.instance = found;
}

static int identify(struct replay *replay, struct err *err)
{
	const struct replay_options *options = &replay->options;
	struct slice instance = slice_text(options->instance);

	if (options->identity_file &&
	    identity_file_read(options->identity_file, &replay->arena, &replay->identity,
			       err) < 0)
		return -1;
	if (instance.len && replay->identity.instance.len &&
	    !slice_equal_ignoring_case(instance, replay->identity.instance))
		return err_set(err, ERR_USAGE, "--instance is %.*s, but '%s' is of %.*s",
			       SLICE_ARG(instance), options->identity_file,
			       SLICE_ARG(replay->identity.instance));
	if (instance.len)
		replay->identity.instance = instance;
	if (replay->identity.instance.len == 0)
		take_named_instance(replay);
	if (replay->identity.provider.len == 0)
		replay->identity.provider =
			identity_provider_of(replay->identity.instance);
	return 0;
}

static int tell_several_hosts(const struct host_names *names, const char *host,
			      struct err *err)
{
	AUTO_BUF struct buf text = BUF_LIMIT(512);

	host_names_append(names, &text);
	if (host)
		return err_set(err, ERR_MISSING,
			       "no line is of host '%.64s': they are of %s", host,
			       buf_text(&text));
	return err_set(
		err, ERR_MISSING,
		"the logs are of several hosts: %s: --host NAME says which to judge",
		buf_text(&text));
}

/* Of several hosts one is to be judged, and something must say which; without any
 * identity every login is judged by itself. */
static int choose_host(struct replay *replay, struct err *err)
{
	const char *wanted = replay->options.host;
	struct host_names names = { .count = 0 };

	for (size_t i = 0; i < replay->host.source_count; i++)
		host_names_add(&names, replay->host.sources[i].host);
	host_names_add_events(&names, &replay->events);
	host_names_sort(&names);

	if (names.count == 0)
		return 0;
	if (!wanted && names.count > 1 && replay->identity.instance.len == 0)
		return 0;
	if (!host_names_pick(&names, slice_text(wanted), &replay->identity,
			     &replay->host_name))
		return tell_several_hosts(&names, wanted, err);
	return 0;
}

/* EC2 names hosts after their private address. */
static void take_address_of_host(struct replay *replay)
{
	char room[16];
	struct slice ip;

	if (replay->identity.private_ip_count ||
	    !identity_ip_of_host(replay->host_name, room, &ip))
		return;
	replay->identity.private_ips = arena_copy_slices(&replay->arena, &ip, 1);
	replay->identity.private_ip_count = 1;
}

/* ---- judging and printing
 * ---------------------------------------------------------------- */

static void judge(struct replay *replay)
{
	const struct judge_input input = {
		.events = &replay->events,
		.sources = replay->host.sources,
		.source_count = replay->host.source_count,
		.coverage = &replay->coverage,
		.identity = &replay->identity,
		.host = replay->host_name,
		.now = replay->options.now,
		.has_api_logs = replay->options.api_logs.count > 0,
		.policy = replay->policy,
		.baseline = replay->policy ? policy_baseline(replay->policy) : NULL,
	};

	judge_run(&replay->judge, &input);
}

static enum exit_status status_of(const struct replay *replay,
				  const struct report *report)
{
	if (replay->problems.count)
		return STATUS_INCOMPLETE;
	if (report->has_unauthorized || report->worst >= SEVERITY_MEDIUM)
		return STATUS_FOUND;
	return STATUS_NOTHING_TO_TELL;
}

static void each_login(const void *from, report_login_fn *take, void *ctx)
{
	judge_each_login(from, take, ctx);
}

static void each_finding(const void *from, report_finding_fn *take, void *ctx)
{
	judge_each_finding(from, take, ctx);
}

static enum exit_status print(struct replay *replay)
{
	struct screen screen =
		screen_of_stdout(replay->options.color, replay->local_zone);
	const struct native_context context = {
		.instance = replay->identity.instance,
		.host = replay->host_name,
		.provider = replay->identity.provider,
		.account = replay->identity.account,
		.region = replay->identity.region,
		.evidence = evidence_store_find,
		.ctx = &replay->evidence,
	};
	struct report report = {
		.source = { each_login, each_finding, &replay->judge },
		.filter = { replay->options.verdict, replay->options.path, false },
		.has_api_logs = replay->options.api_logs.count > 0,
		.context = &context,
		.screen = &screen,
		.problems = &replay->problems,
		.summary.api_calls = api_load_count(&replay->api),
		.summary.lines = replay->host.lines,
	};
	struct err err;

	report_count(&report);
	if (replay->options.explain) {
		const struct explain_request request = {
			.judge = &replay->judge,
			.id = slice_text(replay->options.explain),
			.json = replay->options.json,
		};

		if (explain_print(&report, &request, &err) < 0)
			problems_tell(&replay->problems, NULL, &err);
	} else if (replay->options.format) {
		report_print_format(&report, replay->options.format,
				    replay->options.records);
	} else if (replay->options.json) {
		report_print_json(&report);
	} else {
		report_print_text(&report);
	}
	if (fflush(stdout) != 0 || ferror(stdout)) {
		err_set(&err, ERR_SYSTEM, "cannot write the output");
		problems_tell(&replay->problems, NULL, &err);
	}
	return status_of(replay, &report);
}

static enum exit_status run_replay(struct replay *replay)
{
	struct err err;

	if (zone_new("local", &replay->local_zone, &err) < 0 ||
	    replay_policy_open(replay->options.policy, replay->options.config,
			       &replay->policy, &err) < 0)
		goto failed;
	find_files(replay);
	read_files(replay);
	if (identify(replay, &err) < 0 || choose_host(replay, &err) < 0)
		goto failed;
	take_address_of_host(replay);
	judge(replay);
	return print(replay);

failed:
	problems_tell(&replay->problems, NULL, &err);
	return err.code == ERR_USAGE ? STATUS_USAGE : STATUS_INCOMPLETE;
}

static void help(FILE *out)
{
	fputs("Usage: countersign replay --host-log FILE... --api-log FILE... "
	      "[OPTION]...\n"
	      "\n"
	      "Judges a recorded incident: which API call let each login in, and which "
	      "logins\n"
	      "no API call vouches for.\n"
	      "\n"
	      "Host logs: auth.log or secure, .journal files, journal export,\n"
	      "amazon-ssm-agent.log, waagent.log and the extensions' logs, "
	      "authorized_keys,\n"
	      "cloud-init.log. API logs of every shape: CloudTrail, Azure's activity log "
	      "and\n"
	      "BastionAuditLogs, Google's audit logs. Plain or .gz, single files or "
	      "folders;\n"
	      "the kind is seen from the content.\n"
	      "\n",
	      out);
	replay_options_help(out);
	fputs("\n"
	      "T is a time as journalctl takes it: '2026-01-28 10:00:00', 'yesterday', "
	      "'-1h',\n"
	      "'2026-01-28T10:00:00Z', '@1769594400'.\n"
	      "\n"
	      "Exit status: 0 nothing to tell; 1 an unauthorized login, or a finding of "
	      "medium\n"
	      "severity or more, that the policy does not suppress; 2 wrong usage; 3 it "
	      "could\n"
	      "not be done, or not all of it.\n",
	      out);
}

static int run(int argc, char **argv)
{
	struct replay replay;
	enum exit_status status;
	struct err err;

	replay_init(&replay);
	if (replay_options_read(&replay.options, argc, argv, wall_clock(), &err) < 0) {
		problems_tell(&replay.problems, NULL, &err);
		problems_note(&replay.problems, "'countersign replay --help' tells more");
		status = STATUS_USAGE;
	} else if (replay.options.help) {
		help(stdout);
		status = STATUS_NOTHING_TO_TELL;
	} else {
		status = run_replay(&replay);
	}
	replay_release(&replay);
	return (int)status;
}

const struct command command_replay = {
	.name = "replay",
	.summary = "judge a recorded incident from host logs and API logs",
	.help = help,
	.run = run,
};
