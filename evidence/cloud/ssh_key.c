/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"
#include "base/limits.h"
#include "evidence/cloud.h"

#define PREFIX "SHA256:"

/* Where the first blank is, or the end. */
static size_t word_len(struct slice text)
{
	size_t len = 0;

	while (len < text.len && text.ptr[len] != ' ' && text.ptr[len] != '\t')
		len++;
	return len;
}

/* Whether the blob begins with a string (RFC 4251 section 5) that is `type`. */
static bool begins_with_type(struct slice blob, struct slice type)
{
	uint8_t head[4];

	if (blob.len < sizeof(head) + type.len)
		return false;
	memcpy(head, blob.ptr, sizeof(head));
	return ((uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 |
		(uint32_t)head[2] << 8 | (uint32_t)head[3]) == type.len &&
	       slice_starts_with(slice_skip(blob, sizeof(head)), type);
}

/* ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI... deploy@build */
bool ssh_key_fingerprint(struct slice key_line, char text[FINGERPRINT_TEXT_BYTES])
{
	AUTO_BUF struct buf blob = BUF_LIMIT(LIMIT_FIELD_BYTES);
	AUTO_BUF struct buf encoded = BUF_LIMIT(FINGERPRINT_TEXT_BYTES);
	struct sha256 sha256;
	uint8_t digest[SHA256_BYTES];
	struct slice type, data;

	while (slice_take_suffix(&key_line, SLICE("\n")) ||
	       slice_take_suffix(&key_line, SLICE("\r")))
		continue;
	key_line = slice_trim(key_line);
	type = slice_first(key_line, word_len(key_line));
	key_line = slice_trim(slice_skip(key_line, type.len));
	data = slice_first(key_line, word_len(key_line));
	if (!type.len || !data.len || !base64_decode(data, &blob) ||
	    !begins_with_type(buf_slice(&blob), type))
		return false;

	sha256_init(&sha256);
	sha256_add(&sha256, buf_slice(&blob));
	sha256_finish(&sha256, digest);
	buf_append(&encoded, SLICE(PREFIX));
	if (!base64_encode(slice_of((const char *)digest, sizeof(digest)), false,
			   &encoded) ||
	    encoded.len != FINGERPRINT_TEXT_BYTES - 1)
		return false;
	memcpy(text, encoded.ptr, encoded.len);
	text[encoded.len] = '\0';
	return true;
}
