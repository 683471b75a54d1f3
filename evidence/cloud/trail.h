/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Trail: whether a call to CloudTrail takes from what a trail logs, and which trail that
 * is. Settings that were asked for are looked at, nothing else; what cannot be read takes
 * nothing away.
 */
#include "base/json.h"
#include "correlator/event.h"

/* Reads it for `call`, whose name is known: the trail or event data store becomes its
 * resource, and the call API_OTHER where the trail goes on logging what it has. */
void trail_read(const json_t *record, struct api_call *call);
