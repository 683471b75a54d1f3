/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* SHA-256 and HMAC (over nettle), hexadecimal and base64 (RFC 4648, standard alphabet).
 */
#include "base/buf.h"

#define SHA256_BYTES 32

/* An unfinished SHA-256. Opaque storage, large enough for nettle's (checked when
 * compiled). */
struct sha256 {
	uint64_t state[16];
};

void sha256_init(struct sha256 *sha256);
void sha256_add(struct sha256 *sha256, struct slice bytes);
void sha256_finish(struct sha256 *sha256, uint8_t ret_digest[SHA256_BYTES]);

/* HMAC-SHA-256 (RFC 2104) of `bytes`; nothing of the key is left behind in memory. The
 * digest may be written over the key. */
void hmac_sha256(struct slice key, struct slice bytes, uint8_t ret_digest[SHA256_BYTES]);

/* Lower-case hexadecimal of `len` bytes, terminated; `text` has room for 2 * len + 1. */
void hex_from_bytes(const uint8_t *bytes, size_t len, char *text);

/* Decodes strictly: padding optional but right when present, no blanks, no stray bits.
 * False leaves `buf` as it was. Also false past buf's limit. */
bool base64_decode(struct slice text, struct buf *buf);

/* Appends the encoding; `padded` as RFC 4648 section 4, else without '='. */
bool base64_encode(struct slice bytes, bool padded, struct buf *buf);
