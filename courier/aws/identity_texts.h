/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Who an instance is, as texts that were checked: they become parts of host names and of
 * signatures, and they are told to the daemon. Pure: documents and lists in, texts out.
 */
#include "base/err.h"
#include "courier/address.h"
#include "courier/aws/metadata.h"
#include "courier/tag_list.h"

/* Room for each with its NUL. */
#define IDENTITY_INSTANCE_BYTES 65
#define IDENTITY_ACCOUNT_BYTES 13
#define IDENTITY_REGION_BYTES 33
#define IDENTITY_DOMAIN_BYTES 254

struct aws_identity_texts {
	char instance[IDENTITY_INSTANCE_BYTES];
	char account[IDENTITY_ACCOUNT_BYTES];
	char region[IDENTITY_REGION_BYTES];
	char domain[IDENTITY_DOMAIN_BYTES]; /* "" = not said */
	struct address_list private_ips;
	us_time launched_at; /* US_TIME_NONE = not said */
	struct tag_list tags;
};

void identity_texts_init(struct aws_identity_texts *texts);

/* From a text of the configuration; "" leaves what is there. */
int identity_texts_set_instance(struct aws_identity_texts *texts, struct slice instance,
				struct err *err) __attribute__((warn_unused_result));
int identity_texts_set_account(struct aws_identity_texts *texts, struct slice account,
			       struct err *err) __attribute__((warn_unused_result));
int identity_texts_set_region(struct aws_identity_texts *texts, struct slice region,
			      struct err *err) __attribute__((warn_unused_result));

/* The partition's domain; what is none is as if it were not said. */
void identity_texts_set_domain(struct aws_identity_texts *texts, struct slice domain);

/* The instance identity document. Fails when it does not say instance, account and
 * region. */
int identity_texts_read(struct aws_identity_texts *texts, struct slice document,
			struct err *err) __attribute__((warn_unused_result));

/* Whether a text is a tag's key as metadata lists it, which is asked for by it: of the
 * characters that keys may have there ("View tags for your EC2 resources"), so that it is
 * one part of a path. */
bool identity_tag_key_is_valid(struct slice text);

/* Whether a text is a MAC address as metadata lists it, "0e:49:61:0f:c3:11". */
bool identity_mac_is_valid(struct slice text);
