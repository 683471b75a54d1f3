/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the manual pages and documents say of the program's own tables, as mdoc(7) and as
 * Markdown: the settings, the options, the policy's keys, the findings' rules, words,
 * formats and advice.
 */
#include "alert/finding.h"
#include "base/buf.h"

struct manual_part {
	const char *page; /* from the top of the sources */
	const char *name; /* of the region in it */
	void (*append)(struct buf *buf);
};

/* All of them; `page` is NULL past the last. */
extern const struct manual_part manual_parts[];

/* Calls `take` with the finding of each rule there is, in its most severe form. */
typedef void manual_take_rule(const struct finding *finding, struct buf *buf);
void manual_each_rule(manual_take_rule *take, struct buf *buf);

/* manual_findings.c, of docs/findings.md: rules, reasons and verdicts with what to do,
 * and where a door changes that. */
void manual_append_findings(struct buf *buf);
void manual_append_reason_advice(struct buf *buf);
void manual_append_verdict_advice(struct buf *buf);
void manual_append_door_advice(struct buf *buf);

/* manual_options.c: each command with its options. */
void manual_append_options(struct buf *buf);
