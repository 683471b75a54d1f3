/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE 1 /* NOLINT: accept4() is no POSIX */
#include "agent/control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "agent/control_access.h"
#include "agent/control_peer.h"
#include "agent/control_socket.h"
#include "agent/control_times.h"
#include "base/limits.h"
#include "base/memory.h"

static const struct control_times usual_times = {
	.request_us = 10 * 1000000ULL,
	.stall_us = 120 * 1000000ULL,
};

/* Connections taken in one turn of the event loop. */
#define ACCEPTS_OF_A_TURN 64

/* While descriptors are short, accepting again would only fail again. */
#define PAUSE_US 1000000
#define PAUSE_ACCURACY_US 250000

#define GROUP_NAME_BYTES 64

struct control {
	sd_event *event; /* owned reference */
	struct control_ops ops;
	struct control_times times;
	struct control_access access;
	struct control_socket socket;
	char group[GROUP_NAME_BYTES];
	sd_event_source *accepting, *pausing, *sweeping; /* owned */
	struct control_peer *peers[LIMIT_CONTROL_PEERS]; /* owned; dead ones too, until
							    they are swept */
	size_t peer_count;
	size_t waiting_bytes; /* of all peers */
};

/* ---- peers ------------------------------------------------------------------------ */

static void sweep(struct control *control)
{
	size_t kept = 0;

	for (size_t i = 0; i < control->peer_count; i++) {
		if (control->peers[i]->state == PEER_DEAD)
			control_peer_free(control->peers[i]);
		else
			control->peers[kept++] = control->peers[i];
	}
	control->peer_count = kept;
}

static int on_sweep(sd_event_source *source, void *ctx)
{
	(void)source;
	sweep(ctx);
	return 0;
}

static void peer_died(struct control *control)
{
	if (control->sweeping)
		sd_event_source_set_enabled(control->sweeping, SD_EVENT_ONESHOT);
}

/* Who may have something changed. */
static bool is_owner(const struct control *control, const struct control_peer *peer)
{
	return peer->uid == 0 || peer->uid == control->access.own_uid;
}

static void refuse(struct control *control, struct control_peer *peer)
{
	struct err text;

	err_set(&text, ERR_USAGE,
		"only root and members of the group '%s' may see logins", control->group);
	control_peer_end(peer, text.text);
}

static void peer_asked(struct control *control, struct control_peer *peer)
{
	enum control_command command = peer->request.command;
	struct control_request request = peer->request;

	if (!peer->is_privileged && command != CONTROL_STATUS &&
	    command != CONTROL_DOCTOR) {
		refuse(control, peer);
		return;
	}
	if (request.reset && !is_owner(control, peer)) {
		control_peer_end(peer, "only root and the agent's own user may have "
				       "something forgotten");
		return;
	}
	if (command == CONTROL_TEST_ALERT && !is_owner(control, peer)) {
		control_peer_end(peer, "only root and the agent's own user may send a "
				       "test alert");
		return;
	}
	peer->reply = memory_new(1, sizeof(*peer->reply));
	peer->reply->peer = peer;
	control->ops.answer(control->ops.ctx, &request, peer->is_privileged, peer->reply);
}

static const struct control_peer_ops peer_ops = {
	.asked = peer_asked,
	.died = peer_died,
};

void control_reply_row(struct control_reply *reply, struct slice json)
{
	if (reply->peer)
		control_peer_put(reply->peer, json, false);
}

static void end_reply(struct control_reply *reply, const char *error)
{
	struct control_peer *peer = reply->peer;

	if (peer) {
		peer->reply = NULL;
		control_peer_end(peer, error);
	}
	free(reply);
}

void control_reply_end(struct control_reply *reply)
{
	end_reply(reply, NULL);
}

void control_reply_error(struct control_reply *reply, const char *text)
{
	end_reply(reply, text);
}

/* ---- accepting -------------------------------------------------------------------- */

static size_t count_of_user(const struct control *control, uid_t uid)
{
	size_t count = 0;

	for (size_t i = 0; i < control->peer_count; i++)
		count += control->peers[i]->uid == uid;
	return count;
}

/* Whoever may see logins gets in although others have taken all the room. */
static bool make_room(struct control *control)
{
	for (size_t i = control->peer_count; i-- > 0;) {
		if (control->peers[i]->is_privileged)
			continue;
		control_peer_die(control->peers[i]);
		sweep(control);
		return true;
	}
	return false;
}

static bool has_room_for(struct control *control, uid_t uid, bool is_privileged)
{
	sweep(control);
	if (!is_privileged && count_of_user(control, uid) >= LIMIT_CONTROL_PEERS_OF_USER)
		return false;
	return control->peer_count < LIMIT_CONTROL_PEERS ||
	       (is_privileged && make_room(control));
}

/* Takes the descriptor over. Whom there is no room for is hung up on, without a word: a
 * word may have to wait. */
