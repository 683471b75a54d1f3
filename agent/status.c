/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The row of `status`: health for everybody on the host, and for the privileged who and
 * what besides. docs/status.md is its contract.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/agent.h"
#include "base/json.h"

#define COUNTED_FOR US_PER_DAY
#define NONE ((struct slice){ NULL, 0 })

struct status {
	struct agent *agent;
	bool is_privileged;
	struct json_writer writer;
	us_time since;
	struct store_summary summary;
	struct err store_problem; /* why there is no summary; "" = there is */
	size_t problems;
};

/* A text that only the privileged are shown; null to others, and when it is empty. */
static void put_private(struct status *status, const char *key, struct slice text)
{
	json_put_text_or_null(&status->writer, key, status->is_privileged ? text : NONE);
}

static void put_text(struct status *status, const char *key, const char *text)
{
	json_put_text_or_null(&status->writer, key, slice_text(text ? text : ""));
}

static const char *state_of(const struct agent *agent)
{
	if (agent->is_stopping)
		return "stopping";
	if (agent->is_stalled)
		return "impaired";
	return agent->is_caught_up ? "watching" : "starting";
}

static void put_agent(struct status *status)
{
	struct agent *agent = status->agent;
	struct json_writer *writer = &status->writer;

	json_open_object(writer, "agent");
	json_put_text(writer, "version", SLICE(PACKAGE_VERSION));
	json_put_number(writer, "pid", getpid());
	put_private(status, "host", slice_text(agent->host));
	put_text(status, "state", state_of(agent));
	json_put_time(writer, "started_at", agent->started_at);
	json_put_time(writer, "now", clock_real());
	json_close_object(writer);
}

static void put_identity(struct status *status)
{
	const struct identity *identity = pipeline_identity(status->agent->pipeline);
	struct identity_state state = control_plane_identity(status->agent->plane);
	struct json_writer *writer = &status->writer;

	json_open_object(writer, "identity");
	put_text(status, "state", state.state);
	json_put_text_or_null(writer, "provider", identity->provider);
	put_text(status, "origin", state.origin);
	json_put_text_or_null(writer, "region", identity->region);
	put_private(status, "instance", identity->instance);
	put_private(status, "account", identity->account);
	json_open_array(writer, "private_ips");
	for (uint32_t i = 0; status->is_privileged && i < identity->private_ip_count; i++)
		json_put_text(writer, NULL, identity->private_ips[i]);
	json_close_array(writer);
	put_private(status, "problem", slice_text(state.problem));
	json_close_object(writer);
}

static bool is_silent(const struct agent *agent, const struct source_state *state)
{
	return state->condition == SOURCE_FOLLOWING && state->last_at != US_TIME_NONE &&
	       clock_real() - state->last_at > agent->config.sources.silent_after;
}

static void put_source(struct status *status, const struct source *source)
{
	struct json_writer *writer = &status->writer;
	struct source_state state;

	source->ops->state(source, &state);
	json_open_object(writer, NULL);
	put_text(status, "name", source->name);
	put_text(status, "kind", state.kind);
	put_text(status, "state",
		 is_silent(status->agent, &state)
			 ? "silent"
			 : source_condition_word(state.condition));
	json_put_number(writer, "lag_bytes", (int64_t)state.lag_bytes);
	json_put_time(writer, "last_at", state.last_at);
	json_put_number(writer, "gaps", (int64_t)state.gaps);
	put_private(status, "problem", slice_text(state.problem ? state.problem : ""));
	json_close_object(writer);
}

static void put_query(struct status *status, const struct query_state *query)
{
	struct json_writer *writer = &status->writer;

	json_open_object(writer, NULL);
	put_text(status, "query", query->query);
	put_private(status, "account", query->account);
	json_put_text_or_null(writer, "region", query->region);
	put_text(status, "sight", query->sight);
	json_put_time(writer, "proven_until", query->proven_until);
	json_put_time(writer, "asked_at", query->asked_at);
	json_put_time(writer, "next_at", query->next_at);
	put_text(status, "reason", query->reason);
	put_private(status, "detail", slice_text(query->detail));
	json_close_object(writer);
}

static void put_queries(struct status *status)
{
	struct query_state query;

	json_open_array(&status->writer, "control_plane");
	for (size_t i = 0; control_plane_state(status->agent->plane, i, &query); i++)
		put_query(status, &query);
	json_close_array(&status->writer);
}

static void put_courier(struct status *status)
{
	struct courier_state state = courier_link_state(status->agent->courier);

	json_open_object(&status->writer, "courier");
	put_text(status, "state", state.state);
	put_private(status, "problem", slice_text(state.problem));
	json_close_object(&status->writer);
}

