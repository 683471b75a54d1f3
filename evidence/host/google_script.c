/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/grammar.h"
#include "evidence/host/writer.h"

#define POLICY_BYTES 256
#define STAMP_BYTES 40 /* "2026-03-01T10:00:00.1234+01:00 " and some to spare */

/* The keys of the metadata that hold scripts. */
static const struct {
	struct slice key;
	enum script_kind kind;
} keys[] = {
	{ SLICE("startup-script"), SCRIPT_STARTUP },
	{ SLICE("startup-script-url"), SCRIPT_STARTUP },
	{ SLICE("shutdown-script"), SCRIPT_SHUTDOWN },
	{ SLICE("shutdown-script-url"), SCRIPT_SHUTDOWN },
};

static bool parse_found(struct slice key, struct script_run *script)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!slice_equal(key, keys[i].key))
			continue;
		script->kind = keys[i].kind;
		script->name = key;
		return true;
	}
	return false;
}

static bool parse_finished(struct slice what, struct script_run *script)
{
	script->has_ended = true;
	if (slice_equal(what, SLICE("startup")))
		script->kind = SCRIPT_STARTUP;
	else if (slice_equal(what, SLICE("shutdown")))
		script->kind = SCRIPT_SHUTDOWN;
	else
		return false;
	return true;
}

/*
 * google_metadata_script_runner, up to 2024 with a full stop, since then without:
 *
 * Starting startup scripts (version 20220622.00).
 * Found startup-script in metadata.
 * startup-script: hello
 * startup-script exit status 0
 * Finished running startup scripts.
 *
 * A script runs when its key was found: the first line is also written when there is
 * none. What it prints stands behind the key's name, or behind "Metadata key(": no line
 * of its own begins as those that are read.
 */
bool google_script_parse(const struct host_line *line, struct event *event)
{
	struct slice rest = line->message;

	event->kind = EVENT_SCRIPT;
	slice_take_suffix(&rest, SLICE("."));
	if (slice_take_prefix(&rest, SLICE("Found ")))
		return slice_take_suffix(&rest, SLICE(" in metadata")) &&
		       parse_found(rest, &event->script);
	if (slice_take_prefix(&rest, SLICE("Finished running ")))
		return slice_take_suffix(&rest, SLICE(" scripts")) &&
		       parse_finished(rest, &event->script);
	return false;
}

/* Takes "2026-03-01T10:00:00.1234Z OSConfigAgent Info: " off: what a step prints goes to
 * the same log, a line an entry, without it. */
static bool take_stamp(struct slice *message)
{
	struct slice rest = *message;
	struct slice stamp;
	us_time time;

	if (!slice_take_until_text(&rest, SLICE(" OSConfigAgent Info: "), &stamp) ||
	    stamp.len > STAMP_BYTES || !time_from_rfc3339(stamp, &time))
		return false;
	*message = rest;
	return true;
}

/* Executing policy "install-agent" */
static bool parse_policy(struct slice rest, struct script_run *script)
{
	if (!slice_take_suffix(&rest, SLICE("\"")) || rest.len > POLICY_BYTES ||
	    !grammar_all(rest, BYTE_LETTER | BYTE_DIGIT | BYTE_NAME_SIGN))
		return false;
	script->name = rest;
	return rest.len > 0;
}

/* What google-osconfig-agent does, by the whole line; a task without policies runs
 * nothing. */
static const struct {
	struct slice text;
	struct slice name;
	bool has_ended;
} tasks[] = {
	{ SLICE("Beginning ExecStepTask"), SLICE("ExecStepTask"), false },
	{ SLICE("Beginning patch task"), SLICE("ApplyPatchesTask"), false },
	{ SLICE("Beginning ApplyPatchesTask"), SLICE("ApplyPatchesTask"), false },
	{ SLICE("Successfully completed ApplyConfigTask"), SLICE(""), true },
};

/*
 * 2026-03-01T10:00:00.1234Z OSConfigAgent Info: Executing policy "install-agent"
 * 2026-03-01T10:00:00.1234Z OSConfigAgent Info: Beginning patch task
 *
 * osconfig agentendpoint/config_task.go, patch_task.go, exec_task.go.
 */
bool google_config_parse(const struct host_line *line, struct event *event)
{
	struct slice rest = line->message;

	event->kind = EVENT_SCRIPT;
	event->script.kind = SCRIPT_OS_CONFIG;
	if (!take_stamp(&rest))
		return false;
	if (slice_take_prefix(&rest, SLICE("Executing policy \"")))
		return parse_policy(rest, &event->script);
	slice_take_suffix(&rest, SLICE("."));
	for (size_t i = 0; i < sizeof(tasks) / sizeof(tasks[0]); i++) {
		if (!slice_equal(rest, tasks[i].text))
			continue;
		event->script.name = tasks[i].name;
		event->script.has_ended = tasks[i].has_ended;
		return true;
	}
	return false;
}
