/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/message.h"

#include <assert.h>

/* The length before a frame; what it counts begins with version and kind. */
#define LENGTH_BYTES ((size_t)4)
#define HEAD_BYTES ((size_t)2)
#define NUMBER_BYTES ((size_t)8)

/* Waiting for longer than this is no answer: a year. */
#define SPAN_MAX (366 * US_PER_DAY)

enum field_type {
	FIELD_END,
	FIELD_NUMBER, /* uint64_t of at most `max` */
	FIELD_TIME,   /* us_time in range, or US_TIME_NONE */
	FIELD_SPAN,   /* us_span from 0 to SPAN_MAX */
	FIELD_BYTES,  /* struct slice */
	FIELD_LIST,   /* a count of at most MESSAGE_LIST_MAX, then so many items */
};

struct field {
	enum field_type type;
	size_t offset; /* in the message, or in the item of a list */
	uint64_t max;
	/* FIELD_LIST only */
	size_t items_offset, item_bytes;
	const struct field *item;
};

#define NUMBER(member, limit)                                                     \
	{                                                                         \
		.type = FIELD_NUMBER, .offset = offsetof(struct message, member), \
		.max = (limit)                                                    \
	}
#define TIME(member)                                                           \
	{                                                                      \
		.type = FIELD_TIME, .offset = offsetof(struct message, member) \
	}
#define SPAN(member)                                                           \
	{                                                                      \
		.type = FIELD_SPAN, .offset = offsetof(struct message, member) \
	}
#define BYTES(member)                                                           \
	{                                                                       \
		.type = FIELD_BYTES, .offset = offsetof(struct message, member) \
	}
#define LIST(count_member, items_member, fields)                                      \
	{                                                                             \
		.type = FIELD_LIST, .offset = offsetof(struct message, count_member), \
		.items_offset = offsetof(struct message, items_member),               \
		.item_bytes = sizeof(((struct message *)0)->items_member[0]),         \
		.item = (fields)                                                      \
	}
#define END                       \
	{                         \
		.type = FIELD_END \
	}
#define ANSWER NUMBER(outcome, OUTCOME_COUNT - 1), BYTES(detail)

static const struct field text_item[] = {
	{ .type = FIELD_BYTES, .offset = 0 },
	END,
};

static const struct field check_item[] = {
	{ .type = FIELD_NUMBER,
	  .offset = offsetof(struct check_line, outcome),
	  .max = OUTCOME_COUNT - 1 },
	{ .type = FIELD_BYTES, .offset = offsetof(struct check_line, what) },
	{ .type = FIELD_BYTES, .offset = offsetof(struct check_line, detail) },
	END,
};

static const struct field no_fields[] = { END };

static const struct field ask_page_fields[] = {
	NUMBER(ask_page.query, QUERY_COUNT - 1),
	BYTES(ask_page.region),
	BYTES(ask_page.attribute),
	BYTES(ask_page.value),
	TIME(ask_page.from),
	TIME(ask_page.until),
	BYTES(ask_page.token),
	END,
};

#define ITEM_NUMBER(structure, member, most)                                 \
	{                                                                    \
		.type = FIELD_NUMBER, .offset = offsetof(structure, member), \
		.max = (most)                                                \
	}
#define ITEM_BYTES(structure, member)                                      \
	{                                                                  \
		.type = FIELD_BYTES, .offset = offsetof(structure, member) \
	}

static const struct field record_item[] = {
	ITEM_NUMBER(struct deliver_record, number, UINT64_MAX),
	ITEM_NUMBER(struct deliver_record, severity, 7),
	{ .type = FIELD_TIME, .offset = offsetof(struct deliver_record, told_at) },
	ITEM_BYTES(struct deliver_record, stream),
	ITEM_BYTES(struct deliver_record, key),
	ITEM_BYTES(struct deliver_record, bytes),
	END,
};

static const struct field result_item[] = {
	ITEM_NUMBER(struct delivery_result, number, UINT64_MAX),
	ITEM_NUMBER(struct delivery_result, fate, DELIVERY_FATE_COUNT - 1),
	ITEM_BYTES(struct delivery_result, detail),
	END,
};

static const struct field deliver_fields[] = {
	BYTES(deliver.sink),
	BYTES(deliver.host),
	BYTES(deliver.content_type),
	LIST(deliver.count, deliver.records, record_item),
	END,
};

static const struct field identity_fields[] = {
	ANSWER,
	BYTES(identity.provider),
	BYTES(identity.instance),
	BYTES(identity.account),
	BYTES(identity.region),
	LIST(identity.private_ip_count, identity.private_ips, text_item),
	TIME(identity.launched_at),
	NUMBER(identity.has_credentials, 1),
	TIME(identity.credentials_until),
	BYTES(identity.role),
	NUMBER(identity.has_tags, 1),
	LIST(identity.tag_count, identity.tags, text_item),
	END,
};

