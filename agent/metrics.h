/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Metrics: how the agent is, in numbers, as a file for a monitoring system
 * (docs/metrics.md has each). Written anew beside its place and put there by rename(2),
 * so that whoever reads it sees a whole one. Anybody may read it: it names sources,
 * queries and sinks, never a user, an address or a principal. Off unless [metrics] file
 * is set.
 */
#include "base/buf.h"
#include "base/err.h"

struct agent;

/* Appends the whole text. */
void metrics_append(struct agent *agent, struct buf *buf);

/* Begins to write the file now and then, or ends it where it is no longer configured. */
void metrics_start(struct agent *agent);
void metrics_stop(struct agent *agent);

/* Puts `bytes` at `path`, 0644, in one step. */
int metrics_write(const char *path, struct slice bytes, struct err *err)
	__attribute__((warn_unused_result));
