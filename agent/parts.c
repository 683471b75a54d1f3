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
#include "agent/metrics.h"
#include "base/limits.h"

static const char *const usual_logs[] = {
	"/var/log/auth.log", /* Debian, Ubuntu */
	"/var/log/secure",   /* Amazon Linux, Red Hat, Fedora, SUSE */
};
/* Where daemons log, those of a cloud among them: the journal has it all, too. */
static const char *const daemon_logs[] = {
	"/var/log/syslog",   /* Debian, Ubuntu */
	"/var/log/messages", /* the others */
};
#define SSM_LOG "/var/log/amazon/ssm/amazon-ssm-agent.log"
#define LOG_FOLDER "/var/log"
#define AZURE_AGENT_LOG "waagent.log"
#define AZURE_FOLDER "azure"
#define CLOUD_INIT_LOG "/var/log/cloud-init.log"
/* Of whom Google's agent makes, and of root. */
static const char *const usual_keys[] = {
	"/root/.ssh/authorized_keys",
	"/home/*/.ssh/authorized_keys",
};

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
	AUTO_BUF struct buf row = BUF_LIMIT(LIMIT_STORED_BYTES);

	if (agent->control && agent_append_finding(finding, &row))
		control_publish_finding(agent->control, finding->happened_at,
					buf_slice(&row));
}

static void judged(void *ctx, const struct verdict *verdict)
{
	struct agent *agent = ctx;

	unvouched_note(&agent->unvouched, verdict);
	if (agent->plane)
		control_plane_note(agent->plane, verdict);
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

static void add_file(struct agent *agent, const char *path, enum host_log_kind kind,
		     bool is_optional)
{
	const struct source_file_options options = { .path = path,
						     .kind = kind,
						     .is_optional = is_optional };

	add(agent, source_file_new(&agent->world, &options));
}

static void add_those_there(struct agent *agent, const char *const *paths, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_there(paths[i]))
			add_file(agent, paths[i], HOST_LOG_UNKNOWN, false);
}

/* journald's own folders: one of them is there while it runs. */
static bool has_journal(const struct agent *agent)
{
	return agent->config.sources.journal.choice != CONFIG_NO &&
	       (agent->config.sources.journal.choice == CONFIG_AT_PATH ||
		is_there("/run/log/journal") || is_there("/var/log/journal"));
}

static void add_files(struct agent *agent)
{
	const struct config_list *files = &agent->config.sources.files;

	for (size_t i = 0; i < files->count; i++)
		add_file(agent, files->items[i], HOST_LOG_UNKNOWN, false);
	if (!agent->config.sources.files_auto)
		return;
	add_those_there(agent, usual_logs, sizeof(usual_logs) / sizeof(usual_logs[0]));
	if (!has_journal(agent))
		add_those_there(agent, daemon_logs,
				sizeof(daemon_logs) / sizeof(daemon_logs[0]));
}

static void add_ssm(struct agent *agent)
{
	const struct config_source *log = &agent->config.sources.ssm_log;
	const char *folders = agent->config.sources.ssm_data_dir;

	if (log->choice == CONFIG_NO)
		return;
	if (log->choice == CONFIG_AT_PATH)
		add_file(agent, log->path, HOST_LOG_SSM, false);
	else if (log->choice == CONFIG_YES || is_there(SSM_LOG))
		add_file(agent, SSM_LOG, HOST_LOG_SSM, false);
	if (folders[0])
		add(agent, source_folders_new(&agent->world, folders));
}

static void add_azure(struct agent *agent)
{
	const struct config_source *logs = &agent->config.sources.azure_logs;
	bool is_auto = logs->choice == CONFIG_AUTO;
	const char *folder = is_auto ? LOG_FOLDER : logs->path;
	AUTO_BUF struct buf agent_log = BUF_LIMIT(LIMIT_TAIL_PATH_BYTES);
	AUTO_BUF struct buf handlers = BUF_LIMIT(LIMIT_TAIL_PATH_BYTES);

	if (logs->choice == CONFIG_NO)
		return;
	if (!buf_append_format(&agent_log, "%s/" AZURE_AGENT_LOG, folder) ||
	    !buf_append_format(&handlers, "%s/" AZURE_FOLDER, folder))
		return;
	add_file(agent, buf_text(&agent_log), HOST_LOG_AZURE_AGENT, is_auto);
	add(agent, source_azure_new(&agent->world, buf_text(&handlers), is_auto));
}

static void add_cloud_init(struct agent *agent)
{
	const struct config_source *log = &agent->config.sources.cloud_init_log;
	bool is_auto = log->choice == CONFIG_AUTO;

	if (log->choice != CONFIG_NO)
		add_file(agent, is_auto ? CLOUD_INIT_LOG : log->path, HOST_LOG_CLOUD_INIT,
			 is_auto);
}

static void add_keys(struct agent *agent)
{
	const struct config_list *files = &agent->config.sources.authorized_keys;

	if (files->count == 0)
		add(agent,
		    source_keys_new(&agent->world, usual_keys,
				    sizeof(usual_keys) / sizeof(usual_keys[0]), true));
	else if (files->items[0][0] == '/')
		add(agent,
		    source_keys_new(&agent->world, (const char *const *)files->items,
				    files->count, false));
}

/* One folder for all that is synced there, or one for each cloud. */
static void add_api_logs(struct agent *agent)
{
	const char *const folders[] = { agent->config.aws.api_log_dir,
					agent->config.azure.api_log_dir,
					agent->config.gcp.api_log_dir };

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		bool is_new = folders[i][0] != '\0';

		for (size_t k = 0; k < i; k++)
			is_new = is_new && strcmp(folders[i], folders[k]) != 0;
		if (is_new)
			add(agent, source_api_new(&agent->world, folders[i]));
	}
}

static int open_pipeline(struct agent *agent, struct err *err)
{
	const struct pipeline_options options = {
		.store = agent->store,
		.clock = &agent->clock,
		.outbox = agent->outbox,
		.config = &agent->config,
		.policy = agent->policy,
		.baseline = policy_baseline(agent->policy),
		.host = agent->host,
		.stored_now = agent->restored_until,
		.judged = judged,
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
		.unvouched = &agent->unvouched,
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
	const struct courier_link_options courier = {
		.config = &agent->config,
		.config_path = agent->config_path,
		.may_start_child = agent->may_start_courier,
	};

	unvouched_init(&agent->unvouched);
	agent->courier = courier_link_new(agent->event, &courier);
	if (agent_open_outbox(agent, err) < 0 || open_pipeline(agent, err) < 0)
		return -1;
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
	add_azure(agent);
	add_cloud_init(agent);
	add_keys(agent);
	add_api_logs(agent);
	if (agent->pump)
		sd_event_source_set_enabled(agent->pump, SD_EVENT_ON);
	if (open_control(agent, err) < 0)
		return -1;
	agent_drop_orphans(agent);
	metrics_start(agent);
	return 0;
}

void agent_close_parts(struct agent *agent)
{
	metrics_stop(agent);
	while (agent->source_count) {
		struct source *source = agent->sources[--agent->source_count];

		source->ops->free(source);
	}
	control_plane_free(agent->plane);
	agent->plane = NULL;
	agent_end_waiting(agent, "the agent ends or reads its configuration anew");
	agent_end_trial(agent);
	control_close(agent->control);
	agent->control = NULL;
	courier_link_free(agent->courier);
	agent->courier = NULL;
	pipeline_free(agent->pipeline);
	agent->pipeline = NULL;
	unvouched_release(&agent->unvouched);
	outbox_free(agent->outbox);
	agent->outbox = NULL;
}
