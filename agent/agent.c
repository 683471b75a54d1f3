/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/agent.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "agent/courier_open.h"
#include "agent/log.h"
#include "base/call_filter.h"
#include "base/cleanup.h"
#include "base/exact_mode.h"
#include "base/fault.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/shut_in.h"

static int make_folder(const char *path, mode_t mode, struct err *err)
{
	struct stat status;

	if (mkdir_exact(path, mode) < 0 &&
	    (stat(path, &status) < 0 || !S_ISDIR(status.st_mode)))
		return err_set(err, ERR_SYSTEM,
			       "there is no folder '%s', nor can it be made", path);
	return 0;
}

static int open_store(struct agent *agent, struct err *err)
{
	const struct store_options options = {
		.folder = agent->config.agent.state_dir,
		.max_bytes = agent->config.agent.max_state_bytes,
		.keep = agent->config.agent.keep,
		/* All that the correlator itself keeps, and a day more. */
		.keep_events = correlator_options_default().keep_us + US_PER_DAY,
	};

	if (make_folder(options.folder, 0700, err) < 0 ||
	    make_folder(agent->config.agent.log_dir, 0750, err) < 0 ||
	    make_folder(agent->config.agent.runtime_dir, 0755, err) < 0)
		return -1;
	if (store_open(&options, &agent->store, &agent->opening, err) < 0)
		return -1;
	agent->poison = poison_open(options.folder);
	if (agent->opening.was_damaged)
		log_line(LOG_LEVEL_ERROR, "the store was damaged (%s): it lies in '%s'",
			 agent->opening.damage, agent->opening.moved_to);
	return 0;
}

static bool stored_times(struct agent *agent, us_time *ret_now, us_time *ret_real)
{
	AUTO_BUF struct buf value = BUF_LIMIT(64);
	struct slice text, first;
	uint64_t now, real;

	if (!store_get_value(agent->store, "clock", &value))
		return false;
	text = buf_slice(&value);
	if (!slice_take_until(&text, ' ', &first) ||
	    !slice_number(first, (uint64_t)US_TIME_MAX, &now) ||
	    !slice_number(text, (uint64_t)US_TIME_MAX, &real))
		return false;
	*ret_now = (us_time)now;
	*ret_real = (us_time)real;
	return true;
}

static void load_watched_since(struct agent *agent)
{
	AUTO_BUF struct buf value = BUF_LIMIT(64);
	uint64_t since;
	char text[32];

	if (store_get_value(agent->store, "watched-since", &value) &&
	    slice_number(buf_slice(&value), (uint64_t)US_TIME_MAX, &since)) {
		agent->watched_since = (us_time)since;
		return;
	}
	agent->watched_since = clock_real();
	snprintf(text, sizeof(text), "%" PRId64, agent->watched_since);
	store_put_value(agent->store, "watched-since", slice_text(text));
}

int agent_read_policy(const struct agent *agent, const struct config *config,
		      struct policy **ret_policy, struct err *err)
{
	struct policy_request request = { .may_be_missing = false };
	AUTO_FREE char *path =
		config_policy_path(config, agent->config_path, &request.may_be_missing);

	request.path = path;
	return policy_read(&request, ret_policy, err);
}

/* What the agent starts itself is its courier, where systemd does not. */
static void give_up_calls(struct agent *agent)
{
	const struct call_filter how = {
		.keeps_memory_files = true,
		.is_debugging = shut_in_is_debugging(),
	};
	struct err err;

	agent->may_start_courier = courier_open_starts_child(&agent->config);
	if (!agent->may_start_courier && call_filter_install(&how, &err) < 0)
		log_line(LOG_LEVEL_WARNING, "%s", err.text);
}

static int open_all(struct agent *agent, struct err *err)
{
	us_time stored_now = US_TIME_NONE, stored_real = US_TIME_NONE;

	if (config_read(agent->config_path, CONFIG_FOR_AGENT, &agent->config, err) < 0)
		return -1;
	give_up_calls(agent);
	if (agent_read_policy(agent, &agent->config, &agent->policy, err) < 0)
		return -1;
	if (sd_event_default(&agent->event) < 0)
		return err_set(err, ERR_SYSTEM, "cannot make an event loop");
	if (agent_watch_signals(agent, err) < 0 || open_store(agent, err) < 0 ||
	    zone_new("local", &agent->zone, err) < 0)
		return -1;
	stored_times(agent, &stored_now, &stored_real);
	clock_init(&agent->clock, stored_now, stored_real);
	agent->restored_until = stored_now;
	agent->started_at = clock_real();
	load_watched_since(agent);
	if (sd_event_add_defer(agent->event, &agent->pump, agent_on_pump, agent) < 0)
		return err_set(err, ERR_SYSTEM, "cannot make an event source");
	sd_event_source_set_enabled(agent->pump, SD_EVENT_ON);
	agent->world.wake = agent_wake;
	agent->world.ctx = agent;
	if (agent_open_parts(agent, err) < 0)
		return -1;
	if (stored_real != US_TIME_NONE && poison_last_alive(agent->poison) > stored_real)
		stored_real = poison_last_alive(agent->poison);
	agent_tell_start(agent, stored_real);
	memory_give_back();
	return 0;
}

int agent_open(const char *config_path, struct agent **ret_agent, struct err *err)
{
	struct agent *agent = memory_new(1, sizeof(*agent));

	if (config_path)
		agent->config_path = memory_copy_text(slice_text(config_path));
	agent->down_told_at = US_TIME_NONE;
	agent->committed_at = agent->covered_at = agent->active_at = 0;
	if (gethostname(agent->host, sizeof(agent->host) - 1) < 0)
		agent->host[0] = '\0';
	if (open_all(agent, err) < 0) {
		agent_close(agent);
		return -1;
	}
	*ret_agent = agent;
	return 0;
}

void agent_close(struct agent *agent)
{
	if (!agent)
		return;
	agent_close_parts(agent);
	sd_event_source_disable_unref(agent->pump);
	sd_event_source_disable_unref(agent->deadline);
	sd_event_source_disable_unref(agent->tick);
	sd_event_source_disable_unref(agent->retry);
	store_close(agent->store);
	poison_close(agent->poison);
	zone_free(agent->zone);
	policy_free(agent->policy);
	config_release(&agent->config);
	sd_event_unref(agent->event);
	free(agent->config_path);
	free(agent);
}

int agent_run(struct agent *agent)
{
	int rc;

	sd_event_set_watchdog(agent->event, true);
	agent_arm(agent, &agent->tick, US_PER_SECOND, agent_on_tick);
	agent_commit(agent);
	rc = sd_event_loop(agent->event);
	if (agent->pipeline && !agent->is_stalled) {
		agent_cover(agent);
		agent_tell_stop(agent);
		agent_commit(agent);
	}
	return rc < 0 ? 1 : rc;
}
