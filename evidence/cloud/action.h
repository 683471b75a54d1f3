/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Actions: which API calls of AWS open a door, or say something about one that is open,
 * and how a call's error code is to be read.
 */
#include "correlator/event.h"

/* What the call is by its record's eventSource and eventName (blanks around them and the
 * case of letters do not count); API_OTHER when it does not matter. */
enum api_action action_find(struct slice source, struct slice name);

/* Whether the call was admitted, by its record's errorCode; empty = there is none. */
enum api_outcome action_outcome(struct slice error_code);
