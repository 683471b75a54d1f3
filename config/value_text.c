/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values that are kept as texts.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "config/value_type.h"

static void release_text(void *field)
{
	char **text = field;

	free(*text);
	*text = NULL;
}

static void set_text(void *field, struct slice text)
{
	release_text(field);
	*(char **)field = memory_copy_text(text);
}

static void unset_text(void *field)
{
	set_text(field, SLICE(""));
}

static void write_text(const struct setting *setting, const void *field, struct buf *buf)
{
	const char *const *text = field;

	(void)setting;
	if (*text)
		buf_append_text(buf, *text);
}

static int check_length(const struct setting *setting, struct slice text, struct err *err)
{
	if (text.len > (uint64_t)setting->most)
		return err_set(err, ERR_LIMIT, "%zu bytes are more than %" PRId64,
			       text.len, setting->most);
	return 0;
}

static int read_text(const struct setting *setting, struct slice text, void *field,
		     struct err *err)
{
	if (check_length(setting, text, err) < 0)
		return -1;
	set_text(field, text);
	return 0;
}

static bool is_letter_or_digit(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9');
}

static int read_name(const struct setting *setting, struct slice text, void *field,
		     struct err *err)
{
	bool sound = text.ptr[0] != '-';

	for (size_t i = 0; i < text.len; i++) {
		if (!is_letter_or_digit(text.ptr[i]) && !strchr("._-", text.ptr[i]))
			sound = false;
	}
	if (!sound)
		return err_set(err, ERR_FORMAT,
			       "a name is of letters, digits, '.', '_' and '-'");
	return read_text(setting, text, field, err);
}

static bool is_printable_ascii(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] <= ' ' || text.ptr[i] > '~')
			return false;
	}
	return true;
}

static int read_id(const struct setting *setting, struct slice text, void *field,
		   struct err *err)
{
	if (!is_printable_ascii(text))
		return err_set(err, ERR_FORMAT,
			       "an id is of printable ASCII, without blanks");
	return read_text(setting, text, field, err);
}

/* ".." would lead out of what was looked at when the file was written. */
static bool has_parent(struct slice path)
{
	struct slice part;

	for (;;) {
		bool last = !slice_take_until(&path, '/', &part);

		if (slice_equal(last ? path : part, SLICE("..")))
			return true;
		if (last)
			return false;
	}
}

int value_check_path(struct slice text, struct err *err)
{
	if (text.ptr[0] != '/')
		return err_set(err, ERR_FORMAT, "a path is absolute: it begins with '/'");
	if (has_parent(text))
		return err_set(err, ERR_FORMAT, "a path has no '..' in it");
	return 0;
}

static int read_path(const struct setting *setting, struct slice text, void *field,
		     struct err *err)
{
	if (value_check_path(text, err) < 0)
		return -1;
	return read_text(setting, text, field, err);
}

static bool host_is_sound(struct slice host)
{
	for (size_t i = 0; i < host.len; i++) {
		if (!is_letter_or_digit(host.ptr[i]) && !strchr(".-_:[]", host.ptr[i]))
			return false;
	}
	return host.len > 0 && host.ptr[0] != ':';
}

/* A user and a password in a URL would be a secret in a file that many may read. */
static int read_url(const struct setting *setting, struct slice text, void *field,
		    struct err *err)
{
	struct slice rest = text, host;

	if (!slice_take_prefix(&rest, SLICE("https://")) &&
	    !slice_take_prefix(&rest, SLICE("http://")))
		return err_set(err, ERR_FORMAT, "a URL begins with https:// or http://");
	host = slice_take_until(&rest, '/', &host) ? host : rest;
	if (memchr(host.ptr, '@', host.len))
		return err_set(err, ERR_FORMAT,
			       "a URL here has no user and no password in it");
	if (!is_printable_ascii(text) || !host_is_sound(host))
		return err_set(err, ERR_FORMAT,
			       "a URL is https://HOST, https://HOST:PORT or one of these "
			       "and a path");
	return read_text(setting, text, field, err);
}

static int read_proxy(const struct setting *setting, struct slice text, void *field,
		      struct err *err)
{
	size_t index;

	if (setting_has_word(setting->words, text, &index))
		return read_text(setting, text, field, err);
	return read_url(setting, text, field, err);
}

/* "PORT" of 1 to 65535 at the end of "HOST:PORT". */
static bool has_port(struct slice host)
{
	size_t colon = host.len;
	uint64_t number;

	while (colon > 0 && host.ptr[colon - 1] != ':')
		colon--;
	return colon > 1 && slice_number(slice_skip(host, colon), 65535, &number) &&
	       number > 0;
}

static int read_sink_url(const struct setting *setting, struct slice text, void *field,
			 struct err *err)
{
	struct slice rest = text;

	if (slice_take_prefix(&rest, SLICE("unix:"))) {
		if (rest.len == 0 || value_check_path(rest, err) < 0)
			return err_set(err, ERR_FORMAT,
				       "a unix socket is unix:/PATH, absolute and "
				       "without '..'");
		return read_text(setting, text, field, err);
	}
	if (!slice_take_prefix(&rest, SLICE("tcp://")) &&
	    !slice_take_prefix(&rest, SLICE("tls://")))
		return read_url(setting, text, field, err);
	if (!is_printable_ascii(rest) || !host_is_sound(rest) || !has_port(rest))
		return err_set(err, ERR_FORMAT,
			       "a syslog receiver is tcp://HOST:PORT or tls://HOST:PORT");
	return read_text(setting, text, field, err);
}

/* Where a secret lies. A credential's name is a file's in systemd's folder of them. */
static int read_secret(const struct setting *setting, struct slice text, void *field,
		       struct err *err)
{
	struct slice name = text;

	if (slice_take_prefix(&name, SLICE("credential:"))) {
		if (name.len == 0 || name.len > 255 || memchr(name.ptr, '/', name.len) ||
		    name.ptr[0] == '.' || !is_printable_ascii(name))
			return err_set(
				err, ERR_FORMAT,
				"a credential is credential:NAME, as LoadCredential= "
				"names it");
		return read_text(setting, text, field, err);
	}
	return read_path(setting, text, field, err);
}

static int read_word(const struct setting *setting, struct slice text, void *field,
		     struct err *err)
{
	size_t index;

	if (!setting_has_word(setting->words, text, &index))
		return value_refuse_word(setting, "", err);
	set_text(field, text);
	return 0;
}

#define TEXT_TYPE(takes, read)                                    \
	{                                                         \
		takes, read, write_text, release_text, unset_text \
	}

const struct value_type value_type_text = TEXT_TYPE("text", read_text);
const struct value_type value_type_name = TEXT_TYPE("name", read_name);
const struct value_type value_type_id = TEXT_TYPE("id", read_id);
const struct value_type value_type_path = TEXT_TYPE("absolute path", read_path);
const struct value_type value_type_url = TEXT_TYPE("URL", read_url);
const struct value_type value_type_proxy = TEXT_TYPE("URL", read_proxy);
const struct value_type value_type_sink_url = TEXT_TYPE("URL", read_sink_url);
const struct value_type value_type_secret =
	TEXT_TYPE("absolute path or credential:NAME", read_secret);
const struct value_type value_type_word = TEXT_TYPE("", read_word);
