/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The logs of Azure's run commands and custom scripts (handler.log,
 * ImmediateRunCommandService.log): lines in, executions out. Only a new sequence number
 * is an execution: the agent enables a handler again for every goal state, which then
 * says "comparing seqnum" and no more.
 *
 * These lines hold clear-text passwords, tokens in addresses, and a script's output.
 * Nothing leaves this file but the fields of struct handler_line that are recognised in
 * form: times, numbers, versions, names, and words of the handler's own.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "evidence/host/azure_log.h"
#include "evidence/host/grammar.h"
#include "evidence/host/log_kind.h"
#include "evidence/host/logfmt.h"

#define SEQUENCE_MAX UINT32_MAX
#define HANDLER_BYTES 256
#define FIELDS_MAX 64 /* in one line; the longest seen has 10 */

/* Where handlers keep their data and logs, below /var/lib/waagent and /var/log/azure. */
static const struct home {
	struct slice part; /* of a path, as far as a name there ends */
	struct slice handler;
} homes[] = {
	/* the immediate ones' before their handler's: its folder holds both */
	{ SLICE("/ImmediateRunCommandService.log"), SLICE("managedruncommand.service") },
	{ SLICE("/run-command-handler/immediateDownload"),
	  SLICE("managedruncommand.service") },
	{ SLICE("/run-command-handler"),
	  SLICE("Microsoft.CPlat.Core.RunCommandHandlerLinux") },
	{ SLICE("/run-command"), SLICE("Microsoft.CPlat.Core.RunCommandLinux") },
	{ SLICE("/custom-script"), SLICE("Microsoft.Azure.Extensions.CustomScript") },
};

/* The only one whose lines name an instance. */
#define MANAGED SLICE("Microsoft.CPlat.Core.RunCommandHandlerLinux")

/* What a line says, each empty where it says nothing in the right form. */
struct handler_line {
	us_time time;
	struct slice time_text;
	struct slice version; /* "2.1.10" */
	struct slice operation;
	struct slice event;
	struct slice name;   /* of a managed run command */
	struct slice folder; /* a path of the handler's; never given out */
	struct slice run_as_user;
	uint64_t sequence;
	bool has_sequence;
};

struct azure_handler {
	struct azure_log log;
	char handler[HANDLER_BYTES]; /* whose log it is */
	size_t handler_len;	     /* 0 = not known yet */
	/* The last execution, whose user is told some lines later. */
	char name[HANDLER_BYTES];
	size_t name_len;
	uint64_t sequence;
	bool has_sequence;
	bool is_upgrade; /* the handler said so: what is uninstalled is its old version */
};

/* ---- one line ---- */

static struct slice version_of(struct slice text)
{
	struct slice version;

	if (slice_take_prefix(&text, SLICE("v")) &&
	    slice_take_until(&text, '/', &version) && version.len > 0 &&
	    version.len <= 64 && grammar_all(version, BYTE_DIGIT | BYTE_NAME_SIGN))
		return version;
	return slice_of(NULL, 0);
}

static bool is_any_of(struct slice word, const struct slice *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (slice_equal(word, words[i]))
			return true;
	return false;
}

static struct slice operation_of(struct slice text)
{
	static const struct slice words[] = { SLICE("enable"),	  SLICE("install"),
					      SLICE("update"),	  SLICE("disable"),
					      SLICE("uninstall"), SLICE("runservice") };

	return is_any_of(text, words, sizeof(words) / sizeof(words[0]))
		       ? text
		       : slice_of(NULL, 0);
}

/* The events that are read; all others are as none. */
static struct slice event_of(struct slice text)
{
	static const struct slice words[] = { SLICE("seqnum saved"),
					      SLICE("executing command"),
					      SLICE("executed command"),
					      SLICE("failed to execute command"),
					      SLICE("uninstalled") };

	return is_any_of(text, words, sizeof(words) / sizeof(words[0]))
		       ? text
		       : slice_of(NULL, 0);
}

/* "/var/lib/waagent/run-command-handler/download/patchweb/3": newer versions say the
 * number of an execution nowhere else. */
static void read_folder(struct handler_line *line)
{
	struct slice path = line->folder;
	ptrdiff_t slash = slice_find_last(path, '/');

	if (slash < 0 || line->has_sequence)
		return;
	line->has_sequence = slice_number(slice_skip(path, (size_t)slash + 1),
					  SEQUENCE_MAX, &line->sequence);
}

