/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The bytes of a compressed rotated file, in order, as its reader asks for them. */
#include <sys/types.h>

#include "base/err.h"
#include "base/slice.h"

struct tail_gzip;

/* Whether name and first bytes are gzip's. */
bool tail_gzip_is(int fd, const char *path);

struct tail_gzip *tail_gzip_new(void);
void tail_gzip_free(struct tail_gzip *gzip);

/* Inflates up to `room` bytes from the descriptor, none at the end. Fails on damage, when
 * everything before it has been given. */
int tail_gzip_read(struct tail_gzip *gzip, int fd, char *to, size_t room, size_t *ret_len,
		   struct err *err) __attribute__((warn_unused_result));

/* read(2) and pread(2) that go on after a signal and until all is read or the end. */
ssize_t tail_pread(int fd, void *to, size_t len, uint64_t offset);
