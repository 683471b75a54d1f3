/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * gzip (RFC 1952) from memory to memory, a step at a time: members one after the other, a
 * ceiling on what comes out, damage named by its position in the compressed bytes. The
 * inflating itself is an engine's: zlib, or libisal where it was found. Reads no file.
 */
#include "base/err.h"
#include "base/slice.h"

enum inflate_result {
	INFLATE_MORE, /* goes on when it is given more input or more room */
	INFLATE_END,  /* the member is complete, its checksum and length were right */
	INFLATE_BAD,  /* *ret_why says what is wrong */
};

struct inflate_engine {
	const char *name;
	void *(*create)(void);
	/* Ready for the first byte of a member. */
	void (*restart)(void *state);
	/* Consumes from `*input`, writes at most `room` bytes (1 at least) to `out`, says
	 * how many in *ret_written, also when it answers INFLATE_BAD. */
	enum inflate_result (*inflate)(void *state, struct slice *input, char *out,
				       size_t room, size_t *ret_written,
				       const char **ret_why);
	void (*destroy)(void *state);
};

extern const struct inflate_engine inflate_zlib;
#ifdef HAVE_ISAL
extern const struct inflate_engine inflate_isal;
#endif

/* The fastest engine there is. */
const struct inflate_engine *inflate_best(void);

struct gunzip;

/* `limit_bytes` bounds all that may come out. The caller owns the result. */
struct gunzip *gunzip_new(const struct inflate_engine *engine, uint64_t limit_bytes);
void gunzip_free(struct gunzip *gunzip);

struct gunzip_step {
	struct slice input; /* what is consumed is taken off its front */
	bool input_ends;    /* nothing follows `input` */
	char *out;
	size_t room_bytes; /* at `out`, 1 at least */
	size_t written;	   /* set: bytes at `out` */
	bool ended;	   /* set: the input ended behind a whole member */
};

/* Inflates until the room is full, the input used up, or the end. Damage is told by the
 * first step that has nothing else to give, and by every later one. */
int gunzip_run(struct gunzip *gunzip, struct gunzip_step *step, struct err *err)
	__attribute__((warn_unused_result));
