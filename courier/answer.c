/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/answer.h"

#include <assert.h>
#include <string.h>

#include "base/json.h"
#include "base/limits.h"

static_assert(LIMIT_JSON_DEPTH < 64, "one bit of the stack for each level");

/* Where the scan stands, and what is open around it. */
struct scan {
	struct slice text;
	size_t at;
	uint64_t objects; /* a bit a level, the innermost lowest: 1 = object, 0 = array */
	unsigned depth;
};

static char peek(const struct scan *scan)
{
	return scan->at < scan->text.len ? scan->text.ptr[scan->at] : '\0';
}

static bool take(struct scan *scan, char byte)
{
	if (scan->at >= scan->text.len || scan->text.ptr[scan->at] != byte)
		return false;
	scan->at++;
	return true;
}

static void skip_blanks(struct scan *scan)
{
	while (take(scan, ' ') || take(scan, '\t') || take(scan, '\n') ||
	       take(scan, '\r'))
		;
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_hex(char byte)
{
	return is_digit(byte) || (byte >= 'a' && byte <= 'f') ||
	       (byte >= 'A' && byte <= 'F');
}

/* After the backslash. */
static bool skip_escape(struct scan *scan)
{
	char byte = peek(scan);

	if (byte == '\0' || !strchr("\"\\/bfnrtu", byte))
		return false;
	scan->at++;
	for (int i = 0; byte == 'u' && i < 4; i++) {
		if (!is_hex(peek(scan)))
			return false;
		scan->at++;
	}
	return true;
}

static bool skip_string(struct scan *scan)
{
	if (!take(scan, '"'))
		return false;
	while (scan->at < scan->text.len) {
		unsigned char byte = (unsigned char)scan->text.ptr[scan->at++];

		if (byte == '"')
			return true;
		if (byte < 0x20 || (byte == '\\' && !skip_escape(scan)))
			return false;
	}
	return false;
}

static bool skip_digits(struct scan *scan)
{
	size_t from = scan->at;

	while (is_digit(peek(scan)))
		scan->at++;
	return scan->at > from;
}

static bool skip_number(struct scan *scan)
{
	take(scan, '-');
	if (!take(scan, '0') && !skip_digits(scan))
		return false;
	if (take(scan, '.') && !skip_digits(scan))
		return false;
	if (take(scan, 'e') || take(scan, 'E')) {
		if (!take(scan, '+'))
			take(scan, '-');
		return skip_digits(scan);
	}
	return true;
}

static bool skip_scalar(struct scan *scan)
{
	static const struct slice words[] = {
		{ "true", 4 },
		{ "false", 5 },
		{ "null", 4 },
	};
	struct slice rest = slice_skip(scan->text, scan->at);

	if (peek(scan) == '"')
		return skip_string(scan);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (slice_starts_with(rest, words[i])) {
			scan->at += words[i].len;
			return true;
		}
	}
	return skip_number(scan);
}

static bool in_object(const struct scan *scan)
{
	return scan->objects & 1;
}

/* The name of an object's next member, up to its value. */
static bool skip_name(struct scan *scan)
{
	skip_blanks(scan);
	if (!skip_string(scan))
		return false;
	skip_blanks(scan);
	return take(scan, ':');
}

static bool close_level(struct scan *scan)
{
	if (!take(scan, in_object(scan) ? '}' : ']'))
		return false;
	scan->objects >>= 1;
	scan->depth--;
	return true;
}

/* A scalar, or the opening of an object or array; `*ret_complete` says whether a value
 * ended there. */
static bool begin_value(struct scan *scan, bool *ret_complete)
{
	char byte = peek(scan);

	if (byte != '{' && byte != '[') {
		*ret_complete = true;
		return skip_scalar(scan);
	}
	if (++scan->depth > LIMIT_JSON_DEPTH)
		return false;
	scan->objects = scan->objects << 1 | (byte == '{');
	scan->at++;
	skip_blanks(scan);
	*ret_complete = close_level(scan);
	return *ret_complete || !in_object(scan) || skip_name(scan);
}

