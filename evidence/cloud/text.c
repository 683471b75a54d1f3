/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/text.h"

#include "base/digest.h"
#include "base/limits.h"

bool record_time(struct slice text, us_time *ret_time)
{
	struct civil civil;

	if (time_from_rfc3339(text, ret_time))
		return true;
	slice_take_suffix(&text, SLICE(" UTC"));
	if (!time_take_civil(&text, &civil) || text.len || !civil_valid(&civil))
		return false;
	*ret_time = civil_to_utc(&civil);
	return true;
}

int text_need(const json_t *record, const char *path, struct slice *ret_text,
	      struct err *err)
{
	struct slice text;

	if (json_need_text(record, path, &text, err) < 0)
		return -1;
	if (text.len > LIMIT_FIELD_BYTES) {
		err_set(err, ERR_LIMIT, "%s: longer than %zu bytes", path,
			LIMIT_FIELD_BYTES);
		return -1;
	}
	*ret_text = text;
	return 0;
}

struct slice text_cut(struct slice text)
{
	size_t len = text.len;

	if (len <= LIMIT_FIELD_BYTES)
		return text;
	len = LIMIT_FIELD_BYTES;
	while (len && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
		len--;
	return slice_first(text, len);
}

struct slice text_at(const json_t *record, const char *path)
{
	return text_cut(json_text_at(record, path));
}

struct slice text_member(const json_t *object, const char *name)
{
	return text_cut(json_slice(json_object_get(object, name)));
}

struct slice text_either(struct slice text, struct slice other)
{
	return text.len ? text : other;
}

struct slice text_without_port(struct slice address)
{
	struct slice text = address, before;
	uint64_t port;

	if (slice_take_prefix(&text, SLICE("["))) {
		if (slice_take_until(&text, ']', &before) &&
		    (!text.len || (slice_take_prefix(&text, SLICE(":")) &&
				   slice_number(text, UINT16_MAX, &port))))
			return before;
		return address;
	}
	/* More than one colon is an IPv6 address without a port. */
	if (slice_take_until(&text, ':', &before) &&
	    slice_number(text, UINT16_MAX, &port))
		return before;
	return address;
}

struct slice text_copy(struct slice text, char *room, size_t size)
{
	if (text.len >= size)
		return slice_of(NULL, 0);
	if (text.len)
		memcpy(room, text.ptr, text.len);
	room[text.len] = '\0';
	return slice_of(room, text.len);
}

struct slice text_lower(struct slice text, char *room, size_t size)
{
	struct slice copy = text_copy(text, room, size);

	for (size_t i = 0; i < copy.len; i++) {
		if (room[i] >= 'A' && room[i] <= 'Z')
			room[i] = (char)(room[i] - 'A' + 'a');
	}
	return copy;
}

struct slice text_digest(const struct slice *texts, size_t count, char room[33])
{
	uint8_t digest[SHA256_BYTES];
	struct sha256 sha256;

	sha256_init(&sha256);
	for (size_t i = 0; i < count; i++) {
		sha256_add(&sha256, texts[i]);
		sha256_add(&sha256, slice_of("", 1));
	}
	sha256_finish(&sha256, digest);
	hex_from_bytes(digest, 16, room);
	return slice_of(room, 32);
}

json_t *text_object(const json_t *value)
{
	json_t *object = NULL;
	struct err err;

	if (json_is_object(value)) {
		object = json_incref((json_t *)(uintptr_t)value);
	} else if (json_is_string(value) &&
		   json_read(json_slice(value), &object, &err) == 0 &&
		   !json_is_object(object)) {
		json_decref(object);
		object = NULL;
	}
	return object;
}
