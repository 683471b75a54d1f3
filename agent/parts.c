/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a configuration makes: pipeline, outbox, sources, control socket, courier. Opened
 * at the start and, anew, when the configuration was read anew; the store stays.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/agent.h"
#include "agent/log.h"

static const char *const usual_logs[] = {
	"/var/log/auth.log", /* Debian, Ubuntu */
	"/var/log/secure",   /* Amazon Linux, Red Hat, Fedora, SUSE */
};
#define SSM_LOG "/var/log/amazon/ssm/amazon-ssm-agent.log"

static void login_changed(void *ctx, const struct store_login *login)
{
	struct agent *agent = ctx;

	agent->is_considering = true;
	if (agent->control)
		control_publish_login(agent->control, login->happened_at, login->path,
				      login->verdict, login->is_door, login->json);
}

static void finding_changed(void *ctx, const struct store_finding *finding)
{
	const struct agent *agent = ctx;

	if (agent->control)
		control_publish_finding(agent->control, finding->happened_at,
					finding->json);
}

static void plane_fed(void *ctx)
{
	agent_fed(ctx);
}

static void add(struct agent *agent, struct source *source)
{
	if (agent->source_count == AGENT_SOURCES_MAX) {
		log_line(LOG_LEVEL_ERROR, "'%s' is not followed: there are too many",
			 source->name);
		source->ops->free(source);
		return;
	}
	agent->sources[agent->source_count++] = source;
}

static void add_journal(struct agent *agent)
{
	const struct config_source *journal = &agent->config.sources.journal;

	if (journal->choice != CONFIG_NO)
		add(agent,
		    source_journal_new(&agent->world, journal->choice == CONFIG_AT_PATH
							      ? journal->path
							      : NULL));
}

/* Where it is "auto" a log that is not there, with nobody to write it, is no news. */
static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

static void add_files(struct agent *agent)
{
	const struct config *config = &agent->config;

	if (config->sources.files_auto) {
		for (size_t i = 0; i < sizeof(usual_logs) / sizeof(usual_logs[0]); i++) {
			if (is_there(usual_logs[i]))
				add(agent,
				    source_file_new(&agent->world, usual_logs[i], false));
		}
		return;
	}
	for (size_t i = 0; i < config->sources.files.count; i++)
		add(agent, source_file_new(&agent->world, config->sources.files.items[i],
					   false));
}

static void add_ssm(struct agent *agent)
{
	const struct config_source *log = &agent->config.sources.ssm_log;
	const char *folders = agent->config.sources.ssm_data_dir;

	if (log->choice == CONFIG_NO)
		return;
	if (log->choice == CONFIG_AT_PATH)
		add(agent, source_file_new(&agent->world, log->path, true));
	else if (log->choice == CONFIG_YES || is_there(SSM_LOG))
		add(agent, source_file_new(&agent->world, SSM_LOG, true));
	if (folders[0])
		add(agent, source_folders_new(&agent->world, folders));
}

static void add_api_logs(struct agent *agent)
{
	if (agent->config.aws.api_log_dir[0])
		add(agent, source_api_new(&agent->world, agent->config.aws.api_log_dir));
}

static int open_pipeline(struct agent *agent, struct err *err)
{
	const struct pipeline_options options = {
		.store = agent->store,
		.clock = &agent->clock,
		.outbox = agent->outbox,
		.config = &agent->config,
		.host = agent->host,
		.stored_now = agent->restored_until,
		.login_changed = login_changed,
		.finding_changed = finding_changed,
		.ctx = agent,
	};

	return pipeline_open(&options, &agent->pipeline, err);
}

static void open_plane(struct agent *agent)
{
	const struct control_plane_options options = {
		.event = agent->event,
		.clock = &agent->clock,
		.pipeline = agent->pipeline,
		.store = agent->store,
		.config = &agent->config,
		.courier = agent->courier,
		.watched_since = agent->watched_since,
		.fed = plane_fed,
		.ctx = agent,
	};

	agent->plane = control_plane_new(&options);
}

static int open_control(struct agent *agent, struct err *err)
{
	const struct control_ops ops = { agent_answer, agent };

	return control_open(agent->event, agent->config.agent.runtime_dir,
			    agent->config.agent.group, &ops, &agent->control, err);
}

int agent_open_parts(struct agent *agent, struct err *err)
{
	if (outbox_open(agent->store, &agent->config, &agent->outbox, err) < 0 ||
	    open_pipeline(agent, err) < 0)
		return -1;
	agent->courier =
		courier_link_new(agent->event, &agent->config, agent->config_path);
	open_plane(agent);
	agent->world.event = agent->event;
	agent->world.pipeline = agent->pipeline;
	agent->world.store = agent->store;
	agent->world.poison = agent->poison;
	agent->world.config = &agent->config;
	agent->world.zone = agent->zone;
	agent->world.host = agent->host;
	agent->world.is_anew = agent->opening.was_damaged;
	add_journal(agent);
	add_files(agent);
	add_ssm(agent);
	add_api_logs(agent);
	if (agent->pump)
		sd_event_source_set_enabled(agent->pump, SD_EVENT_ON);
	return open_control(agent, err);
}

void agent_close_parts(struct agent *agent)
{
	while (agent->source_count) {
		struct source *source = agent->sources[--agent->source_count];

		source->ops->free(source);
	}
	control_plane_free(agent->plane);
	agent->plane = NULL;
	while (agent->doctor_count)
		control_reply_error(agent->doctors[--agent->doctor_count],
				    "the agent ends or reads its configuration anew");
	control_close(agent->control);
	agent->control = NULL;
	courier_link_free(agent->courier);
	agent->courier = NULL;
	pipeline_free(agent->pipeline);
	agent->pipeline = NULL;
	outbox_free(agent->outbox);
	agent->outbox = NULL;
}
