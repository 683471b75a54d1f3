/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/own_observation.h"

#include <string.h>

#include "base/digest.h"

struct id own_observation_id(const struct observation *observation)
{
	const char *word = observation_word(observation->kind);
	uint8_t digest[SHA256_BYTES];
	struct sha256 sha256;
	char text[TIME_TEXT_BYTES];
	struct id id;

	time_to_rfc3339(observation->happened_at, text);
	sha256_init(&sha256);
	/* With the NUL behind each, so that no two parts run into one. */
	sha256_add(&sha256, slice_of(word, strlen(word) + 1));
	sha256_add(&sha256, slice_of(text, strlen(text) + 1));
	sha256_add(&sha256, observation->detail);
	sha256_finish(&sha256, digest);
	memcpy(id.bytes, digest, sizeof(id.bytes));
	return id;
}
