/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Run: feeds a world to a correlator, as the agent would over days (run_live) or as a
 * replay of finished logs (run_replay), and holds every answer against the judge.
 */
#include "tests/world/count.h"
#include "tests/world/world.h"

/* As it happens, with polls, outages and restarts. False when a check failed. */
bool run_live(struct world *world, struct counts *counts);

/* All at once, sorted and in disorder, the API's log being complete. */
bool run_replay(struct world *world, struct counts *counts);
