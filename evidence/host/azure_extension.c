/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The logs of Azure's extensions written in Python (extension.log of VMAccess and of the
 * older custom scripts): lines in; executions, and passwords, keys and accounts that were
 * set, out. Only "set most recent sequence number" is an execution: a handler that is
 * enabled again with a number it knows says so and leaves.
 *
 * These lines hold settings, commands and output. Nothing is read but whole sentences of
 * the handler's own, numbers and account names.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "evidence/host/azure_log.h"
#include "evidence/host/log_kind.h"

#define SEQUENCE_MAX UINT32_MAX
#define USER_BYTES 256
#define STAMP_BYTES 19 /* "2026/03/01 10:00:00" */

struct azure_extension {
	struct azure_log log;
	char user[USER_BYTES]; /* whose account is being set; not yet told */
	size_t user_len;
	bool has_password; /* its password was set */
	uint64_t sequence; /* of what runs */
	bool has_sequence;
	bool is_upgrade; /* what is uninstalled is an old version */
	/* stamps of the last two records that have a script's output: two handlers may
	 * write at a time */
	char outputs[2][STAMP_BYTES];
	bool is_output; /* the line that was given out may be in one of them */
};

enum meaning {
	MEANS_NUMBER,	/* which settings are looked at; not yet that they are new */
	MEANS_EXECUTED, /* they are new */
	MEANS_ENDED,
	MEANS_REMOVED,
	MEANS_UPGRADED,
	MEANS_ACCOUNT,	/* whose it is follows */
	MEANS_PASSWORD, /* is being set */
	MEANS_ACCOUNT_SET,
	MEANS_KEY_SET,
	MEANS_ACCOUNT_REMOVED,
};

/* What is between `begin` and `end`. */
enum subject {
	SUBJECT_NONE,
	SUBJECT_NUMBER,
	SUBJECT_USER,
	SUBJECT_ANY, /* not read */
};

/* All sentences. Those of VMAccess/vmaccess.py and Utils/handlerutil2.py have the
 * handler's prefix, those of Utils/distroutils.py have none. */
static const struct sentence {
	struct slice begin, end;
	enum subject subject;
	enum meaning meaning;
	bool has_prefix;
	bool is_of_access; /* only VMAccess says it */
} sentences[] = {
	{ SLICE("sequence number is "), SLICE(""), SUBJECT_NUMBER, MEANS_NUMBER, true,
	  false },
	{ SLICE("set most recent sequence number to "), SLICE(""), SUBJECT_NUMBER,
	  MEANS_EXECUTED, true, false },
	{ SLICE("Enable,success,"), SLICE(""), SUBJECT_ANY, MEANS_ENDED, true, false },
	{ SLICE("Enable,error,"), SLICE(""), SUBJECT_ANY, MEANS_ENDED, true, false },
	{ SLICE("Enable,failed,"), SLICE(""), SUBJECT_ANY, MEANS_ENDED, true, false },
	{ SLICE("Update,success,"), SLICE(""), SUBJECT_ANY, MEANS_UPGRADED, true, false },
	{ SLICE("Uninstall,success,"), SLICE(""), SUBJECT_ANY, MEANS_REMOVED, true,
	  false },
	{ SLICE("CreateAccount: "), SLICE(" already exists. Will update password."),
	  SUBJECT_USER, MEANS_ACCOUNT, false, true },
	{ SLICE("Created user account: "), SLICE(""), SUBJECT_USER, MEANS_ACCOUNT, false,
	  true },
	{ SLICE("Change user password"), SLICE(""), SUBJECT_NONE, MEANS_PASSWORD, false,
	  true },
	{ SLICE("Succeeded in creating the account or setting the password."), SLICE(""),
	  SUBJECT_NONE, MEANS_ACCOUNT_SET, true, true },
	{ SLICE("Removed prior ssh keys and added new key for user "), SLICE(""),
	  SUBJECT_USER, MEANS_ACCOUNT, true, true },
	{ SLICE("Succeeded in resetting ssh_key."), SLICE(""), SUBJECT_NONE,
	  MEANS_KEY_SET, true, true },
	{ SLICE("Removing user account"), SLICE(""), SUBJECT_NONE, MEANS_ACCOUNT_REMOVED,
	  true, true },
};

struct statement {
	const struct sentence *sentence;
	struct slice user;
	uint64_t number;
};

/* ---- one line ---- */

