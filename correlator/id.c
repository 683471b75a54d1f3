/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/id.h"

#include <stdio.h>

#define ID_NUMBER_BYTES 24

void id_start(struct id_maker *maker, const char *kind)
{
	sha256_init(&maker->sha256);
	sha256_add(&maker->sha256, slice_text(kind));
}

void id_add(struct id_maker *maker, struct slice field)
{
	sha256_add(&maker->sha256, slice_of("", 1));
	sha256_add(&maker->sha256, field);
}

void id_add_number(struct id_maker *maker, int64_t number)
{
	char text[ID_NUMBER_BYTES];
	char *end = text + sizeof(text);
	char *at = end;
	uint64_t rest = number < 0 ? (uint64_t)0 - (uint64_t)number : (uint64_t)number;

	do
		*--at = (char)('0' + rest % 10);
	while ((rest /= 10) != 0);
	if (number < 0)
		*--at = '-';
	id_add(maker, slice_of(at, (size_t)(end - at)));
}

struct id id_finish(struct id_maker *maker)
{
	uint8_t digest[SHA256_BYTES];
	struct id id;

	sha256_finish(&maker->sha256, digest);
	memcpy(id.bytes, digest, sizeof(id.bytes));
	return id;
}

const char *id_to_text(const struct id *id, char text[ID_TEXT_BYTES])
{
	hex_from_bytes(id->bytes, sizeof(id->bytes), text);
	return text;
}

bool id_has_prefix(const struct id *id, struct slice text)
{
	char whole[ID_TEXT_BYTES];

	id_to_text(id, whole);
	return text.len > 0 && text.len < sizeof(whole) &&
	       slice_equal_ignoring_case(text, slice_of(whole, text.len));
}

struct id finding_id(const struct id *login_id, const char *rule)
{
	struct id_maker maker;
	char text[ID_TEXT_BYTES];

	id_start(&maker, id_to_text(login_id, text));
	id_add(&maker, slice_text(rule));
	return id_finish(&maker);
}

struct id observation_id(enum observation_kind kind, const struct slice *parts,
			 size_t part_count)
{
	struct id_maker maker;

	id_start(&maker, observation_word(kind));
	for (size_t i = 0; i < part_count; i++)
		id_add(&maker, parts[i]);
	return id_finish(&maker);
}
