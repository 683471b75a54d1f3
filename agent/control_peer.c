/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/control_peer.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/memory.h"

/* Rows are sent when there are so many bytes of them, or when there are no more. */
#define SEND_BYTES ((size_t)64 * 1024)

/* The last row is put past any limit: a text of so many bytes, and room to escape each.
 */
#define LAST_TEXT_BYTES 1024
#define LAST_ROW_BYTES ((size_t)8 * 1024)

/* Timers may be late by that much, so that wakeups fall together. */
#define TIMER_ACCURACY_US 250000

static size_t waiting(const struct control_peer *peer)
{
	return peer->out.len - peer->sent;
}

/* ---- life ------------------------------------------------------------------------- */

void control_peer_die(struct control_peer *peer)
{
	if (peer->state == PEER_DEAD)
		return;
	peer->state = PEER_DEAD;
	peer->io = sd_event_source_disable_unref(peer->io);
	peer->timer = sd_event_source_disable_unref(peer->timer);
	close(peer->fd);
	peer->fd = -1;
	*peer->waiting_bytes -= waiting(peer);
	buf_release(&peer->in);
	buf_release(&peer->out);
	peer->sent = peer->backlog = 0;
	peer->ops->died(peer->control);
}

void control_peer_free(struct control_peer *peer)
{
	if (!peer)
		return;
	control_peer_die(peer);
	/* A follower's reply is nobody else's; any other one is kept until it is ended.
	 */
	if (peer->reply && peer->request.follow)
		free(peer->reply);
	else if (peer->reply)
		peer->reply->peer = NULL;
	free(peer);
}

static int on_time(sd_event_source *source, uint64_t now, void *ctx)
{
	(void)source;
	(void)now;
	control_peer_die(ctx);
	return 0;
}

/* From now on; 0 = no more. */
static void set_timer(struct control_peer *peer, uint64_t after_us)
{
	if (after_us && sd_event_source_set_time_relative(peer->timer, after_us) >= 0)
		sd_event_source_set_enabled(peer->timer, SD_EVENT_ONESHOT);
	else
		sd_event_source_set_enabled(peer->timer, SD_EVENT_OFF);
}

/* ---- sending ---------------------------------------------------------------------- */

/* Moving what is left costs no more than what was sent. */
static void forget_sent(struct control_peer *peer)
{
	if (peer->sent == peer->out.len) {
		if (peer->out.size_bytes > SEND_BYTES)
			buf_release(&peer->out);
		else
			buf_clear(&peer->out);
		peer->sent = 0;
	} else if (peer->sent >= SEND_BYTES && peer->sent >= waiting(peer)) {
		buf_consume(&peer->out, peer->sent);
		peer->sent = 0;
	}
}

/* Whether it is still alive. */
static bool send_some(struct control_peer *peer, bool *ret_moved)
{
	*ret_moved = false;
	while (waiting(peer)) {
		ssize_t count = send(peer->fd, peer->out.ptr + peer->sent, waiting(peer),
				     MSG_NOSIGNAL | MSG_DONTWAIT);
		size_t moved;

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (count < 0) {
			control_peer_die(peer);
			return false;
		}
		moved = (size_t)count;
		peer->sent += moved;
		peer->backlog -= moved < peer->backlog ? moved : peer->backlog;
		*peer->waiting_bytes -= moved;
		*ret_moved = true;
	}
	return true;
}

void control_peer_send(struct control_peer *peer)
{
	bool moved;

	if (peer->state == PEER_DEAD || !send_some(peer, &moved))
		return;
	forget_sent(peer);
	if (peer->state == PEER_ENDING && waiting(peer) == 0) {
		control_peer_die(peer);
		return;
	}
	/* Hanging up is always told; what else the peer says after its request is not
	 * read. */
	sd_event_source_set_io_events(peer->io, waiting(peer) ? EPOLLOUT : 0);
	if (waiting(peer) == 0)
		set_timer(peer, 0);
	else if (moved || sd_event_source_get_enabled(peer->timer, NULL) <= 0)
		set_timer(peer, peer->times->stall_us);
}

static bool append_row(struct control_peer *peer, struct slice json)
{
	if (!buf_append(&peer->out, json) || !buf_append_byte(&peer->out, '\n')) {
		control_peer_die(peer);
		return false;
	}
	*peer->waiting_bytes += json.len + 1;
	return true;
}

static bool has_room(struct control_peer *peer, size_t bytes)
{
	return waiting(peer) + bytes <= LIMIT_CONTROL_ANSWER_BYTES &&
	       *peer->waiting_bytes + bytes <= 2 * LIMIT_CONTROL_ANSWER_BYTES;
}

