/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * EC2 instance metadata, version 2 only: the token, the identity document, addresses, the
 * role's credentials. The endpoint is the configuration's, else 169.254.169.254, else
 * fd00:ec2::254; never through a proxy; a hop limit that eats the answer is told as such.
 * Source: Amazon EC2 User Guide, "Use IMDS".
 */
#include "config/config.h"
#include "courier/http.h"
#include "courier/message.h"

struct aws_metadata;
struct tag_list;

struct aws_metadata *aws_metadata_new(sd_event *event, struct http *http,
				      const struct config *config);
void aws_metadata_free(struct aws_metadata *metadata);

/* What the identity document and the interfaces say; borrowed while metadata lives. */
struct aws_identity {
	const char *instance, *account, *region;
	const char *domain; /* services/domain: "amazonaws.com", "amazonaws.com.cn" */
	const char *private_ips[MESSAGE_LIST_MAX];
	size_t private_ip_count;
	us_time launched_at;	     /* pendingTime; US_TIME_NONE = not said */
	const struct tag_list *tags; /* NULL = not known; borrowed, as the texts */
};

typedef void aws_identity_done_fn(void *ctx, enum message_outcome outcome,
				  const char *detail,
				  const struct aws_identity *identity);

/* Asks anew each time (an image may have been cloned under us); from the loop. With a
 * static identity in the configuration nothing is asked. */
void aws_identity_get(struct aws_metadata *metadata, aws_identity_done_fn *done,
		      void *ctx);
