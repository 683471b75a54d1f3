/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/fields.h"

#include "base/limits.h"
#include "evidence/cloud/block.h"

#define KEY(literal)                         \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

/* With their closing quotes, which makes each of them eight bytes or more. */
static const struct slice keys[FIELD_COUNT] = {
	[FIELD_NAME] = KEY("eventName\""),
	[FIELD_SOURCE] = KEY("eventSource\""),
	[FIELD_TIME] = KEY("eventTime\""),
	[FIELD_REGION] = KEY("awsRegion\""),
	[FIELD_ACCOUNT] = KEY("recipientAccountId\""),
	[FIELD_ID] = KEY("eventID\""),
	[FIELD_LOOKUP] = KEY("CloudTrailEvent\""),
	[FIELD_DIGEST] = KEY("digestStartTime\""),
};

static inline void skip_blanks(struct slice *text)
{
	size_t i = 0;

	while (i < text->len && (text->ptr[i] == ' ' || text->ptr[i] == '\n' ||
				 text->ptr[i] == '\r' || text->ptr[i] == '\t'))
		i++;
	text->ptr += i;
	text->len -= i;
}

/* Which field's key, with its closing quote, is at the front of `*text`; consumes it. */
static inline enum field take_key(struct slice *text)
{
	uint64_t word;
	unsigned i = 0;

	if (text->len < sizeof(word))
		return FIELD_COUNT;
	word = block_word(text->ptr);
	while (i < FIELD_COUNT && word != block_word(keys[i].ptr))
		i++;
	if (i == FIELD_COUNT || !slice_starts_with(*text, keys[i]))
		return FIELD_COUNT;
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
static inline bool read_string(struct slice text, struct slice *ret_raw,
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

/* Reads the field whose key may begin behind the quote at the front of `text`. */
static void read_field(struct fields *fields, struct slice text)
{
	bool has_escapes = false;
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

	if (fields->seen & 1U << field || !read_string(text, &raw, &has_escapes))
		fields->is_plain = false;
	else
		fields->values[field] = raw;
	if (field < FIELD_RECORD_COUNT && (has_escapes || raw.len > LIMIT_FIELD_BYTES))
		fields->is_plain = false;
	fields->seen |= 1U << field;
}

void fields_read(struct fields *fields, struct slice object, const struct scan *scan)
{
	const unsigned all = (1U << FIELD_RECORD_COUNT) - 1;

	memset(fields, 0, sizeof(*fields));
	fields->is_plain = !scan->too_many_keys;
	for (unsigned i = 0; i < scan->key_count; i++)
		read_field(fields, slice_skip(object, scan->keys[i]));
	if ((fields->seen & all) != all)
		fields->is_plain = false;
}
