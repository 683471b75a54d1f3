/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Event streams out of bytes, for random tests and fuzzing: any bytes give a stream,
 * eight bytes a step. Names, keys and ids come from small alphabets and times from a
 * short stretch, so that steps speak of the same things; a call's id is made of all it
 * says. All texts are constants or lie in the stream.
 */
#include "correlator/event.h"

#define STREAM_STEPS_MAX 512
#define STREAM_STEP_BYTES 8

/* Where the times of a stream begin: 2024-06-01T12:00:00Z. */
#define STREAM_EPOCH INT64_C(1717243200000000)

struct stream_step {
	bool is_advance; /* time passes to `now`; there is no event */
	us_time now;	 /* never before an earlier step's */
	struct event event;
	char id[2 * STREAM_STEP_BYTES + 1];
};

struct event_stream {
	struct stream_step steps[STREAM_STEPS_MAX];
	size_t count;
};

struct stream_options {
	bool wild;		    /* some times from the ends of their range */
	bool calls_and_logins_only; /* neither coverage nor sight, no identity, no passing
				     * time; all lines of a run say the same of it */
	bool azure;		    /* of those, extensions, and Azure's calls alone */
	bool google;   /* of all, logins at Google's doors to sshd, and calls to these */
	bool consoles; /* of all, consoles, scripts, credentials, and calls to these */
	bool forges;   /* most host lines are contradicted, by three uids */
};

void event_stream_make(struct event_stream *stream, const struct stream_options *options,
		       const uint8_t *bytes, size_t size);

/* Fills with bytes that depend on the seed alone. */
void random_bytes(uint64_t seed, uint8_t *bytes, size_t size);

/* The next number of a row that `state` stands for; `state` is not 0. */
uint64_t random_next(uint64_t *state);
