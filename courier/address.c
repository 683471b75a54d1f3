/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/cleanup.h"

#define IPV6_BYTES 16
#define IPV4_BYTES 4

struct prefix {
	unsigned char bytes[IPV6_BYTES];
	unsigned bits;
	enum address_class class;
};

static const struct prefix ipv4_prefixes[] = {
	{ { 0 }, 8, ADDRESS_LOOPBACK },
	{ { 127 }, 8, ADDRESS_LOOPBACK },
	{ { 169, 254 }, 16, ADDRESS_METADATA },
	/* Azure's WireServer */
	{ { 168, 63, 129, 16 }, 32, ADDRESS_METADATA },
};

static const struct prefix ipv6_prefixes[] = {
	{ { 0 }, 128, ADDRESS_LOOPBACK },
	{ { [15] = 1 }, 128, ADDRESS_LOOPBACK },
	{ { 0xfe, 0x80 }, 10, ADDRESS_METADATA },
	/* EC2's own services: fd00:ec2::254 and its neighbours */
	{ { 0xfd, 0x00, 0x0e, 0xc2 }, 32, ADDRESS_METADATA },
};

/* Ranges of IPv6 whose last four bytes are an IPv4 address: RFC 4291 2.5.5, RFC 6052. */
static const struct prefix ipv4_in_ipv6[] = {
	{ { [10] = 0xff, [11] = 0xff }, 96, ADDRESS_OTHER },
	{ { 0 }, 96, ADDRESS_OTHER },
	{ { 0x00, 0x64, 0xff, 0x9b }, 96, ADDRESS_OTHER },
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static bool has_prefix(const unsigned char *bytes, const struct prefix *prefix)
{
	unsigned whole = prefix->bits / 8;
	unsigned rest = prefix->bits % 8;
	unsigned char mask = (unsigned char)(0xff << (8 - rest));

	if (memcmp(bytes, prefix->bytes, whole) != 0)
		return false;
	return rest == 0 || ((bytes[whole] ^ prefix->bytes[whole]) & mask) == 0;
}

static const struct prefix *find_prefix(const unsigned char *bytes,
					const struct prefix *prefixes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (has_prefix(bytes, &prefixes[i]))
			return &prefixes[i];
	}
	return NULL;
}

static enum address_class classify_ipv4(const unsigned char *bytes)
{
	const struct prefix *found =
		find_prefix(bytes, ipv4_prefixes, COUNT_OF(ipv4_prefixes));

	return found ? found->class : ADDRESS_OTHER;
}

static enum address_class classify_ipv6(const unsigned char *bytes)
{
	const struct prefix *found =
		find_prefix(bytes, ipv6_prefixes, COUNT_OF(ipv6_prefixes));

	if (found)
		return found->class;
	if (find_prefix(bytes, ipv4_in_ipv6, COUNT_OF(ipv4_in_ipv6)))
		return classify_ipv4(bytes + IPV6_BYTES - IPV4_BYTES);
	return ADDRESS_OTHER;
}

/* The address' own bytes, NULL for another family. */
static const unsigned char *bytes_of(const struct sockaddr *address, size_t *ret_count)
{
	if (address->sa_family == AF_INET) {
		*ret_count = IPV4_BYTES;
		return (const unsigned char *)&((const struct sockaddr_in *)address)
			->sin_addr;
	}
	if (address->sa_family == AF_INET6) {
		*ret_count = IPV6_BYTES;
		return (const unsigned char *)&((const struct sockaddr_in6 *)address)
			->sin6_addr;
	}
	return NULL;
}

enum address_class address_classify(const struct sockaddr *address)
{
	size_t count = 0;
	const unsigned char *bytes = bytes_of(address, &count);

	if (!bytes)
		return ADDRESS_METADATA;
	return count == IPV4_BYTES ? classify_ipv4(bytes) : classify_ipv6(bytes);
}

bool address_parse(struct slice text, struct sockaddr_storage *ret_address)
{
	struct sockaddr_storage address = { 0 };
	char copy[INET6_ADDRSTRLEN];

	if (slice_take_prefix(&text, SLICE("[")) && !slice_take_suffix(&text, SLICE("]")))
		return false;
	if (text.len == 0 || text.len >= sizeof(copy) || memchr(text.ptr, 0, text.len))
		return false;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';

	if (inet_pton(AF_INET, copy, &((struct sockaddr_in *)&address)->sin_addr) == 1)
		address.ss_family = AF_INET;
	else if (inet_pton(AF_INET6, copy,
			   &((struct sockaddr_in6 *)&address)->sin6_addr) == 1)
		address.ss_family = AF_INET6;
	else
		return false;
	*ret_address = address;
	return true;
}

bool address_equal(const struct sockaddr *a, const struct sockaddr *b)
{
	size_t a_count = 0, b_count = 0;
	const unsigned char *a_bytes = bytes_of(a, &a_count);
	const unsigned char *b_bytes = bytes_of(b, &b_count);

	return a_bytes && b_bytes && a_count == b_count &&
	       memcmp(a_bytes, b_bytes, a_count) == 0;
}

bool address_host_is_loopback(struct slice host)
{
	struct sockaddr_storage address;

	if (slice_equal_ignoring_case(host, SLICE("localhost")))
		return true;
	return address_parse(host, &address) &&
	       address_classify((const struct sockaddr *)&address) == ADDRESS_LOOPBACK;
}

void address_list_add(struct address_list *list, struct slice address)
{
	struct sockaddr_storage parsed;
	char spelling[INET6_ADDRSTRLEN];
	const void *bytes;

	if (slice_starts_with(address, SLICE("[")) || !address_parse(address, &parsed))
		return;
	if (parsed.ss_family == AF_INET)
		bytes = &((const struct sockaddr_in *)&parsed)->sin_addr;
	else
		bytes = &((const struct sockaddr_in6 *)&parsed)->sin6_addr;
	if (!inet_ntop(parsed.ss_family, bytes, spelling, sizeof(spelling)))
		return;
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->texts[i], spelling) == 0)
			return;
	}
	if (list->count < ADDRESS_LIST_MAX)
		memcpy(list->texts[list->count++], spelling, sizeof(spelling));
}
