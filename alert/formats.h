/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The formats, each in a file of its own, and what they share.
 */
#include "alert/record.h"

extern const struct alert_format alert_format_ocsf;
extern const struct alert_format alert_format_ocsf_1_9;
extern const struct alert_format alert_format_native;
extern const struct alert_format alert_format_ecs;
extern const struct alert_format alert_format_cef;
extern const struct alert_format alert_format_udm;
extern const struct alert_format alert_format_asff;
extern const struct alert_format alert_format_slack;
extern const struct alert_format alert_format_teams;
extern const struct alert_format alert_format_pagerduty;

/* Has the record written. Where it does not fit, it is written without the lines of its
 * evidence; where that does not fit either nothing is appended and the buf remembers. */
void format_append(struct buf *buf, const struct alert_record *record,
		   void (*write)(struct buf *buf, const struct alert_record *record));
