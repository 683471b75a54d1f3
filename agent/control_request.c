/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/control_request.h"

#include <assert.h>

#include "base/json.h"
#include "base/limits.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char *const command_words[CONTROL_COMMAND_COUNT] = {
	[CONTROL_STATUS] = "status",	     [CONTROL_LOGINS] = "logins",
	[CONTROL_ALERTS] = "alerts",	     [CONTROL_EXPLAIN] = "explain",
	[CONTROL_DOCTOR] = "doctor",	     [CONTROL_BASELINE] = "baseline",
	[CONTROL_TEST_ALERT] = "test-alert", [CONTROL_METADATA] = "metadata",
};

void control_request_init(struct control_request *request, enum control_command command)
{
	*request = (struct control_request){
		.command = command,
		.since = US_TIME_NONE,
		.until = US_TIME_NONE,
		.path = PATH_NONE,
		.verdict = -1,
	};
}

const char *control_command_word(enum control_command command)
{
	assert(command < CONTROL_COMMAND_COUNT);
	return command_words[command];
}

bool control_request_set_id(struct control_request *request, struct slice digits)
{
	if (digits.len == 0 || digits.len >= sizeof(request->id))
		return false;
	for (size_t i = 0; i < digits.len; i++) {
		char byte = digits.ptr[i];

		if (byte >= 'A' && byte <= 'F')
			byte = (char)(byte - 'A' + 'a');
		if (!(byte >= '0' && byte <= '9') && !(byte >= 'a' && byte <= 'f')) {
			request->id[0] = '\0';
			return false;
		}
		request->id[i] = byte;
	}
	request->id[digits.len] = '\0';
	return true;
}

/* ---- writing ---------------------------------------------------------------------- */

void control_request_encode(const struct control_request *request, struct buf *buf)
{
	struct json_writer writer;

	json_begin(&writer, buf);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "command",
		      slice_text(control_command_word(request->command)));
	if (request->since != US_TIME_NONE)
		json_put_time(&writer, "since", request->since);
	if (request->until != US_TIME_NONE)
		json_put_time(&writer, "until", request->until);
	if (request->path != PATH_NONE)
		json_put_text(&writer, "path", slice_text(path_word(request->path)));
	if (request->verdict >= 0)
		json_put_text(
			&writer, "verdict",
			slice_text(verdict_word((enum verdict_kind)request->verdict)));
	if (request->all)
		json_put_bool(&writer, "all", true);
	if (request->follow)
		json_put_bool(&writer, "follow", true);
	if (request->id[0])
		json_put_text(&writer, "id", slice_text(request->id));
	if (request->undelivered)
		json_put_bool(&writer, "undelivered", true);
	if (request->sinks[0])
		json_put_text(&writer, "sinks", slice_text(request->sinks));
	if (request->reset)
		json_put_bool(&writer, "reset", true);
	if (request->kind[0])
		json_put_text(&writer, "kind", slice_text(request->kind));
	if (request->key[0])
		json_put_text(&writer, "key", slice_text(request->key));
	json_close_object(&writer);
}

/* ---- reading ---------------------------------------------------------------------- */

/* Takes one member; `text` is its value where that is a string, else empty. */
typedef bool take_fn(struct control_request *request, const json_t *value,
		     struct slice text);

static bool take_command(struct control_request *request, const json_t *value,
			 struct slice text)
{
	(void)value;
	for (size_t i = 0; i < COUNT_OF(command_words); i++) {
		if (slice_equal(text, slice_text(command_words[i]))) {
			request->command = (enum control_command)i;
			return true;
		}
	}
	return false;
}

static bool take_since(struct control_request *request, const json_t *value,
		       struct slice text)
{
	(void)value;
	return time_from_rfc3339(text, &request->since);
}

static bool take_until(struct control_request *request, const json_t *value,
		       struct slice text)
{
	(void)value;
	return time_from_rfc3339(text, &request->until);
}

static bool take_path(struct control_request *request, const json_t *value,
		      struct slice text)
{
	(void)value;
	for (int i = PATH_NONE + 1; i < PATH_COUNT; i++) {
		if (slice_equal(text, slice_text(path_word((enum path)i)))) {
			request->path = (enum path)i;
			return true;
		}
	}
	return false;
}

static bool take_verdict(struct control_request *request, const json_t *value,
			 struct slice text)
{
	(void)value;
	for (int i = 0; i < VERDICT_COUNT; i++) {
		if (slice_equal(text, slice_text(verdict_word((enum verdict_kind)i)))) {
			request->verdict = i;
			return true;
		}
	}
	return false;
}

static bool take_all(struct control_request *request, const json_t *value,
		     struct slice text)
{
	(void)text;
	request->all = json_is_true(value);
	return json_is_boolean(value);
}

static bool take_follow(struct control_request *request, const json_t *value,
			struct slice text)
{
	(void)text;
	request->follow = json_is_true(value);
	return json_is_boolean(value);
}

static bool take_id(struct control_request *request, const json_t *value,
		    struct slice text)
{
	(void)value;
	return control_request_set_id(request, text);
}

static bool take_undelivered(struct control_request *request, const json_t *value,
			     struct slice text)
{
	(void)text;
	request->undelivered = json_is_true(value);
	return json_is_boolean(value);
}

