/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Google's logs: whether a call to Cloud Logging, or to who may do what in a project,
 * takes from what is logged, exported or kept. Settings that were asked for are looked
 * at, nothing else; what cannot be read takes nothing away.
 */
#include "base/json.h"
#include "correlator/event.h"

/* Reads it for `call`, whose name is known, from the AuditLog: the sink, exclusion,
 * bucket or log becomes its resource, and the call API_OTHER where it takes nothing away.
 */
void gcp_log_read(const json_t *payload, struct api_call *call);
