/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Quick answers of AWS: Systems Manager itself knows of a session or command
 * (ssm:DescribeSessions, ssm:ListCommands) what CloudTrail tells minutes later, and of a
 * command that was sent longer ago than the trail was read.
 */
#include "agent/plane/quick_answers.h"

extern const struct plane_quick plane_quick_aws;
