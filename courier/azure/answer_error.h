/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What answers of Azure that are no 200 mean: of Resource Manager, and of the identity
 * endpoint of metadata. They are small and read whole; only the code is kept, since the
 * words may quote the request. Pure; any bytes will do.
 */
#include "courier/message.h"

#define AZURE_CODE_BYTES 65

struct azure_error {
	enum message_outcome outcome;
	char code[AZURE_CODE_BYTES]; /* "AuthorizationFailed"; "" = not said */
};

/* By the code ({"error":{"code":...}} or {"code":...}), and by the status where the code
 * is not known. */
struct azure_error azure_error_read(int status, struct slice body);

/* Why metadata gives no access token; sets `why`. */
enum message_outcome azure_token_error_read(int status, struct slice body,
					    struct err *why);
