/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "input/gzip.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"

/* The first of the two bytes every member begins with, RFC 1952 section 2.3.1. */
#define GZIP_FIRST_BYTE '\x1f'

struct gunzip {
	const struct inflate_engine *engine;
	void *state;
	uint64_t limit_bytes;
	uint64_t consumed; /* compressed bytes */
	uint64_t produced; /* inflated bytes */
	uint64_t members;  /* begun so far */
	bool in_member;
	bool has_failed;
	struct err failure;
};

const struct inflate_engine *inflate_best(void)
{
#ifdef HAVE_ISAL
	return &inflate_isal;
#else
	return &inflate_zlib;
#endif
}

struct gunzip *gunzip_new(const struct inflate_engine *engine, uint64_t limit_bytes)
{
	struct gunzip *gunzip = memory_new(1, sizeof(*gunzip));

	gunzip->engine = engine;
	gunzip->state = engine->create();
	gunzip->limit_bytes = limit_bytes;
	return gunzip;
}

void gunzip_free(struct gunzip *gunzip)
{
	if (!gunzip)
		return;
	gunzip->engine->destroy(gunzip->state);
	free(gunzip);
}

static int inflate_member(struct gunzip *gunzip, struct gunzip_step *step,
			  struct err *err)
{
	size_t before = step->input.len;
	size_t written = 0;
	const char *why = "";
	enum inflate_result result;

	result = gunzip->engine->inflate(
		gunzip->state, &step->input, step->out + step->written,
		step->room_bytes - step->written, &written, &why);
	gunzip->consumed += before - step->input.len;
	gunzip->produced += written;
	step->written += written;

	if (result == INFLATE_BAD)
		return err_set(err, ERR_FORMAT,
			       "the gzip is damaged near byte %" PRIu64 ": %s",
			       gunzip->consumed, why);
	if (gunzip->produced > gunzip->limit_bytes)
		return err_set(err, ERR_LIMIT,
			       "the gzip inflates to more than %" PRIu64 " bytes",
			       gunzip->limit_bytes);
	if (result == INFLATE_END) {
		gunzip->in_member = false;
		return 0;
	}
	if (step->input_ends && step->input.len == 0 && written == 0)
		return err_set(err, ERR_FORMAT,
			       "the gzip is truncated: it ends at byte %" PRIu64
			       ", inside a member",
			       gunzip->consumed);
	return 0;
}

/* At the border of two members, with at least one byte of what follows. */
static int begin_member(struct gunzip *gunzip, const struct gunzip_step *step,
			struct err *err)
{
	if (gunzip->members > 0 && step->input.ptr[0] != GZIP_FIRST_BYTE)
		return err_set(
			err, ERR_FORMAT,
			"garbage follows the gzip member that ends at byte %" PRIu64,
			gunzip->consumed);
	if (gunzip->members > 0)
		gunzip->engine->restart(gunzip->state);
	gunzip->members++;
	gunzip->in_member = true;
	return 0;
}

static int run(struct gunzip *gunzip, struct gunzip_step *step, struct err *err)
{
	while (step->written < step->room_bytes) {
		size_t left = step->input.len;
		size_t written = step->written;

		if (!gunzip->in_member && left == 0) {
			step->ended = step->input_ends && gunzip->members > 0;
			if (step->input_ends && !step->ended)
				return err_set(err, ERR_FORMAT, "the gzip is empty");
			return 0;
		}
		if (!gunzip->in_member && begin_member(gunzip, step, err) < 0)
			return -1;
		if (inflate_member(gunzip, step, err) < 0)
			return -1;
		if (!gunzip->in_member || step->input.len < left ||
		    step->written > written)
			continue;
		/* Without progress it waits for input. */
		if (left > 0)
			return err_set(err, ERR_FORMAT,
				       "the gzip is damaged near byte %" PRIu64
				       ": nothing can be made of it",
				       gunzip->consumed);
		return 0;
	}
	return 0;
}

int gunzip_run(struct gunzip *gunzip, struct gunzip_step *step, struct err *err)
{
	step->written = 0;
	step->ended = false;
	if (!gunzip->has_failed && run(gunzip, step, &gunzip->failure) < 0)
		gunzip->has_failed = true;
	if (gunzip->has_failed && step->written == 0) {
		*err = gunzip->failure;
		return -1;
	}
	return 0;
}