static const struct field page_fields[] = {
	ANSWER,
	BYTES(page.body),
	BYTES(page.token),
	TIME(page.answered_at),
	SPAN(page.retry_after_us),
	END,
};

static const struct field check_fields[] = {
	ANSWER,
	LIST(check.count, check.lines, check_item),
	END,
};

static const struct field delivered_fields[] = {
	ANSWER,
	SPAN(delivered.retry_after_us),
	BYTES(delivered.answer),
	LIST(delivered.count, delivered.results, result_item),
	END,
};

static const struct {
	enum message_kind kind;
	const struct field *fields;
} kinds[] = {
	{ MESSAGE_ASK_IDENTITY, no_fields },   { MESSAGE_ASK_PAGE, ask_page_fields },
	{ MESSAGE_ASK_CHECK, no_fields },      { MESSAGE_DELIVER, deliver_fields },
	{ MESSAGE_IDENTITY, identity_fields }, { MESSAGE_PAGE, page_fields },
	{ MESSAGE_CHECK, check_fields },       { MESSAGE_DELIVERED, delivered_fields },
};

static const char *const outcome_words[] = {
	[OUTCOME_OK] = "ok",
	[OUTCOME_NO_CLOUD] = "no-cloud",
	[OUTCOME_NO_CREDENTIALS] = "no-credentials",
	[OUTCOME_DENIED] = "api-denied",
	[OUTCOME_THROTTLED] = "throttled",
	[OUTCOME_UNREACHABLE] = "api-unreachable",
	[OUTCOME_BAD_ANSWER] = "bad-answer",
	[OUTCOME_BAD_REQUEST] = "bad-request",
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static_assert(COUNT_OF(outcome_words) == OUTCOME_COUNT, "a word for each outcome");

static const struct field *find_fields(uint8_t kind)
{
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		if (kinds[i].kind == kind)
			return kinds[i].fields;
	}
	return NULL;
}

/* Whether a number is one that the field may hold; us_time and us_span come as their
 * two's complement. */
static bool number_is_allowed(const struct field *field, uint64_t number)
{
	switch (field->type) {
	case FIELD_TIME:
		return number <= (uint64_t)US_TIME_MAX ||
		       number == (uint64_t)US_TIME_NONE;
	case FIELD_SPAN:
		return number <= (uint64_t)SPAN_MAX;
	case FIELD_LIST:
		return number <= MESSAGE_LIST_MAX;
	default:
		return number <= field->max;
	}
}

/* ---- writing ----------------------------------------------------------------------- */

static uint64_t number_at(const void *base, size_t offset)
{
	uint64_t number;

	memcpy(&number, (const char *)base + offset, sizeof(number));
	return number;
}

static struct slice slice_at(const void *base, size_t offset)
{
	struct slice bytes;

	memcpy(&bytes, (const char *)base + offset, sizeof(bytes));
	return bytes;
}

static void put_little_endian(struct buf *buf, uint64_t number, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_append_byte(buf, (char)(unsigned char)(number >> (8 * i)));
}

/* Adds the bytes that the fields take to `*len`; false when they cannot be written. */
static bool measure(const struct field *fields, const void *base, size_t *len)
{
	for (const struct field *field = fields; field->type != FIELD_END; field++) {
		if (field->type == FIELD_BYTES) {
			size_t bytes = slice_at(base, field->offset).len;

			if (bytes > MESSAGE_BYTES_MAX)
				return false;
			*len += LENGTH_BYTES + bytes;
		} else {
			if (!number_is_allowed(field, number_at(base, field->offset)))
				return false;
			*len += NUMBER_BYTES;
		}
		if (field->type != FIELD_LIST)
			continue;
		for (uint64_t i = 0; i < number_at(base, field->offset); i++) {
			const char *item = (const char *)base + field->items_offset +
					   i * field->item_bytes;

			if (!measure(field->item, item, len))
				return false;
		}
	}
	return true;
}

static void put_fields(const struct field *fields, const void *base, struct buf *buf)
{
	for (const struct field *field = fields; field->type != FIELD_END; field++) {
		if (field->type == FIELD_BYTES) {
			struct slice bytes = slice_at(base, field->offset);

			put_little_endian(buf, bytes.len, LENGTH_BYTES);
			buf_append(buf, bytes);
			continue;
		}
		put_little_endian(buf, number_at(base, field->offset), NUMBER_BYTES);
		if (field->type != FIELD_LIST)
			continue;
		for (uint64_t i = 0; i < number_at(base, field->offset); i++)
			put_fields(field->item,
				   (const char *)base + field->items_offset +
					   i * field->item_bytes,
				   buf);
	}
}

