/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/azure_statement.h"

#include <inttypes.h>

#include "evidence/host/grammar.h"

#define GOAL_STATE_BYTES 512 /* all that stands in its brackets; ids and two times */
#define SEQUENCE_MAX UINT32_MAX
#define STATE_BYTES 32 /* "notinstalled", "failedupgrade" */
#define DATE_BYTES 10  /* "2024-10-01" */

/* The value behind a key: to the next blank or semicolon. */
static struct slice value_of(struct slice text, struct slice key)
{
	ptrdiff_t at = slice_find(text, key);
	size_t len = 0;

	if (at < 0)
		return slice_of(NULL, 0);
	text = slice_skip(text, (size_t)at + key.len);
	while (len < text.len && text.ptr[len] != ' ' && text.ptr[len] != ';')
		len++;
	return slice_first(text, len);
}

/* Whether nothing but ids, words and times stands in the brackets. */
static bool is_plain(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!byte_is(text.ptr[i],
			     BYTE_LETTER | BYTE_DIGIT | BYTE_NAME_SIGN | BYTE_COLON) &&
		    text.ptr[i] != ' ' && text.ptr[i] != ';' && text.ptr[i] != '+')
			return false;
	return true;
}

/* [etag_15 channel: HostGAPlugin source: FastTrack activity: 62d1... correlation 092e...
 *  created: 2024-09-30T06:39:17.609077Z]
 * [Incarnation: 2; Activity Id: 62d1...; Correlation Id: 092e...; GS Creation Time: 2022-
 *  02-20T22:33:22.800011Z]                                                  2.2.54 to 2.8
 * [incarnation 2]                                                              before it
 *
 * exthandlers.py run(): the ids are those of the platform's operation, zeros are none. */
static bool read_goal_state(struct slice rest, const struct azure_line *line, char *space,
			    struct event *event)
{
	struct extension *extension = &event->extension;
	struct slice id, created;

	(void)line;
	if (rest.len > GOAL_STATE_BYTES || !slice_take_suffix(&rest, SLICE("]")) ||
	    !is_plain(rest))
		return false;
	id = value_of(rest, SLICE(" correlation "));
	created = value_of(rest, SLICE(" created: "));
	if (id.len == 0)
		id = value_of(rest, SLICE("Correlation Id: "));
	if (created.len == 0)
		created = value_of(rest, SLICE("GS Creation Time: "));
	extension->stage = EXTENSION_GOAL_STATE;
	extension->correlation_id = azure_id(id, space);
	if (!time_from_rfc3339(created, &extension->created_at))
		extension->created_at = US_TIME_NONE;
	return true;
}

static void set_handler(const struct azure_line *line, enum extension_stage stage,
			struct event *event)
{
	event->extension.stage = stage;
	event->extension.handler = line->handler;
	event->extension.version = line->version;
	event->extension.name = line->name;
	event->extension.created_at = US_TIME_NONE;
}

/* [Enable] current handler state is: enabled */
static bool read_state(struct slice rest, const struct azure_line *line, char *space,
		       struct event *event)
{
	(void)space;
	if (line->handler.len == 0 || rest.len == 0 || rest.len > STATE_BYTES ||
	    !grammar_all(rest, BYTE_LETTER))
		return false;
	set_handler(line, EXTENSION_STATE, event);
	event->extension.was_enabled = slice_equal(rest, SLICE("enabled"));
	return true;
}

/* Update extension [bin/custom-script-shim update]
 *
 * Of the new version, when an old one is there: the handler ran before, though the state
 * of this version is "notinstalled". */
static bool read_update(struct slice rest, const struct azure_line *line, char *space,
			struct event *event)
{
	(void)space;
	if (line->handler.len == 0 || !slice_take_suffix(&rest, SLICE("]")))
		return false;
	set_handler(line, EXTENSION_STATE, event);
	event->extension.was_enabled = true;
	return true;
}

/* [Uninstall] current handler state is: enabled
 *
 * Logged for what is taken away for good. "Uninstall extension [...]" is also logged for
 * the old version in an upgrade, which keeps its numbers. */
static bool read_removal(struct slice rest, const struct azure_line *line, char *space,
			 struct event *event)
{
	(void)space;
	if (line->handler.len == 0 || rest.len == 0 || rest.len > STATE_BYTES ||
	    !grammar_all(rest, BYTE_LETTER) || slice_equal(rest, SLICE("notinstalled")))
		return false;
	set_handler(line, EXTENSION_REMOVED, event);
	return true;
}

/* Update settings file: 3.settings
 * Update settings file: patchweb.3.settings */
static bool read_settings(struct slice rest, const struct azure_line *line, char *space,
			  struct event *event)
{
	ptrdiff_t dot;
	uint64_t sequence;

