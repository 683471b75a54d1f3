/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/grammar.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#define FINGERPRINT_HASH_CHARACTERS 43 /* of 32 bytes, without the padding */
#define TTY_NAME_BYTES 64
#define NAME_BYTES 256 /* LOGIN_NAME_MAX */

static unsigned classes_of(unsigned char byte)
{
	unsigned classes = 0;

	if ((byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z'))
		classes |= BYTE_LETTER;
	if (byte >= '0' && byte <= '9')
		classes |= BYTE_DIGIT;
	if (byte == '_' || byte == '.' || byte == '-')
		classes |= BYTE_NAME_SIGN | BYTE_TAG_SIGN;
	if (byte == '/' || byte == '(' || byte == ')')
		classes |= BYTE_TAG_SIGN;
	if (byte == '+' || byte == '/')
		classes |= BYTE_BASE64_SIGN;
	if (byte == ':')
		classes |= BYTE_COLON;
	if (byte > ' ' && byte < 0x7f)
		classes |= BYTE_GRAPHIC;
	if (byte >= ' ' && byte != 0x7f)
		classes |= BYTE_TEXT;
	return classes;
}

bool byte_is(char byte, unsigned classes)
{
	return (classes_of((unsigned char)byte) & classes) != 0;
}

static size_t run_length(struct slice text, unsigned classes)
{
	size_t len = 0;

	while (len < text.len && byte_is(text.ptr[len], classes))
		len++;
	return len;
}

bool grammar_all(struct slice text, unsigned classes)
{
	return run_length(text, classes) == text.len;
}

bool grammar_take_run(struct slice *text, unsigned classes, size_t max_bytes,
		      struct slice *ret_run)
{
	size_t len = run_length(slice_first(*text, max_bytes + 1), classes);

	if (len == 0 || len > max_bytes)
		return false;
	*ret_run = slice_first(*text, len);
	*text = slice_skip(*text, len);
	return true;
}

static bool is_address(int family, struct slice text)
{
	char terminated[INET6_ADDRSTRLEN];
	unsigned char address[sizeof(struct in6_addr)];

	if (text.len == 0 || text.len >= sizeof(terminated))
		return false;
	memcpy(terminated, text.ptr, text.len);
	terminated[text.len] = '\0';
	return inet_pton(family, terminated, address) == 1;
}

bool grammar_take_address(struct slice *text, struct slice *ret_address)
{
	static const struct slice mapped = { "::ffff:", 7 };
	struct slice rest = *text;
	struct slice address, scope;

	if (!grammar_take_run(&rest,
			      BYTE_LETTER | BYTE_DIGIT | BYTE_NAME_SIGN | BYTE_COLON,
			      INET6_ADDRSTRLEN, &address))
		return false;
	if (slice_take_prefix(&rest, SLICE("%")) &&
	    (!grammar_take_run(&rest, BYTE_LETTER | BYTE_DIGIT | BYTE_NAME_SIGN, 32,
			       &scope) ||
	     !is_address(AF_INET6, address)))
		return false;
	if (rest.len && rest.ptr[0] != ' ')
		return false;

	if (slice_starts_with(address, mapped) &&
	    is_address(AF_INET, slice_skip(address, mapped.len)))
		address = slice_skip(address, mapped.len);
	else if (!is_address(AF_INET, address) && !is_address(AF_INET6, address))
		return false;
	*ret_address = address;
	*text = rest;
	return true;
}

bool grammar_take_port(struct slice *text, uint16_t *ret_port)
{
	struct slice rest = *text;
	uint64_t port;

	if (!slice_take_number(&rest, UINT16_MAX, &port) || port == 0)
		return false;
	*ret_port = (uint16_t)port;
	*text = rest;
	return true;
}

bool grammar_take_fingerprint(struct slice *text, struct slice *ret_fingerprint)
{
	struct slice rest = *text;
	struct slice hash;

	if (!slice_take_prefix(&rest, SLICE("SHA256:")) ||
	    !grammar_take_run(&rest, BYTE_LETTER | BYTE_DIGIT | BYTE_BASE64_SIGN,
			      FINGERPRINT_HASH_CHARACTERS, &hash) ||
	    hash.len != FINGERPRINT_HASH_CHARACTERS)
		return false;
	*ret_fingerprint = slice_first(*text, text->len - rest.len);
	*text = rest;
	return true;
}

bool grammar_is_tty(struct slice text, struct slice *ret_name)
{
	slice_take_prefix(&text, SLICE("/dev/"));
	if (text.len == 0 || text.len > TTY_NAME_BYTES)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (!byte_is(text.ptr[i], BYTE_LETTER | BYTE_DIGIT | BYTE_NAME_SIGN) &&
		    text.ptr[i] != '/')
			return false;
	}
	*ret_name = text;
	return true;
}

bool grammar_is_name_between(struct slice text, struct slice before, struct slice after,
			     struct slice *ret_name)
{
	struct slice name;

	if (!slice_take_prefix(&text, before) || !slice_take_suffix(&text, after) ||
	    !grammar_take_run(&text, BYTE_LETTER | BYTE_DIGIT | BYTE_NAME_SIGN,
			      NAME_BYTES, &name) ||
	    text.len)
		return false;
	*ret_name = name;
	return true;
}

/* Consumes "\\" or an octal escape of a byte over 127. */
static bool take_escape(struct slice *text, char *ret_byte)
{
	const char *at = text->ptr;

	if (text->len >= 2 && at[1] == '\\') {
		*ret_byte = '\\';
		*text = slice_skip(*text, 2);
		return true;
	}
	if (text->len < 4 || at[1] < '2' || at[1] > '3' || at[2] < '0' || at[2] > '7' ||
	    at[3] < '0' || at[3] > '7')
		return false;
	*ret_byte = (char)((at[1] - '0') * 64 + (at[2] - '0') * 8 + (at[3] - '0'));
	*text = slice_skip(*text, 4);
	return true;
}

struct slice grammar_unvis(struct slice text, char *space, size_t size_bytes)
{
	struct slice rest = text;
	size_t len = 0;

	if (text.len == 0 || !memchr(text.ptr, '\\', text.len))
		return text;
	while (rest.len) {
		if (len == size_bytes)
			return text;
		if (rest.ptr[0] != '\\') {
			space[len++] = rest.ptr[0];
			rest = slice_skip(rest, 1);
		} else if (!take_escape(&rest, &space[len++])) {
			return text;
		}
	}
	return slice_of(space, len);
}
