/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * An event as one line of text, for golden files and failure messages: its kind, its
 * time, then key=value for whatever the event says and nothing for what it does not. The
 * same event always gives the same line; bytes from outside come out escaped.
 */
#include <stdio.h>

#include "base/buf.h"
#include "correlator/event.h"

/* Writes the line and a newline. */
void event_print(FILE *out, const struct event *event);

/* Appends the line without a newline. False past buf's limit. */
bool event_print_append(struct buf *buf, const struct event *event);

/* An emit_fn that prints: `ctx` is the FILE. */
void event_print_emit(void *ctx, const struct event *event);
