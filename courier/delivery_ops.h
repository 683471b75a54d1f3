/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Every protocol that there is, for the one table of them in courier/deliveries.c. */
#include "courier/deliver.h"

extern const struct deliver_ops deliver_syslog, deliver_https, deliver_splunk,
	deliver_elasticsearch, deliver_slack, deliver_teams, deliver_pagerduty;
