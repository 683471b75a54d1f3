/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/deliver_answer.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/json.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* ---- in common --------------------------------------------------------------------- */

static void set_text(struct sink_answer *answer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void set_text(struct sink_answer *answer, const char *format, ...)
{
	va_list words;

	va_start(words, format);
	vsnprintf(answer->text, sizeof(answer->text), format, words);
	va_end(words);
	for (char *byte = answer->text; *byte; byte++) {
		if (*byte < ' ' || *byte > '~')
			*byte = '?';
	}
}

/* Ranges of statuses, the first that fits; what fits none is odd. */
static const struct {
	int first, last;
	enum answer_meaning meaning;
} statuses[] = {
	{ 200, 299, ANSWER_TAKEN },	  { 400, 400, ANSWER_REFUSED },
	{ 401, 401, ANSWER_CREDENTIALS }, { 403, 403, ANSWER_CREDENTIALS },
	{ 407, 407, ANSWER_CREDENTIALS }, { 408, 408, ANSWER_AGAIN },
	{ 413, 413, ANSWER_TOO_LARGE },	  { 422, 422, ANSWER_REFUSED },
	{ 425, 425, ANSWER_AGAIN },	  { 429, 429, ANSWER_BUSY },
	{ 500, 599, ANSWER_AGAIN },
};

/* What nginx says of a client without a certificate, or with a wrong one, and of one that
 * speaks no TLS: that is about none of the records. */
static const struct {
	const char *words;
	enum answer_meaning meaning;
} pages[] = {
	{ "SSL certificate", ANSWER_CREDENTIALS },
	{ "plain HTTP request was sent to HTTPS port", ANSWER_ODD },
};
#define PAGE_BYTES ((size_t)4096)

static void look_at_page(struct slice body, struct sink_answer *answer)
{
	body = slice_first(body, PAGE_BYTES);
	for (size_t i = 0; i < COUNT_OF(pages); i++) {
		if (answer->meaning == ANSWER_REFUSED &&
		    slice_find(body, slice_text(pages[i].words)) >= 0)
			answer->meaning = pages[i].meaning;
	}
}

void answer_read_status(int status, struct slice body, struct sink_answer *ret_answer)
{
	ret_answer->meaning = ANSWER_ODD;
	set_text(ret_answer, "%d", status);
	for (size_t i = 0; i < COUNT_OF(statuses); i++) {
		if (status < statuses[i].first || status > statuses[i].last)
			continue;
		ret_answer->meaning = statuses[i].meaning;
		look_at_page(body, ret_answer);
		return;
	}
}

/* ---- chats ------------------------------------------------------------------------- */

/* Slack's words for what will never be taken; the others are of the webhook, and may be
 * mended. */
static const char *const slack_refusals[] = {
	"invalid_payload",     "invalid_blocks",       "no_text",
	"invalid_attachments", "too_many_attachments", "msg_too_long",
};

static bool is_one_of(struct slice word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (slice_equal(word, slice_text(words[i])))
			return true;
	}
	return false;
}

void answer_read_slack(int status, struct slice body, struct sink_answer *ret_answer)
{
	struct slice word = slice_trim(slice_first(body, 100));

	answer_read_status(status, body, ret_answer);
	set_text(ret_answer, "%d %.*s", status, SLICE_ARG(word));
	if (ret_answer->meaning == ANSWER_TAKEN && !slice_equal(word, SLICE("ok")))
		ret_answer->meaning = ANSWER_ODD;
	if (ret_answer->meaning == ANSWER_REFUSED &&
	    !is_one_of(word, slack_refusals, COUNT_OF(slack_refusals)))
		ret_answer->meaning = ANSWER_ODD;
}

/* "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP
 * error 429 with ContextId ..." */
static bool take_hidden_status(struct slice body, int *ret_status)
{
	const struct slice words = SLICE("HTTP error ");
	ptrdiff_t at = slice_find_ignoring_case(body, words);
	struct slice rest = slice_skip(body, (size_t)(at < 0 ? 0 : at) + words.len);
	uint64_t status;

	if (at < 0 || !slice_take_number(&rest, 999, &status))
		return false;
	*ret_status = (int)status;
	return true;
}

