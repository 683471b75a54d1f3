/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/identity_file.h"

#include <stdio.h>

#include "base/limits.h"
#include "cli/identity_document.h"
#include "input/input.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define LONGEST_INSTANCE_BYTES 512

static const struct identity nobody = {
	.launched_at = US_TIME_NONE,
	.watched_since = US_TIME_NONE,
};

bool identity_is_instance(struct slice text)
{
	if (text.len == 0 || text.len > LONGEST_INSTANCE_BYTES)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] <= ' ' || text.ptr[i] > '~')
			return false;
	}
	return true;
}

bool identity_ip_of_host(struct slice host, char room[16], struct slice *ret_ip)
{
	struct slice name = host, label;
	int len;
	uint64_t parts[4];

	if (slice_take_until(&name, '.', &label))
		name = label;
	if (!slice_take_prefix(&name, SLICE("ip-")))
		return false;
	for (size_t i = 0; i < 4; i++) {
		if ((i && !slice_take_prefix(&name, SLICE("-"))) ||
		    !slice_take_number(&name, 255, &parts[i]))
			return false;
	}
	if (name.len)
		return false;
	len = snprintf(room, 16, "%u.%u.%u.%u", (unsigned)parts[0], (unsigned)parts[1],
		       (unsigned)parts[2], (unsigned)parts[3]);
	*ret_ip = slice_of(room, (size_t)len);
	return true;
}

struct slice identity_provider_of(struct slice instance)
{
	uint64_t number;
	enum cloud cloud = CLOUD_UNKNOWN;

	if (slice_starts_with(instance, SLICE("i-")))
		cloud = CLOUD_AWS;
	else if (slice_equal_ignoring_case(slice_first(instance, 15),
					   SLICE("/subscriptions/")))
		cloud = CLOUD_AZURE;
	else if (slice_number(instance, UINT64_MAX, &number))
		cloud = CLOUD_GCP;
	return slice_text(cloud_word(cloud));
}

/* ---- INI: the [identity] section
 * --------------------------------------------------------- */

static int set_provider(struct slice value, struct arena *arena,
			struct identity *identity, struct err *err)
{
	enum cloud cloud = cloud_find(value);

	(void)arena;
	if (cloud != CLOUD_UNKNOWN)
		identity->provider = slice_text(cloud_word(cloud));
	else if (slice_equal(value, SLICE("none")))
		identity->provider = SLICE("none");
	else
		return err_set(err, ERR_FORMAT,
			       "provider: aws, azure, gcp and none are known");
	return 0;
}

static int set_instance(struct slice value, struct arena *arena,
			struct identity *identity, struct err *err)
{
	if (!identity_is_instance(value))
		return err_set(err, ERR_FORMAT, "instance_id: not an instance id");
	identity->instance = arena_copy(arena, value);
	return 0;
}

static int set_region(struct slice value, struct arena *arena, struct identity *identity,
		      struct err *err)
{
	(void)err;
	identity->region = arena_copy(arena, value);
	return 0;
}

static int set_account(struct slice value, struct arena *arena, struct identity *identity,
		       struct err *err)
{
	(void)err;
	identity->account = arena_copy(arena, value);
	return 0;
}

static bool is_separator(char byte)
{
	return byte == ',' || byte == ' ' || byte == '\t';
}

/* Addresses with commas or blanks between them. */
static int set_private_ips(struct slice value, struct arena *arena,
			   struct identity *identity, struct err *err)
{
	struct slice ips[IDENTITY_IPS_MAX];
	uint32_t count = 0;

	while (value.len) {
		size_t len = 0;

		while (len < value.len && !is_separator(value.ptr[len]))
			len++;
		if (len) {
			if (count == COUNT_OF(ips))
				return err_set(err, ERR_LIMIT,
					       "private_ips: more than %d addresses",
					       IDENTITY_IPS_MAX);
			ips[count] = slice_first(value, len);
			if (!identity_is_address(ips[count++]))
				return err_set(err, ERR_FORMAT,
					       "private_ips: '%.*s' is not an address",
					       SLICE_ARG(slice_first(value, len)));
		}
		value = slice_skip(value, len + 1);
	}
	identity->private_ips = arena_copy_slices(arena, ips, count);
	identity->private_ip_count = count;
	return 0;
}

/* Tags as key=value with commas or blanks between them. */
static int set_tags(struct slice value, struct arena *arena, struct identity *identity,
		    struct err *err)
{
	struct slice tags[IDENTITY_TAGS_MAX];
	uint32_t count = 0;

