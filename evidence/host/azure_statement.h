/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the Azure agent says in one line of its log: which goal state it takes up, the
 * state of a handler, the number of its settings, a handler that is taken away, and
 * remote access users. None of it is an execution: the agent enables every extension
 * again for every goal state. Of all other lines nothing is read.
 */
#include "base/buf.h"
#include "correlator/event.h"
#include "evidence/host/azure_line.h"

/* Whether the line may be a statement; fast, and true for some that are none. */
bool azure_statement_possible(const struct azure_line *line);

/* Reads the statement: false when there is none, or something else beside it. The event's
 * kind and its part of the union are set; what they borrow points into the line and into
 * `space`. */
bool azure_statement_read(const struct azure_line *line, char space[AZURE_ID_BYTES],
			  struct event *event);

/* Appends the statement, put together anew from what was read. */
void azure_statement_append(const struct azure_line *line, const struct event *event,
			    struct buf *buf);
