/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the metadata server says of the instance's service account, besides its token: its
 * name, and the access scopes that bound what its tokens are good for. Pure.
 */
#include "base/slice.h"

#define GCP_EMAIL_BYTES 321

/* The scope to grant. */
#define GCP_SCOPE_LOGGING "https://www.googleapis.com/auth/logging.read"

/* Its e-mail address. False when it is none. */
bool gcp_email_read(struct slice body, char email[GCP_EMAIL_BYTES]);

/* Whether the scopes, a URL a line, let it read logs. */
bool gcp_scopes_allow_logging(struct slice body);
