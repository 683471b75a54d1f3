/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* One request on its way: for client.c, which cancels what is left at the end. */
#include "courier/aws/client.h"

/* Cancels: `done` is not called. */
void aws_call_free(struct aws_call *call);
