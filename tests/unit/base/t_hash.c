/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"

#include "tests/support/check.h"

/* Key 00 01 .. 0f, as in the paper's appendix A. */
static const struct hash_key reference_key = { { 0x0706050403020100,
						 0x0f0e0d0c0b0a0908 } };

/* vectors.h of github.com/veorq/SipHash: row n is the hash of the bytes 00 01 .. n - 1.
 */
static void test_reference_vectors(void)
{
	static const uint64_t vectors[] = {
		0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a,
		0x85676696d7fb7e2d, 0xcf2794e0277187b7, 0x18765564cd99a68d,
		0xcbc9466e58fee3ce, 0xab0200f58b01d137, 0x93f5f5799a932462,
		0x9e0082df0ba9e4b0, 0x7a5dbbc594ddb9f3, 0xf4b32f46226bada7,
		0x751e8fbc860ee5fb, 0x14ea5627c0843d90, 0xf723ca908e7af2ee,
		0xa129ca6149be45e5,
	};
	char bytes[COUNT_OF(vectors)];

	for (size_t len = 0; len < COUNT_OF(vectors); len++) {
		bytes[len] = (char)len;
		CHECK_UINT(hash_bytes(&reference_key, slice_of(bytes, len)),
			   vectors[len]);
	}
	CHECK_UINT(hash_bytes(&reference_key, slice_of(NULL, 0)), vectors[0]);
}

static uint64_t hash_lowered(const char *bytes, size_t len)
{
	char lowered[64];

	for (size_t i = 0; i < len; i++)
		lowered[i] = (char)(bytes[i] >= 'A' && bytes[i] <= 'Z' ? bytes[i] | 0x20
								       : bytes[i]);
	return hash_bytes(&reference_key, slice_of(lowered, len));
}

/* Each byte at each place of a word and of what is left after the last whole one. */
static void test_ignoring_case(void)
{
	for (int byte = 0; byte < 256; byte++) {
		for (size_t place = 0; place < 13; place++) {
			char bytes[13];

			memset(bytes, byte ^ 0x55, sizeof(bytes));
			bytes[place] = (char)byte;
			if (!CHECK_UINT(hash_bytes_ignoring_case(
						&reference_key,
						slice_of(bytes, sizeof(bytes))),
					hash_lowered(bytes, sizeof(bytes))))
				return;
		}
	}
	CHECK(hash_bytes_ignoring_case(&reference_key, SLICE("I-0123456789ABCDEF")) ==
	      hash_bytes_ignoring_case(&reference_key, SLICE("i-0123456789abcdef")));
}

static void test_key_matters(void)
{
	struct hash_key a = hash_key_random(), b = hash_key_random();

	CHECK(a.word[0] != b.word[0] && a.word[1] != b.word[1]);
	CHECK(hash_bytes(&a, SLICE("x")) != hash_bytes(&b, SLICE("x")));
}

static void test_mix(void)
{
	CHECK(hash_mix(1, 2) == hash_mix(1, 2));
	CHECK(hash_mix(1, 2) != hash_mix(2, 1));
	CHECK(hash_mix(1, 2) != hash_mix(1, 3));
	CHECK(hash_mix(0, 1) != hash_mix(0, 2));
	CHECK(hash_mix(1, 0) != hash_mix(2, 0));
	CHECK(hash_mix(5, 5) != hash_mix(6, 6));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "reference vectors", test_reference_vectors },
		{ "ignoring case", test_ignoring_case },
		{ "random keys", test_key_matters },
		{ "mixing", test_mix },
		{ NULL, NULL },
	};

	return check_run("base/hash", tests);
}