void answer_read_teams(int status, struct slice body, struct sink_answer *ret_answer)
{
	int hidden;

	answer_read_status(status, body, ret_answer);
	if (ret_answer->meaning != ANSWER_TAKEN)
		return;
	if (take_hidden_status(body, &hidden)) {
		answer_read_status(hidden, SLICE(""), ret_answer);
		if (ret_answer->meaning == ANSWER_TAKEN)
			ret_answer->meaning = ANSWER_ODD;
		set_text(ret_answer, "%d, and in its text: error %d", status, hidden);
	} else if (slice_find_ignoring_case(body, SLICE("error")) >= 0 ||
		   slice_find_ignoring_case(body, SLICE("fail")) >= 0) {
		ret_answer->meaning = ANSWER_ODD;
		set_text(ret_answer, "%d, and in its text: %.*s", status,
			 SLICE_ARG(slice_first(body, 100)));
	}
}

/* ---- PagerDuty --------------------------------------------------------------------- */

/* A routing key that is wrong is a 400 as a wrong event is, but can be mended. */
static bool is_about_routing_key(const json_t *document)
{
	const json_t *errors = json_at(document, "errors");
	size_t i;
	const json_t *error;

	json_array_foreach((json_t *)(uintptr_t)errors, i, error)
	{
		struct slice text = json_slice(error);

		if (slice_find_ignoring_case(text, SLICE("routing key")) >= 0 ||
		    slice_find_ignoring_case(text, SLICE("routing_key")) >= 0)
			return true;
	}
	return false;
}

void answer_read_pagerduty(int status, struct slice body, struct sink_answer *ret_answer)
{
	AUTO_JSON json_t *document = NULL;
	struct err ignored;

	answer_read_status(status, body, ret_answer);
	if (json_read(body, &document, &ignored) < 0) {
		if (ret_answer->meaning == ANSWER_TAKEN)
			ret_answer->meaning = ANSWER_ODD;
		return;
	}
	set_text(ret_answer, "%d %.*s", status,
		 SLICE_ARG(slice_first(json_text_at(document, "message"), 100)));
	if (ret_answer->meaning == ANSWER_TAKEN &&
	    !slice_equal(json_text_at(document, "status"), SLICE("success")))
		ret_answer->meaning = ANSWER_ODD;
	if (ret_answer->meaning == ANSWER_REFUSED && is_about_routing_key(document))
		ret_answer->meaning = ANSWER_CREDENTIALS;
}

/* ---- Splunk ------------------------------------------------------------------------ */

/* Codes of the HTTP Event Collector ("Troubleshoot HTTP Event Collector", possible error
 * codes), which say more than the status they come with. 7 is an index that the token may
 * not write to, 10 and 11 the channel, 14 that acknowledgement is off: settings, all of
 * them. Of other codes the status counts. */
static const struct {
	uint64_t code;
	enum answer_meaning meaning;
} splunk_codes[] = {
	{ 0, ANSWER_TAKEN },	   { 1, ANSWER_CREDENTIALS },  { 2, ANSWER_CREDENTIALS },
	{ 3, ANSWER_CREDENTIALS }, { 4, ANSWER_CREDENTIALS },  { 5, ANSWER_REFUSED },
	{ 6, ANSWER_REFUSED },	   { 7, ANSWER_CREDENTIALS },  { 8, ANSWER_AGAIN },
	{ 9, ANSWER_BUSY },	   { 10, ANSWER_ODD },	       { 11, ANSWER_ODD },
	{ 12, ANSWER_REFUSED },	   { 13, ANSWER_REFUSED },     { 14, ANSWER_ODD },
	{ 15, ANSWER_REFUSED },	   { 16, ANSWER_CREDENTIALS }, { 18, ANSWER_BUSY },
	{ 19, ANSWER_BUSY },	   { 20, ANSWER_BUSY },
};

/* An integer that is not negative. */
static bool take_number(const json_t *document, const char *name, uint64_t *ret_number)
{
	const json_t *value = json_at(document, name);

	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return false;
	*ret_number = (uint64_t)json_integer_value(value);
	return true;
}

