/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What Azure can be asked by an id: the Activity Log, by the correlation id of the goal
 * state that brought an extension's execution. One page of one operation, wherever in the
 * subscription that began. For agent/plane/azure.c alone.
 */
#include "agent/plane/quick_answers.h"

extern const struct plane_quick plane_quick_azure;
