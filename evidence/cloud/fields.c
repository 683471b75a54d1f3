/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/fields.h"

#include "base/limits.h"
#include "evidence/cloud/block.h"

/* Members of an object that may stand before its "value": {"localizedValue":...} */
#define MEMBERS_MAX 4

/* With its closing quote, of which the first eight bytes are compared at once. */
#define KEY(name)                                                                      \
	{                                                                              \
		name, name "\"\0\0\0\0\0\0", sizeof(name),                             \
			sizeof(name) < 8 ? (UINT64_C(1) << 8 * (sizeof(name) % 8)) - 1 \
					 : ~UINT64_C(0)                                \
	}

static const struct {
	const char *name;
	const char *quoted;
	size_t len;	/* with the quote */
	uint64_t front; /* the bits of eight bytes that are the key's */
} keys[FIELD_COUNT] = {
	[FIELD_NAME] = KEY("eventName"),
	[FIELD_SOURCE] = KEY("eventSource"),
	[FIELD_TIME] = KEY("eventTime"),
	[FIELD_REGION] = KEY("awsRegion"),
	[FIELD_ACCOUNT] = KEY("recipientAccountId"),
	[FIELD_ID] = KEY("eventID"),
	[FIELD_LOOKUP] = KEY("CloudTrailEvent"),
	[FIELD_DIGEST] = KEY("digestStartTime"),
	[FIELD_OPERATION] = KEY("operationName"),
	[FIELD_EVENT_TIMESTAMP] = KEY("eventTimestamp"),
	[FIELD_EXPORT_TIME] = KEY("time"),
	[FIELD_DATA_ID] = KEY("eventDataId"),
	[FIELD_RESOURCE_ID] = KEY("resourceId"),
	[FIELD_CATEGORY] = KEY("category"),
	[FIELD_CORRELATION] = KEY("correlationId"),
	[FIELD_RESULT] = KEY("resultType"),
	[FIELD_SUBMITTED] = KEY("submissionTimestamp"),
	[FIELD_LOG_NAME] = KEY("logName"),
	[FIELD_PAYLOAD] = KEY("protoPayload"),
	[FIELD_TIMESTAMP] = KEY("timestamp"),
	[FIELD_INSERT_ID] = KEY("insertId"),
	[FIELD_RECEIVED] = KEY("receiveTimestamp"),
	[FIELD_NEXT_PAGE] = KEY("nextPageToken"),
};

const char *field_name(enum field field)
{
	return keys[field].name;
}

static inline void skip_blanks(struct slice *text)
{
	size_t i = 0;

	while (i < text->len && (text->ptr[i] == ' ' || text->ptr[i] == '\n' ||
				 text->ptr[i] == '\r' || text->ptr[i] == '\t'))
		i++;
	text->ptr += i;
	text->len -= i;
}

/* Whether a key is at the front of the text, of which `word` is the first eight bytes. */
static inline bool is_key(struct slice text, uint64_t word, unsigned i)
{
	return !((word ^ block_word(keys[i].quoted)) & keys[i].front) &&
	       slice_starts_with(text, slice_of(keys[i].quoted, keys[i].len));
}

/* Which field's key, with its closing quote, is at the front of `*text`; consumes it. */
static inline enum field take_key(struct slice *text)
{
	uint64_t word;
	unsigned i = 0;

	if (text->len < sizeof(word))
		return FIELD_COUNT;
	word = block_word(text->ptr);
	while (i < FIELD_COUNT && !is_key(*text, word, i))
		i++;
	if (i < FIELD_COUNT)
		*text = slice_skip(*text, keys[i].len);
	return (enum field)i;
}

/* Index of the first quote or backslash from `from` on, or the end. */
static inline size_t string_stop(struct slice text, size_t from)
{
	for (; text.len - from >= 8; from += 8) {
		uint64_t word = block_word(text.ptr + from);
		uint64_t stops = block_equal(word, '"') | block_equal(word, '\\');

		if (stops)
			return from + (unsigned)__builtin_ctzll(stops);
	}
	while (from < text.len && text.ptr[from] != '"' && text.ptr[from] != '\\')
		from++;
	return from;
}

