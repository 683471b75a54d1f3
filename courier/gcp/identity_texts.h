/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Who an instance of Compute Engine is, as texts that were checked: they become parts of
 * questions to Cloud Logging, and they are told to the daemon. Pure: the metadata
 * server's answers in, texts out.
 */
#include "base/err.h"
#include "courier/address.h"
#include "courier/tag_list.h"

/* Room for each with its NUL. */
#define GCP_INSTANCE_BYTES 21
#define GCP_PROJECT_BYTES 128
#define GCP_REGION_BYTES 64

struct gcp_identity_texts {
	char instance[GCP_INSTANCE_BYTES]; /* its number */
	char project[GCP_PROJECT_BYTES];   /* the id, not the number */
	char region[GCP_REGION_BYTES];
	struct address_list private_ips;
	struct tag_list tags; /* network tags, "TAG="; labels are not in the metadata */
};

/* Whether the text is an instance's number: decimal, no zero in front, of 64 bits. */
bool gcp_instance_valid(struct slice instance);

/* Whether the text is a project's id, "my-project-123456" or "example.com:my-project"
 * ("Creating and managing projects", Resource Manager documentation). */
bool gcp_project_valid(struct slice project);

/* Each fails when the text is none; a text of the configuration may be "", which leaves
 * what is there. */
int gcp_texts_set_instance(struct gcp_identity_texts *texts, struct slice instance,
			   struct err *err) __attribute__((warn_unused_result));
int gcp_texts_set_project(struct gcp_identity_texts *texts, struct slice project,
			  struct err *err) __attribute__((warn_unused_result));
int gcp_texts_set_region(struct gcp_identity_texts *texts, struct slice region,
			 struct err *err) __attribute__((warn_unused_result));

/* The region of a zone, "projects/123456789012/zones/europe-west1-b". */
int gcp_texts_set_zone(struct gcp_identity_texts *texts, struct slice zone,
		       struct err *err) __attribute__((warn_unused_result));

/* The network tags of tags?alt=json. */
int gcp_texts_read_tags(struct gcp_identity_texts *texts, struct slice body,
			struct err *err) __attribute__((warn_unused_result));

/* The private addresses of network-interfaces/?recursive=true. */
int gcp_texts_read_interfaces(struct gcp_identity_texts *texts, struct slice body,
			      struct err *err) __attribute__((warn_unused_result));
