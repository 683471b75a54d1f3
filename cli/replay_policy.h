/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Which policy a replay judges by: the one that is named, that of a configuration of the
 * agent, or none. This machine's own is not taken unasked: the logs may be another's.
 */
#include "policy/policy.h"

/* `file` is a policy, `config` a configuration; NULL = not given. The caller owns the
 * result, which is NULL without either, or where the configuration has no policy. */
int replay_policy_open(const char *file, const char *config, struct policy **ret_policy,
		       struct err *err) __attribute__((warn_unused_result));
