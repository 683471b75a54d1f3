/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Own: what a record says that the schemas of others have no field for (verdict, door,
 * reasons, the calls, what to do next, evidence), as one object under keys that are those
 * of the native form where it has them. Every member has always the same type, and one
 * that is not known is left out.
 */
#include "alert/view.h"
#include "base/json.h"

/* Puts the object as a member. */
void own_put(struct json_writer *writer, const char *key, const struct alert_view *view);
