/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What EC2's instance metadata says of the doors: whether it still answers without a
 * token, and whether user data is set. What cannot be seen from inside is not there: the
 * hop limit, and who may send keys or commands. The question without a token is counted
 * by CloudWatch (MetadataNoToken, MetadataNoTokenRejected).
 *
 * Source: Amazon EC2 User Guide, "Use the Instance Metadata Service to access instance
 * metadata".
 */
#include "courier/aws/request.h"

/* Begins to answer a QUERY_METADATA, which is in `common.page`. */
void aws_options_begin(struct aws_asked *asked);
