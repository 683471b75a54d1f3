/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals: to stop, and to read the configuration anew.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <systemd/sd-daemon.h>

#include "agent/agent.h"
#include "agent/log.h"

static int on_stop(sd_event_source *events, const struct signalfd_siginfo *info,
		   void *ctx)
{
	struct agent *agent = ctx;

	(void)events;
	(void)info;
	sd_notify(0, "STOPPING=1");
	agent->is_stopping = true;
	return sd_event_exit(agent->event, 0);
}

/* What is read anew: both are good, or neither counts. */
struct settings {
	struct config config;
	struct policy *policy;
};

static int settings_read(const struct agent *agent, struct settings *ret_settings,
			 struct err *err)
{
	struct settings settings = { .policy = NULL };
	int result = 0;

	if (config_read(agent->config_path, CONFIG_FOR_AGENT, &settings.config, err) < 0)
		return -1;
	if (settings.config.courier.mode == COURIER_CHILD && !agent->may_start_courier)
		result = err_set(err, ERR_USAGE,
				 "no program can be started any more: [courier] mode = "
				 "child needs a restart");
	if (result == 0)
		result =
			agent_read_policy(agent, &settings.config, &settings.policy, err);
	if (result < 0) {
		config_release(&settings.config);
		return -1;
	}
	*ret_settings = settings;
	return 0;
}

static void settings_release(struct settings *settings)
{
	policy_free(settings->policy);
	config_release(&settings->config);
}

/* To be done while no part is open: they borrow from both. */
static void settings_swap(struct agent *agent, struct settings *settings)
{
	const struct settings old = { agent->config, agent->policy };

	agent->config = settings->config;
	agent->policy = settings->policy;
	*settings = old;
}

/* Told in status, too, until a reload succeeds. */
static void keep_old(struct agent *agent, const char *why)
{
	snprintf(agent->reload_problem, sizeof(agent->reload_problem), "%s", why);
	log_line(LOG_LEVEL_ERROR, "the old configuration stays: %s", why);
}

static void reload_as(struct agent *agent, struct settings *settings)
{
	struct err err;

	agent_cover(agent);
	agent_commit(agent);
	if (agent->is_stalled) {
		keep_old(agent, agent->store_problem);
		return;
	}
	agent_close_parts(agent);
	agent->restored_until = agent->clock.last;
	settings_swap(agent, settings);
	if (agent_open_parts(agent, &err) < 0) {
		/* What ran before runs again. */
		keep_old(agent, err.text);
		agent_close_parts(agent);
		settings_swap(agent, settings);
		if (agent_open_parts(agent, &err) < 0) {
			log_line(LOG_LEVEL_ERROR, "%s", err.text);
			sd_event_exit(agent->event, 1);
			return;
		}
	} else {
		agent->reload_problem[0] = '\0';
		log_line(LOG_LEVEL_NOTICE, "the configuration was read anew");
	}
	agent_commit(agent);
}

static void reload(struct agent *agent)
{
	struct settings settings;
	struct err err;

	if (settings_read(agent, &settings, &err) < 0) {
		keep_old(agent, err.text);
		return;
	}
	reload_as(agent, &settings);
	settings_release(&settings);
}

static int on_reload(sd_event_source *events, const struct signalfd_siginfo *info,
		     void *ctx)
{
	struct agent *agent = ctx;

	(void)events;
	(void)info;
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
		   (uint64_t)clock_boot()); /* systemd 253 wants CLOCK_MONOTONIC's */
	outbox_reopen(agent->outbox);
	reload(agent);
	sd_notify(0, "READY=1");
	return 0;
}

int agent_watch_signals(struct agent *agent, struct err *err)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (sd_event_add_signal(agent->event, NULL, SIGTERM, on_stop, agent) < 0 ||
	    sd_event_add_signal(agent->event, NULL, SIGINT, on_stop, agent) < 0 ||
	    sd_event_add_signal(agent->event, NULL, SIGHUP, on_reload, agent) < 0)
		return err_set(err, ERR_SYSTEM, "cannot watch signals");
	return 0;
}
