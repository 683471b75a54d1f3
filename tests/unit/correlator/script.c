/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/correlator/script.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "tests/unit/correlator/script_words.h"

static void wrong(const char *what, struct slice where)
{
	(void)fprintf(stderr, "script: %s: '%.*s'\n", what, SLICE_ARG(where));
	abort();
}

static double seconds_of(struct slice text)
{
	char copy[32] = "";
	char *end;
	double seconds;

	if (text.len == 0 || text.len >= sizeof(copy))
		wrong("no time", text);
	memcpy(copy, text.ptr, text.len);
	seconds = strtod(copy, &end);
	if (*end)
		wrong("no time", text);
	return seconds;
}

static us_time time_of(struct slice text)
{
	static const struct {
		const char *word;
		us_time time;
	} words[] = {
		{ "none", US_TIME_NONE }, { "min", US_TIME_MIN },
		{ "max", US_TIME_MAX },	  { "least", INT64_MIN + 1 },
		{ "most", INT64_MAX },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (slice_equal(text, slice_text(words[i].word)))
			return words[i].time;
	return AT(seconds_of(text));
}

static uint64_t number_of(struct slice text, uint64_t max)
{
	uint64_t number;

	if (!slice_number(text, max, &number))
		wrong("no number", text);
	return number;
}

/* The position of the word in a list that ends with NULL. */
static int word_of(struct slice text, const char *const *words)
{
	for (int i = 0; words[i]; i++)
		if (slice_equal(text, slice_text(words[i])))
			return i;
	wrong("no such word", text);
	return 0;
}

static enum reason reason_of(struct slice text)
{
	for (int i = 0; i < REASON_COUNT; i++)
		if (slice_equal(text, slice_text(reason_word((enum reason)i))))
			return (enum reason)i;
	wrong("no such reason", text);
	return 0;
}

static enum trust trust_of(struct slice text)
{
	for (int i = 0; i < TRUST_COUNT; i++)
		if (slice_equal(text, slice_text(trust_word((enum trust)i))))
			return (enum trust)i;
	wrong("no such trust", text);
	return 0;
}

static void set_list(struct script *script, struct event *event,
		     const struct script_key *row, struct slice text)
{
	struct slice *list = script->lists[script->list_count++ % 4];
	uint32_t count = 0;

	while (slice_take_until(&text, ',', &list[count]) && count + 2 < SCRIPT_LIST_MAX)
		count++;
	list[count++] = text;
	*(const struct slice **)(void *)((char *)event + row->offset) = list;
	*(uint32_t *)(void *)((char *)event + row->count_offset) = count;
}

static void set_class(struct event *event, struct slice text)
{
	static const char *const words[] = { "ic",	   "ssm",      "ecs",
					     "ec2",	   "activity", "bastion",
					     "gcp-serial", "oslogin",  "iap",
					     "compute",	   "osconfig", NULL };
	enum log_class log_class = (enum log_class)word_of(text, words);

	if (event->kind == EVENT_SIGHT) {
		event->sight.every_class = false;
		event->sight.log_class = log_class;
	} else {
		event->progress.every_class = false;
		event->progress.log_class = log_class;
	}
}

static void set_value(struct script *script, struct event *event,
		      const struct script_key *row, struct slice text)
{
	static const char *const sources[] = { "syslog",     "journal", "ssm",
					       "azure",	     "handler", "keys",
					       "cloud-init", NULL };
	static const char *const user_states[] = { "seen", "admitted", "refused", NULL };
	static const char *const stages[] = { "started", "connected", "described",
					      "ended", NULL };
	static const struct hash_key zero;
	void *at = (char *)event + row->offset;

	switch (row->kind) {
	case VALUE_TEXT:
		*(struct slice *)at = text;
		break;
	case VALUE_LIST:
		set_list(script, event, row, text);
		break;
	case VALUE_TIME:
		*(us_time *)at = time_of(text);
		break;
	case VALUE_SPAN:
		*(us_span *)at = AT(seconds_of(text)) - SCENE_EPOCH;
		break;
	case VALUE_U16:
		*(uint16_t *)at = (uint16_t)number_of(text, UINT16_MAX);
		break;
	case VALUE_I16:
		*(int16_t *)at = (int16_t)number_of(text, INT16_MAX);
		break;
	case VALUE_U32:
		*(uint32_t *)at = (uint32_t)number_of(text, UINT32_MAX);
		break;
	case VALUE_U64:
		*(uint64_t *)at = number_of(text, UINT64_MAX);
		break;
	case VALUE_BOOL:
		*(bool *)at = slice_equal(text, SLICE("yes"));
		break;
	case VALUE_CLASS:
		set_class(event, text);
		break;
	case VALUE_REASON:
		*(enum reason *)at = reason_of(text);
		break;
	case VALUE_TRUST:
		*(enum trust *)at = trust_of(text);
		break;
	case VALUE_SOURCE:
		*(enum host_source *)at = (enum host_source)word_of(text, sources);
		break;
	case VALUE_STAGE:
		*(enum run_stage *)at = (enum run_stage)word_of(text, stages);
		break;
	case VALUE_USER_STATE:
		*(enum cloud_user_state *)at =
			(enum cloud_user_state)word_of(text, user_states);
		break;
	case VALUE_HASH:
		*(uint64_t *)at = hash_bytes(&zero, text) | 1;
		break;
	}
}

static const struct script_key *find_key(const struct script_key *rows, struct slice name)
{
	for (; rows->name; rows++)
		if (slice_equal(name, slice_text(rows->name)))
			return rows;
	return NULL;
}

static const struct script_verb *find_verb(struct slice name)
{
	for (const struct script_verb *verb = script_verbs; verb->name; verb++)
		if (slice_equal(name, slice_text(verb->name)))
			return verb;
	wrong("no such verb", name);
	return NULL;
}

/* What an event says when the script says nothing. */
static void set_defaults(struct event *event, const struct script_verb *verb)
{
	event->kind = verb->kind;
	event->trust = TRUST_ATTESTED;
	switch (verb->kind) {
	case EVENT_RUN:
		event->source = HOST_SOURCE_SSM;
		event->run.kind = (enum run_kind)verb->variant;
		break;
	case EVENT_API_CALL:
		event->api_call.action = (enum api_action)verb->variant;
		event->api_call.outcome = verb->outcome;
		event->api_call.name =
			slice_text(api_action_word(event->api_call.action));
		event->api_call.serial_port = -1;
		break;
	case EVENT_EXTENSION:
		event->source = HOST_SOURCE_AZURE_AGENT;
		event->trust = TRUST_ROOT_FILE;
		event->extension.stage = (enum extension_stage)verb->variant;
		event->extension.has_sequence = true;
		event->extension.created_at = US_TIME_NONE;
		break;
	case EVENT_SCRIPT:
		event->script.kind = (enum script_kind)verb->variant;
		break;
	case EVENT_CREDENTIAL_SET:
		event->credential_set.means = (enum credential_means)verb->variant;
		break;
	case EVENT_BOOT:
		event->boot.is_shutdown = verb->variant;
		break;
	case EVENT_CLOUD_USER:
		event->cloud_user.cloud = (enum cloud)verb->variant;
		break;
	case EVENT_GAP:
		event->gap.from = event->gap.until = US_TIME_NONE;
		break;
	case EVENT_PROGRESS:
	case EVENT_API_HOLE:
		event->progress.every_class = true;
		event->progress.from = AT(-10 * 24 * 3600);
		event->progress.until = event->happened_at;
		break;
	case EVENT_HOST_COVERAGE:
		event->host_coverage.from = AT(-10 * 24 * 3600);
		event->host_coverage.until = event->happened_at;
		break;
	case EVENT_SIGHT:
		event->sight.every_class = true;
		event->sight.lost = verb->variant;
		event->sight.reason = REASON_API_UNREACHABLE;
		break;
	case EVENT_IDENTITY:
		event->identity.launched_at = event->identity.watched_since =
			US_TIME_NONE;
		break;
	default:
		break;
	}
}

void script_start(struct script *script, const char *text)
{
	*script = (struct script){ .rest = slice_text(text) };
}

/* The next word before a blank. */
static bool take_word(struct slice *step, struct slice *ret_word)
{
	*step = slice_trim(*step);
	if (step->len == 0)
		return false;
	if (!slice_take_until(step, ' ', ret_word)) {
		*ret_word = *step;
		step->len = 0;
	}
	return true;
}

/* The next step's text; false at the end. */
static bool take_step(struct slice *rest, struct slice *ret_step)
{
	while (rest->len) {
		size_t len = 0;

		while (len < rest->len && rest->ptr[len] != ';' && rest->ptr[len] != '\n')
			len++;
		*ret_step = slice_trim(slice_first(*rest, len));
		*rest = slice_skip(*rest, len + 1);
		if (ret_step->len && ret_step->ptr[0] != '#')
			return true;
	}
	return false;
}

enum script_step script_next(struct script *script, struct event *ret_event)
{
	const struct script_verb *verb;
	struct slice step, word, name;

	if (!take_step(&script->rest, &step) || !take_word(&step, &word))
		return SCRIPT_END;
	*ret_event = (struct event){ .happened_at = SCENE_EPOCH,
				     .evidence = ++script->evidence };
	if (slice_take_until(&word, '@', &name))
		ret_event->happened_at = time_of(word);
	else
		name = word;
	verb = find_verb(name);
	set_defaults(ret_event, verb);
	while (take_word(&step, &word)) {
		const struct script_key *row = NULL;

		if (slice_take_until(&word, '=', &name))
			row = find_key(verb->keys, name);
		if (!row)
			row = find_key(script_common_keys, name);
		if (!row)
			wrong("no such key", name);
		set_value(script, ret_event, row, word);
	}
	return verb->kind == EVENT_KIND_COUNT ? SCRIPT_ADVANCE : SCRIPT_EVENT;
}
