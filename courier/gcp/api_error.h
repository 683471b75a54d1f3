/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What an answer of a Google API that is no 200 means. It is small and read whole; of it
 * only the words of the error model are kept, since its message may quote anything.
 *
 * Source: "Error model" and google.rpc.ErrorInfo (Cloud API design guide), ErrorReason
 * (google/api/error_reason.proto).
 */
#include "courier/message.h"

#define GCP_ERROR_WORD_BYTES 65

/* What is missing, where the outcome is DENIED. */
enum gcp_denial {
	GCP_DENIAL_PERMISSION,
	GCP_DENIAL_SCOPE,   /* the instance's access scopes leave it out */
	GCP_DENIAL_API,	    /* the project has not enabled the API */
	GCP_DENIAL_POLICY,  /* VPC Service Controls or an organization's policy */
	GCP_DENIAL_BILLING, /* the project has no billing account that is good */
};

struct gcp_api_error {
	enum message_outcome outcome;
	enum gcp_denial denial;
	char word[GCP_ERROR_WORD_BYTES]; /* "ACCESS_TOKEN_SCOPE_INSUFFICIENT", else
					    "PERMISSION_DENIED"; "" = not said */
};

/* By the reason of its ErrorInfo, else by its status, else by that of HTTP. Any bytes
 * will do. */
struct gcp_api_error gcp_api_error_read(int status, struct slice body);
