/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/baseline_key.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/digest.h"
#include "base/limits.h"
#include "base/zone.h"

#define DIGEST_SHOWN 16 /* bytes of it */
#define IPV4_BYTES 4
#define IPV6_BYTES 16

/* An SDK's session name ends in seconds, milliseconds or more since 1970; what is shorter
 * may be somebody's number. */
#define RANDOM_DIGITS 10
/* "0123456789abcdef" and longer. */
#define RANDOM_HEXADECIMALS 16
#define UUID_BYTES 36

void baseline_key_append(struct buf *buf, struct slice name)
{
	char text[2 * DIGEST_SHOWN + 1];
	uint8_t digest[SHA256_BYTES];
	struct sha256 sha256;

	if (name.len <= LIMIT_BASELINE_KEY_BYTES) {
		buf_append(buf, name);
		return;
	}
	sha256_init(&sha256);
	sha256_add(&sha256, name);
	sha256_finish(&sha256, digest);
	hex_from_bytes(digest, DIGEST_SHOWN, text);
	buf_append(buf, slice_first(name, LIMIT_BASELINE_KEY_BYTES - sizeof(text)));
	buf_append_byte(buf, '~');
	buf_append_text(buf, text);
}

static char lower(char byte)
{
	return (char)(byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte);
}

static void append_lower(struct buf *buf, struct slice name)
{
	AUTO_BUF struct buf whole = BUF_LIMIT(LIMIT_EVENT_TEXT_BYTES);

	for (size_t i = 0; i < name.len; i++)
		buf_append_byte(&whole, lower(name.ptr[i]));
	baseline_key_append(buf, buf_slice(&whole));
}

/* ---- principals ------------------------------------------------------------------- */

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_hexadecimal(char byte)
{
	return is_digit(byte) || (lower(byte) >= 'a' && lower(byte) <= 'f');
}

/* How long the run is at the end of the name of which all bytes are such. */
static size_t run_at_end(struct slice name, bool (*is)(char byte))
{
	size_t len = 0;

	while (len < name.len && is(name.ptr[name.len - 1 - len]))
		len++;
	return len;
}

/* "123e4567-e89b-12d3-a456-426614174000" */
static bool is_uuid(struct slice text)
{
	if (text.len != UUID_BYTES)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (is_dash ? text.ptr[i] != '-' : !is_hexadecimal(text.ptr[i]))
			return false;
	}
	return true;
}

/* A word of ten letters 'a' to 'f' is none that a machine made. */
static bool has_digit(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (is_digit(text.ptr[i]))
			return true;
	}
	return false;
}

/* How much at the end of a session name was made for this session alone. */
static size_t random_at_end(struct slice name)
{
	size_t digits = run_at_end(name, is_digit);
	size_t hexadecimals = run_at_end(name, is_hexadecimal);

	if (slice_starts_with(name, SLICE("i-")) || slice_starts_with(name, SLICE("mi-")))
		return 0;
	if (name.len >= UUID_BYTES && is_uuid(slice_skip(name, name.len - UUID_BYTES)))
		return UUID_BYTES;
	if (hexadecimals >= RANDOM_HEXADECIMALS &&
	    has_digit(slice_skip(name, name.len - hexadecimals)))
		return hexadecimals;
	return digits >= RANDOM_DIGITS ? digits : 0;
}

void baseline_key_append_principal(struct buf *buf, struct slice principal)
{
	AUTO_BUF struct buf stable = BUF_LIMIT(LIMIT_EVENT_TEXT_BYTES + 1);
	ptrdiff_t slash = slice_find_last(principal, '/');
	size_t cut = 0;

	if (slash >= 0 &&
	    slice_find_ignoring_case(principal, SLICE(":assumed-role/")) >= 0)
		cut = random_at_end(slice_skip(principal, (size_t)slash + 1));
	buf_append(&stable, slice_first(principal, principal.len - cut));
	if (cut)
		buf_append_byte(&stable, '*');
	append_lower(buf, buf_slice(&stable));
}

/* ---- networks --------------------------------------------------------------------- */

/* Clears what is behind the prefix, and prints. */
static void append_prefix(struct buf *buf, int family, uint8_t *address, unsigned prefix)
{
	unsigned len = family == AF_INET ? IPV4_BYTES : IPV6_BYTES;
	char text[INET6_ADDRSTRLEN];

	if (prefix > 8 * len)
		prefix = 8 * len;
	for (unsigned i = 0; i < len; i++) {
		if (8 * i >= prefix)
			address[i] = 0;
		else if (8 * (i + 1) > prefix)
			address[i] &= (uint8_t)(0xff << (8 * (i + 1) - prefix));
	}
	inet_ntop(family, address, text, sizeof(text));
	buf_append_format(buf, "%s/%u", text, prefix);
}

void baseline_key_append_network(struct buf *buf, struct slice source,
				 const struct baseline_options *options)
{
	static const uint8_t mapped[IPV6_BYTES - IPV4_BYTES] = {
		[10] = 0xff, [11] = 0xff
	};
	uint8_t address[IPV6_BYTES];
	char text[INET6_ADDRSTRLEN];

	if (source.len == 0 || source.len >= sizeof(text) ||
	    memchr(source.ptr, '\0', source.len)) {
		append_lower(buf, source);
		return;
	}
	memcpy(text, source.ptr, source.len);
	text[source.len] = '\0';
	if (inet_pton(AF_INET, text, address) == 1)
		append_prefix(buf, AF_INET, address, options->ipv4_prefix);
	else if (inet_pton(AF_INET6, text, address) != 1)
		append_lower(buf, source);
	else if (memcmp(address, mapped, sizeof(mapped)) == 0)
		append_prefix(buf, AF_INET, address + sizeof(mapped),
			      options->ipv4_prefix);
	else
		append_prefix(buf, AF_INET6, address, options->ipv6_prefix);
}

/* Doors that lead over the network to sshd itself: the peer it sees is who came in. Of
 * these, calls that vouch are often made by the host itself, or there is none. */
static const bool is_reached_directly[PATH_COUNT] = {
	[PATH_DIRECT_SSH] = true,
	[PATH_AZURE_ENTRA_SSH] = true,
	[PATH_GCP_OS_LOGIN] = true,
	[PATH_GCP_METADATA_KEY] = true,
};

struct slice baseline_source_of(const struct login *login, const struct event *call)
{
	if (login->through == PATH_NONE && is_reached_directly[login->path] &&
	    login->source_ip.len)
		return login->source_ip;
	return call ? call->api_call.source_ip : (struct slice){ NULL, 0 };
}

/* ---- hours ------------------------------------------------------------------------ */

unsigned baseline_hour_of(us_time at, const struct baseline_options *options)
{
	us_time local = at;

	if (options->zone)
		local += zone_offset_s(options->zone, at) * US_PER_SECOND;
	local %= US_PER_DAY;
	if (local < 0)
		local += US_PER_DAY;
	return (unsigned)(local / US_PER_HOUR);
}

void baseline_key_append_hour(struct buf *buf, struct slice os_user, unsigned hour)
{
	baseline_key_append(buf, os_user);
	buf_append_format(buf, " %02u", hour % 24);
}
