/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cloud-init.log: when cloud-init runs scripts of the instance's user data. Times are
 * UTC. What the scripts print goes to cloud-init-output.log, and to the journal under
 * cloud-init's own name, which is why nothing is read there.
 *
 * 2026-03-01 10:00:01,123 - handlers.py[DEBUG]: start: modules-final/config-scripts-user:
 * running config-scripts-user with frequency once-per-instance
 * 2026-03-01 10:00:01,140 - subp.py[DEBUG]: Running command
 * ['/var/lib/cloud/instance/scripts/part-001'] with allowed return codes [0] ...
 * 2026-03-01 10:00:02,250 - handlers.py[DEBUG]: finish:
 * modules-final/config-scripts-user: SUCCESS: config-scripts-user ran successfully
 *
 * cloudinit/subp.py, config/cc_scripts_user.py, config/cc_bootcmd.py,
 * handlers/boot_hook.py. A module's start says nothing yet: it also starts when there is
 * nothing to run. Scripts below /var/lib/cloud/scripts may be the image's own and vendor
 * data is the cloud's: neither is read.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "evidence/host/grammar.h"
#include "evidence/host/log_kind.h"

#define MILLISECOND_DIGITS 3
#define WORD_BYTES 64
#define MODULE_BYTES 64

/* What of cloud-init may be running scripts of the user data. */
enum runner {
	RUNNER_NONE,
	RUNNER_SCRIPTS,	 /* scripts-user: shell scripts, and runcmd */
	RUNNER_BOOTCMD,	 /* bootcmd */
	RUNNER_BOOTHOOK, /* cloud-boothook parts; has no start and no end */
};

static const struct slice runner_names[] = {
	[RUNNER_NONE] = SLICE(""),
	[RUNNER_SCRIPTS] = SLICE("scripts-user"),
	[RUNNER_BOOTCMD] = SLICE("bootcmd"),
	[RUNNER_BOOTHOOK] = SLICE("boothook"),
};

struct init_log {
	enum runner module;  /* that has started and not finished */
	enum runner running; /* told of, and not yet of its end */
	bool has_begun;	     /* a line was given out */
	struct host_reader_stats stats;
};

struct init_line {
	us_time time;
	struct slice file; /* "subp.py" */
	struct slice text;
};

static bool split_line(struct slice bytes, struct init_line *ret_line)
{
	struct slice rest = bytes, fraction, level;
	struct civil civil;
	uint64_t milliseconds;

	if (!time_take_civil(&rest, &civil) || !slice_take_prefix(&rest, SLICE(",")) ||
	    !grammar_take_run(&rest, BYTE_DIGIT, MILLISECOND_DIGITS, &fraction) ||
	    fraction.len != MILLISECOND_DIGITS ||
	    !slice_number(fraction, 999, &milliseconds) ||
	    !slice_take_prefix(&rest, SLICE(" - ")) ||
	    !grammar_take_run(&rest, BYTE_LETTER | BYTE_DIGIT | BYTE_NAME_SIGN,
			      WORD_BYTES, &ret_line->file) ||
	    !slice_take_prefix(&rest, SLICE("[")) ||
	    !grammar_take_run(&rest, BYTE_LETTER, WORD_BYTES, &level) ||
	    !slice_take_prefix(&rest, SLICE("]: ")))
		return false;
	ret_line->time = civil_to_utc(&civil) + (us_time)milliseconds * 1000;
	ret_line->text = rest;
	return true;
}

static bool recognise(struct slice line)
{
	struct init_line split;

	return split_line(line, &split);
}

static void *make_log(const struct host_reader_options *options)
{
	struct init_log *log = memory_new(1, sizeof(*log));

	(void)options;
	log->stats.first = US_TIME_NONE;
	log->stats.last = US_TIME_NONE;
	return log;
}

static void release_log(void *log)
{
	free(log);
}

/* ---- what a line says ---- */

/* "config-scripts-user: ..." and, since 23.1, "config-scripts_user: ..." */
static enum runner runner_of_module(struct slice text)
{
	struct slice stage, module;

	if (!slice_take_until(&text, '/', &stage) || stage.len > MODULE_BYTES ||
	    !slice_take_until(&text, ':', &module) ||
	    !slice_take_prefix(&module, SLICE("config-")))
		return RUNNER_NONE;
	if (slice_equal(module, SLICE("scripts-user")) ||
	    slice_equal(module, SLICE("scripts_user")))
		return RUNNER_SCRIPTS;
	return slice_equal(module, SLICE("bootcmd")) ? RUNNER_BOOTCMD : RUNNER_NONE;
}

/* Whether `path` is a file right inside the folder `name` of an instance. */
static bool is_in_folder(struct slice path, struct slice name)
{
	struct slice instance;

	if (!slice_take_prefix(&path, SLICE("/var/lib/cloud/instance")))
		return false;
	if (!slice_take_prefix(&path, SLICE("/")) &&
	    (!slice_take_prefix(&path, SLICE("s/")) ||
	     !slice_take_until(&path, '/', &instance)))
		return false;
	return slice_take_prefix(&path, name) && path.len &&
	       !memchr(path.ptr, '/', path.len);
}