	while (value.len) {
		struct slice tag, rest, key;
		size_t len = 0;

		while (len < value.len && !is_separator(value.ptr[len]))
			len++;
		tag = rest = slice_first(value, len);
		value = slice_skip(value, len + 1);
		if (!len)
			continue;
		if (count == COUNT_OF(tags))
			return err_set(err, ERR_LIMIT, "tags: more than %d of them",
				       IDENTITY_TAGS_MAX);
		if (!slice_take_until(&rest, '=', &key) || key.len == 0)
			return err_set(err, ERR_FORMAT, "tags: '%.*s' is not key=value",
				       SLICE_ARG(slice_first(tag, 64)));
		tags[count++] = tag;
	}
	identity->tags = arena_copy_slices(arena, tags, count);
	identity->tag_count = count;
	identity->has_tags = count > 0;
	return 0;
}

static int set_launched_at(struct slice value, struct arena *arena,
			   struct identity *identity, struct err *err)
{
	(void)arena;
	if (!time_from_rfc3339(value, &identity->launched_at))
		return err_set(err, ERR_FORMAT,
			       "launched_at: not a time like 2026-01-28T09:58:02Z");
	return 0;
}

static const struct {
	const char *key;
	int (*set)(struct slice value, struct arena *arena, struct identity *identity,
		   struct err *err);
} keys[] = {
	{ "provider", set_provider },
	{ "instance_id", set_instance },
	{ "region", set_region },
	{ "account", set_account },
	{ "private_ips", set_private_ips },
	{ "launched_at", set_launched_at },
	{ "tags", set_tags },
};

static int read_pair(struct slice line, struct arena *arena, struct identity *identity,
		     struct err *err)
{
	struct slice value = line, key;

	if (!slice_take_until(&value, '=', &key))
		return err_set(err, ERR_FORMAT, "neither a [section] nor 'key = value'");
	key = slice_trim(key);
	value = slice_trim(value);
	if (value.len > LIMIT_FIELD_BYTES)
		return err_set(err, ERR_LIMIT, "longer than %zu bytes",
			       LIMIT_FIELD_BYTES);
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		if (slice_equal(key, slice_text(keys[i].key)))
			return keys[i].set(value, arena, identity, err);
	}
	return err_set(err, ERR_FORMAT,
		       "unknown key '%.*s': provider, instance_id, region, account, "
		       "private_ips, tags and launched_at are known",
		       SLICE_ARG(slice_first(key, 64)));
}

/* Other sections belong to others: the agent's whole configuration may be given. */
static int read_ini(struct slice text, struct arena *arena, struct identity *identity,
		    struct err *err)
{
	bool in_section = false, seen = false;
	unsigned number = 0;

	while (text.len) {
		struct slice line = text;

		if (!slice_take_until(&text, '\n', &line))
			text = (struct slice){ NULL, 0 };
		number++;
		slice_take_suffix(&line, SLICE("\r"));
		line = slice_trim(line);
		if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';')
			continue;
		if (line.ptr[0] == '[') {
			in_section = slice_equal(line, SLICE("[identity]"));
			seen = seen || in_section;
			if (!slice_ends_with(line, SLICE("]")))
				return err_set(err, ERR_FORMAT, "line %u: no ']'",
					       number);
			continue;
		}
		if (!seen && !memchr(line.ptr, '=', line.len))
			break;
		if (in_section && read_pair(line, arena, identity, err) < 0)
			return err_add(err, "line %u", number);
	}
	if (!seen)
		return err_set(err, ERR_FORMAT,
			       "line %u: neither a cloud's instance metadata nor an "
			       "[identity] section",
			       number ? number : 1);
	return 0;
}

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

int identity_text_read(struct slice text, struct arena *arena,
		       struct identity *ret_identity, struct err *err)
{
	struct identity identity = nobody;
	struct slice start = text;

	while (start.len && is_blank(start.ptr[0]))
		start = slice_skip(start, 1);
	if (start.len && start.ptr[0] == '{') {
		if (identity_document_read(start, arena, &identity, err) < 0)
			return -1;
	} else if (read_ini(text, arena, &identity, err) < 0) {
		return -1;
	}
	if (!identity.provider.len)
		identity.provider = identity_provider_of(identity.instance);
	*ret_identity = identity;
	return 0;
}

int identity_file_read(const char *path, struct arena *arena,
		       struct identity *ret_identity, struct err *err)
{
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_CONFIG_BYTES);

	if (input_read_whole(path, &text, err) < 0)
		return -1;
	if (identity_text_read(buf_slice(&text), arena, ret_identity, err) < 0)
		return err_add(err, "'%s'", path);
	return 0;
}
