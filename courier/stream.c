/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "courier/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "courier/http_call.h"

/* How often is looked whether the other side has it. */
#define LOOK_EVERY ((us_span)10 * 1000)

/* Reads of what comes back in one turn, so that one who never ends does not hold us. */
#define READS_MAX 16

enum state {
	STREAM_CLOSED,
	STREAM_CONNECTING,
	STREAM_OPEN,
	STREAM_WRITING,
	STREAM_DRAINING,
	STREAM_PAUSING, /* STREAM_GRACE */
};

struct stream {
	sd_event *event; /* borrowed */
	enum state state;
	char *path;	   /* of a unix socket; NULL = by libcurl. Owned, as the others */
	char *url;	   /* as libcurl takes it */
	struct http *http; /* NULL for a unix socket */
	struct http_call *call;
	int fd; /* the socket, or a copy of libcurl's; -1 = none */
	bool is_datagram;
	sd_event_source *io;
	sd_event_source *look;	   /* DRAINING, PAUSING */
	sd_event_source *deadline; /* of what is under way */
	sd_event_source *tell;
	struct stream_result result;
	stream_done_fn *done; /* NULL = nothing is under way */
	void *ctx;
	struct stream_pieces pieces;
	size_t piece, written_bytes; /* how far it is */
};

static void disable(sd_event_source *source)
{
	if (sd_event_source_set_enabled(source, SD_EVENT_OFF) < 0)
		abort();
}

static void set_timer(sd_event_source *source, us_span after)
{
	if (sd_event_source_set_time_relative(source, (uint64_t)after) < 0 ||
	    sd_event_source_set_enabled(source, SD_EVENT_ONESHOT) < 0)
		abort();
}

static void close_connection(struct stream *stream)
{
	stream->io = sd_event_source_disable_unref(stream->io);
	http_cancel(stream->call);
	stream->call = NULL;
	if (stream->fd >= 0)
		close(stream->fd);
	stream->fd = -1;
	stream->state = STREAM_CLOSED;
}

/* Ends what is under way; the caller is told when the loop comes round. */
static void finish(struct stream *stream)
{
	disable(stream->deadline);
	disable(stream->look);
	if (stream->done &&
	    sd_event_source_set_enabled(stream->tell, SD_EVENT_ONESHOT) < 0)
		abort();
}

static void fail(struct stream *stream, const struct err *why)
{
	stream->result.is_done = false;
	stream->result.failure = *why;
	close_connection(stream);
	finish(stream);
}

static void succeed(struct stream *stream)
{
	stream->result.is_done = true;
	stream->state = STREAM_OPEN;
	finish(stream);
}

static int tell_result(sd_event_source *source, void *userdata)
{
	struct stream *stream = userdata;
	struct stream_result result = stream->result;
	stream_done_fn *done = TAKE(stream->done);

	(void)source;
	done(stream->ctx, &result);
	return 0;
}

/* ---- bytes ------------------------------------------------------------------------- */

/* 1 when some were taken, 0 when none are now, -1 when it is over. */
static int write_once(struct stream *stream, struct slice bytes, size_t *ret_written,
		      struct err *err)
{
	ssize_t sent;

	if (stream->call) {
		CURLcode code = curl_easy_send(http_call_easy(stream->call), bytes.ptr,
					       bytes.len, ret_written);

		if (code == CURLE_AGAIN)
			return 0;
		if (code != CURLE_OK)
			return err_set(err, ERR_SYSTEM, "cannot write: %s",
				       curl_easy_strerror(code));
		return 1;
	}
	sent = send(stream->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOBUFS))
		return 0;
	if (sent < 0 && errno == EMSGSIZE && stream->is_datagram) {
		stream->pieces.items[stream->piece].was_too_long = true;
		sent = (ssize_t)bytes.len;
	}
	if (sent < 0)
		return err_system(err, errno, "cannot write");
	*ret_written = (size_t)sent;
	return 1;
}