static bool take_reset(struct control_request *request, const json_t *value,
		       struct slice text)
{
	(void)text;
	request->reset = json_is_true(value);
	return json_is_boolean(value);
}

/* A text without a NUL that fits. */
static bool copy_text(struct slice text, char *copy, size_t size)
{
	if (text.len == 0 || text.len >= size || memchr(text.ptr, '\0', text.len))
		return false;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	return true;
}

static bool take_sinks(struct control_request *request, const json_t *value,
		       struct slice text)
{
	(void)value;
	return copy_text(text, request->sinks, sizeof(request->sinks));
}

static bool take_kind(struct control_request *request, const json_t *value,
		      struct slice text)
{
	(void)value;
	return copy_text(text, request->kind, sizeof(request->kind));
}

static bool take_key(struct control_request *request, const json_t *value,
		     struct slice text)
{
	(void)value;
	return copy_text(text, request->key, sizeof(request->key));
}

static const struct member {
	const char *key;
	take_fn *take;
	const char *wanted; /* what the value must be, in words */
} members[] = {
	{ "command", take_command,
	  "one of status, logins, alerts, explain, doctor, baseline, test-alert and "
	  "metadata" },
	{ "since", take_since, "a time of RFC 3339" },
	{ "until", take_until, "a time of RFC 3339" },
	{ "path", take_path, "a path" },
	{ "verdict", take_verdict, "a verdict" },
	{ "all", take_all, "true or false" },
	{ "follow", take_follow, "true or false" },
	{ "id", take_id, "1 to 32 hexadecimal digits" },
	{ "undelivered", take_undelivered, "true or false" },
	{ "sinks", take_sinks, "names of sinks" },
	{ "reset", take_reset, "true or false" },
	{ "kind", take_kind, "a short text" },
	{ "key", take_key, "a short text" },
};

static const struct member *find_member(const char *key)
{
	for (size_t i = 0; i < COUNT_OF(members); i++) {
		if (strcmp(members[i].key, key) == 0)
			return &members[i];
	}
	return NULL;
}

static int take_members(json_t *object, struct control_request *request, struct err *err)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		const struct member *member = find_member(key);

		if (!member)
			return err_set(err, ERR_FORMAT, "a request has no '%.32s'", key);
		if (!member->take(request, value, json_slice(value)))
			return err_set(err, ERR_FORMAT, "'%s' is not %s", member->key,
				       member->wanted);
	}
	return 0;
}

/* What members mean together. */
static int check(const struct control_request *request, struct err *err)
{
	bool lists =
		request->command == CONTROL_LOGINS || request->command == CONTROL_ALERTS;
	bool is_ranged = request->since != US_TIME_NONE || request->until != US_TIME_NONE;

	if ((request->command == CONTROL_EXPLAIN) != (request->id[0] != '\0'))
		return err_set(err, ERR_FORMAT, "'id' goes with 'explain', and only so");
	if (!lists && (request->follow || is_ranged))
		return err_set(err, ERR_FORMAT, "'%s' takes no times and no 'follow'",
			       control_command_word(request->command));
	if (request->command != CONTROL_LOGINS &&
	    (request->all || request->verdict >= 0 || request->path != PATH_NONE))
		return err_set(err, ERR_FORMAT,
			       "'%s' takes no 'all', 'path' and 'verdict'",
			       control_command_word(request->command));
	if ((request->command != CONTROL_ALERTS && request->undelivered) ||
	    (request->command != CONTROL_TEST_ALERT && request->sinks[0]))
		return err_set(err, ERR_FORMAT, "'%s' takes no 'undelivered' and 'sinks'",
			       control_command_word(request->command));
	if (request->undelivered && (request->follow || is_ranged))
		return err_set(err, ERR_FORMAT,
			       "'undelivered' takes no times and no 'follow'");
	if (request->command != CONTROL_BASELINE &&
	    (request->reset || request->kind[0] || request->key[0]))
		return err_set(err, ERR_FORMAT, "'%s' takes no 'reset', 'kind' and 'key'",
			       control_command_word(request->command));
	if (request->key[0] && !(request->kind[0] && request->reset))
		return err_set(err, ERR_FORMAT,
			       "'key' goes with 'reset' and a 'kind', and only so");
	if (request->since != US_TIME_NONE && request->until != US_TIME_NONE &&
	    request->since > request->until)
		return err_set(err, ERR_FORMAT, "'since' is after 'until'");
	return 0;
}

int control_request_decode(struct slice line, struct control_request *ret_request,
			   struct err *err)
{
	AUTO_JSON json_t *object = NULL;
	struct control_request request;

	if (line.len > LIMIT_CONTROL_REQUEST_BYTES)
		return err_set(err, ERR_LIMIT, "a request is longer than %zu bytes",
			       LIMIT_CONTROL_REQUEST_BYTES);
	if (json_read(line, &object, err) < 0)
		return err_add(err, "a request is no JSON");
	if (!json_is_object(object))
		return err_set(err, ERR_FORMAT, "a request is no JSON object");
	if (!json_object_get(object, "command"))
		return err_set(err, ERR_FORMAT, "a request has no 'command'");
	control_request_init(&request, CONTROL_STATUS);
	if (take_members(object, &request, err) < 0 || check(&request, err) < 0)
		return -1;
	*ret_request = request;
	return 0;
}
