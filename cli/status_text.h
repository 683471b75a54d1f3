/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Status text: a status row of the agent (docs/status.md) as one screen for people. What
 * is missing comes last, with what to do about it. Members that are not there are left
 * out, and every text is escaped.
 */
#include "base/buf.h"
#include "base/json.h"
#include "cli/screen.h"

/* Appends the whole. False past buf's limit. */
bool status_text_append(struct buf *buf, const struct screen *screen,
			const json_t *status);