static void put_store(struct status *status)
{
	struct agent *agent = status->agent;
	struct json_writer *writer = &status->writer;
	const struct store_summary *summary = &status->summary;
	const char *problem = status->store_problem.text;

	json_open_object(writer, "store");
	json_put_number(writer, "bytes", (int64_t)summary->database_bytes);
	json_put_number(writer, "max_bytes",
			(int64_t)agent->config.agent.max_state_bytes);
	json_put_number(writer, "events", (int64_t)summary->events);
	json_put_number(writer, "unreadable",
			(int64_t)pipeline_unreadable(agent->pipeline));
	json_put_number(writer, "waiting_bytes",
			(int64_t)store_batch_bytes(agent->store));
	json_put_time(writer, "oldest_at", summary->oldest_at);
	put_text(status, "problem", problem[0] ? problem : agent->store_problem);
	json_close_object(writer);
}

/* The agent's clock goes on where the real one may jump. */
static us_time real_time_of(struct agent *agent, us_time at)
{
	return at == US_TIME_NONE || at == US_TIME_MIN
		       ? US_TIME_NONE
		       : clock_real() + (at - clock_now(&agent->clock));
}

static void put_sink(struct status *status, const struct outbox_state *sink)
{
	struct json_writer *writer = &status->writer;

	json_open_object(writer, NULL);
	put_text(status, "name", sink->name);
	put_text(status, "type", sink->type);
	put_text(status, "format", sink->format);
	put_text(status, "records", sink->records);
	put_text(status, "state", sink->state);
	json_put_number(writer, "waiting", (int64_t)sink->waiting);
	json_put_number(writer, "waiting_bytes", (int64_t)sink->waiting_bytes);
	json_put_number(writer, "max_bytes", (int64_t)sink->max_bytes);
	json_put_time(writer, "oldest_at", sink->oldest_at);
	json_put_number(writer, "delivered", (int64_t)sink->delivered);
	json_put_number(writer, "refused", (int64_t)sink->refused);
	json_put_number(writer, "dropped", (int64_t)sink->dropped);
	json_put_number(writer, "dead_letters", (int64_t)sink->dead_letters);
	json_put_time(writer, "next_try_at", real_time_of(status->agent, sink->retry_at));
	put_private(status, "last_error", slice_text(sink->last_error));
	json_close_object(writer);
}

static void put_sinks(struct status *status)
{
	struct json_writer *writer = &status->writer;
	struct outbox_state sink;

	json_open_array(writer, "sinks");
	for (size_t i = 0; outbox_state(status->agent->outbox, i, &sink); i++)
		put_sink(status, &sink);
	json_close_array(writer);
}

/* Who is let by in silence is for the privileged. */
static void put_suppressions(struct status *status)
{
	struct json_writer *writer = &status->writer;
	struct pipeline_suppression counted;

	json_open_array(writer, "suppressed");
	for (size_t i = 0; status->is_privileged &&
			   pipeline_suppression(status->agent->pipeline, i, &counted);
	     i++) {
		const struct suppression *suppression = counted.suppression;

		json_open_object(writer, NULL);
		put_text(status, "name", suppression->name);
		put_text(status, "reason", suppression->reason);
		json_put_time(writer, "until", suppression->until);
		json_put_number(writer, "count", (int64_t)counted.count);
		json_put_time(writer, "last_at", counted.last_at);
		json_put_bool(writer, "expired",
			      suppression->until != US_TIME_NONE &&
				      suppression->until <= clock_real());
		json_close_object(writer);
	}
	json_close_array(writer);
}

static void put_counts(struct status *status)
{
	static const char *const verdict_keys[VERDICT_COUNT] = {
		[VERDICT_PENDING] = "pending",
		[VERDICT_AUTHORIZED] = "authorized",
		[VERDICT_UNAUTHORIZED] = "unauthorized",
		[VERDICT_UNVERIFIABLE] = "unverifiable",
		[VERDICT_NOT_JUDGED] = "not_judged",
	};
	struct json_writer *writer = &status->writer;

	json_open_object(writer, "logins");
	json_put_time(writer, "since", status->since);
	for (int i = 0; i < VERDICT_COUNT; i++)
		json_put_number(writer, verdict_keys[i],
				(int64_t)status->summary.logins[i]);
	json_close_object(writer);
	json_open_object(writer, "findings");
	json_put_time(writer, "since", status->since);
	for (int i = 0; i < SEVERITY_COUNT; i++)
		json_put_number(writer, severity_word((enum severity)i),
				(int64_t)status->summary.findings[i]);
	json_close_object(writer);
}

/* ---- what is missing, and what to do -------------------------------------------------
 */

static void put_problem(struct status *status, const char *what, const char *detail,
			const char *advice)
{
	json_open_object(&status->writer, NULL);
	put_text(status, "what", what);
	put_private(status, "detail", slice_text(detail));
	put_text(status, "advice", advice);
	json_close_object(&status->writer);
	status->problems++;
}