/* As write_once(), of what is thrown away. */
static int read_once(struct stream *stream, struct err *err)
{
	char bytes[4096];
	size_t got = 0;
	ssize_t received;

	if (stream->call) {
		CURLcode code = curl_easy_recv(http_call_easy(stream->call), bytes,
					       sizeof(bytes), &got);

		if (code == CURLE_AGAIN)
			return 0;
		if (code != CURLE_OK)
			return err_set(err, ERR_SYSTEM, "the receiver hung up: %s",
				       curl_easy_strerror(code));
	} else {
		received = recv(stream->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (received < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (received < 0)
			return err_system(err, errno, "the receiver hung up");
		got = (size_t)received;
	}
	return got ? 1 : err_set(err, ERR_SYSTEM, "the receiver hung up");
}

/* 0 while the other side is there. */
static int take_input(struct stream *stream, struct err *err)
{
	for (int i = 0; i < READS_MAX; i++) {
		int result = read_once(stream, err);

		if (result <= 0)
			return result;
	}
	return 0;
}

static void watch(struct stream *stream)
{
	uint32_t events = stream->state == STREAM_WRITING ? EPOLLIN | EPOLLOUT : EPOLLIN;

	if (sd_event_source_set_io_events(stream->io, events) < 0)
		abort();
}

static int write_piece(struct stream *stream, struct err *err)
{
	const struct stream_piece *piece = &stream->pieces.items[stream->piece];
	size_t written = 0;
	int result = 1;

	if (stream->written_bytes < piece->bytes.len)
		result = write_once(stream,
				    slice_skip(piece->bytes, stream->written_bytes),
				    &written, err);
	stream->written_bytes += written;
	if (result > 0 && stream->written_bytes >= piece->bytes.len) {
		stream->piece++;
		stream->written_bytes = 0;
	}
	return result;
}

static int write_some(struct stream *stream, struct err *err)
{
	while (stream->piece < stream->pieces.count) {
		int result = write_piece(stream, err);

		if (result <= 0)
			return result;
	}
	stream->state = STREAM_DRAINING;
	watch(stream);
	set_timer(stream->look, 0);
	return 0;
}

static int ready(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct stream *stream = userdata;
	struct err err;
	int result = 0;

	(void)source;
	(void)fd;
	if (revents & (EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLRDHUP))
		result = take_input(stream, &err);
	if (result == 0 && (revents & (EPOLLHUP | EPOLLERR)))
		result = err_set(&err, ERR_SYSTEM, "the receiver hung up");
	/* TLS may have to read before it can write. */
	if (result == 0 && stream->state == STREAM_WRITING)
		result = write_some(stream, &err);
	if (result < 0)
		fail(stream, &err);
	return 0;
}

/* Whether the other side's kernel has all of it. */
static bool has_drained(const struct stream *stream)
{
	int unsent = 0;

	return ioctl(stream->fd, SIOCOUTQ, &unsent) < 0 || unsent == 0;
}

static int look_again(sd_event_source *source, uint64_t at, void *userdata)
{
	struct stream *stream = userdata;
	struct err err;

	(void)source;
	(void)at;
	if (take_input(stream, &err) < 0) {
		fail(stream, &err);
	} else if (stream->state == STREAM_PAUSING) {
		succeed(stream);
	} else if (!has_drained(stream)) {
		set_timer(stream->look, LOOK_EVERY);
	} else {
		stream->state = STREAM_PAUSING;
		set_timer(stream->look, stream->call ? STREAM_GRACE : 0);
	}
	return 0;
}

static int is_late(sd_event_source *source, uint64_t at, void *userdata)
{
	struct stream *stream = userdata;
	struct err err;

	(void)source;
	(void)at;
	stream->result.was_late = true;
	err_set(&err, ERR_SYSTEM, "the receiver did not take it in time");
	fail(stream, &err);
	return 0;
}

/* ---- connecting -------------------------------------------------------------------- */

static void open_connection(struct stream *stream)
{
	stream->state = STREAM_OPEN;
	if (sd_event_add_io(stream->event, &stream->io, stream->fd, EPOLLIN, ready,
			    stream) < 0)
		abort();
	succeed(stream);
}

/* libcurl watched its socket by itself, and may do so again: a copy is watched here. */
static void take_connection(void *ctx, const struct http_answer *answer)
{
	struct stream *stream = ctx;
	curl_socket_t socket = CURL_SOCKET_BAD;
	struct err err;

	if (!answer->is_connected) {
		stream->call = NULL;
		stream->result.was_late = answer->was_late;
		fail(stream, &answer->failure);
		return;
	}
	curl_easy_getinfo(http_call_easy(stream->call), CURLINFO_ACTIVESOCKET, &socket);
	if (socket != CURL_SOCKET_BAD)
		stream->fd = fcntl(socket, F_DUPFD_CLOEXEC, 3);
	if (stream->fd >= 0) {
		open_connection(stream);
		return;
	}
	err_set(&err, ERR_SYSTEM, "the receiver hung up");
	fail(stream, &err);
}

static void connect_by_network(struct stream *stream, us_span timeout)
{
	const struct http_request request = {
		.purpose = HTTP_STREAM,
		.method = "GET",
		.url = stream->url,
		.connect_timeout = timeout,
		.timeout = timeout,
		.only_connect = true,
	};

	stream->call = http_send(stream->http, &request, take_connection, stream);
}

/* A datagram socket, as /dev/log is one, or where that is not what is there, a stream. */
static int connect_unix(struct stream *stream, struct err *err)
{
	static const int types[] = { SOCK_DGRAM, SOCK_STREAM };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct slice path = slice_text(stream->path);

	if (path.len >= sizeof(address.sun_path))
		return err_set(err, ERR_USAGE, "'%s' is too long for a socket's path",
			       stream->path);
	memcpy(address.sun_path, path.ptr, path.len);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		int problem;

		stream->fd = socket(AF_UNIX, types[i] | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		stream->is_datagram = types[i] == SOCK_DGRAM;
		if (stream->fd < 0)
			return err_system(err, errno, "cannot make a socket");
		if (connect(stream->fd, (struct sockaddr *)&address, sizeof(address)) ==
		    0)
			return 0;
		problem = errno;
		close(stream->fd);
		stream->fd = -1;
		if (problem != EPROTOTYPE || types[i] == SOCK_STREAM)
			return err_system(err, problem, "cannot connect to '%s'",
					  stream->path);
	}
	return err_set(err, ERR_SYSTEM, "cannot connect to '%s'", stream->path);
}

static void begin(struct stream *stream, us_span timeout, stream_done_fn *done, void *ctx)
{
	stream->result = (struct stream_result){ .is_done = false };
	stream->done = done;
	stream->ctx = ctx;
	set_timer(stream->deadline, timeout);
}

void stream_connect(struct stream *stream, us_span timeout, stream_done_fn *done,
		    void *ctx)
{
	struct err err;

	begin(stream, timeout, done, ctx);
	stream->state = STREAM_CONNECTING;
	if (!stream->path)
		connect_by_network(stream, timeout);
	else if (connect_unix(stream, &err) == 0)
		open_connection(stream);
	else
		fail(stream, &err);
}

void stream_write(struct stream *stream, struct stream_pieces pieces, us_span timeout,
		  stream_done_fn *done, void *ctx)
{
	struct err err;

	begin(stream, timeout, done, ctx);
	stream->pieces = pieces;
	stream->piece = 0;
	stream->written_bytes = 0;
	if (stream->state != STREAM_OPEN) {
		err_set(&err, ERR_SYSTEM, "the receiver hung up");
		fail(stream, &err);
		return;
	}
	stream->state = STREAM_WRITING;
	watch(stream);
}

bool stream_is_connected(const struct stream *stream)
{
	return stream->state >= STREAM_OPEN;
}

bool stream_is_datagram(const struct stream *stream)
{
	return stream->is_datagram;
}

/* ---- the whole --------------------------------------------------------------------- */

static void make_url(struct stream *stream, const char *url)
{
	static const struct {
		const char *ours, *curls;
	} schemes[] = { { "tcp://", "http://" }, { "tls://", "https://" } };
	AUTO_BUF struct buf text = BUF_LIMIT(4096);
	struct slice rest = slice_text(url);

	if (slice_take_prefix(&rest, SLICE("unix:"))) {
		stream->path = memory_copy_text(rest);
		return;
	}
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		rest = slice_text(url);
		if (slice_take_prefix(&rest, slice_text(schemes[i].ours)))
			buf_append_format(&text, "%s%s/", schemes[i].curls, rest.ptr);
	}
	stream->url = memory_copy_text(buf_slice(&text));
}

struct stream *stream_new(sd_event *event, const char *url,
			  const struct http_options *options)
{
	struct stream *stream = memory_new(1, sizeof(*stream));

	stream->event = event;
	stream->fd = -1;
	make_url(stream, url);
	if (!stream->path)
		stream->http = http_new(event, options);
	if (sd_event_add_time_relative(event, &stream->look, CLOCK_MONOTONIC, 0, 1,
				       look_again, stream) < 0 ||
	    sd_event_add_time_relative(event, &stream->deadline, CLOCK_MONOTONIC, 0, 1,
				       is_late, stream) < 0 ||
	    sd_event_add_defer(event, &stream->tell, tell_result, stream) < 0)
		abort();
	disable(stream->look);
	disable(stream->deadline);
	disable(stream->tell);
	return stream;
}

void stream_free(struct stream *stream)
{
	if (!stream)
		return;
	close_connection(stream);
	http_free(stream->http);
	sd_event_source_disable_unref(stream->look);
	sd_event_source_disable_unref(stream->deadline);
	sd_event_source_disable_unref(stream->tell);
	free(stream->path);
	free(stream->url);
	free(stream);
}