static void take_field(struct handler_line *line, const struct logfmt_field *field)
{
	struct slice value = field->value;

	if (slice_equal(field->key, SLICE("operation"))) {
		line->operation = operation_of(value);
	} else if (slice_equal(field->key, SLICE("event"))) {
		line->event = event_of(value);
	} else if (slice_equal(field->key, SLICE("seq"))) {
		line->has_sequence = slice_number(value, SEQUENCE_MAX, &line->sequence);
	} else if (slice_equal(field->key, SLICE("extensionName"))) {
		line->name = azure_is_name(value) ? value : slice_of(NULL, 0);
	} else if (slice_equal(field->key, SLICE("output")) ||
		   slice_equal(field->key, SLICE("path"))) {
		line->folder = value;
	} else if (slice_equal(field->key, SLICE("message")) &&
		   slice_take_prefix(&value, SLICE("RunAsUser is "))) {
		line->run_as_user = azure_is_user(value) ? value : slice_of(NULL, 0);
	}
}

/*
 * time=2026-03-01T10:00:00Z version=v2.1.10/git@1a2b3c4-clean operation=enable seq=3
 *     event="executing command" output=/var/lib/waagent/custom-script/download/3
 * time=2026-03-01T10:00:00Z version=v1.3.9/git@1a2b3c4-clean operation=enable seq=0
 *     extensionName=patchweb event="seqnum saved" path=patchweb.mrseq
 *
 * custom-script-extension-linux, run-command-handler-linux main.go, cmds.go. Time and
 * version stand first. A line that is not of fields alone says no more than its time.
 */
static bool split(struct slice rest, struct handler_line *ret_line)
{
	struct handler_line line = { .time = US_TIME_NONE };
	struct logfmt_field field;
	bool is_first = true;

	slice_take_suffix(&rest, SLICE("\r"));
	if (!logfmt_take(&rest, &field) || !slice_equal(field.key, SLICE("time")) ||
	    !time_from_rfc3339(field.value, &line.time))
		return false;
	line.time_text = field.value;
	for (int i = 0; i < FIELDS_MAX && logfmt_take(&rest, &field); i++) {
		if (is_first && !slice_equal(field.key, SLICE("version")))
			return false;
		if (is_first)
			line.version = version_of(field.value);
		else
			take_field(&line, &field);
		is_first = false;
	}
	if (is_first)
		return false;
	if (rest.len > 0)
		line = (struct handler_line){ .time = line.time };
	read_folder(&line);
	*ret_line = line;
	return true;
}

/* ---- whose log ---- */

static bool path_has(struct slice path, struct slice part)
{
	struct slice before;

	while (slice_take_until_text(&path, part, &before))
		if (path.len == 0 || path.ptr[0] == '/' || path.ptr[0] == '.')
			return true;
	return false;
}

static struct slice handler_of_path(struct slice path)
{
	for (size_t i = 0; i < sizeof(homes) / sizeof(homes[0]); i++)
		if (path_has(path, homes[i].part))
			return homes[i].handler;
	return slice_of(NULL, 0);
}

/* /var/log/azure/Publisher.Type/handler.log */
static struct slice handler_of_log_folder(struct slice path)
{
	struct slice before, folder;

	if (slice_take_until_text(&path, SLICE("/var/log/azure/"), &before) &&
	    slice_take_until(&path, '/', &folder) && azure_is_name(folder) &&
	    slice_find(folder, SLICE(".")) > 0)
		return folder;
	return slice_of(NULL, 0);
}

static void set_handler(struct azure_handler *log, struct slice handler)
{
	if (handler.len == 0 || handler.len > sizeof(log->handler))
		return;
	memcpy(log->handler, handler.ptr, handler.len);
	log->handler_len = handler.len;
}

/* The line's own words tell better than the name of the file, which may be a copy. */
static void learn_handler(struct azure_handler *log, const struct handler_line *line)
{
	struct slice handler = handler_of_path(line->folder);

	if (handler.len == 0 && log->handler_len == 0 && line->name.len > 0)
		handler = MANAGED;
	set_handler(log, handler);
}

static void *make_log(const struct host_reader_options *options)
{
	struct azure_handler *log = memory_new(1, sizeof(*log));

	azure_log_init(&log->log, options);
	set_handler(log, handler_of_log_folder(options->path));
	set_handler(log, handler_of_path(options->path));
	return log;
}

static void release_log(void *log)
{
	free(log);
}

/* ---- lines ---- */

static bool recognise(struct slice bytes)
{
	struct handler_line line;

	return slice_starts_with(bytes, SLICE("time=")) && split(bytes, &line);
}

