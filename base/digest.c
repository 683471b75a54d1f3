/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"

#include <assert.h>
#include <nettle/hmac.h>
#include <nettle/sha2.h>
#include <string.h>

/* nettle renames its own by macro, and would rename ours. */
#undef sha256_init

static_assert(sizeof(struct sha256) >= sizeof(struct sha256_ctx),
	      "room for nettle's state");
static_assert(_Alignof(struct sha256) >= _Alignof(struct sha256_ctx),
	      "aligned for nettle");

static struct sha256_ctx *nettles(struct sha256 *sha256)
{
	return (struct sha256_ctx *)(void *)sha256;
}

void sha256_init(struct sha256 *sha256)
{
	nettle_sha256_init(nettles(sha256));
}

void sha256_add(struct sha256 *sha256, struct slice bytes)
{
	if (bytes.len)
		nettle_sha256_update(nettles(sha256), bytes.len,
				     (const uint8_t *)bytes.ptr);
}

void sha256_finish(struct sha256 *sha256, uint8_t ret_digest[SHA256_BYTES])
{
	nettle_sha256_digest(nettles(sha256), SHA256_BYTES, ret_digest);
}

void hmac_sha256(struct slice key, struct slice bytes, uint8_t ret_digest[SHA256_BYTES])
{
	struct hmac_sha256_ctx context;

	nettle_hmac_sha256_set_key(&context, key.len, (const uint8_t *)key.ptr);
	if (bytes.len)
		nettle_hmac_sha256_update(&context, bytes.len,
					  (const uint8_t *)bytes.ptr);
	nettle_hmac_sha256_digest(&context, SHA256_BYTES, ret_digest);
	explicit_bzero(&context, sizeof(context));
}

void hex_from_bytes(const uint8_t *bytes, size_t len, char *text)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		*text++ = digits[bytes[i] >> 4];
		*text++ = digits[bytes[i] & 0xf];
	}
	*text = '\0';
}

/* The six bits of a letter of the alphabet, or 64. */
static uint32_t base64_bits(char letter)
{
	if (letter >= 'A' && letter <= 'Z')
		return (uint32_t)(letter - 'A');
	if (letter >= 'a' && letter <= 'z')
		return (uint32_t)(letter - 'a') + 26;
	if (letter >= '0' && letter <= '9')
		return (uint32_t)(letter - '0') + 52;
	return letter == '+' ? 62 : letter == '/' ? 63 : 64;
}

/* Drops right padding; false when it is wrong or what is left cannot be whole bytes. */
static bool take_padding(struct slice *text)
{
	size_t padding = 0;

	while (padding < 2 && slice_take_suffix(text, SLICE("=")))
		padding++;
	return text->len % 4 != 1 && (padding == 0 || (text->len + padding) % 4 == 0);
}

/* Writes what the letters stand for; false when one is none, or when bits of the last
 * that no byte needs are set. */
static bool decode_letters(struct slice letters, char *out)
{
	uint32_t bits = 0;
	unsigned pending = 0;

	for (size_t i = 0; i < letters.len; i++) {
		uint32_t six = base64_bits(letters.ptr[i]);

		if (six == 64)
			return false;
		bits = (bits << 6 | six) & 0xffff;
		pending += 6;
		if (pending >= 8) {
			pending -= 8;
			*out++ = (char)(uint8_t)(bits >> pending);
		}
	}
	return (bits & ((1U << pending) - 1)) == 0;
}

bool base64_decode(struct slice text, struct buf *buf)
{
	size_t len;
	bool decoded;

	if (!take_padding(&text))
		return false;
	len = text.len / 4 * 3 + (text.len % 4 ? text.len % 4 - 1 : 0);
	if (!buf_reserve(buf, len))
		return false;

	decoded = decode_letters(text, buf->ptr + buf->len);
	if (decoded)
		buf->len += len;
	buf->ptr[buf->len] = '\0';
	return decoded;
}

/* The letters of up to three bytes; returns how many. */
static size_t encode_group(struct slice group, bool padded, char out[4])
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;

	for (size_t i = 0; i < 3; i++)
		bits = bits << 8 | (i < group.len ? (uint8_t)group.ptr[i] : 0);
	for (size_t i = 0; i < 4; i++) {
		if (i <= group.len)
			out[i] = letters[bits >> (18 - 6 * i) & 0x3f];
		else
			out[i] = '=';
	}
	return padded ? 4 : group.len + 1;
}

bool base64_encode(struct slice bytes, bool padded, struct buf *buf)
{
	size_t rest = bytes.len % 3;

	if (bytes.len > SIZE_MAX / 2 ||
	    !buf_reserve(buf, bytes.len / 3 * 4 + (rest == 0 ? 0
						   : padded  ? 4
							     : rest + 1)))
		return false;

	for (; bytes.len; bytes = slice_skip(bytes, 3)) {
		char group[4];
		size_t len = encode_group(slice_first(bytes, 3), padded, group);

		memcpy(buf->ptr + buf->len, group, len);
		buf->len += len;
	}
	buf->ptr[buf->len] = '\0';
	return true;
}
