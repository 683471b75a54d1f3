/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/posture_text.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

bool posture_text_line(struct slice *rest, struct slice *ret_line)
{
	if (rest->len == 0)
		return false;
	if (!slice_take_until(rest, '\n', ret_line)) {
		*ret_line = *rest;
		*rest = slice_skip(*rest, rest->len);
	}
	slice_take_suffix(ret_line, SLICE("\r"));
	return true;
}

static bool divides(char byte)
{
	return byte != '\0' && strchr(" \t\r\n=,\"'[]", byte) != NULL;
}

bool posture_text_word(struct slice *rest, struct slice *ret_word)
{
	size_t len = 0;

	while (rest->len && divides(rest->ptr[0]))
		*rest = slice_skip(*rest, 1);
	while (len < rest->len && !divides(rest->ptr[len]))
		len++;
	*ret_word = slice_first(*rest, len);
	*rest = slice_skip(*rest, len);
	return len > 0;
}

bool posture_text_argument(struct slice *rest, struct slice *ret_argument)
{
	struct slice text = slice_trim(*rest);
	size_t len = 0;

	if (slice_take_prefix(&text, SLICE("="))) /* after the keyword */
		text = slice_trim(text);
	if (text.len == 0 || text.ptr[0] == '#')
		return false;
	if (slice_take_prefix(&text, SLICE("\""))) {
		if (!slice_take_until(&text, '"', ret_argument))
			return false;
		*rest = text;
		return ret_argument->len > 0;
	}
	while (len < text.len && text.ptr[len] != ' ' && text.ptr[len] != '\t')
		len++;
	*ret_argument = slice_first(text, len);
	*rest = slice_skip(text, len);
	return true;
}

/* Without blanks in front; false for a comment of any of the files' kinds. */
static bool take_content(struct slice line, struct slice *ret_content)
{
	*ret_content = slice_trim(line);
	return ret_content->len && ret_content->ptr[0] != '#' &&
	       ret_content->ptr[0] != ';';
}

static bool begins(struct slice text, struct slice prefix)
{
	return slice_equal_ignoring_case(slice_first(text, prefix.len), prefix);
}

static bool line_has(struct slice line, struct slice word)
{
	struct slice found;

	while (posture_text_word(&line, &found)) {
		ptrdiff_t slash = slice_find_last(found, '/');

		if (found.ptr[0] == '#')
			return false;
		if (slice_equal(slice_skip(found, (size_t)(slash + 1)), word))
			return true;
	}
	return false;
}

bool posture_text_has(struct slice text, struct slice prefix, struct slice word)
{
	struct slice line, content;

	while (posture_text_line(&text, &line)) {
		if (take_content(line, &content) && begins(content, prefix) &&
		    line_has(content, word))
			return true;
	}
	return false;
}

/* ---- settings --------------------------------------------------------------------- */

static struct slice value_of(struct slice text)
{
	static const char *const comments[] = { " #", "\t#", " ;", "\t;" };
	struct slice value;

	for (size_t i = 0; i < COUNT_OF(comments); i++) {
		ptrdiff_t at = slice_find(text, slice_text(comments[i]));

		if (at >= 0)
			text = slice_first(text, (size_t)at);
	}
	value = slice_trim(text);
	if (value.len >= 2 && (value.ptr[0] == '"' || value.ptr[0] == '\'') &&
	    value.ptr[value.len - 1] == value.ptr[0])
		value = slice_of(value.ptr + 1, value.len - 2);
	return value;
}

bool posture_text_setting(struct slice text, const struct posture_key *key,
			  struct slice *ret_value)
{
	bool is_section = key->section.len == 0, has_found = false;
	struct slice line, content, rest, name;

	while (posture_text_line(&text, &line)) {
		if (!take_content(line, &content))
			continue;
		if (content.ptr[0] == '[') {
			rest = slice_skip(content, 1);
			if (slice_take_until(&rest, ']', &name))
				is_section =
					slice_equal_ignoring_case(name, key->section);
			continue;
		}
		if (is_section && slice_take_until(&content, '=', &name) &&
		    slice_equal_ignoring_case(slice_trim(name), key->key)) {
			*ret_value = value_of(content);
			has_found = true;
		}
	}
	return has_found;
}

