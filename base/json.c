/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <assert.h>
#include <inttypes.h>

#include "base/escape.h"
#include "base/json_repair.h"
#include "base/limits.h"
#include "base/time.h"

#define LONGEST_KEY_BYTES 128

static_assert(LIMIT_JSON_DEPTH < 64, "one bit of has_members for each level");

/* jansson recurses for each level: the depth is counted before, outside of strings. */
static int check_depth(struct slice text, struct err *err)
{
	unsigned depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < text.len; i++) {
		char byte = text.ptr[i];

		if (in_string) {
			if (byte == '\\')
				i++;
			else if (byte == '"')
				in_string = false;
		} else if (byte == '"') {
			in_string = true;
		} else if (byte == '{' || byte == '[') {
			if (++depth > LIMIT_JSON_DEPTH)
				return err_set(err, ERR_LIMIT,
					       "at byte %zu: nested deeper than %d", i,
					       LIMIT_JSON_DEPTH);
		} else if ((byte == '}' || byte == ']') && depth) {
			depth--;
		}
	}
	return 0;
}

static json_t *parse(struct slice text, json_error_t *error)
{
	return json_loadb(text.len ? text.ptr : "", text.len,
			  JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY,
			  error);
}

/* Once more, without what jansson alone refuses. */
static json_t *parse_repaired(struct slice text, json_error_t *error)
{
	AUTO_BUF struct buf repaired = BUF_LIMIT(text.len);

	return json_repair(text, &repaired) && !buf_overflowed(&repaired)
		       ? parse(buf_slice(&repaired), error)
		       : NULL;
}

int json_read(struct slice text, json_t **ret_value, struct err *err)
{
	json_error_t error;
	struct slice reason;
	ptrdiff_t near;
	json_t *value;

	if (check_depth(text, err) < 0)
		return -1;
	value = parse(text, &error);
	if (!value)
		value = parse_repaired(text, &error);
	if (value) {
		*ret_value = value;
		return 0;
	}

	/* jansson quotes what it stumbled over, which may be a secret: the position is
	 * enough. */
	reason = slice_text(error.text);
	near = slice_find(reason, SLICE(" near '"));
	if (near >= 0)
		reason = slice_first(reason, (size_t)near);
	return err_set(err, ERR_FORMAT, "at byte %d: %.*s", error.position,
		       SLICE_ARG(reason));
}

void json_cleanup(json_t **value)
{
	json_decref(*value);
}

/* What stands at the end of a path, or NULL; `*ret_wrong` is as much of the path as leads
 * to a value that is there and is no object (else its ptr is NULL). */
static const json_t *walk(const json_t *object, struct slice path,
			  struct slice *ret_wrong)
{
	struct slice rest = path;

	*ret_wrong = (struct slice){ NULL, 0 };
	while (object && !json_is_null(object)) {
		struct slice name = rest;
		char key[LONGEST_KEY_BYTES];
		bool more;

		if (!json_is_object(object)) {
			*ret_wrong = slice_first(path, (size_t)(rest.ptr - path.ptr));
			slice_take_suffix(ret_wrong, SLICE("."));
			return NULL;
		}
		more = slice_take_until(&rest, '.', &name);
		assert(name.len < sizeof(key));
		memcpy(key, name.ptr, name.len);
		key[name.len] = '\0';
		object = json_object_get(object, key);
		if (!more)
			break;
	}
	return object && !json_is_null(object) ? object : NULL;
}

const json_t *json_at(const json_t *object, const char *path)
{
	struct slice wrong;

	return walk(object, slice_text(path), &wrong);
}

struct slice json_text_at(const json_t *object, const char *path)
{
	return json_slice(json_at(object, path));
}

int json_need_text(const json_t *object, const char *path, struct slice *ret_text,
		   struct err *err)
{
	struct slice wrong;
	const json_t *value = walk(object, slice_text(path), &wrong);

	if (wrong.ptr && wrong.len)
		return err_set(err, ERR_FORMAT, "%.*s: not an object", SLICE_ARG(wrong));
	if (wrong.ptr)
		return err_set(err, ERR_FORMAT, "not an object");
	if (value && !json_is_string(value))
		return err_set(err, ERR_FORMAT, "%s: not a string", path);
	*ret_text = json_slice(value);
	return 0;
}

struct slice json_slice(const json_t *value)
{
	if (!json_is_string(value))
		return (struct slice){ NULL, 0 };
	return slice_of(json_string_value(value), json_string_length(value));
}

