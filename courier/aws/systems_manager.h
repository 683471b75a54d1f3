/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Systems Manager: who started a session or a command, minutes before CloudTrail says so.
 * Optional, and no audit trail. A session is asked for among the active ones, then among
 * those of the past.
 */
#include "courier/aws/query.h"

extern const struct aws_query query_session; /* ssm:DescribeSessions */
extern const struct aws_query query_command; /* ssm:ListCommands */
