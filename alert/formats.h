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