void json_begin(struct json_writer *writer, struct buf *buf)
{
	*writer = (struct json_writer){ .buf = buf };
}

/* Whatever goes before a value: the comma, and its key. */
static void put_key(struct json_writer *writer, const char *key)
{
	uint64_t level = (uint64_t)1 << writer->depth;

	if (writer->has_members & level)
		buf_append_byte(writer->buf, ',');
	writer->has_members |= level;
	if (key) {
		buf_append_byte(writer->buf, '"');
		buf_append_text(writer->buf, key);
		buf_append(writer->buf, SLICE("\":"));
	}
}

static void open_level(struct json_writer *writer, const char *key, char bracket)
{
	assert(writer->depth < LIMIT_JSON_DEPTH);
	put_key(writer, key);
	buf_append_byte(writer->buf, bracket);
	writer->depth++;
	writer->has_members &= ~((uint64_t)1 << writer->depth);
}

static void close_level(struct json_writer *writer, char bracket)
{
	assert(writer->depth > 0);
	buf_append_byte(writer->buf, bracket);
	writer->depth--;
}

void json_open_object(struct json_writer *writer, const char *key)
{
	open_level(writer, key, '{');
}

void json_close_object(struct json_writer *writer)
{
	close_level(writer, '}');
}

void json_open_array(struct json_writer *writer, const char *key)
{
	open_level(writer, key, '[');
}

void json_close_array(struct json_writer *writer)
{
	close_level(writer, ']');
}

static bool is_plain(uint32_t code_point)
{
	return code_point != '"' && code_point != '\\' && !escape_needed(code_point);
}

/* Nearly all bytes are: no call for those. */
static inline bool is_plain_ascii(char byte)
{
	return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

static void put_escape(struct buf *buf, uint32_t code_point)
{
	switch (code_point) {
	case '"':
		buf_append(buf, SLICE("\\\""));
		break;
	case '\\':
		buf_append(buf, SLICE("\\\\"));
		break;
	case '\n':
		buf_append(buf, SLICE("\\n"));
		break;
	case '\r':
		buf_append(buf, SLICE("\\r"));
		break;
	case '\t':
		buf_append(buf, SLICE("\\t"));
		break;
	default:
		if (code_point > 0xffff) {
			/* RFC 8259 section 7: as a surrogate pair. */
			uint32_t above = code_point - 0x10000;

			buf_append_format(buf, "\\u%04x\\u%04x", 0xd800 + (above >> 10),
					  0xdc00 + (above & 0x3ff));
		} else {
			buf_append_format(buf, "\\u%04x", code_point);
		}
	}
}

static void put_string(struct buf *buf, struct slice text)
{
	size_t plain = 0;

	buf_append_byte(buf, '"');
	/* Bytes that stay as they are gather at the front and are appended at once. */
	while (plain < text.len) {
		uint32_t code_point = 0xfffd;
		size_t len;

		if (is_plain_ascii(text.ptr[plain])) {
			plain++;
			continue;
		}
		len = utf8_take(slice_skip(text, plain), &code_point);
		if (len && is_plain(code_point)) {
			plain += len;
			continue;
		}
		buf_append(buf, slice_first(text, plain));
		put_escape(buf, code_point);
		text = slice_skip(text, plain + (len ? len : 1));
		plain = 0;
	}
	buf_append(buf, text);
	buf_append_byte(buf, '"');
}

void json_put_text(struct json_writer *writer, const char *key, struct slice text)
{
	put_key(writer, key);
	put_string(writer->buf, text);
}

void json_put_text_or_null(struct json_writer *writer, const char *key, struct slice text)
{
	if (text.len)
		json_put_text(writer, key, text);
	else
		json_put_null(writer, key);
}

void json_put_number(struct json_writer *writer, const char *key, int64_t number)
{
	put_key(writer, key);
	buf_append_format(writer->buf, "%" PRId64, number);
}

void json_put_bool(struct json_writer *writer, const char *key, bool value)
{
	put_key(writer, key);
	buf_append_text(writer->buf, value ? "true" : "false");
}

void json_put_null(struct json_writer *writer, const char *key)
{
	put_key(writer, key);
	buf_append(writer->buf, SLICE("null"));
}

void json_put_time(struct json_writer *writer, const char *key, int64_t time_us)
{
	if (time_us == US_TIME_NONE) {
		json_put_null(writer, key);
	} else {
		char text[TIME_TEXT_BYTES];

		json_put_text(writer, key, slice_text(time_to_rfc3339(time_us, text)));
	}
}
