/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Addresses that a request may go to. What an address is good for is read off its bits
 * after an IPv4 address that hides in an IPv6 one (mapped, compatible, NAT64) was taken
 * out, so that no other spelling of it passes.
 */
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "base/slice.h"

enum address_class {
	ADDRESS_OTHER,
	ADDRESS_LOOPBACK, /* 127.0.0.0/8, ::1, and what Linux takes for it: 0.0.0.0/8, ::
			   */
	ADDRESS_METADATA, /* link-local, or a cloud's own service on the host's link */
};

/* Of an AF_INET or AF_INET6 address; ADDRESS_METADATA, which goes nowhere, for any other
 * family. */
enum address_class address_classify(const struct sockaddr *address);

/* A literal address, an IPv6 one with or without brackets. False when it is none. */
bool address_parse(struct slice text, struct sockaddr_storage *ret_address);

/* The same host; ports are not looked at. */
bool address_equal(const struct sockaddr *a, const struct sockaddr *b);

/* Whether a host's name can only be this machine: "localhost", or a literal loopback
 * address. */
bool address_host_is_loopback(struct slice host);

/* Addresses of an instance's own, as its metadata tells them. */
#define ADDRESS_LIST_MAX 64

struct address_list {
	char texts[ADDRESS_LIST_MAX][INET6_ADDRSTRLEN];
	size_t count;
};

/* Adds an address, in its usual spelling and once; what is none, or is one too many, is
 * left out. */
void address_list_add(struct address_list *list, struct slice address);