static enum answer_meaning meaning_of_code(uint64_t code, enum answer_meaning of_status)
{
	for (size_t i = 0; i < COUNT_OF(splunk_codes); i++) {
		if (splunk_codes[i].code == code)
			return splunk_codes[i].meaning;
	}
	return of_status == ANSWER_TAKEN ? ANSWER_ODD : of_status;
}

void answer_read_splunk(int status, struct slice body, struct splunk_answer *ret_answer)
{
	AUTO_JSON json_t *document = NULL;
	struct sink_answer *answer = &ret_answer->answer;
	bool is_fine;
	struct err ignored;
	uint64_t code;

	*ret_answer = (struct splunk_answer){ .ack_id = 0 };
	answer_read_status(status, body, answer);
	is_fine = answer->meaning == ANSWER_TAKEN;
	if (json_read(body, &document, &ignored) < 0 ||
	    !take_number(document, "code", &code)) {
		if (is_fine)
			answer->meaning = ANSWER_ODD;
		return;
	}
	answer->meaning = meaning_of_code(code, answer->meaning);
	/* The two must agree on that it has it. */
	if (answer->meaning == ANSWER_TAKEN && !is_fine)
		answer->meaning = ANSWER_ODD;
	set_text(answer, "%d, code %" PRIu64 ": %.*s", status, code,
		 SLICE_ARG(slice_first(json_text_at(document, "text"), 100)));
	ret_answer->has_ack_id = take_number(document, "ackId", &ret_answer->ack_id);
	ret_answer->has_invalid =
		take_number(document, "invalid-event-number", &ret_answer->invalid);
}

bool answer_read_acks(struct slice body, const uint64_t *ack_ids, size_t count)
{
	AUTO_JSON json_t *document = NULL;
	struct err ignored;
	const json_t *acks;

	if (json_read(body, &document, &ignored) < 0)
		return false;
	acks = json_at(document, "acks");
	for (size_t i = 0; i < count; i++) {
		char name[24];

		snprintf(name, sizeof(name), "%" PRIu64, ack_ids[i]);
		if (json_is_true(json_object_get(acks, name)))
			return true;
	}
	return false;
}

/* ---- Elasticsearch ----------------------------------------------------------------- */

/* One of "create": what it was, and what became of it. A record that is there already is
 * as good as taken; an index that is missing or shut is to be mended. */
static int read_item(const json_t *item, struct slice key, struct sink_answer *answer,
		     struct err *err)
{
	const json_t *create = json_at(item, "create");
	uint64_t status;

	if (!create || json_object_size(item) != 1)
		return err_set(err, ERR_FORMAT, "an item of another kind");
	if (!slice_equal(json_text_at(create, "_id"), key))
		return err_set(err, ERR_FORMAT, "an item of another record");
	if (!take_number(create, "status", &status) || status > 999)
		return err_set(err, ERR_FORMAT, "an item without a status");
	answer_read_status((int)status, SLICE(""), answer);
	if (status == 409)
		answer->meaning = ANSWER_TAKEN;
	if (answer->meaning == ANSWER_TOO_LARGE)
		answer->meaning = ANSWER_REFUSED;
	set_text(answer, "%d %.*s: %.*s", (int)status,
		 SLICE_ARG(slice_first(json_text_at(create, "error.type"), 60)),
		 SLICE_ARG(slice_first(json_text_at(create, "error.reason"), 100)));
	return 0;
}

int answer_read_bulk(struct slice body, const struct deliver_record *records,
		     size_t count, struct sink_answer *ret_items, struct err *err)
{
	AUTO_JSON json_t *document = NULL;
	struct sink_answer items[MESSAGE_LIST_MAX];
	const json_t *list;

	if (json_read(body, &document, err) < 0)
		return -1;
	list = json_at(document, "items");
	if (!json_is_array(list))
		return err_set(err, ERR_FORMAT, "it has no items");
	if (count > MESSAGE_LIST_MAX || json_array_size(list) != count)
		return err_set(err, ERR_FORMAT, "%zu items for %zu records",
			       json_array_size(list), count);
	for (size_t i = 0; i < count; i++) {
		if (read_item(json_array_get(list, i), records[i].key, &items[i], err) <
		    0)
			return -1;
	}
	memcpy(ret_items, items, count * sizeof(items[0]));
	return 0;
}
