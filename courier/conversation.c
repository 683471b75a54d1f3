/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "courier/conversation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/limits.h"
#include "base/memory.h"

#define READ_BYTES ((size_t)16 * 1024)
#define FRAME_BYTES_MAX (MESSAGE_BYTES_MAX + 4)

struct conversation {
	sd_event *event; /* borrowed, as events */
	const struct conversation_events *events;
	int fd; /* owned */
	sd_event_source *io;
	sd_event_source *more; /* requests that have arrived and were not looked at */
	struct buf arrived, unsent;
	size_t sent_bytes; /* at the front of unsent */
	unsigned under_way;
	bool has_ended;
};

static void end(struct conversation *conversation, const struct err *why)
{
	if (conversation->has_ended)
		return;
	conversation->has_ended = true;
	sd_event_source_set_enabled(conversation->io, SD_EVENT_OFF);
	sd_event_source_set_enabled(conversation->more, SD_EVENT_OFF);
	conversation->events->ended(conversation->events->ctx, conversation, why);
}

/* Whether another request may be taken up. */
static bool has_room(const struct conversation *conversation)
{
	return conversation->under_way < LIMIT_COURIER_REQUESTS &&
	       conversation->unsent.len < LIMIT_COURIER_UNSENT_BYTES;
}

/* Waits for what can be dealt with now. */
static void watch(struct conversation *conversation)
{
	uint32_t events = 0;

	if (conversation->has_ended)
		return;
	if (has_room(conversation))
		events |= EPOLLIN;
	if (conversation->unsent.len > 0)
		events |= EPOLLOUT;
	if (sd_event_source_set_io_events(conversation->io, events) < 0)
		abort();
}

static void take_requests(struct conversation *conversation)
{
	struct slice arrived = buf_slice(&conversation->arrived);
	struct message request;
	struct err err = { .code = ERR_NONE };
	size_t used = 1;

	while (!conversation->has_ended && has_room(conversation)) {
		if (message_decode(arrived, &request, &used, &err) < 0) {
			end(conversation, &err);
			return;
		}
		if (used == 0)
			break;
		if (request.kind >= MESSAGE_IDENTITY) {
			err_set(&err, ERR_FORMAT, "an answer where a request is due");
			end(conversation, &err);
			return;
		}
		arrived = slice_skip(arrived, used);
		conversation->under_way++;
		FAULT_POINT("courier-asked");
		conversation->events->asked(conversation->events->ctx, conversation,
					    &request);
	}
	buf_consume(&conversation->arrived, conversation->arrived.len - arrived.len);
}

static int receive(struct conversation *conversation, struct err *err)
{
	struct buf *arrived = &conversation->arrived;
	size_t room = arrived->limit_bytes - arrived->len;
	size_t wanted = room < READ_BYTES ? room : READ_BYTES;
	ssize_t got;

	/* Never full: a whole frame fits, and is taken before more is read. */
	if (wanted == 0 || !buf_reserve(arrived, wanted))
		return err_set(err, ERR_LIMIT, "a request that is too long");
	got = recv(conversation->fd, arrived->ptr + arrived->len, wanted, 0);
	if (got > 0) {
		arrived->len += (size_t)got;
		return 0;
	}
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (got < 0)
		return err_system(err, errno, "cannot read a request");
	*err = (struct err){ .code = ERR_NONE };
	return -1;
}

