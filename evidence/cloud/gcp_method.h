/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Methods: which calls of Google Cloud open a door, or say something about one that is
 * open, and how their status is to be read.
 */
#include "correlator/event.h"

/* What the call is by the end of its record's methodName and serviceName (versions and
 * regions stand in front of them); API_OTHER when it does not matter. */
enum api_action gcp_method_find(struct slice service, struct slice method);

/* Whether the call was admitted, by its status' code (google.rpc.Code), 0 = ok. */
enum api_outcome gcp_outcome(int64_t code);

/* The code's name ("PERMISSION_DENIED"), "" of 0 and of none. */
const char *gcp_code_word(int64_t code);

/* The enum metadata_key of a key of the metadata, 0 when it is none of interest. */
uint32_t gcp_metadata_key(struct slice name);
