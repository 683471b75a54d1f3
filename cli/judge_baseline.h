/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What was unusual in a replay: its authorized logins teach a baseline of their own, in
 * the order of their time, with nothing learned before. As learning goes by the logins'
 * time, logs that are shorter than it have nothing new in them.
 */
#include "cli/judge.h"
#include "policy/baseline_options.h"

/* Gives each observation to `take`, in its last state; what it replaces of the judge's is
 * removed. */
void judge_baseline(struct judge *judge, const struct baseline_options *options,
		    void (*take)(void *ctx, const struct observation *observation));
