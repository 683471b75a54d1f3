/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Where a service of AWS answers: service, region and the partition's domain in, URL and
 * Host out. Only domains of AWS itself are ever made up here, so that what metadata says
 * cannot send a signed request elsewhere; anything else (a VPC endpoint, a test) is the
 * configuration's to name. Pure. Source: "AWS service endpoints", AWS General Reference.
 */
#include "base/err.h"
#include "base/slice.h"

#define ENDPOINT_HOST_BYTES 256
#define ENDPOINT_URL_BYTES (ENDPOINT_HOST_BYTES + 17)
#define ENDPOINT_REGION_BYTES 33

struct endpoint {
	char url[ENDPOINT_URL_BYTES]; /* "https://cloudtrail.eu-west-1.amazonaws.com/" */
	char host[ENDPOINT_HOST_BYTES]; /* as in the Host header: with a port that is not
					   the scheme's own */
	char region[ENDPOINT_REGION_BYTES];
};

/* Whether `region` has the form of a region's name: "us-gov-west-1". Which there are is
 * not known here. */
bool endpoint_region_valid(struct slice region);

/* Fails when the region is none, when `domain` is no domain of AWS ("" = the region's
 * own), or when `configured` ("" = none) is no http or https URL of a host alone. */
int endpoint_find(const char *service, struct slice region, const char *domain,
		  const char *configured, struct endpoint *ret_endpoint, struct err *err)
	__attribute__((warn_unused_result));
