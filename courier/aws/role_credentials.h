/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The credentials document of an instance's role: checked and copied out, since its parts
 * become headers. Pure; no part of it but the words of its Code is ever in an error.
 */
#include "base/err.h"
#include "base/limits.h"
#include "base/time.h"

#define ROLE_NAME_BYTES 129

struct role_credentials {
	char role[ROLE_NAME_BYTES]; /* "" = nothing here */
	char access_key_id[LIMIT_CREDENTIAL_BYTES];
	char secret_access_key[LIMIT_CREDENTIAL_BYTES];
	char session_token[LIMIT_CREDENTIAL_BYTES];
	us_time expires_at; /* by the service's clock */
};

/* The first line of the list of roles. False when it is no role's name (IAM: letters,
 * digits and "_+=,.@-"). */
bool role_name_read(struct slice list, char role[ROLE_NAME_BYTES]);

/* Fails when the document is not one, or its Code is not "Success". Leaves role alone. */
int role_credentials_read(struct role_credentials *credentials, struct slice document,
			  struct err *err) __attribute__((warn_unused_result));
