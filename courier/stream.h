/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Stream: bytes to a receiver over TCP, TLS or a unix socket, for protocols that know no
 * answers. Connects without holding up the loop, writes all it is given, and tells when
 * that has arrived: the kernel has nothing left of it that the other side's has not taken
 * (of a unix socket: that the other side has not read), and the other side has not hung
 * up within STREAM_GRACE after that. What comes back is thrown away.
 *
 *   CLOSED --connect--> CONNECTING --> OPEN --write--> WRITING --> DRAINING --> OPEN
 *     ^----- fails, is late, the other side hangs up: told where something was asked --'
 */
#include "courier/http.h"

struct stream;

#define STREAM_GRACE ((us_span)50 * 1000)

/* The caller owns the result. `url` is tcp://HOST:PORT, tls://HOST:PORT or unix:/PATH;
 * `options` say whom to trust and whom to show oneself as. All is copied; `event`
 * outlives it. */
struct stream *stream_new(sd_event *event, const char *url,
			  const struct http_options *options);
void stream_free(struct stream *stream); /* cancels; NULL is allowed */

/* How connecting or writing came out; borrowed for the call. `done` is called once, from
 * the loop, never from within the call that it answers. One thing at a time. */
struct stream_result {
	bool is_done;
	bool was_late;
	struct err failure; /* where it is not done; the connection is closed then */
};
typedef void stream_done_fn(void *ctx, const struct stream_result *result);

/* Connects; it must not be connected. */
void stream_connect(struct stream *stream, us_span timeout, stream_done_fn *done,
		    void *ctx);
bool stream_is_connected(const struct stream *stream);

/* Whether what is written is kept apart by the socket itself: a datagram a piece. */
bool stream_is_datagram(const struct stream *stream);

struct stream_piece {
	struct slice bytes;
	bool was_too_long; /* set for a datagram that no socket takes: it was left out */
};

struct stream_pieces {
	struct stream_piece *items;
	size_t count;
};

/* Writes the pieces one after the other; they are borrowed until `done`. It must be
 * connected. */
void stream_write(struct stream *stream, struct stream_pieces pieces, us_span timeout,
		  stream_done_fn *done, void *ctx);
