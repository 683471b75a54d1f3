/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/doctor.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "cli/access_drop_in.h"
#include "cli/reader.h"
#include "config/config.h"
#include "policy/policy.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define AGENT_USER "countersign"

/* Where sshd and login write on Debian and on Red Hat's systems, and the SSM agent. */
static const char *const usual_files[] = { "/var/log/auth.log", "/var/log/secure" };
static const char usual_ssm_log[] = "/var/log/amazon/ssm/amazon-ssm-agent.log";

const char *check_outcome_word(enum check_outcome outcome)
{
	static const char *const words[] = {
		[CHECK_OUTCOME_OK] = "ok",
		[CHECK_OUTCOME_MISSING] = "missing",
		[CHECK_OUTCOME_OPTIONAL] = "optional",
	};

	return words[outcome];
}

struct visit {
	const struct doctor *doctor;
	struct reader reader;
	bool has_reader;
};

static void tell(const struct visit *visit, const char *what, enum check_outcome outcome,
		 const char *detail, const char *advice)
{
	const struct check check = { what, outcome, detail, advice };

	visit->doctor->take(visit->doctor->ctx, &check);
}

/* ---- the configuration ------------------------------------------------------------ */

/* Whether there is one to go on with. */
static bool check_config(const struct visit *visit, struct config *config)
{
	const char *file = visit->doctor->config_file;
	const char *path = file ? file : CONFIG_PATH;
	struct err err;

	if (config_read(file, CONFIG_FOR_AGENT, config, &err) == 0) {
		tell(visit, "configuration", CHECK_OUTCOME_OK,
		     access(path, F_OK) == 0 ? path : "all defaults, there is no file",
		     "");
		return true;
	}
	if (access(path, R_OK) < 0 && errno == EACCES)
		tell(visit, "configuration", CHECK_OUTCOME_OPTIONAL,
		     "this user may not read it", "ask as root to have it checked");
	else
		tell(visit, "configuration", CHECK_OUTCOME_MISSING, err.text,
		     "mend it: 'countersign check-config' shows what is allowed");
	return false;
}

/* Nothing is told of one that need not be there and is not. */
static void check_policy(const struct visit *visit, const struct config *config)
{
	struct policy_request request = { .path = NULL };
	AUTO_FREE char *path = config_policy_path(config, visit->doctor->config_file,
						  &request.may_be_missing);
	struct policy *policy = NULL;
	struct err err;

	request.path = path;
	if (policy_read(&request, &policy, &err) == 0) {
		if (policy_is_there(policy))
			tell(visit, "policy", CHECK_OUTCOME_OK, path, "");
		policy_free(policy);
	} else if (access(path, R_OK) < 0 && errno == EACCES) {
		tell(visit, "policy", CHECK_OUTCOME_OPTIONAL, "this user may not read it",
		     "ask as root to have it checked");
	} else {
		tell(visit, "policy", CHECK_OUTCOME_MISSING, err.text,
		     "mend it: 'countersign check-config' tells all that is wrong");
	}
}

/* ---- who reads -------------------------------------------------------------------- */

static void find_reader(struct visit *visit)
{
	const struct ask_agent *agent = visit->doctor->agent;
	char detail[64];
	struct err err;

	if (agent && agent->pid &&
	    reader_of_process(agent->pid, &visit->reader, &err) == 0) {
		visit->has_reader = true;
		snprintf(detail, sizeof(detail), "user %u, process %u",
			 (unsigned)visit->reader.uid, agent->pid);
		tell(visit, "agent's user", CHECK_OUTCOME_OK, detail, "");
	} else if (reader_of_user(AGENT_USER, &visit->reader, &err) == 0) {
		visit->has_reader = true;
		tell(visit, "agent's user", CHECK_OUTCOME_OK, AGENT_USER, "");
	} else {
		tell(visit, "agent's user", CHECK_OUTCOME_OPTIONAL, err.text,
		     "the package makes it: systemd-sysusers");
	}
}

