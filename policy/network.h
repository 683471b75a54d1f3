/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Networks: addresses and CIDR blocks of IPv4 and IPv6, and whether an address is in one.
 * An IPv4 address written as IPv6 (::ffff:192.0.2.1) is that IPv4 address; no block of
 * IPv6 holds one of IPv4.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct address {
	bool is_ipv4;
	uint8_t bytes[16]; /* IPv4: the first 4 */
};

struct network {
	struct address address; /* nothing but zeros past the prefix */
	unsigned prefix;	/* bits: 0 to 32, or to 128 */
};

/* The whole slice as an address, also in brackets or with a zone ("fe80::1%eth0"). */
bool address_read(struct slice text, struct address *ret_address);

/* Whether the text can only be meant as an address or a block of them. */
bool network_is_meant(struct slice text);

/* The whole slice as an address or "ADDRESS/PREFIX". */
int network_read(struct slice text, struct network *ret_network, struct err *err)
	__attribute__((warn_unused_result));

bool network_has(const struct network *network, const struct address *address);