static bool read_subject(const struct sentence *sentence, struct slice text,
			 struct statement *statement)
{
	if (!slice_take_suffix(&text, sentence->end))
		return false;
	switch (sentence->subject) {
	case SUBJECT_NONE:
		return text.len == 0;
	case SUBJECT_NUMBER:
		return slice_number(text, SEQUENCE_MAX, &statement->number);
	case SUBJECT_USER:
		statement->user = text;
		return azure_is_user(text);
	case SUBJECT_ANY:
		return true;
	}
	return false;
}

/* Whether the line is in the form of these logs: local time without a fraction. */
static bool split(struct slice bytes, struct azure_line *ret_line)
{
	return azure_line_split(bytes, ret_line) && ret_line->time == US_TIME_NONE &&
	       ret_line->time_text.len == STAMP_BYTES;
}

static bool is_access(struct slice handler)
{
	const struct slice end = SLICE(".VMAccessForLinux");

	return handler.len > end.len &&
	       slice_equal_ignoring_case(slice_skip(handler, handler.len - end.len), end);
}

/*
 * 2026/03/01 10:00:00 [Microsoft.OSTCExtensions.VMAccessForLinux-1.5.11] set most recent
 *     sequence number to 3
 * 2026/03/01 10:00:01 Created user account: amy
 */
static bool read_statement(const struct azure_line *line, struct statement *ret_statement)
{
	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		const struct sentence *sentence = &sentences[i];
		struct statement statement = { .sentence = sentence };
		struct slice text = line->text;

		if (sentence->has_prefix != (line->handler.len > 0) ||
		    (sentence->has_prefix && sentence->is_of_access &&
		     !is_access(line->handler)) ||
		    !slice_take_prefix(&text, sentence->begin) ||
		    !read_subject(sentence, text, &statement))
			continue;
		*ret_statement = statement;
		return true;
	}
	return false;
}

/* The agent's log has lines of this form, too: those that an extension writes before it
 * knows its own log. */
static bool recognise(struct slice bytes)
{
	struct azure_line line;

	return split(bytes, &line) && line.handler.len > 0 &&
	       !slice_starts_with(line.text, SLICE("cwd is ")) &&
	       !slice_starts_with(line.text, SLICE("Change log file to "));
}

/* ---- the log ---- */

static void *make_log(const struct host_reader_options *options)
{
	struct azure_extension *log = memory_new(1, sizeof(*log));

	azure_log_init(&log->log, options);
	return log;
}

static void release_log(void *log)
{
	free(log);
}

static bool is_stamped(const struct azure_line *line, const char stamp[STAMP_BYTES])
{
	return memcmp(stamp, line->time_text.ptr, STAMP_BYTES) == 0;
}

/* A script's output, and the command that is its caller's, are printed line by line, and
 * a line may look like a sentence of the handler. All lines of a record have the stamp of
 * its first (Utils/logger.py). */
static void follow_output(struct azure_extension *log, const struct azure_line *line)
{
	if ((slice_equal(line->text, SLICE("---stdout---")) ||
	     slice_starts_with(line->text, SLICE("Command to execute:"))) &&
	    !is_stamped(line, log->outputs[0])) {
		memcpy(log->outputs[1], log->outputs[0], STAMP_BYTES);
		memcpy(log->outputs[0], line->time_text.ptr, STAMP_BYTES);
	}
	log->is_output =
		is_stamped(line, log->outputs[0]) || is_stamped(line, log->outputs[1]);
}

static bool look(void *ctx, struct slice bytes)
{
	struct azure_extension *log = ctx;
	struct statement statement;
	struct azure_line line;
	us_span uncertainty;

	if (!split(bytes, &line))
		return false;
	azure_log_note(&log->log, azure_log_time(&log->log, &line, &uncertainty));
	follow_output(log, &line);
	return read_statement(&line, &statement);
}

static bool next_line(void *ctx, struct slice *chunk, struct slice *ret_line)
{
	struct azure_extension *log = ctx;

	return azure_log_next(&log->log, chunk, look, log, ret_line);
}

static void begin(struct azure_extension *log, uint64_t sequence)
{
	log->sequence = sequence;
	log->has_sequence = true;
	log->user_len = 0;
	log->has_password = false;
}

static void keep_user(struct azure_extension *log, struct slice user)
{
	log->user_len = user.len <= sizeof(log->user) ? user.len : 0;
	if (log->user_len > 0)
		memcpy(log->user, user.ptr, log->user_len);
}

static bool set_credential(const struct azure_extension *log, enum meaning meaning,
			   struct event *event)
{
	struct credential_set *set = &event->credential_set;

	event->kind = EVENT_CREDENTIAL_SET;
	set->means = CREDENTIAL_VM_ACCESS;
	set->user = slice_of(log->user, log->user_len);
	set->is_password = meaning == MEANS_ACCOUNT_SET && log->has_password;
	set->is_removed = meaning == MEANS_ACCOUNT_REMOVED;
	return true;
}