void control_peer_put(struct control_peer *peer, struct slice json, bool is_news)
{
	size_t bytes = json.len + 1;

	if (peer->state != PEER_ANSWERING || peer->is_cut)
		return;
	if (!has_room(peer, bytes))
		control_peer_send(peer);
	if (peer->state == PEER_DEAD)
		return;
	if (is_news &&
	    waiting(peer) - peer->backlog + bytes > LIMIT_CONTROL_FOLLOW_BYTES) {
		control_peer_die(peer);
		return;
	}
	if (!has_room(peer, bytes)) {
		peer->is_cut = true;
		if (peer->request.follow)
			control_peer_end(peer, NULL);
		return;
	}
	if (!append_row(peer, json))
		return;
	if (!is_news)
		peer->backlog += bytes;
	if (is_news || waiting(peer) >= SEND_BYTES)
		control_peer_send(peer);
}

static void put_last(struct control_peer *peer, const char *error)
{
	AUTO_BUF struct buf row = BUF_LIMIT(LAST_ROW_BYTES);
	struct json_writer writer;

	json_begin(&writer, &row);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "type", error ? SLICE("error") : SLICE("end"));
	if (error)
		json_put_text(&writer, "text",
			      slice_first(slice_text(error), LAST_TEXT_BYTES));
	json_close_object(&writer);
	append_row(peer, buf_slice(&row));
}

void control_peer_end(struct control_peer *peer, const char *error)
{
	if (peer->state == PEER_DEAD || peer->state == PEER_ENDING)
		return;
	if (peer->is_cut)
		error = "the answer is too long: ask for less of it (since, until)";
	put_last(peer, error);
	if (peer->state == PEER_DEAD)
		return;
	peer->state = PEER_ENDING;
	control_peer_send(peer);
}

/* ---- the request ------------------------------------------------------------------ */

static void take_request(struct control_peer *peer, struct slice line)
{
	struct err err;

	set_timer(peer, 0);
	peer->state = PEER_ANSWERING;
	if (control_request_decode(line, &peer->request, &err) < 0) {
		control_peer_end(peer, err.text);
		return;
	}
	peer->ops->asked(peer->control, peer);
	control_peer_send(peer);
}

/* Looks at the bytes there are; `is_last`: no more will come. */
static void look_for_request(struct control_peer *peer, bool is_last)
{
	struct slice rest = buf_slice(&peer->in), line;

	if (!slice_take_until(&rest, '\n', &line)) {
		/* One that is too long already is refused for that. */
		if (!is_last && rest.len <= LIMIT_CONTROL_REQUEST_BYTES)
			return;
		line = rest;
	} else if (rest.len) {
		control_peer_end(peer, "one request a connection: there is more");
		return;
	}
	take_request(peer, line);
}

static void receive(struct control_peer *peer)
{
	size_t room = LIMIT_CONTROL_REQUEST_BYTES + 2 - peer->in.len;
	ssize_t count;

	if (!buf_reserve(&peer->in, room)) {
		control_peer_die(peer);
		return;
	}
	count = recv(peer->fd, peer->in.ptr + peer->in.len, room, MSG_DONTWAIT);
	if (count < 0) {
		if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)
			control_peer_die(peer);
		return;
	}
	if (count == 0 && peer->in.len == 0) {
		control_peer_die(peer);
		return;
	}
	peer->in.len += (size_t)count;
	look_for_request(peer, count == 0);
}

static int on_io(sd_event_source *source, int fd, uint32_t events, void *ctx)
{
	struct control_peer *peer = ctx;

	(void)source;
	(void)fd;
	if (peer->state == PEER_ASKING)
		receive(peer);
	else if (events & (EPOLLHUP | EPOLLERR))
		control_peer_die(peer);
	else
		control_peer_send(peer);
	return 0;
}

int control_peer_new(sd_event *event, int fd, const struct control_peer *blank,
		     struct control_peer **ret_peer, struct err *err)
{
	struct control_peer *peer = memory_new(1, sizeof(*peer));
	int result;

	*peer = *blank;
	peer->state = PEER_ASKING;
	peer->fd = fd;
	peer->in = (struct buf)BUF_LIMIT(LIMIT_CONTROL_REQUEST_BYTES + 2);
	/* Sent bytes are moved away when they are as many as the others. */
	peer->out = (struct buf)BUF_LIMIT(2 * LIMIT_CONTROL_ANSWER_BYTES + SEND_BYTES +
					  LAST_ROW_BYTES);
	result = sd_event_add_io(event, &peer->io, fd, EPOLLIN, on_io, peer);
	if (result >= 0)
		result = sd_event_add_time_relative(event, &peer->timer, CLOCK_MONOTONIC,
						    peer->times->request_us,
						    TIMER_ACCURACY_US, on_time, peer);
	if (result < 0) {
		sd_event_source_disable_unref(peer->io);
		close(fd);
		free(peer);
		return err_system(err, -result, "cannot watch a peer");
	}
	*ret_peer = peer;
	return 0;
}
