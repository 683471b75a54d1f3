/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/endpoint.h"

#include <stdio.h>

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

static bool is_host_byte(char byte)
{
	return is_lower_or_digit(byte) || (byte >= 'A' && byte <= 'Z') || byte == '.' ||
	       byte == '-' || byte == '_' || byte == ':' || byte == '[' || byte == ']';
}

/* Takes "https://host[:port][/]" apart. */
static int use_configured(const char *configured, struct endpoint *endpoint,
			  struct err *err)
{
	struct slice host = slice_text(configured);
	bool is_https = slice_take_prefix(&host, SLICE("https://"));
	const char *scheme = is_https ? "https" : "http";

	if (!is_https && !slice_take_prefix(&host, SLICE("http://")))
		return err_set(err, ERR_USAGE, "endpoint '%.200s' is no http(s) URL",
			       configured);
	slice_take_suffix(&host, SLICE("/"));
	for (size_t i = 0; i < host.len; i++) {
		if (!is_host_byte(host.ptr[i]))
			return err_set(err, ERR_USAGE,
				       "endpoint '%.200s' is more than a host and a port",
				       configured);
	}
	if (host.len == 0 || host.len >= ENDPOINT_HOST_BYTES)
		return err_set(err, ERR_USAGE,
			       "endpoint '%.200s' has no host or one "
			       "that is too long",
			       configured);
	snprintf(endpoint->url, sizeof(endpoint->url), "%s://%.*s/", scheme,
		 SLICE_ARG(host));
	slice_take_suffix(&host, is_https ? SLICE(":443") : SLICE(":80"));
	snprintf(endpoint->host, sizeof(endpoint->host), "%.*s", SLICE_ARG(host));
	return 0;
}

int endpoint_find(const char *service, struct slice region, const char *domain,
		  const char *configured, struct endpoint *ret_endpoint, struct err *err)
{
	struct endpoint endpoint = { .url = "" };

	if (!endpoint_region_valid(region))
		return err_set(err, ERR_USAGE, "'%.*s' is no name of a region",
			       SLICE_ARG(slice_first(region, 64)));
	snprintf(endpoint.region, sizeof(endpoint.region), "%.*s", SLICE_ARG(region));

	if (*configured) {
		if (use_configured(configured, &endpoint, err) < 0)
			return -1;
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
