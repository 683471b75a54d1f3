/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Azure claims: who called, out of the token that an activity record repeats.
 */
#include "base/json.h"
#include "correlator/event.h"

/* Sets principal, invoked_by, source_ip and mfa from `claims`, which may be NULL or
 * anything else: the user's name, else the application's or object's id; the application
 * that a user called with. */
void azure_claims_read(const json_t *claims, struct api_call *call);