static bool look(void *ctx, struct slice bytes)
{
	struct azure_handler *log = ctx;
	struct handler_line line;

	if (!slice_starts_with(bytes, SLICE("time=")) || !split(bytes, &line))
		return false;
	azure_log_note(&log->log, line.time);
	learn_handler(log, &line);
	if (slice_equal(line.operation, SLICE("update")))
		log->is_upgrade = true;
	else if (!slice_equal(line.operation, SLICE("uninstall")))
		log->is_upgrade = false;
	return line.event.len > 0 || line.run_as_user.len > 0;
}

static bool next_line(void *log, struct slice *chunk, struct slice *ret_line)
{
	struct azure_handler *handler = log;

	return azure_log_next(&handler->log, chunk, look, handler, ret_line);
}

static void remember_execution(struct azure_handler *log, const struct extension *run)
{
	log->name_len = run->name.len <= sizeof(log->name) ? run->name.len : 0;
	if (log->name_len > 0)
		memcpy(log->name, run->name.ptr, log->name_len);
	log->sequence = run->sequence;
	log->has_sequence = true;
}

/* message="RunAsUser is amy": of the execution that began some lines before. */
static bool describe_user(struct azure_handler *log, const struct handler_line *line,
			  struct extension *run)
{
	if (!log->has_sequence ||
	    !slice_equal(line->name, slice_of(log->name, log->name_len)) ||
	    (line->has_sequence && line->sequence != log->sequence))
		return false;
	run->stage = EXTENSION_EXECUTED;
	run->sequence = log->sequence;
	run->has_sequence = true;
	run->run_as_user = line->run_as_user;
	return true;
}

/* Fills in what the line says of an execution; false when it says nothing. */
static bool describe(struct azure_handler *log, const struct handler_line *line,
		     struct extension *run)
{
	static const struct {
		struct slice event;
		enum extension_stage stage;
	} stages[] = {
		{ SLICE("seqnum saved"), EXTENSION_EXECUTED },
		{ SLICE("executing command"), EXTENSION_EXECUTED },
		{ SLICE("executed command"), EXTENSION_ENDED },
		{ SLICE("failed to execute command"), EXTENSION_ENDED },
	};

	if (line->run_as_user.len > 0)
		return describe_user(log, line, run);
	if (slice_equal(line->event, SLICE("uninstalled"))) {
		run->stage = EXTENSION_REMOVED;
		return !log->is_upgrade;
	}
	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		if (!slice_equal(line->event, stages[i].event) || !line->has_sequence)
			continue;
		run->stage = stages[i].stage;
		run->sequence = line->sequence;
		run->has_sequence = true;
		if (run->stage == EXTENSION_EXECUTED)
			remember_execution(log, run);
		return true;
	}
	return false;
}

static void read_line(void *ctx, const struct record *record,
		      const struct emitter *emitter)
{
	struct azure_handler *log = ctx;
	struct event event = {
		.kind = EVENT_EXTENSION,
		.evidence = record->evidence,
		.trust = TRUST_ROOT_FILE,
		.source = HOST_SOURCE_AZURE_HANDLER,
	};
	struct handler_line line;

	if (!slice_starts_with(record->bytes, SLICE("time=")) ||
	    !split(record->bytes, &line))
		return;
	log->log.stats.known_lines++;
	if (record->is_cut || log->handler_len == 0)
		return;
	event.happened_at = line.time;
	event.extension = (struct extension){
		.handler = slice_of(log->handler, log->handler_len),
		.version = line.version,
		.name = line.name,
		.created_at = US_TIME_NONE,
	};
	if (describe(log, &line, &event.extension))
		emitter_emit(emitter, &event);
}

static void append_evidence(const struct record *record, struct buf *buf)
{
	struct handler_line line;

	if (!split(record->bytes, &line) ||
	    (line.event.len == 0 && line.run_as_user.len == 0))
		return;
	buf_append(buf, line.time_text);
	if (line.operation.len > 0) {
		buf_append_text(buf, " operation=");
		buf_append(buf, line.operation);
	}
	if (line.has_sequence)
		buf_append_format(buf, " seq=%" PRIu64, line.sequence);
	buf_append_text(buf, " event=\"");
	buf_append(buf, line.event.len > 0 ? line.event : SLICE("RunAsUser"));
	buf_append_byte(buf, '"');
	if (line.name.len > 0) {
		buf_append_text(buf, " extensionName=");
		buf_append(buf, line.name);
	}
}

static struct host_reader_stats log_stats(const void *log)
{
	const struct azure_handler *handler = log;

	return handler->log.stats;
}

const struct log_kind azure_handler_log = {
	.source = HOST_SOURCE_AZURE_HANDLER,
	.recognise = recognise,
	.make = make_log,
	.release = release_log,
	.next = next_line,
	.read = read_line,
	.evidence = append_evidence,
	.stats = log_stats,
};
