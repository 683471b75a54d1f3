/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/network.h"

#include <arpa/inet.h>

/* Room for any address in letters; a longer text is none. */
#define TEXT_BYTES 64

static const uint8_t mapped_front[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

/* As it is written: without looking whether it is an IPv4 one in IPv6's clothes. */
static bool read_plain(struct slice text, struct address *ret_address)
{
	struct address address = { .is_ipv4 = true };
	char terminated[TEXT_BYTES];

	if (text.len == 0 || text.len >= sizeof(terminated) ||
	    memchr(text.ptr, '\0', text.len))
		return false;
	memcpy(terminated, text.ptr, text.len);
	terminated[text.len] = '\0';
	if (inet_pton(AF_INET, terminated, address.bytes) != 1) {
		address.is_ipv4 = false;
		if (inet_pton(AF_INET6, terminated, address.bytes) != 1)
			return false;
	}
	*ret_address = address;
	return true;
}

static bool is_mapped(const struct address *address)
{
	return !address->is_ipv4 &&
	       memcmp(address->bytes, mapped_front, sizeof(mapped_front)) == 0;
}

static void unmap(struct address *address)
{
	struct address plain = { .is_ipv4 = true };

	memcpy(plain.bytes, address->bytes + sizeof(mapped_front), 4);
	*address = plain;
}

bool address_read(struct slice text, struct address *ret_address)
{
	struct slice zone = text;
	struct address address;

	if (slice_take_prefix(&text, SLICE("[")) && !slice_take_suffix(&text, SLICE("]")))
		return false;
	if (slice_take_until(&text, '%', &zone))
		text = zone;
	if (!read_plain(text, &address))
		return false;
	if (is_mapped(&address))
		unmap(&address);
	*ret_address = address;
	return true;
}

bool network_is_meant(struct slice text)
{
	static const char signs[] = "0123456789abcdefABCDEF:./";
	bool has_mark = false;

	for (size_t i = 0; i < text.len; i++) {
		if (!memchr(signs, text.ptr[i], sizeof(signs) - 1))
			return memchr(text.ptr, '/', text.len) != NULL;
		has_mark = has_mark || strchr(":./", text.ptr[i]);
	}
	return has_mark;
}

static bool is_clean_past(const struct address *address, unsigned prefix)
{
	unsigned bits = address->is_ipv4 ? 32 : 128;

	for (unsigned i = prefix; i < bits; i++) {
		if (address->bytes[i / 8] >> (7 - i % 8) & 1)
			return false;
	}
	return true;
}

int network_read(struct slice text, struct network *ret_network, struct err *err)
{
	struct slice front = text, prefix = text;
	struct network network;
	uint64_t bits, most;
	bool has_prefix = slice_take_until(&prefix, '/', &front);

	if (!read_plain(front, &network.address))
		return err_set(err, ERR_FORMAT,
			       "'%.*s' is no address and no block of addresses as "
			       "192.0.2.0/24 or 2001:db8::/32",
			       SLICE_ARG(slice_first(text, 64)));
	most = network.address.is_ipv4 ? 32 : 128;
	bits = most;
	if (has_prefix && !slice_number(prefix, most, &bits))
		return err_set(err, ERR_FORMAT,
			       "'%.*s': what follows the '/' is a number up to %u",
			       SLICE_ARG(slice_first(text, 64)), (unsigned)most);
	network.prefix = (unsigned)bits;
	if (!is_clean_past(&network.address, network.prefix))
		return err_set(err, ERR_FORMAT,
			       "'%.*s': the address has bits past its prefix; of one "
			       "address alone the prefix is /%u",
			       SLICE_ARG(slice_first(text, 64)), (unsigned)most);
	if (is_mapped(&network.address) && network.prefix >= 96) {
		unmap(&network.address);
		network.prefix -= 96;
	}
	*ret_network = network;
	return 0;
}

bool network_has(const struct network *network, const struct address *address)
{
	unsigned whole = network->prefix / 8, rest = network->prefix % 8;
	unsigned difference;

	if (network->address.is_ipv4 != address->is_ipv4 ||
	    memcmp(network->address.bytes, address->bytes, whole) != 0)
		return false;
	if (rest == 0)
		return true;
	difference = network->address.bytes[whole] ^ address->bytes[whole];
	return difference >> (8 - rest) == 0;
}
