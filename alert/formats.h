/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The formats, each in a file of its own, and what they share.
 */
#include "alert/record.h"

extern const struct alert_format alert_format_ocsf;
extern const struct alert_format alert_format_native;

/* Has the record written. Where it does not fit, it is written without the lines of its
 * evidence; where that does not fit either nothing is appended and the buf remembers. */
void format_append(struct buf *buf, const struct alert_record *record,
		   void (*write)(struct buf *buf, const struct alert_record *record));
