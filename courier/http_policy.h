/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Where a request may go, decided from its purpose and its URL before anything is sent,
 * and again for each address that the host's name turns out to have.
 */
#include <sys/socket.h>

#include "base/err.h"
#include "courier/http.h"

/* As libcurl took the URL apart, so that there is no second opinion about it. */
struct http_place {
	struct slice scheme, host; /* an IPv6 host with its brackets */
};

struct http_policy {
	enum http_purpose purpose;
	bool is_plain; /* http, not https */
	bool may_loop; /* this machine itself was named, or its proxy */
	bool may_use_proxy;
	struct sockaddr_storage only; /* the one address; AF_UNSPEC = by class */
};

/* Fails where a request for the purpose may not go to the place at all. `proxy` is the
 * one in use, "" = none. */
int http_policy_decide(enum http_purpose purpose, const struct http_place *place,
		       struct slice proxy, struct http_policy *ret_policy,
		       struct err *err) __attribute__((warn_unused_result));

/* Whether a connection to the address may be opened, or used. */
bool http_policy_allows(const struct http_policy *policy, const struct sockaddr *address);
