/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Secrets of sinks: tokens, keys, webhooks' URLs. The configuration says where they are,
 * an absolute path or "credential:NAME" (systemd's LoadCredential=), and they are read
 * anew each time they are needed, so that one that was changed is in use at once and none
 * stays in memory. A file that others may read is no secret, and refused, as is one that
 * others could have put there: each folder on its way is root's or this user's, and not
 * for others to write, but for folders with the sticky bit above its own.
 */
#include "base/buf.h"
#include "base/err.h"

/* Whether the file is there and nobody's but root's or this user's. Its content is not
 * looked at. */
int secret_check(const char *where, struct err *err) __attribute__((warn_unused_result));

/* Appends what is in the file, without the line break at its end, to a buffer that the
 * caller wipes (AUTO_WIPED_BUF). Fails where it is empty or longer than
 * LIMIT_SECRET_BYTES. The error names the place, never the content. */
int secret_read(const char *where, struct buf *buf, struct err *err)
	__attribute__((warn_unused_result));

/* As secret_read(), of one that becomes a header or part of a URL: visible ASCII, no
 * blanks but between words. */
int secret_read_text(const char *where, struct buf *buf, struct err *err)
	__attribute__((warn_unused_result));