static int send_some(struct conversation *conversation, struct err *err)
{
	for (;;) {
		struct slice rest = slice_skip(buf_slice(&conversation->unsent),
					       conversation->sent_bytes);
		ssize_t sent;

		if (rest.len == 0)
			break;
		sent = send(conversation->fd, rest.ptr, rest.len, MSG_NOSIGNAL);

		if (sent < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (sent < 0)
			return err_system(err, errno, "cannot send an answer");
		conversation->sent_bytes += (size_t)sent;
		FAULT_POINT("courier-answered");
	}
	/* Answers may be large and seldom are. */
	buf_release(&conversation->unsent);
	conversation->sent_bytes = 0;
	return 0;
}

static int ready(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct conversation *conversation = userdata;
	struct err err = { .code = ERR_NONE };
	bool is_over = false;

	(void)source;
	(void)fd;
	if (revents & EPOLLOUT)
		is_over = send_some(conversation, &err) < 0;
	if (!is_over && (revents & EPOLLIN))
		is_over = receive(conversation, &err) < 0;
	else if (revents & (EPOLLHUP | EPOLLERR))
		is_over = true;
	if (is_over) {
		end(conversation, &err);
		return 0;
	}
	take_requests(conversation);
	watch(conversation);
	return 0;
}

/* What arrived while there was no room is not announced by the socket again. */
static int look_again(sd_event_source *source, void *userdata)
{
	struct conversation *conversation = userdata;

	(void)source;
	take_requests(conversation);
	watch(conversation);
	return 0;
}

struct conversation *conversation_new(sd_event *event, int fd,
				      const struct conversation_events *events)
{
	struct conversation *conversation = memory_new(1, sizeof(*conversation));
	int flags = fcntl(fd, F_GETFL);

	conversation->event = event;
	conversation->events = events;
	conversation->fd = fd;
	conversation->arrived = (struct buf)BUF_LIMIT(FRAME_BYTES_MAX);
	conversation->unsent =
		(struct buf)BUF_LIMIT(LIMIT_COURIER_UNSENT_BYTES + FRAME_BYTES_MAX);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ||
	    sd_event_add_io(event, &conversation->io, fd, EPOLLIN, ready, conversation) <
		    0 ||
	    sd_event_add_defer(event, &conversation->more, look_again, conversation) <
		    0 ||
	    sd_event_source_set_enabled(conversation->more, SD_EVENT_OFF) < 0)
		abort();
	return conversation;
}

void conversation_free(struct conversation *conversation)
{
	if (!conversation)
		return;
	sd_event_source_disable_unref(conversation->io);
	sd_event_source_disable_unref(conversation->more);
	close(conversation->fd);
	buf_release(&conversation->arrived);
	buf_release(&conversation->unsent);
	free(conversation);
}

/* What can be said instead of an answer that does not fit into a message. */
static bool put_too_long(struct conversation *conversation, const struct message *answer)
{
	struct message shorter = {
		.kind = answer->kind,
		.number = answer->number,
		.outcome = OUTCOME_BAD_ANSWER,
		.detail = SLICE("the answer is too long to be handed on"),
	};

	if (shorter.kind == MESSAGE_IDENTITY)
		shorter.identity.launched_at = shorter.identity.credentials_until =
			US_TIME_NONE;
	if (shorter.kind == MESSAGE_PAGE)
		shorter.page.answered_at = US_TIME_NONE;
	return message_encode(&shorter, &conversation->unsent);
}

void conversation_answer(struct conversation *conversation, const struct message *answer)
{
	struct err err;

	if (conversation->has_ended)
		return;
	conversation->under_way--;
	FAULT_POINT("courier-answers");
	buf_consume(&conversation->unsent, conversation->sent_bytes);
	conversation->sent_bytes = 0;
	if (!message_encode(answer, &conversation->unsent)) {
		conversation->unsent.overflowed = false;
		if (!put_too_long(conversation, answer)) {
			err_set(&err, ERR_LIMIT, "the peer does not take its answers");
			end(conversation, &err);
			return;
		}
	}
	if (send_some(conversation, &err) < 0) {
		end(conversation, &err);
		return;
	}
	if (conversation->arrived.len > 0)
		sd_event_source_set_enabled(conversation->more, SD_EVENT_ONESHOT);
	watch(conversation);
}

bool conversation_is_busy(const struct conversation *conversation)
{
	int waiting = 0;

	return conversation->under_way > 0 || conversation->unsent.len > 0 ||
	       (ioctl(conversation->fd, FIONREAD, &waiting) == 0 && waiting > 0);
}

/* The owner of the socket's node in the file system; false when it has none. */
static bool find_owner(int fd, uid_t *ret_owner)
{
	struct sockaddr_un address = { 0 };
	socklen_t len = sizeof(address) - 1;
	struct stat status;

	if (getsockname(fd, (struct sockaddr *)&address, &len) < 0 ||
	    address.sun_family != AF_UNIX || address.sun_path[0] != '/' ||
	    lstat(address.sun_path, &status) < 0 || !S_ISSOCK(status.st_mode))
		return false;
	*ret_owner = status.st_uid;
	return true;
}

bool conversation_peer_is_allowed(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);
	uid_t owner;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return false;
	return peer.uid == 0 || peer.uid == geteuid() ||
	       (find_owner(fd, &owner) && peer.uid == owner);
}