	(void)space;
	if (line->handler.len == 0 || !slice_take_suffix(&rest, SLICE(".settings")))
		return false;
	dot = slice_find_last(rest, '.');
	if (!slice_number(slice_skip(rest, (size_t)(dot + 1)), SEQUENCE_MAX, &sequence))
		return false;
	set_handler(line, EXTENSION_SETTINGS, event);
	event->extension.sequence = sequence;
	event->extension.has_sequence = true;
	if (dot < 0)
		return true;
	event->extension.name = slice_first(rest, (size_t)dot);
	return azure_is_name(event->extension.name);
}

static bool set_user(struct slice user, bool is_removed, struct event *event)
{
	event->credential_set.means = CREDENTIAL_JIT_USER;
	event->credential_set.user = user;
	event->credential_set.is_password = !is_removed;
	event->credential_set.is_removed = is_removed;
	return azure_is_user(user);
}

/* Adding remote access user 'bob' with expiration date 2024-10-01
 *
 * remoteaccess.py _add_user(): with a password, which the platform sends. */
static bool read_user_added(struct slice rest, const struct azure_line *line, char *space,
			    struct event *event)
{
	const struct slice between = SLICE("' with expiration date ");
	ptrdiff_t quote = slice_find_last(rest, '\'');
	struct slice date;

	(void)space;
	if (line->handler.len > 0 || quote <= 0)
		return false;
	date = slice_skip(rest, (size_t)quote);
	if (!slice_take_prefix(&date, between) || date.len != DATE_BYTES ||
	    !grammar_all(date, BYTE_DIGIT | BYTE_NAME_SIGN))
		return false;
	return set_user(slice_first(rest, (size_t)quote), false, event);
}

/* Removing remote access user 'bob' */
static bool read_user_removed(struct slice rest, const struct azure_line *line,
			      char *space, struct event *event)
{
	(void)space;
	return line->handler.len == 0 && slice_take_suffix(&rest, SLICE("'")) &&
	       set_user(rest, true, event);
}

typedef bool read_fn(struct slice rest, const struct azure_line *line, char *space,
		     struct event *event);

/* All statements, by how they begin. */
static const struct statement {
	struct slice begin;
	enum event_kind kind;
	read_fn *read;
} statements[] = {
	{ SLICE("ProcessExtensionsGoalState started ["), EVENT_EXTENSION,
	  read_goal_state },
	{ SLICE("ProcessExtensionsInGoalState started ["), EVENT_EXTENSION,
	  read_goal_state },
	{ SLICE("ProcessGoalState started ["), EVENT_EXTENSION, read_goal_state },
	{ SLICE("[Enable] current handler state is: "), EVENT_EXTENSION, read_state },
	{ SLICE("Update extension ["), EVENT_EXTENSION, read_update },
	{ SLICE("[Uninstall] current handler state is: "), EVENT_EXTENSION,
	  read_removal },
	{ SLICE("Update settings file: "), EVENT_EXTENSION, read_settings },
	{ SLICE("Adding remote access user '"), EVENT_CREDENTIAL_SET, read_user_added },
	{ SLICE("Removing remote access user '"), EVENT_CREDENTIAL_SET,
	  read_user_removed },
};

static const struct statement *find(const struct azure_line *line)
{
	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++)
		if (slice_starts_with(line->text, statements[i].begin))
			return &statements[i];
	return NULL;
}

bool azure_statement_possible(const struct azure_line *line)
{
	return find(line) != NULL;
}

bool azure_statement_read(const struct azure_line *line, char space[AZURE_ID_BYTES],
			  struct event *event)
{
	const struct statement *statement = find(line);

	if (!statement || (!line->is_agent && line->handler.len == 0))
		return false;
	event->kind = statement->kind;
	return statement->read(slice_skip(line->text, statement->begin.len), line, space,
			       event);
}

static void append_goal_state(const struct extension *extension, struct buf *buf)
{
	char text[TIME_TEXT_BYTES];

	buf_append_text(buf, "correlation ");
	buf_append(buf, extension->correlation_id.len ? extension->correlation_id
						      : SLICE("-"));
	if (extension->created_at != US_TIME_NONE)
		buf_append_format(buf, " created: %s]",
				  time_to_rfc3339(extension->created_at, text));
	else
		buf_append_byte(buf, ']');
}

void azure_statement_append(const struct azure_line *line, const struct event *event,
			    struct buf *buf)
{
	const struct statement *statement = find(line);
	const struct extension *extension = &event->extension;

	if (!statement)
		return;
	buf_append(buf, statement->begin);
	if (event->kind == EVENT_CREDENTIAL_SET) {
		buf_append(buf, event->credential_set.user);
		buf_append_byte(buf, '\'');
	} else if (extension->stage == EXTENSION_GOAL_STATE) {
		append_goal_state(extension, buf);
	} else if (extension->stage == EXTENSION_SETTINGS) {
		if (extension->name.len > 0) {
			buf_append(buf, extension->name);
			buf_append_byte(buf, '.');
		}
		buf_append_format(buf, "%" PRIu64 ".settings", extension->sequence);
	} else if (statement->read != read_update) {
		/* one word, of letters alone */
		buf_append(buf, slice_skip(line->text, statement->begin.len));
	}
}