/* What is between the quotes of the string at the front. False when no string is there.
 */
BLOCK_INLINE bool read_string(struct slice text, struct slice *ret_raw,
			      bool *ret_has_escapes)
{
	size_t end;

	*ret_has_escapes = false;
	if (!text.len || text.ptr[0] != '"')
		return false;
	end = string_stop(text, 1);
	while (text.len - end >= 2 && text.ptr[end] == '\\') {
		*ret_has_escapes = true;
		end = string_stop(text, end + 2);
	}
	if (end >= text.len || text.ptr[end] != '"')
		return false;
	*ret_raw = slice_of(text.ptr + 1, end - 1);
	return true;
}

/* Takes a plain string at the front. */
static bool take_string(struct slice *text, struct slice *ret_raw)
{
	bool has_escapes;

	skip_blanks(text);
	if (!read_string(*text, ret_raw, &has_escapes) || has_escapes)
		return false;
	*text = slice_skip(*text, ret_raw->len + 2);
	skip_blanks(text);
	return true;
}

/* {"value":"Microsoft.Compute/virtualMachines/write","localizedValue":"..."} */
static bool read_value_member(struct slice text, struct slice *ret_raw)
{
	bool found = false;

	text = slice_skip(text, 1);
	for (unsigned i = 0; i < MEMBERS_MAX; i++) {
		struct slice key, value;

		if (!take_string(&text, &key) || !slice_take_prefix(&text, SLICE(":")) ||
		    !take_string(&text, &value) || !text.len)
			return false;
		if (slice_equal(key, SLICE("value"))) {
			if (found)
				return false;
			found = true;
			*ret_raw = value;
		}
		if (text.ptr[0] == '}')
			return found;
		text = slice_skip(text, 1);
	}
	return false;
}

/* Reads a value that is to be a plain string. */
static bool read_value(enum field field, struct slice text, struct slice *ret_raw)
{
	bool has_escapes = false, found;

	if ((field == FIELD_OPERATION || field == FIELD_CATEGORY) && text.len &&
	    text.ptr[0] == '{')
		found = read_value_member(text, ret_raw);
	else
		found = read_string(text, ret_raw, &has_escapes);
	return found && !has_escapes && ret_raw->len <= LIMIT_FIELD_BYTES;
}

/* Reads the field whose key may begin behind the quote at the front of `text`. */
static void read_field(struct fields *fields, struct slice text)
{
	struct slice raw = { NULL, 0 };
	enum field field;

	text = slice_skip(text, 1);
	field = take_key(&text);
	if (field == FIELD_COUNT)
		return;
	skip_blanks(&text);
	if (!text.len || text.ptr[0] != ':')
		return; /* a value that looks like a key */
	text = slice_skip(text, 1);
	skip_blanks(&text);

	if (fields->seen & FIELD_BIT(field) || !read_value(field, text, &raw))
		fields->odd |= FIELD_BIT(field);
	if (raw.len)
		fields->values[field] = raw;
	fields->seen |= FIELD_BIT(field);
}

void fields_read(struct fields *fields, struct slice object, const struct scan *scan)
{
	memset(fields, 0, sizeof(*fields));
	fields->has_all = !scan->too_many_keys;
	for (unsigned i = 0; i < scan->key_count; i++)
		read_field(fields, slice_skip(object, scan->keys[i]));
}

/* The next member of this name: what stands behind its colon. */
static bool find_member(struct slice *text, struct slice key)
{
	struct slice before;

	while (slice_take_until_text(text, key, &before)) {
		skip_blanks(text);
		if (slice_take_prefix(text, SLICE(":"))) {
			skip_blanks(text);
			return true;
		}
	}
	return false;
}

bool fields_find_only(struct slice text, struct slice key, struct slice *ret_raw)
{
	bool has_escapes;
	struct slice raw;

	if (!find_member(&text, key) || !read_string(text, &raw, &has_escapes) ||
	    has_escapes || raw.len > LIMIT_FIELD_BYTES || find_member(&text, key))
		return false;
	*ret_raw = raw;
	return true;
}
