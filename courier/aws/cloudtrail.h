/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * CloudTrail LookupEvents: the calls of 90 days, management events of one account and
 * region, newest first, 50 a page, by one attribute, 2 requests a second for all of the
 * account. Its turns are smaller and smaller pages, for a page that is too large to be
 * handed on: one call alone may be 256 KB, and is written escaped.
 */
#include "courier/aws/query.h"

extern const struct aws_query query_trail;
