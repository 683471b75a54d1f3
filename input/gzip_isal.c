/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "input/gzip.h"

#ifdef HAVE_ISAL

#include <isa-l/igzip_lib.h>
#include <stdlib.h>

#include "base/memory.h"

static void *isal_create(void)
{
	struct inflate_state *state = memory_new(1, sizeof(*state));

	isal_inflate_init(state);
	state->crc_flag = ISAL_GZIP;
	return state;
}

static void isal_restart(void *state)
{
	/* Keeps crc_flag, as igzip itself relies on between members. */
	isal_inflate_reset(state);
}

static uint32_t clamp(size_t bytes)
{
	return bytes < INT32_MAX ? (uint32_t)bytes : INT32_MAX;
}

static const char *words_for(int result)
{
	static const struct {
		int result;
		const char *words;
	} rows[] = {
		{ ISAL_INVALID_BLOCK, "invalid block" },
		{ ISAL_INVALID_SYMBOL, "invalid symbol" },
		{ ISAL_INVALID_LOOKBACK, "invalid distance too far back" },
		{ ISAL_INVALID_WRAPPER, "incorrect header" },
		{ ISAL_UNSUPPORTED_METHOD, "unknown compression method" },
		{ ISAL_INCORRECT_CHECKSUM, "incorrect checksum or length" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].result == result)
			return rows[i].words;
	return "invalid data";
}

static enum inflate_result isal_step(void *opaque, struct slice *input, char *out,
				     size_t room, size_t *ret_written,
				     const char **ret_why)
{
	struct inflate_state *state = opaque;
	uint32_t given = clamp(input->len);
	uint32_t offered = clamp(room);
	int result;

	state->next_in = (uint8_t *)(uintptr_t)input->ptr;
	state->avail_in = given;
	state->next_out = (uint8_t *)out;
	state->avail_out = offered;
	result = isal_inflate(state);
	*input = slice_skip(*input, given - state->avail_in);
	*ret_written = offered - state->avail_out;

	if (result < 0) {
		*ret_why = words_for(result);
		return INFLATE_BAD;
	}
	return state->block_state == ISAL_BLOCK_FINISH ? INFLATE_END : INFLATE_MORE;
}

static void isal_destroy(void *state)
{
	free(state);
}

const struct inflate_engine inflate_isal = {
	.name = "libisal",
	.create = isal_create,
	.restart = isal_restart,
	.inflate = isal_step,
	.destroy = isal_destroy,
};

#else

/* Built without libisal: inflate_best() answers zlib. ISO C wants a declaration here. */
typedef int no_engine;

#endif
