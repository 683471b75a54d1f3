/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Memory that forgets: allocation as malloc's, but what is freed or moved is overwritten
 * first. Handed to the libraries that copy secrets about and free them as they are
 * (libcurl: requests and answers; jansson: strings).
 */
#include <stddef.h>

#include "base/buf.h"

void *wipe_malloc(size_t size_bytes);
void *wipe_realloc(void *pointer, size_t size_bytes);
void *wipe_calloc(size_t count, size_t size_bytes);
char *wipe_strdup(const char *text);
void wipe_free(void *pointer); /* NULL is allowed */

/* Makes jansson use them; before the first value is made. */
void wipe_json(void);

/* As buf_append() and buf_release(), leaving no copy of the content behind. */
bool wipe_buf_append(struct buf *buf, struct slice bytes);
void wipe_buf_release(struct buf *buf);

#define AUTO_WIPED_BUF __attribute__((cleanup(wipe_buf_release)))