static void admit(struct control *control, int fd)
{
	struct control_peer blank = {
		.control = control,
		.ops = &peer_ops,
		.times = &control->times,
		.waiting_bytes = &control->waiting_bytes,
	};
	struct control_peer *peer;
	struct err err;

	if (control_access_check(&control->access, fd, &blank.uid, &blank.is_privileged,
				 &err) < 0 ||
	    !has_room_for(control, blank.uid, blank.is_privileged)) {
		close(fd);
		return;
	}
	if (control_peer_new(control->event, fd, &blank, &peer, &err) == 0)
		control->peers[control->peer_count++] = peer;
}

static int on_pause_over(sd_event_source *source, uint64_t now, void *ctx)
{
	struct control *control = ctx;

	(void)source;
	(void)now;
	sd_event_source_set_enabled(control->accepting, SD_EVENT_ON);
	return 0;
}

static void pause_accepting(struct control *control)
{
	sd_event_source_set_enabled(control->accepting, SD_EVENT_OFF);
	sd_event_source_set_time_relative(control->pausing, PAUSE_US);
	sd_event_source_set_enabled(control->pausing, SD_EVENT_ONESHOT);
}

static int on_connection(sd_event_source *source, int fd, uint32_t events, void *ctx)
{
	struct control *control = ctx;

	(void)source;
	(void)events;
	for (int i = 0; i < ACCEPTS_OF_A_TURN; i++) {
		int peer_fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (peer_fd >= 0) {
			admit(control, peer_fd);
		} else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			   errno == ENOMEM) {
			pause_accepting(control);
			break;
		} else if (errno != EINTR && errno != ECONNABORTED) {
			break;
		}
	}
	return 0;
}

/* ---- life ------------------------------------------------------------------------- */

static int add_sources(struct control *control)
{
	int result = sd_event_add_io(control->event, &control->accepting,
				     control->socket.fd, EPOLLIN, on_connection, control);

	if (result >= 0)
		result = sd_event_add_time_relative(control->event, &control->pausing,
						    CLOCK_MONOTONIC, 0, PAUSE_ACCURACY_US,
						    on_pause_over, control);
	if (result >= 0)
		result = sd_event_source_set_enabled(control->pausing, SD_EVENT_OFF);
	if (result >= 0)
		result = sd_event_add_defer(control->event, &control->sweeping, on_sweep,
					    control);
	if (result >= 0)
		result = sd_event_source_set_enabled(control->sweeping, SD_EVENT_OFF);
	return result;
}

int control_open(sd_event *event, const char *runtime_dir, const char *group,
		 const struct control_ops *ops, struct control **ret_control,
		 struct err *err)
{
	struct control *control = memory_new(1, sizeof(*control));
	int result;

	control->event = sd_event_ref(event);
	control->ops = *ops;
	control->times = usual_times;
	control->socket = (struct control_socket)CONTROL_SOCKET_NONE;
	snprintf(control->group, sizeof(control->group), "%s", group);
	control_access_init(&control->access, group);
	if (control_socket_open(runtime_dir, &control->socket, err) < 0) {
		control_close(control);
		return -1;
	}
	result = add_sources(control);
	if (result < 0) {
		control_close(control);
		return err_system(err, -result, "cannot watch the control socket");
	}
	*ret_control = control;
	return 0;
}

void control_set_times(struct control *control, const struct control_times *times)
{
	control->times = *times;
}

void control_close(struct control *control)
{
	if (!control)
		return;
	control->accepting = sd_event_source_disable_unref(control->accepting);
	control->pausing = sd_event_source_disable_unref(control->pausing);
	control->sweeping = sd_event_source_disable_unref(control->sweeping);
	for (size_t i = 0; i < control->peer_count; i++)
		control_peer_free(control->peers[i]);
	control_socket_close(&control->socket);
	sd_event_unref(control->event);
	free(control);
}

/* ---- news ------------------------------------------------------------------------- */

static bool follows(const struct control_peer *peer, enum control_command command,
		    us_time happened_at)
{
	const struct control_request *request = &peer->request;

	return peer->state == PEER_ANSWERING && request->follow &&
	       request->command == command &&
	       (request->since == US_TIME_NONE || happened_at >= request->since) &&
	       (request->until == US_TIME_NONE || happened_at <= request->until);
}

static bool wants(const struct control_request *request, enum path path,
		  enum verdict_kind verdict, bool is_door)
{
	return (is_door || request->all) &&
	       (request->path == PATH_NONE || request->path == path) &&
	       (request->verdict < 0 || request->verdict == (int)verdict);
}

/* Peers that die of it stay in the array until they are swept. */
void control_publish_login(struct control *control, us_time happened_at, enum path path,
			   enum verdict_kind verdict, bool is_door, struct slice json)
{
	for (size_t i = 0; i < control->peer_count; i++) {
		struct control_peer *peer = control->peers[i];

		if (follows(peer, CONTROL_LOGINS, happened_at) &&
		    wants(&peer->request, path, verdict, is_door))
			control_peer_put(peer, json, true);
	}
}

void control_publish_finding(struct control *control, us_time happened_at,
			     struct slice json)
{
	for (size_t i = 0; i < control->peer_count; i++) {
		if (follows(control->peers[i], CONTROL_ALERTS, happened_at))
			control_peer_put(control->peers[i], json, true);
	}
}
