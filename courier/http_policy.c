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

int http_policy_decide(enum http_purpose purpose, const struct http_place *place,
		       struct slice proxy, struct http_policy *ret_policy,
		       struct err *err)
{
	struct http_policy policy = {
		.purpose = purpose,
		.is_plain = slice_equal_ignoring_case(place->scheme, SLICE("http")),
	};
	int result;

	if (!policy.is_plain && !slice_equal_ignoring_case(place->scheme, SLICE("https")))
		return err_set(err, ERR_USAGE, "only https is spoken");
	result = purpose == HTTP_METADATA ? decide_metadata(place, &policy, err)
					  : decide_api(place, proxy, &policy, err);
	if (result == 0)
		*ret_policy = policy;
	return result;
}

bool http_policy_allows(const struct http_policy *policy, const struct sockaddr *address)
{
	enum address_class class = address_classify(address);

	if (policy->only.ss_family != AF_UNSPEC)
		return address_equal((const struct sockaddr *)&policy->only, address);
	if (policy->purpose == HTTP_METADATA || policy->is_plain)
		return policy->may_loop && class == ADDRESS_LOOPBACK;
	if (class == ADDRESS_LOOPBACK)
		return policy->may_loop;
	return class == ADDRESS_OTHER;
}
