/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals: to stop, and to read the configuration anew.
 */
#include <inttypes.h>
#include <signal.h>
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

static void reload(struct agent *agent)
{
	AUTO_CONFIG struct config config = { 0 };
	struct config old;
	struct err err;

	if (config_read(agent->config_path, CONFIG_FOR_AGENT, &config, &err) < 0) {
		log_line(LOG_LEVEL_ERROR, "the old configuration stays: %s", err.text);
		return;
	}
	agent_cover(agent);
	agent_commit(agent);
	if (agent->is_stalled) {
		log_line(LOG_LEVEL_ERROR, "the old configuration stays: %s",
			 agent->store_problem);
		return;
	}
	agent_close_parts(agent);
	agent->restored_until = agent->clock.last;
	old = agent->config;
	agent->config = config;
	config = old;
	if (agent_open_parts(agent, &err) < 0) {
		/* What ran before runs again. */
		log_line(LOG_LEVEL_ERROR, "the old configuration stays: %s", err.text);
		agent_close_parts(agent);
		old = agent->config;
		agent->config = config;
		config = old;
		if (agent_open_parts(agent, &err) < 0) {
			log_line(LOG_LEVEL_ERROR, "%s", err.text);
			sd_event_exit(agent->event, 1);
			return;
		}
	} else {
		log_line(LOG_LEVEL_NOTICE, "the configuration was read anew");
	}
	agent_commit(agent);
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