/* ---- what the unit's drop-in gives ------------------------------------------------ */

static void tell_needed(const struct visit *visit, const struct access_drop_in *drop_in)
{
	const char *path = visit->doctor->drop_in;
	const struct ask_agent *agent = visit->doctor->agent;
	AUTO_BUF struct buf detail = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	AUTO_BUF struct buf advice = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	bool is_running = agent && agent->pid && visit->has_reader;

	buf_append_format(&detail, "CAP_DAC_READ_SEARCH, by %s, as ", path);
	if (drop_in->is_stale)
		buf_append_text(&detail, "logs needed it that are not there any more");
	else
		buf_append(&detail, buf_slice(&drop_in->why));
	buf_append_format(&advice, "run %s: it takes away what is not needed",
			  visit->doctor->choose_access);
	if (drop_in->is_stale)
		tell(visit, "rights", CHECK_OUTCOME_OPTIONAL, buf_text(&detail),
		     buf_text(&advice));
	else if (is_running && !visit->reader.overrides)
		tell(visit, "rights", CHECK_OUTCOME_MISSING, buf_text(&detail),
		     "the agent runs without it: systemctl restart countersignd");
	else
		tell(visit, "rights", CHECK_OUTCOME_OK, buf_text(&detail), "");
}

/* What is needed is choose-access's to decide: here is told what it wrote, and why. */
static void check_drop_in(struct visit *visit)
{
	const char *path = visit->doctor->drop_in;
	AUTO_ACCESS_DROP_IN struct access_drop_in drop_in;
	char detail[300];

	access_drop_in_read(path, &drop_in);
	switch (drop_in.kind) {
	case ACCESS_DROP_IN_NONE:
		break;
	case ACCESS_DROP_IN_WRITTEN:
		tell_needed(visit, &drop_in);
		/* the unit's user has it as soon as it runs */
		if (!visit->doctor->agent && drop_in.has_right)
			visit->reader.overrides = true;
		break;
	case ACCESS_DROP_IN_OVERRIDDEN:
		snprintf(detail, sizeof(detail), "by %.200s, which is the host's own",
			 path);
		tell(visit, "rights", CHECK_OUTCOME_OK, detail, "");
		break;
	case ACCESS_DROP_IN_UNREADABLE:
		snprintf(detail, sizeof(detail), "this user may not read %.200s", path);
		tell(visit, "rights", CHECK_OUTCOME_OPTIONAL, detail,
		     "ask as root to have it looked at");
		break;
	}
}

/* ---- files ------------------------------------------------------------------------ */

static void tell_shut(const struct visit *visit, const char *what, const struct err *why)
{
	const char *choose_access = visit->doctor->choose_access;
	char advice[400];

	if (access(choose_access, F_OK) == 0)
		snprintf(advice, sizeof(advice),
			 "run %.200s, which gives the agent CAP_DAC_READ_SEARCH where a "
			 "log is not for its user and groups, and systemctl restart "
			 "countersignd",
			 choose_access);
	else
		snprintf(advice, sizeof(advice),
			 "add the agent's user to the file's group (systemctl edit "
			 "countersignd: SupplementaryGroups=), or give it "
			 "CAP_DAC_READ_SEARCH");
	tell(visit, what, CHECK_OUTCOME_MISSING, why->text, advice);
}

static void tell_access(const struct visit *visit, const char *path,
			enum reader_answer answer, const struct err *why)
{
	char what[300];

	snprintf(what, sizeof(what), "read %s", path);
	switch (answer) {
	case READER_MAY:
		tell(visit, what, CHECK_OUTCOME_OK, "", "");
		break;
	case READER_MAY_NOT:
		tell_shut(visit, what, why);
		break;
	case READER_ABSENT:
		tell(visit, what, CHECK_OUTCOME_MISSING, why->text,
		     "correct [sources] in the configuration, or install what writes it");
		break;
	case READER_UNKNOWN:
		tell(visit, what, CHECK_OUTCOME_OPTIONAL, why->text,
		     "it cannot be told from here: 'countersign status' shows whether "
		     "the agent reads it");
		break;
	}
}