static void put_source_problems(struct status *status)
{
	const struct agent *agent = status->agent;
	bool has_logins = false;

	for (size_t i = 0; i < agent->source_count; i++) {
		const struct source *source = agent->sources[i];
		struct source_state state;
		char what[320];

		source->ops->state(source, &state);
		has_logins |= state.condition == SOURCE_FOLLOWING &&
			      (strcmp(state.kind, "journal") == 0 ||
			       strcmp(state.kind, "syslog") == 0);
		if (state.condition == SOURCE_FOLLOWING || state.is_quiet)
			continue;
		snprintf(what, sizeof(what), "%.200s is %s", source->name,
			 source_condition_word(state.condition));
		put_problem(status, what, state.problem,
			    state.condition == SOURCE_DENIED
				    ? "let the agent's user read it: group adm or "
				      "systemd-journal, CAP_DAC_READ_SEARCH for what "
				      "is root's alone, with ProtectHome=read-only "
				      "for what is in homes"
				    : "nothing, if this host does not write it; it is "
				      "followed as soon as it is there");
	}
	if (!has_logins)
		put_problem(status, "no log of logins can be read", "",
			    "ssh and console logins are not seen: give the agent's user "
			    "the groups systemd-journal and adm, then restart it");
}

static void put_blindness(struct status *status)
{
	struct query_state query;

	for (size_t i = 0; control_plane_state(status->agent->plane, i, &query); i++) {
		if (!query.advice)
			continue;
		put_problem(status, query.what, query.detail, query.advice);
		return; /* one is enough: they fail together */
	}
}

static void put_identity_problem(struct status *status)
{
	struct identity_state identity = control_plane_identity(status->agent->plane);

	bool is_said = strcmp(status->agent->config.identity.provider, "none") == 0;

	if (strcmp(identity.state, "none") == 0 && !is_said)
		put_problem(status, "this machine seems to be of no cloud", "",
			    "if it is of one: set [identity], or let it reach the "
			    "instance metadata");
	else if (strcmp(identity.state, "unknown") == 0 && identity.problem[0])
		put_problem(status, "which instance this is, is not known",
			    identity.problem,
			    "let the instance metadata be reached (IMDSv2), or set "
			    "[identity]");
}

/* The first by its name and what it said; of the others how many they are. */
static void put_sink_problems(struct status *status)
{
	struct outbox_state sink;
	char what[256] = "", detail[512] = "";
	size_t count = 0;

	for (size_t i = 0; outbox_state(status->agent->outbox, i, &sink); i++) {
		if (!sink.last_error[0] || count++)
			continue;
		snprintf(what, sizeof(what), "the sink '%.128s' takes nothing",
			 sink.name);
		snprintf(detail, sizeof(detail), "%s", sink.last_error);
	}
	if (count == 0)
		return;
	if (count > 1)
		snprintf(what + strlen(what), sizeof(what) - strlen(what),
			 ", and %zu more", count - 1);
	put_problem(status, what, detail,
		    "countersign test-alert tries it; see its section of the "
		    "configuration");
}

static void put_problems(struct status *status)
{
	struct agent *agent = status->agent;

	json_open_array(&status->writer, "problems");
	if (agent->is_stalled)
		put_problem(
			status, "what is seen cannot be stored", agent->store_problem,
			"free space where [agent] state_dir lies: nothing is lost, and "
			"nothing is judged until then");
	put_source_problems(status);
	put_blindness(status);
	put_identity_problem(status);
	if (pipeline_unreadable(agent->pipeline))
		put_problem(status, "stored events cannot be read", "",
			    "look at the finding evidence-gap; a version older than the "
			    "one that stored them cannot read them");
	put_sink_problems(status);
	if (agent->reload_problem[0])
		put_problem(status,
			    "the configuration was changed, and the old one is in force",
			    agent->reload_problem,
			    "countersign check-config says what is wrong; systemctl "
			    "reload countersignd when it is mended");
	json_close_array(&status->writer);
}

void agent_append_status(struct agent *agent, bool is_privileged, struct buf *buf)
{
	struct status status = { .agent = agent,
				 .is_privileged = is_privileged,
				 .since = clock_real() - COUNTED_FOR,
				 .summary = { .oldest_at = US_TIME_NONE } };
	struct json_writer *writer = &status.writer;

	/* A store that cannot be read says so in its own part. */
	if (store_summarize(agent->store, status.since, &status.summary,
			    &status.store_problem) == 0)
		status.store_problem.text[0] = '\0';
	json_begin(writer, buf);
	json_open_object(writer, NULL);
	json_put_text(writer, "type", SLICE("status"));
	json_put_bool(writer, "privileged", is_privileged);
	put_agent(&status);
	put_identity(&status);
	json_open_array(writer, "sources");
	for (size_t i = 0; i < agent->source_count; i++)
		if (source_is_shown(agent->sources[i]))
			put_source(&status, agent->sources[i]);
	json_close_array(writer);
	put_queries(&status);
	put_courier(&status);
	put_store(&status);
	put_sinks(&status);
	put_suppressions(&status);
	put_counts(&status);
	put_problems(&status);
	json_close_object(writer);
}