/* Goes on after a value inside of an array or object: to the next one, or to the end of
 * all that ends here as deep as `floor`. */
static bool after_value(struct scan *scan, unsigned floor)
{
	while (scan->depth > floor) {
		skip_blanks(scan);
		if (take(scan, ','))
			return !in_object(scan) || skip_name(scan);
		if (!close_level(scan))
			return false;
	}
	return true;
}

/* One whole value, whatever it is. Linear, and without recursion. */
static bool skip_value(struct scan *scan)
{
	unsigned floor = scan->depth;
	bool complete;

	do {
		skip_blanks(scan);
		if (!begin_value(scan, &complete))
			return false;
		if (complete && !after_value(scan, floor))
			return false;
	} while (!complete || scan->depth > floor);
	return true;
}

static struct answer_member *find_member(struct slice name, struct answer_member *members,
					 size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (slice_equal(name, slice_text(members[i].name)))
			return &members[i];
	}
	return NULL;
}

/* One member of the top level. A name with an escape in it is refused: it could be one of
 * ours in disguise. */
static bool read_member(struct scan *scan, struct answer_member *members, size_t count)
{
	struct answer_member *member;
	size_t from;
	struct slice name;

	skip_blanks(scan);
	from = scan->at + 1;
	if (!skip_string(scan))
		return false;
	name = slice_of(scan->text.ptr + from, scan->at - from - 1);
	skip_blanks(scan);
	if (!take(scan, ':') || slice_find(name, SLICE("\\")) >= 0)
		return false;

	skip_blanks(scan);
	from = scan->at;
	if (!skip_value(scan))
		return false;
	member = find_member(name, members, count);
	if (member && member->value.len)
		return false;
	if (member)
		member->value = slice_of(scan->text.ptr + from, scan->at - from);
	return true;
}

int answer_read(struct slice text, struct answer_member *members, size_t member_count,
		struct err *err)
{
	struct scan scan = { .text = text, .objects = 1, .depth = 1 };
	bool good, more;

	for (size_t i = 0; i < member_count; i++)
		members[i].value = (struct slice){ NULL, 0 };
	skip_blanks(&scan);
	if (!take(&scan, '{'))
		return err_set(err, ERR_FORMAT, "no JSON object");
	skip_blanks(&scan);
	good = true;
	more = peek(&scan) != '}';
	while (good && more) {
		good = read_member(&scan, members, member_count);
		skip_blanks(&scan);
		more = take(&scan, ',');
	}
	good = good && take(&scan, '}');
	skip_blanks(&scan);
	if (!good || scan.at != text.len)
		return err_set(err, ERR_FORMAT, "at byte %zu: not the JSON it should be",
			       scan.at);
	return 0;
}

bool answer_token_valid(struct slice token)
{
	if (token.len > LIMIT_PAGE_TOKEN_BYTES)
		return false;
	for (size_t i = 0; i < token.len; i++) {
		if (token.ptr[i] < 0x21 || token.ptr[i] > 0x7e)
			return false;
	}
	return true;
}

int answer_token(struct slice value, struct buf *buf, struct err *err)
{
	AUTO_JSON json_t *token = NULL;

	if (value.len == 0 || slice_equal(value, SLICE("null")))
		return 0;
	/* six bytes are the longest escape of one */
	if (value.len > 6 * LIMIT_PAGE_TOKEN_BYTES)
		return err_set(err, ERR_LIMIT, "the page token is too long");
	if (json_read(value, &token, err) < 0)
		return err_add(err, "the page token is unreadable");
	if (!json_is_string(token) || !answer_token_valid(json_slice(token)) ||
	    !buf_append(buf, json_slice(token)))
		return err_set(err, ERR_FORMAT, "the page token is none");
	return 0;
}