bool message_encode(const struct message *message, struct buf *buf)
{
	const struct field *fields = find_fields((uint8_t)message->kind);
	size_t len = HEAD_BYTES + NUMBER_BYTES;

	if (!fields || !measure(fields, message, &len) || len > MESSAGE_BYTES_MAX)
		return false;
	if (!buf_reserve(buf, LENGTH_BYTES + len))
		return false;
	put_little_endian(buf, len, LENGTH_BYTES);
	buf_append_byte(buf, MESSAGE_VERSION);
	buf_append_byte(buf, (char)message->kind);
	put_little_endian(buf, message->number, NUMBER_BYTES);
	put_fields(fields, message, buf);
	return true;
}

/* ---- reading ----------------------------------------------------------------------- */

static bool take_little_endian(struct slice *text, size_t count, uint64_t *ret_number)
{
	uint64_t number = 0;

	if (text->len < count)
		return false;
	for (size_t i = 0; i < count; i++)
		number |= (uint64_t)(unsigned char)text->ptr[i] << (8 * i);
	*text = slice_skip(*text, count);
	*ret_number = number;
	return true;
}

static int take_bytes(struct slice *text, char *base, size_t offset, struct err *err)
{
	struct slice bytes;
	uint64_t len;

	if (!take_little_endian(text, LENGTH_BYTES, &len) || len > text->len)
		return err_set(err, ERR_FORMAT, "a field reaches past its message");
	bytes = slice_first(*text, (size_t)len);
	*text = slice_skip(*text, (size_t)len);
	memcpy(base + offset, &bytes, sizeof(bytes));
	return 0;
}

static int take_fields(const struct field *fields, struct slice *text, char *base,
		       struct err *err)
{
	for (const struct field *field = fields; field->type != FIELD_END; field++) {
		uint64_t number;

		if (field->type == FIELD_BYTES) {
			if (take_bytes(text, base, field->offset, err) < 0)
				return -1;
			continue;
		}
		if (!take_little_endian(text, NUMBER_BYTES, &number))
			return err_set(err, ERR_FORMAT,
				       "a field reaches past its message");
		if (!number_is_allowed(field, number))
			return err_set(err, ERR_FORMAT, "a number is out of its range");
		memcpy(base + field->offset, &number, sizeof(number));
		if (field->type != FIELD_LIST)
			continue;
		for (uint64_t i = 0; i < number; i++) {
			if (take_fields(field->item, text,
					base + field->items_offset +
						i * field->item_bytes,
					err) < 0)
				return -1;
		}
	}
	return 0;
}

/* One frame's version, kind and fields, all of `text`. */
static int decode_frame(struct slice text, struct message *ret_message, struct err *err)
{
	struct message message = { 0 };
	uint8_t kind = (uint8_t)text.ptr[1];
	const struct field *fields = find_fields(kind);

	if ((uint8_t)text.ptr[0] != MESSAGE_VERSION)
		return err_set(err, ERR_FORMAT, "a message of version %u",
			       (unsigned)(uint8_t)text.ptr[0]);
	if (!fields)
		return err_set(err, ERR_FORMAT, "a message of unknown kind %u",
			       (unsigned)kind);
	message.kind = (enum message_kind)kind;
	text = slice_skip(text, HEAD_BYTES);
	if (!take_little_endian(&text, NUMBER_BYTES, &message.number))
		return err_set(err, ERR_FORMAT, "a message without a number");
	if (take_fields(fields, &text, (char *)&message, err) < 0)
		return -1;
	if (text.len > 0)
		return err_set(err, ERR_FORMAT, "%zu bytes too many in a message",
			       text.len);
	*ret_message = message;
	return 0;
}

int message_decode(struct slice arrived, struct message *ret_message, size_t *ret_used,
		   struct err *err)
{
	struct slice rest = arrived;
	uint64_t len;

	if (!take_little_endian(&rest, LENGTH_BYTES, &len)) {
		*ret_used = 0;
		return 0;
	}
	if (len > MESSAGE_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "a message of more than %zu bytes",
			       MESSAGE_BYTES_MAX);
	if (len < HEAD_BYTES + NUMBER_BYTES)
		return err_set(err, ERR_FORMAT, "a message without a number");
	if (rest.len < len) {
		*ret_used = 0;
		return 0;
	}
	if (decode_frame(slice_first(rest, (size_t)len), ret_message, err) < 0)
		return -1;
	*ret_used = LENGTH_BYTES + (size_t)len;
	return 0;
}

const char *message_outcome_word(uint64_t outcome)
{
	return outcome < OUTCOME_COUNT ? outcome_words[outcome] : "unknown";
}
