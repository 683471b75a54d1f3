/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/azure_line.h"

#include "evidence/host/grammar.h"

#define WORD_BYTES 64	 /* a thread's name */
#define PREFIX_BYTES 320 /* a handler, an instance's name, a version */
#define NAME_BYTES 128	 /* Azure's ceiling is 80 for extensions and run commands */
#define USER_BYTES 256
#define CIVIL_BYTES 29 /* "2021/03/30 19:35:35" and a fraction of up to nine digits */
#define SECOND_BYTES 19

/* The one handler of which several instances may be installed. The agent puts their names
 * behind the handler's (exthandlers.py get_full_name()). */
static const struct slice handlers_with_instances[] = {
	SLICE("Microsoft.CPlat.Core.RunCommandHandlerLinux"),
};

static const struct slice levels[] = { SLICE("VERBOSE"), SLICE("INFO"), SLICE("WARNING"),
				       SLICE("ERROR") };

static const struct slice agent_words[] = { SLICE("ExtHandler"), SLICE("Daemon"),
					    SLICE("LogCollector") };

static bool is_one_of(struct slice word, const struct slice *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (slice_equal(word, words[i]))
			return true;
	return false;
}

#define IS_ONE_OF(word, words) is_one_of(word, words, sizeof(words) / sizeof((words)[0]))

/* "2021/03/30 19:45:31", with or without a fraction. */
static bool take_local_time(struct slice *rest, struct azure_line *line)
{
	struct slice before = slice_first(*rest, CIVIL_BYTES);
	char text[CIVIL_BYTES];
	struct slice civil = slice_of(text, before.len);

	if (before.len < SECOND_BYTES || before.ptr[4] != '/' || before.ptr[7] != '/')
		return false;
	memcpy(text, before.ptr, before.len);
	text[4] = '-';
	text[7] = '-';
	if (!time_take_civil(&civil, &line->civil))
		return false;
	line->time = US_TIME_NONE;
	line->time_text = slice_first(before, before.len - civil.len);
	line->has_fraction = line->time_text.len > SECOND_BYTES;
	*rest = slice_skip(*rest, line->time_text.len);
	return true;
}

static bool take_time(struct slice *rest, struct azure_line *line)
{
	struct slice after = *rest;

	if (rest->len <= SECOND_BYTES || !byte_is(rest->ptr[0], BYTE_DIGIT))
		return false;
	if (take_local_time(rest, line))
		return slice_take_prefix(rest, SLICE(" "));
	if (rest->ptr[10] != 'T' || !time_take_rfc3339(&after, &line->time) ||
	    after.ptr[-1] != 'Z')
		return false;
	line->time_text = slice_first(*rest, rest->len - after.len);
	line->has_fraction = line->time_text.len > SECOND_BYTES + 1;
	*rest = after;
	return slice_take_prefix(rest, SLICE(" "));
}

/* "INFO " of the agent; extensions write "ERROR:" and "WARNING:". */
static void take_level(struct slice *rest, struct slice *ret_level)
{
	struct slice after = *rest;
	struct slice word;

	if (grammar_take_run(&after, BYTE_LETTER, WORD_BYTES, &word) &&
	    IS_ONE_OF(word, levels) &&
	    (slice_take_prefix(&after, SLICE(" ")) ||
	     slice_take_prefix(&after, SLICE(":")))) {
		*ret_level = word;
		*rest = after;
	}
}

bool azure_is_name(struct slice text)
{
	return text.len > 0 && text.len <= NAME_BYTES &&
	       grammar_all(text, BYTE_LETTER | BYTE_DIGIT | BYTE_TAG_SIGN) &&
	       slice_find(text, SLICE("/")) < 0;
}

bool azure_is_user(struct slice text)
{
	return text.len > 0 && text.len <= USER_BYTES && grammar_all(text, BYTE_TEXT) &&
	       slice_find(text, SLICE(" ")) < 0;
}

static bool is_version(struct slice text)
{
	return text.len > 0 && text.len <= WORD_BYTES &&
	       byte_is(text.ptr[0], BYTE_DIGIT) &&
	       grammar_all(text, BYTE_DIGIT | BYTE_NAME_SIGN) &&
	       slice_find(text, SLICE("_")) < 0;
}