/* `is_wanted`: the configuration names it, so that it must be there. False when it is
 * not there and need not be. */
static bool check_file(const struct visit *visit, const char *path, bool is_wanted)
{
	enum reader_answer answer;
	struct err why;

	if (!visit->has_reader)
		return false;
	answer = reader_may_read(&visit->reader, path, &why);
	if (answer == READER_ABSENT && !is_wanted)
		return false;
	tell_access(visit, path, answer, &why);
	return true;
}

/* ---- the sources ------------------------------------------------------------------ */

static bool is_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* The system's own journal in a folder of journals; those of users are of no use here. */
static void check_journal_files(const struct visit *visit, const char *folder)
{
	char pattern[64];
	glob_t found = { .gl_pathc = 0 };

	snprintf(pattern, sizeof(pattern), "%s/*/system.journal", folder);
	if (glob(pattern, 0, NULL, &found) == 0 && found.gl_pathc > 0)
		check_file(visit, found.gl_pathv[0], true);
	globfree(&found);
}

/* Whether there is one. */
static bool check_journal(const struct visit *visit, const struct config *config)
{
	if (config && config->sources.journal.choice == CONFIG_NO)
		return false;
	if (config && config->sources.journal.choice == CONFIG_AT_PATH)
		return check_file(visit, config->sources.journal.path, true);
	if (is_folder("/var/log/journal")) {
		tell(visit, "journal", CHECK_OUTCOME_OK, "kept on disk", "");
		check_journal_files(visit, "/var/log/journal");
		return true;
	}
	if (is_folder("/run/log/journal")) {
		tell(visit, "journal", CHECK_OUTCOME_OPTIONAL,
		     "kept in memory: what was logged before a restart is lost",
		     "mkdir /var/log/journal && systemctl restart systemd-journald");
		check_journal_files(visit, "/run/log/journal");
		return true;
	}
	tell(visit, "journal", CHECK_OUTCOME_OPTIONAL, "there is none",
	     "text logs alone can be forged by any local user: run systemd-journald");
	return false;
}

static bool check_files(const struct visit *visit, const struct config *config)
{
	bool has_any = false;

	if (config && !config->sources.files_auto) {
		for (size_t i = 0; i < config->sources.files.count; i++)
			has_any |=
				check_file(visit, config->sources.files.items[i], true);
		return has_any;
	}
	for (size_t i = 0; i < COUNT_OF(usual_files); i++)
		has_any |= check_file(visit, usual_files[i], false);
	return has_any;
}

static void check_ssm(const struct visit *visit, const struct config *config)
{
	if (config && config->sources.ssm_log.choice == CONFIG_NO)
		return;
	if (config && config->sources.ssm_log.choice == CONFIG_AT_PATH)
		check_file(visit, config->sources.ssm_log.path, true);
	else
		check_file(visit, usual_ssm_log,
			   config && config->sources.ssm_log.choice == CONFIG_YES);
}

static void check_sources(const struct visit *visit, const struct config *config)
{
	bool has_journal = check_journal(visit, config);
	bool has_file = check_files(visit, config);

	check_ssm(visit, config);
	if (!has_journal && !has_file && visit->has_reader)
		tell(visit, "logins over SSH", CHECK_OUTCOME_MISSING,
		     "there is neither a journal nor a log of sshd",
		     "run systemd-journald, or rsyslog");
}

void doctor_check(const struct doctor *doctor)
{
	struct visit visit = { .doctor = doctor };
	struct config config;
	bool has_config = doctor->knows_config && check_config(&visit, &config);

	if (has_config)
		check_policy(&visit, &config);
	find_reader(&visit);
	check_drop_in(&visit);
	check_sources(&visit, has_config ? &config : NULL);
	if (has_config)
		config_release(&config);
}
