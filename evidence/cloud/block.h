/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Block: 64 bytes of JSON seen at once, as bit masks (bit n is byte n). One function a
 * kind of processor makes the masks; what follows from them is plain arithmetic on 64-bit
 * words and the same everywhere. The method is Langdale and Lemire's, "Parsing gigabytes
 * of JSON per second", VLDB Journal 28 (2019): runs of backslashes of odd length escape
 * what follows, and a prefix sum modulo 2 over the quotes that remain tells what is
 * inside a string.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define BLOCK_BYTES 64

#define BLOCK_INLINE static inline __attribute__((always_inline, unused))
#define BLOCK_AVX2 __attribute__((target("avx2,popcnt,bmi")))
#define BLOCK_AVX512 __attribute__((target("avx512f,avx512bw,avx2,popcnt,bmi")))

struct block {
	uint64_t quotes;
	uint64_t backslashes;
	uint64_t brackets; /* both kinds, opening and closing */
	uint64_t newlines;
	uint64_t colons;
};

/* Makes the masks of the 64 bytes at `bytes`, of any alignment. */
typedef struct block block_read_fn(const char *bytes);

BLOCK_INLINE uint64_t block_word(const char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

/* Eight bits, one for each byte of `word` that is `byte`. */
BLOCK_INLINE uint64_t block_equal(uint64_t word, unsigned char byte)
{
	const uint64_t low7 = 0x7f7f7f7f7f7f7f7fU;
	uint64_t differs = word ^ (0x0101010101010101U * byte);
	uint64_t is_zero = ~(((differs & low7) + low7) | differs | low7);

	/* The multiplier moves the top bit of byte n, shifted to its bottom, to bit 56 +
	 * n. */
	return ((is_zero >> 7) * 0x0102040810204080U) >> 56;
}

BLOCK_INLINE struct block block_read_portable(const char *bytes)
{
	struct block block = { .quotes = 0 };

	for (unsigned i = 0; i < BLOCK_BYTES; i += 8) {
		uint64_t word = block_word(bytes + i);
		uint64_t folded = word | 0x2020202020202020U; /* '[' to '{', ']' to '}' */

		block.quotes |= block_equal(word, '"') << i;
		block.backslashes |= block_equal(word, '\\') << i;
		block.brackets |= (block_equal(folded, '{') | block_equal(folded, '}'))
				  << i;
		block.newlines |= block_equal(word, '\n') << i;
		block.colons |= block_equal(word, ':') << i;
	}
	return block;
}

#if defined(__x86_64__)

BLOCK_INLINE uint64_t block_mask_sse2(__m128i bytes)
{
	return (uint64_t)(uint32_t)_mm_movemask_epi8(bytes);
}

BLOCK_INLINE struct block block_read_sse2(const char *bytes)
{
	struct block block = { .quotes = 0 };

	for (unsigned i = 0; i < BLOCK_BYTES; i += 16) {
		__m128i part =
			_mm_loadu_si128((const __m128i *)(const void *)(bytes + i));
		__m128i folded = _mm_or_si128(part, _mm_set1_epi8(0x20));
		__m128i opens = _mm_cmpeq_epi8(folded, _mm_set1_epi8('{'));
		__m128i closes = _mm_cmpeq_epi8(folded, _mm_set1_epi8('}'));
		__m128i quotes = _mm_cmpeq_epi8(part, _mm_set1_epi8('"'));
		__m128i backslashes = _mm_cmpeq_epi8(part, _mm_set1_epi8('\\'));
		__m128i newlines = _mm_cmpeq_epi8(part, _mm_set1_epi8('\n'));
		__m128i colons = _mm_cmpeq_epi8(part, _mm_set1_epi8(':'));

		block.quotes |= block_mask_sse2(quotes) << i;
		block.backslashes |= block_mask_sse2(backslashes) << i;
		block.brackets |= block_mask_sse2(_mm_or_si128(opens, closes)) << i;
		block.newlines |= block_mask_sse2(newlines) << i;
		block.colons |= block_mask_sse2(colons) << i;
	}
	return block;
}

BLOCK_AVX2 BLOCK_INLINE uint64_t block_mask_avx2(__m256i bytes)
{
	return (uint64_t)(uint32_t)_mm256_movemask_epi8(bytes);
}

BLOCK_AVX2 BLOCK_INLINE struct block block_read_avx2(const char *bytes)
{
	struct block block = { .quotes = 0 };

	for (unsigned i = 0; i < BLOCK_BYTES; i += 32) {
		__m256i part =
			_mm256_loadu_si256((const __m256i *)(const void *)(bytes + i));
		__m256i folded = _mm256_or_si256(part, _mm256_set1_epi8(0x20));
		__m256i opens = _mm256_cmpeq_epi8(folded, _mm256_set1_epi8('{'));
		__m256i closes = _mm256_cmpeq_epi8(folded, _mm256_set1_epi8('}'));
		__m256i quotes = _mm256_cmpeq_epi8(part, _mm256_set1_epi8('"'));
		__m256i backslashes = _mm256_cmpeq_epi8(part, _mm256_set1_epi8('\\'));
		__m256i newlines = _mm256_cmpeq_epi8(part, _mm256_set1_epi8('\n'));
		__m256i colons = _mm256_cmpeq_epi8(part, _mm256_set1_epi8(':'));

		block.quotes |= block_mask_avx2(quotes) << i;
		block.backslashes |= block_mask_avx2(backslashes) << i;
		block.brackets |= block_mask_avx2(_mm256_or_si256(opens, closes)) << i;
		block.newlines |= block_mask_avx2(newlines) << i;
		block.colons |= block_mask_avx2(colons) << i;
	}
	return block;
}

BLOCK_AVX512 BLOCK_INLINE struct block block_read_avx512(const char *bytes)
{
	__m512i all = _mm512_loadu_si512((const void *)bytes);
	__m512i folded = _mm512_or_si512(all, _mm512_set1_epi8(0x20));

	return (struct block){
		.quotes = _mm512_cmpeq_epi8_mask(all, _mm512_set1_epi8('"')),
		.backslashes = _mm512_cmpeq_epi8_mask(all, _mm512_set1_epi8('\\')),
		.brackets = _mm512_cmpeq_epi8_mask(folded, _mm512_set1_epi8('{')) |
			    _mm512_cmpeq_epi8_mask(folded, _mm512_set1_epi8('}')),
		.newlines = _mm512_cmpeq_epi8_mask(all, _mm512_set1_epi8('\n')),
		.colons = _mm512_cmpeq_epi8_mask(all, _mm512_set1_epi8(':')),
	};
}

#endif

/* What the backslashes escape. `*carry` is 1 when the first byte is escaped from before,
 * and then whether byte `len` (1 to 64) is. */
BLOCK_INLINE uint64_t block_escaped(uint64_t backslashes, unsigned len, uint64_t *carry)
{
	const uint64_t even = 0x5555555555555555U;
	uint64_t follows, odd_starts, sums, escaped;
	bool overflow;

	if (!backslashes) {
		escaped = *carry;
		*carry = 0;
		return escaped;
	}

	backslashes &= ~*carry;
	follows = backslashes << 1 | *carry;
	/* Adding a run's start to it carries past its end: on an even or an odd bit, by
	 * which its length is told from where it began. */
	odd_starts = backslashes & ~even & ~follows;
	overflow = __builtin_add_overflow(odd_starts, backslashes, &sums);
	escaped = (even ^ (sums << 1)) & follows;

	*carry = len < BLOCK_BYTES ? escaped >> len & 1 : overflow;
	return escaped;
}

/* Bit n is the exclusive or of bits 0 to n: set from each opening quote to before its
 * closing one. */
BLOCK_INLINE uint64_t block_prefix_xor(uint64_t bits)
{
	bits ^= bits << 1;
	bits ^= bits << 2;
	bits ^= bits << 4;
	bits ^= bits << 8;
	bits ^= bits << 16;
	bits ^= bits << 32;
	return bits;
}