bool azure_handler_split(struct slice text, struct slice *ret_handler,
			 struct slice *ret_name, struct slice *ret_version)
{
	ptrdiff_t dash = slice_find_last(text, '-');
	struct slice handler, name = { NULL, 0 };

	if (dash <= 0 || text.len > PREFIX_BYTES ||
	    !is_version(slice_skip(text, (size_t)dash + 1)))
		return false;
	handler = slice_first(text, (size_t)dash);
	for (size_t i = 0;
	     i < sizeof(handlers_with_instances) / sizeof(handlers_with_instances[0]);
	     i++) {
		size_t len = handlers_with_instances[i].len;

		if (handler.len <= len + 1 || handler.ptr[len] != '.' ||
		    !slice_equal_ignoring_case(slice_first(handler, len),
					       handlers_with_instances[i]))
			continue;
		name = slice_skip(handler, len + 1);
		handler = slice_first(handler, len);
		break;
	}
	if (!azure_is_name(handler) || slice_find(handler, SLICE(".")) <= 0 ||
	    (name.len > 0 && !azure_is_name(name)))
		return false;
	*ret_handler = handler;
	*ret_name = name;
	*ret_version = slice_skip(text, (size_t)dash + 1);
	return true;
}

/* "[Publisher.Type-1.2.3] " */
static bool take_handler(struct slice *rest, struct azure_line *line)
{
	struct slice after = *rest;
	struct slice inner;

	if (!slice_take_prefix(&after, SLICE("[")) ||
	    !grammar_take_run(&after,
			      BYTE_LETTER | BYTE_DIGIT | BYTE_NAME_SIGN | BYTE_TAG_SIGN,
			      PREFIX_BYTES, &inner) ||
	    !slice_take_prefix(&after, SLICE("] ")) ||
	    !azure_handler_split(inner, &line->handler, &line->name, &line->version))
		return false;
	*rest = after;
	return true;
}

static bool take_agent_word(struct slice *rest)
{
	struct slice after = *rest;
	struct slice word;

	if (!grammar_take_run(&after, BYTE_LETTER, WORD_BYTES, &word) ||
	    !IS_ONE_OF(word, agent_words) || !slice_take_prefix(&after, SLICE(" ")))
		return false;
	*rest = after;
	return true;
}

/* The thread, which may have any name, and the part of the agent or the handler; either
 * may be missing. */
static void take_origin(struct slice *rest, struct azure_line *line)
{
	struct slice after = *rest;
	struct slice thread;

	if (take_handler(rest, line))
		return;
	if (slice_take_until(&after, ' ', &thread) && thread.len <= WORD_BYTES &&
	    (take_agent_word(&after) || take_handler(&after, line))) {
		*rest = after;
		line->is_agent = true;
	} else {
		line->is_agent = take_agent_word(rest);
	}
}

bool azure_line_split(struct slice bytes, struct azure_line *ret_line)
{
	struct azure_line line = { .time = US_TIME_NONE };
	struct slice rest = bytes;

	slice_take_suffix(&rest, SLICE("\r"));
	if (!take_time(&rest, &line))
		return false;
	take_level(&rest, &line.level);
	take_origin(&rest, &line);
	line.text = rest;
	*ret_line = line;
	return true;
}

struct slice azure_id(struct slice text, char space[AZURE_ID_BYTES])
{
	static const char form[AZURE_ID_BYTES + 1] =
		"00000000-0000-0000-0000-000000000000";
	bool is_zero = true;

	if (text.len != AZURE_ID_BYTES)
		return slice_of(NULL, 0);
	for (size_t i = 0; i < AZURE_ID_BYTES; i++) {
		char byte = text.ptr[i];

		if (byte >= 'A' && byte <= 'F')
			byte = (char)(byte - 'A' + 'a');
		if (form[i] == '-'
			    ? byte != '-'
			    : !byte_is(byte, BYTE_DIGIT) && (byte < 'a' || byte > 'f'))
			return slice_of(NULL, 0);
		is_zero &= byte == form[i];
		space[i] = byte;
	}
	return is_zero ? slice_of(NULL, 0) : slice_of(space, AZURE_ID_BYTES);
}
