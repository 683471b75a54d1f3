/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Azure operations: which of them open a door, or say something about one that is open,
 * and how their status and error codes are to be read.
 */
#include "correlator/event.h"

/* What the call is by its record's operationName, in any case of letters and with or
 * without "Microsoft." in front; API_OTHER when it does not matter. */
enum api_action azure_operation_find(struct slice operation);

/* Whether the call was admitted, by a status ("Started", "Success", "Failed" ...) and the
 * codes that the record gives for a failure; they may be empty. */
enum api_outcome azure_outcome(struct slice status, const struct slice *codes,
			       size_t code_count);
