/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Event code: an event as bytes and back, for whoever keeps the correlator's input log.
 * Versioned, bounded, the same on every machine; made from one table of fields. Reading
 * takes nothing on trust.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "correlator/event.h"

/* Appends the whole event. What does not fit the buf's limit is the caller's to notice.
 */
void event_encode(const struct event *event, struct buf *buf);

/* Reads one event that event_encode() wrote, of this version or an older one. Slices of
 * the result borrow from `code`, arrays from `arena`. Fails on anything else. */
int event_decode(struct slice code, struct arena *arena, struct event *ret_event,
		 struct err *err) __attribute__((warn_unused_result));