#define WORDS_MAX 6

static bool is_one_of(struct slice value, const char *const words[WORDS_MAX])
{
	for (size_t i = 0; i < WORDS_MAX; i++) {
		if (slice_equal_ignoring_case(value, slice_text(words[i])))
			return true;
	}
	return false;
}

bool posture_text_is_no(struct slice value)
{
	static const char *const words[WORDS_MAX] = {
		"n", "no", "false", "off", "0", "f"
	};

	return is_one_of(value, words);
}

bool posture_text_is_yes(struct slice value)
{
	static const char *const words[WORDS_MAX] = {
		"y", "yes", "true", "on", "1", "t"
	};

	return is_one_of(value, words);
}

/* ---- consoles --------------------------------------------------------------------- */

bool posture_text_is_serial(struct slice tty)
{
	static const char *const kinds[] = { "ttyS", "ttyAMA", "hvc", "xvc", "ttysclp" };
	uint64_t number;

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		struct slice rest = tty;

		if (slice_take_prefix(&rest, slice_text(kinds[i])) &&
		    slice_number(rest, 255, &number))
			return true;
	}
	return false;
}

/* BOOT_IMAGE=/vmlinuz root=/dev/sda1 console=tty0 console=ttyS0,115200n8 */
bool posture_text_console(struct slice *rest, struct slice *ret_tty)
{
	struct slice word;

	while (posture_text_word(rest, &word)) {
		if (!slice_equal(word, SLICE("console")) || rest->len == 0 ||
		    rest->ptr[0] != '=')
			continue;
		if (posture_text_word(rest, &word) && posture_text_is_serial(word)) {
			*ret_tty = word;
			return true;
		}
	}
	return false;
}

/* ---- users ------------------------------------------------------------------------ */

/* alice:$y$j9T$...:19700:0:99999:7::: */
bool posture_text_user(struct slice line, struct slice *ret_user,
		       enum posture_password *ret_password)
{
	struct slice user, password;

	if (!slice_take_until(&line, ':', &user) || user.len == 0 || user.ptr[0] == '#' ||
	    user.ptr[0] == '+' || user.ptr[0] == '-' ||
	    !slice_take_until(&line, ':', &password))
		return false;
	*ret_user = user;
	if (password.len == 0)
		*ret_password = POSTURE_PASSWORD_EMPTY;
	else if (password.ptr[0] == '!' || password.ptr[0] == '*')
		*ret_password = POSTURE_PASSWORD_NONE;
	else
		/* crypt(5): a '$' and a kind, '_', or thirteen characters at least. */
		*ret_password = password.ptr[0] == '$' || password.ptr[0] == '_' ||
						password.len >= 13
					? POSTURE_PASSWORD_SET
					: POSTURE_PASSWORD_NONE;
	return true;
}

bool posture_text_is_plain(struct slice name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._@:-";

	for (size_t i = 0; i < name.len; i++) {
		if (!memchr(plain, name.ptr[i], sizeof(plain) - 1))
			return false;
	}
	return name.len > 0 && name.len <= 256 && name.ptr[0] != '-';
}

bool posture_text_handler(struct slice folder, struct slice *ret_handler)
{
	ptrdiff_t dash = slice_find_last(folder, '-');
	struct slice version = slice_skip(folder, (size_t)(dash + 1));
	struct slice name = slice_first(folder, dash > 0 ? (size_t)dash : 0);

	if (slice_find(name, SLICE(".")) <= 0 || version.len == 0)
		return false;
	for (size_t i = 0; i < version.len; i++) {
		if ((version.ptr[i] < '0' || version.ptr[i] > '9') &&
		    version.ptr[i] != '.')
			return false;
	}
	*ret_handler = name;
	return true;
}
