/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

static inline uint64_t rotate_left(uint64_t word, unsigned bits)
{
	return (word << bits) | (word >> (64 - bits));
}

struct sip {
	uint64_t v0, v1, v2, v3;
};

static inline void sip_round(struct sip *sip)
{
	sip->v0 += sip->v1;
	sip->v1 = rotate_left(sip->v1, 13) ^ sip->v0;
	sip->v0 = rotate_left(sip->v0, 32);
	sip->v2 += sip->v3;
	sip->v3 = rotate_left(sip->v3, 16) ^ sip->v2;
	sip->v0 += sip->v3;
	sip->v3 = rotate_left(sip->v3, 21) ^ sip->v0;
	sip->v2 += sip->v1;
	sip->v1 = rotate_left(sip->v1, 17) ^ sip->v2;
	sip->v2 = rotate_left(sip->v2, 32);
}

static inline void sip_word(struct sip *sip, uint64_t word)
{
	sip->v3 ^= word;
	sip_round(sip);
	sip_round(sip);
	sip->v0 ^= word;
}

/* The bytes of `word` with 'A' to 'Z' in lower case, all eight at once: the top bit of
 * each byte of `upper` says whether that byte is one, and moved down twice it is the case
 * bit. */
static inline uint64_t word_lower(uint64_t word)
{
	const uint64_t each = 0x0101010101010101;
	uint64_t low_bits = word & (each * 0x7f);
	uint64_t from_a = low_bits + each * (0x80 - 'A');
	uint64_t past_z = low_bits + each * (0x7f - 'Z');
	uint64_t upper = (from_a ^ past_z) & ~word & (each * 0x80);

	return word | (upper >> 2);
}

static inline uint64_t sip_hash(const struct hash_key *key, struct slice bytes,
				bool ignoring_case)
{
	struct sip sip = {
		.v0 = key->word[0] ^ 0x736f6d6570736575,
		.v1 = key->word[1] ^ 0x646f72616e646f6d,
		.v2 = key->word[0] ^ 0x6c7967656e657261,
		.v3 = key->word[1] ^ 0x7465646279746573,
	};
	size_t whole = bytes.len & ~(size_t)7;
	uint64_t word;

	for (size_t i = 0; i < whole; i += 8) {
		memcpy(&word, bytes.ptr + i, 8);
		word = le64toh(word);
		sip_word(&sip, ignoring_case ? word_lower(word) : word);
	}

	word = 0;
	if (bytes.len > whole)
		memcpy(&word, bytes.ptr + whole, bytes.len - whole);
	word = le64toh(word);
	if (ignoring_case)
		word = word_lower(word);
	sip_word(&sip, word | (uint64_t)bytes.len << 56);

	sip.v2 ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(&sip);
	return sip.v0 ^ sip.v1 ^ sip.v2 ^ sip.v3;
}

struct hash_key hash_key_random(void)
{
	struct hash_key key = { { 0, 0 } };
	ssize_t got;

	do {
		got = getrandom(&key, sizeof(key), 0);
	} while (got < 0 && errno == EINTR);

	/* getrandom(2): requests of up to 256 bytes are never answered in part. */
	if (got != (ssize_t)sizeof(key))
		abort();
	return key;
}

uint64_t hash_bytes(const struct hash_key *key, struct slice bytes)
{
	return sip_hash(key, bytes, false);
}

uint64_t hash_bytes_ignoring_case(const struct hash_key *key, struct slice bytes)
{
	return sip_hash(key, bytes, true);
}

uint64_t hash_mix(uint64_t a, uint64_t b)
{
	uint64_t mixed = (rotate_left(a, 29) ^ b) * 0x9e3779b97f4a7c15;

	mixed = (mixed ^ (mixed >> 32)) + a;
	return mixed * 0xd6e8feb86659fd93;
}
