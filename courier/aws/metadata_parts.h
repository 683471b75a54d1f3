/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What courier/aws/metadata.c and credentials.c share and nobody else sees.
 */
#include "courier/aws/credentials.h"
#include "courier/aws/imds.h"
#include "courier/aws/metadata.h"

struct aws_credentials_store;

struct aws_metadata {
	sd_event *event; /* borrowed, as config */
	const struct config *config;
	struct imds *imds;		  /* owned, as what follows */
	struct aws_identity_run *run;	  /* NULL = none is asked for */
	struct aws_identity_texts *texts; /* what was found last; NULL = nothing yet */
	struct aws_credentials_store *credentials;
};

/* The wall clock as the loop has it. */
us_time aws_metadata_now(const struct aws_metadata *metadata);

/* Whether the configuration says that this machine is of no cloud. */
bool aws_metadata_is_off(const struct aws_metadata *metadata);

struct aws_credentials_store *aws_credentials_new(void);
void aws_credentials_free(struct aws_credentials_store *store);
