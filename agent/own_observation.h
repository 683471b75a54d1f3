/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Observations the agent makes of itself: that it was down, that it was stopped, that
 * this host has become another one.
 */
#include "correlator/verdict.h"

/* Its id: of its kind, its time and its detail, which are set already. */
struct id own_observation_id(const struct observation *observation);