/* Whose command this is; what `text` says after "Running command ". */
static enum runner runner_of_command(enum runner module, struct slice text)
{
	struct slice path;

	if (!slice_take_prefix(&text, SLICE("['")) ||
	    !slice_take_until(&text, '\'', &path))
		return RUNNER_NONE;
	if (is_in_folder(path, SLICE("scripts/")))
		return RUNNER_SCRIPTS;
	if (is_in_folder(path, SLICE("boothooks/")))
		return RUNNER_BOOTHOOK;
	return module == RUNNER_BOOTCMD ? RUNNER_BOOTCMD : RUNNER_NONE;
}

enum saying {
	SAYS_NOTHING,
	SAYS_START,
	SAYS_FINISH,
	SAYS_COMMAND,
};

/* What a line is about; `*ret_rest` is what follows. */
static enum saying saying_of(const struct init_line *line, struct slice *ret_rest)
{
	*ret_rest = line->text;
	if (slice_equal(line->file, SLICE("handlers.py"))) {
		if (slice_take_prefix(ret_rest, SLICE("start: ")))
			return SAYS_START;
		if (slice_take_prefix(ret_rest, SLICE("finish: ")))
			return SAYS_FINISH;
	}
	if (slice_equal(line->file, SLICE("subp.py")) &&
	    slice_take_prefix(ret_rest, SLICE("Running command ")))
		return SAYS_COMMAND;
	return SAYS_NOTHING;
}

/* Follows one line; true when it says that scripts begin to run, or have ended. */
static bool follow(struct init_log *log, const struct init_line *line,
		   struct script_run *script)
{
	struct slice rest;
	enum runner runner;

	switch (saying_of(line, &rest)) {
	case SAYS_START:
		log->module = runner_of_module(rest);
		log->running = RUNNER_NONE;
		return false;
	case SAYS_FINISH:
		runner = runner_of_module(rest);
		log->module = RUNNER_NONE;
		if (runner == RUNNER_NONE || runner != log->running)
			return false;
		log->running = RUNNER_NONE;
		script->has_ended = true;
		break;
	case SAYS_COMMAND:
		runner = runner_of_command(log->module, rest);
		if (runner == RUNNER_NONE || runner == log->running)
			return false;
		log->running = runner;
		break;
	default:
		return false;
	}
	script->kind = SCRIPT_USER_DATA;
	script->name = runner_names[runner];
	return true;
}

/* ---- the log ---- */

static void note_time(struct host_reader_stats *stats, us_time time)
{
	if (stats->first == US_TIME_NONE || time < stats->first)
		stats->first = time;
	if (stats->last == US_TIME_NONE || time > stats->last)
		stats->last = time;
}

static bool is_wanted(struct init_log *log, struct slice bytes)
{
	struct init_line line;
	struct slice rest;

	if (!split_line(bytes, &line))
		return false;
	note_time(&log->stats, line.time);
	return !log->has_begun || saying_of(&line, &rest) != SAYS_NOTHING;
}

static bool next_line(void *state, struct slice *chunk, struct slice *ret_line)
{
	struct init_log *log = state;

	while (chunk->len > 0) {
		struct slice line = *chunk;

		if (!slice_take_until(chunk, '\n', &line))
			*chunk = slice_skip(*chunk, chunk->len);
		log->stats.lines++;
		if (is_wanted(log, line) || chunk->len == 0) {
			log->has_begun = true;
			*ret_line = line;
			return true;
		}
	}
	return false;
}

static void read_line(void *state, const struct record *record,
		      const struct emitter *emitter)
{
	struct init_log *log = state;
	struct event event = {
		.kind = EVENT_SCRIPT,
		.evidence = record->evidence,
		.trust = TRUST_ROOT_FILE,
		.source = HOST_SOURCE_CLOUD_INIT,
	};
	struct init_line line;

	if (!split_line(record->bytes, &line))
		return;
	log->stats.known_lines++;
	event.happened_at = line.time;
	if (follow(log, &line, &event.script))
		emitter_emit(emitter, &event);
}

/* Of a command only that it was one: its path and its arguments are the user data's. */
static void append_evidence(const struct record *record, struct buf *buf)
{
	struct init_line line;
	struct slice head, rest;
	enum runner runner;
	enum saying saying;

	if (!split_line(record->bytes, &line))
		return;
	saying = saying_of(&line, &rest);
	if (saying == SAYS_NOTHING)
		return;
	head = slice_first(record->bytes, (size_t)(rest.ptr - record->bytes.ptr));
	buf_append(buf, slice_trim(head));
	runner = saying == SAYS_COMMAND ? runner_of_command(RUNNER_NONE, rest)
					: runner_of_module(rest);
	if (runner != RUNNER_NONE) {
		buf_append_byte(buf, ' ');
		buf_append(buf, runner_names[runner]);
	}
}

static struct host_reader_stats log_stats(const void *state)
{
	const struct init_log *log = state;

	return log->stats;
}

const struct log_kind cloud_init_log = {
	.source = HOST_SOURCE_CLOUD_INIT,
	.recognise = recognise,
	.make = make_log,
	.release = release_log,
	.next = next_line,
	.read = read_line,
	.evidence = append_evidence,
	.stats = log_stats,
};
