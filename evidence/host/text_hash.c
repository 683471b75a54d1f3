/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/text_hash.h"

#include "base/buf.h"
#include "base/hash.h"
#include "base/limits.h"

/* The key is no secret: a hash must only be hard to hit. */
uint64_t host_text_hash(struct slice message)
{
	static const struct hash_key key = { { 0x636f756e74657273, 0x69676e2d7477696e } };
	AUTO_BUF struct buf escaped = BUF_LIMIT(4 * LIMIT_SYSLOG_LINE_BYTES);
	struct slice text = slice_trim(message);
	bool plain = true;

	for (size_t i = 0; i < text.len && plain; i++)
		plain = (unsigned char)text.ptr[i] >= ' ';
	if (plain)
		return hash_bytes(&key, text);
	for (size_t i = 0; i < text.len; i++) {
		unsigned byte = (unsigned char)text.ptr[i];

		if (byte >= ' ')
			buf_append_byte(&escaped, text.ptr[i]);
		else
			buf_append_format(&escaped, "#%03o", byte);
	}
	return hash_bytes(&key, buf_slice(&escaped));
}
