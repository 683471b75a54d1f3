/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/endpoint.h"

#include <stdio.h>

#include "courier/origin.h"

/* How the regions of each partition begin, and its domain; the last is everywhere else.
 */
static const struct {
	struct slice prefix;
	const char *domain;
} partitions[] = {
	{ { "cn-", 3 }, "amazonaws.com.cn" },	 { { "us-iso-", 7 }, "c2s.ic.gov" },
	{ { "us-isob-", 8 }, "sc2s.sgov.gov" },	 { { "us-isof-", 8 }, "csp.hci.ic.gov" },
	{ { "eu-isoe-", 8 }, "cloud.adc-e.uk" }, { { "eusc-", 5 }, "amazonaws.eu" },
	{ { "", 0 }, "amazonaws.com" }, /* us-gov- too */
};
#define PARTITION_COUNT (sizeof(partitions) / sizeof(partitions[0]))

static bool is_lower_or_digit(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

bool endpoint_region_valid(struct slice region)
{
	size_t parts = 1;

	if (region.len < 4 || region.len >= ENDPOINT_REGION_BYTES)
		return false;
	for (size_t i = 0; i < region.len; i++) {
		if (region.ptr[i] == '-') {
			if (i == 0 || region.ptr[i - 1] == '-')
				return false;
			parts++;
		} else if (!is_lower_or_digit(region.ptr[i])) {
			return false;
		}
	}
	return parts >= 3 && region.ptr[region.len - 1] >= '0' &&
	       region.ptr[region.len - 1] <= '9';
}

/* The domain to use, or NULL when `domain` is none of AWS's. */
static const char *find_domain(struct slice region, const char *domain)
{
	for (size_t i = 0; i < PARTITION_COUNT; i++) {
		if (*domain ? strcmp(domain, partitions[i].domain) == 0
			    : slice_starts_with(region, partitions[i].prefix))
			return partitions[i].domain;
	}
	return NULL;
}

int endpoint_find(const char *service, struct slice region, const char *domain,
		  const char *configured, struct endpoint *ret_endpoint, struct err *err)
{
	struct endpoint endpoint = { .url = "" };
	struct origin origin;

	if (!endpoint_region_valid(region))
		return err_set(err, ERR_USAGE, "'%.*s' is no name of a region",
			       SLICE_ARG(slice_first(region, 64)));
	snprintf(endpoint.region, sizeof(endpoint.region), "%.*s", SLICE_ARG(region));

	if (*configured) {
		if (origin_read(configured, &origin, err) < 0)
			return -1;
		snprintf(endpoint.url, sizeof(endpoint.url), "%s/", origin.url);
		snprintf(endpoint.host, sizeof(endpoint.host), "%s", origin.host);
	} else {
		domain = find_domain(region, domain);
		if (!domain)
			return err_set(err, ERR_USAGE,
				       "the domain that metadata names is none of AWS's");
		snprintf(endpoint.host, sizeof(endpoint.host), "%s.%s.%s", service,
			 endpoint.region, domain);
		snprintf(endpoint.url, sizeof(endpoint.url), "https://%s/",
			 endpoint.host);
	}
	*ret_endpoint = endpoint;
	return 0;
}
