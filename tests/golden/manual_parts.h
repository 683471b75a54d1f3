/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the manual pages say of the program's own tables, each as mdoc(7): the settings,
 * the policy's keys, the findings' rules, words and formats.
 */
#include "base/buf.h"

struct manual_part {
	const char *page; /* from the top of the sources */
	const char *name; /* of the region in it */
	void (*append)(struct buf *buf);
};

/* All of them; `page` is NULL past the last. */
extern const struct manual_part manual_parts[];
