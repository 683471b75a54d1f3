/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/http_policy.h"

#include "courier/address.h"

static int decide_metadata(const struct http_place *place, struct http_policy *policy,
			   struct err *err)
{
	if (!policy->is_plain)
		return err_set(err, ERR_USAGE, "metadata is asked by plain http only");
	if (address_parse(place->host, &policy->only))
		return 0;
	if (!address_host_is_loopback(place->host))
		return err_set(err, ERR_USAGE,
			       "a metadata endpoint needs an address, '%.*s' is a name",
			       SLICE_ARG(slice_first(place->host, 64)));
	policy->may_loop = true;
	return 0;
}

static bool proxy_is_loopback(struct slice proxy)
{
	struct slice scheme, userinfo, host;

	slice_take_until_text(&proxy, SLICE("://"), &scheme);
	slice_take_until(&proxy, '@', &userinfo);
	if (!slice_take_until(&proxy, '/', &host))
		host = proxy;
	if (slice_starts_with(host, SLICE("["))) {
		ptrdiff_t end = slice_find(host, SLICE("]"));

		host = slice_first(host, end < 0 ? 0 : (size_t)end + 1);
	} else if (slice_find_last(host, ':') >= 0) {
		host = slice_first(host, (size_t)slice_find_last(host, ':'));
	}
	return address_host_is_loopback(host);
}

static int decide_api(const struct http_place *place, struct slice proxy,
		      struct http_policy *policy, struct err *err)
{
	policy->may_loop = address_host_is_loopback(place->host);
	if (policy->is_plain && !policy->may_loop)
		return err_set(err, ERR_USAGE,
			       "plain http is for this machine's own addresses only");
	policy->may_use_proxy = !policy->may_loop;
	if (policy->may_use_proxy && proxy_is_loopback(proxy))
		policy->may_loop = true;
	return 0;
}

static bool is_metadata_host(struct slice host)
{
	struct sockaddr_storage address;

	return address_parse(host, &address) &&
	       address_classify((const struct sockaddr *)&address) == ADDRESS_METADATA;
}

/* Where it goes is the section's to say, but for what no section may mean: a proxy would
 * not look at the address, so it is looked at here, too. */
static int decide_sink(const struct http_place *place, struct http_policy *policy,
		       struct err *err)
{
	if (is_metadata_host(place->host))
		return err_set(err, ERR_USAGE,
			       "a link-local or metadata address is no receiver's");
	policy->may_loop = true;
	policy->may_use_proxy = policy->purpose == HTTP_SINK && !policy->is_plain &&
				!address_host_is_loopback(place->host);
	return 0;
}

static int decide(const struct http_place *place, struct slice proxy,
		  struct http_policy *policy, struct err *err)
{
	switch (policy->purpose) {
	case HTTP_METADATA:
		return decide_metadata(place, policy, err);
	case HTTP_API:
		return decide_api(place, proxy, policy, err);
	default:
		return decide_sink(place, policy, err);
	}
}

int http_policy_decide(enum http_purpose purpose, const struct http_place *place,
		       struct slice proxy, struct http_policy *ret_policy,
		       struct err *err)
{
	struct http_policy policy = {
		.purpose = purpose,
		.is_plain = slice_equal_ignoring_case(place->scheme, SLICE("http")),
	};

	if (!policy.is_plain && !slice_equal_ignoring_case(place->scheme, SLICE("https")))
		return err_set(err, ERR_USAGE, "only https is spoken");
	if (decide(place, proxy, &policy, err) < 0)
		return -1;
	*ret_policy = policy;
	return 0;
}

bool http_policy_allows(const struct http_policy *policy, const struct sockaddr *address)
{
	enum address_class class = address_classify(address);

	if (policy->only.ss_family != AF_UNSPEC)
		return address_equal((const struct sockaddr *)&policy->only, address);
	if (policy->purpose == HTTP_STREAM)
		return class != ADDRESS_METADATA;
	if (policy->purpose == HTTP_METADATA || policy->is_plain)
		return policy->may_loop && class == ADDRESS_LOOPBACK;
	if (class == ADDRESS_LOOPBACK)
		return policy->may_loop;
	return class == ADDRESS_OTHER;
}
