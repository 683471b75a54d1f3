/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* One page on its way: for client.c, which cancels what is left at the end. */
#include "courier/azure/client.h"

/* Cancels: `done` is not called. What it waits for is to be cancelled first. */
void azure_call_free(struct azure_call *call);