/* `sequence` may be NULL. */
static bool set_stage(const struct azure_line *line, enum extension_stage stage,
		      const uint64_t *sequence, struct event *event)
{
	event->kind = EVENT_EXTENSION;
	event->extension = (struct extension){
		.stage = stage,
		.handler = line->handler,
		.version = line->version,
		.name = line->name,
		.sequence = sequence ? *sequence : 0,
		.has_sequence = sequence != NULL,
		.created_at = US_TIME_NONE,
	};
	return true;
}

static bool end_run(struct azure_extension *log, const struct azure_line *line,
		    struct event *event)
{
	bool was_running = log->has_sequence;

	log->has_sequence = false;
	return was_running && set_stage(line, EXTENSION_ENDED, &log->sequence, event);
}

/* Of what may be a script's own words nothing is remembered. */
static bool take_output(struct azure_extension *log, const struct azure_line *line,
			const struct statement *statement, struct event *event)
{
	if (statement->sentence->meaning == MEANS_EXECUTED)
		return set_stage(line, EXTENSION_EXECUTED, &statement->number, event);
	return statement->sentence->meaning == MEANS_ENDED && end_run(log, line, event);
}

/* Remembers what the statement says, or fills the event; whether it is to be told. */
static bool take(struct azure_extension *log, const struct azure_line *line,
		 const struct statement *statement, struct event *event)
{
	enum meaning meaning = statement->sentence->meaning;
	bool was_upgrade = log->is_upgrade;

	if (meaning != MEANS_NUMBER)
		log->is_upgrade = meaning == MEANS_UPGRADED;
	switch (meaning) {
	case MEANS_NUMBER:
		begin(log, statement->number);
		return false;
	case MEANS_EXECUTED:
		begin(log, statement->number);
		return set_stage(line, EXTENSION_EXECUTED, &log->sequence, event);
	case MEANS_ENDED:
		return end_run(log, line, event);
	case MEANS_REMOVED:
		return !was_upgrade && set_stage(line, EXTENSION_REMOVED, NULL, event);
	case MEANS_UPGRADED:
		return false;
	case MEANS_ACCOUNT:
		keep_user(log, statement->user);
		return false;
	case MEANS_PASSWORD:
		log->has_password = true;
		return false;
	case MEANS_ACCOUNT_SET:
	case MEANS_KEY_SET:
	case MEANS_ACCOUNT_REMOVED:
		return set_credential(log, meaning, event);
	}
	return false;
}

static void read_line(void *ctx, const struct record *record,
		      const struct emitter *emitter)
{
	struct azure_extension *log = ctx;
	struct event event = {
		.evidence = record->evidence,
		.trust = log->is_output ? TRUST_UNVERIFIED : TRUST_ROOT_FILE,
		.source = HOST_SOURCE_AZURE_HANDLER,
	};
	struct statement statement;
	struct azure_line line;

	if (!split(record->bytes, &line))
		return;
	log->log.stats.known_lines++;
	if (record->is_cut || !read_statement(&line, &statement))
		return;
	event.happened_at = azure_log_time(&log->log, &line, &event.uncertainty_us);
	if (log->is_output ? take_output(log, &line, &statement, &event)
			   : take(log, &line, &statement, &event))
		emitter_emit(emitter, &event);
}

static void append_evidence(const struct record *record, struct buf *buf)
{
	struct statement statement;
	struct azure_line line;

	if (!split(record->bytes, &line) || !read_statement(&line, &statement))
		return;
	buf_append(buf, line.time_text);
	if (line.handler.len > 0) {
		buf_append_text(buf, " [");
		buf_append(buf, line.handler);
		buf_append_byte(buf, '-');
		buf_append(buf, line.version);
		buf_append_byte(buf, ']');
	}
	buf_append_byte(buf, ' ');
	buf_append(buf, statement.sentence->begin);
	if (statement.sentence->subject == SUBJECT_NUMBER)
		buf_append_format(buf, "%" PRIu64, statement.number);
	buf_append(buf, statement.user);
	buf_append(buf, statement.sentence->end);
}

static struct host_reader_stats log_stats(const void *ctx)
{
	const struct azure_extension *log = ctx;

	return log->log.stats;
}

const struct log_kind azure_extension_log = {
	.source = HOST_SOURCE_AZURE_HANDLER,
	.recognise = recognise,
	.make = make_log,
	.release = release_log,
	.next = next_line,
	.read = read_line,
	.evidence = append_evidence,
	.stats = log_stats,
};
