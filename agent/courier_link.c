/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/courier_link.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "agent/courier_open.h"
#include "base/limits.h"
#include "base/memory.h"

/* The courier has its own, shorter deadlines; past these it hangs. A sink's may be set to
 * five minutes. */
#define ANSWER_TIMEOUT (2 * US_PER_MINUTE)
#define DELIVERY_TIMEOUT (6 * US_PER_MINUTE)

/* Requests that lie unsent: those of all sinks at once, or one that is very long and some
 * others. */
#define UNSENT_MAX (4 * MESSAGE_BYTES_MAX)

struct ask {
	uint64_t number; /* 0 = free */
	courier_done_fn *done;
	void *ctx;
	struct buf frame; /* to be sent again when the courier was just leaving */
	bool was_repeated;
	uint64_t until; /* on CLOCK_BOOTTIME: when the courier hangs */
};

/* A failure that is still to be told. */
struct late_failure {
	struct courier_link *link;
	sd_event_source *defer; /* owned */
	courier_done_fn *done;
	void *ctx;
	char problem[256];
	struct late_failure *next;
};

struct courier_link {
	sd_event *event; /* borrowed */
	const struct config *config;
	char *config_path; /* owned; may be NULL */
	bool may_start_child;
	int fd; /* -1 = not connected */
	sd_event_source *io, *child, *timer;
	pid_t pid; /* of the child; 0 = none */
	struct buf arrived, unsent;
	struct ask asks[COURIER_ASKS_MAX];
	struct late_failure *late; /* owned list */
	uint64_t last_number;
	char problem[256];
};

struct courier_link *courier_link_new(sd_event *event,
				      const struct courier_link_options *options)
{
	struct courier_link *link = memory_new(1, sizeof(*link));

	link->event = event;
	link->config = options->config;
	link->may_start_child = options->may_start_child;
	if (options->config_path)
		link->config_path = memory_copy_text(slice_text(options->config_path));
	link->fd = -1;
	link->arrived = (struct buf)BUF_LIMIT(MESSAGE_BYTES_MAX + 64);
	link->unsent = (struct buf)BUF_LIMIT(UNSENT_MAX);
	return link;
}

static void hang_up(struct courier_link *link)
{
	link->io = sd_event_source_disable_unref(link->io);
	if (link->fd >= 0)
		close(link->fd);
	link->fd = -1;
	buf_clear(&link->arrived);
	buf_clear(&link->unsent);
	if (link->timer)
		sd_event_source_set_enabled(link->timer, SD_EVENT_OFF);
}

static void free_late(struct late_failure *late)
{
	struct late_failure **place = &late->link->late;

	while (*place != late)
		place = &(*place)->next;
	*place = late->next;
	sd_event_source_disable_unref(late->defer);
	free(late);
}

void courier_link_free(struct courier_link *link)
{
	if (!link)
		return;
	hang_up(link);
	/* Who asked is gone, or goes too. */
	while (link->late)
		free_late(link->late);
	/* It ends by itself when nobody is there any more. */
	sd_event_source_disable_unref(link->child);
	sd_event_source_disable_unref(link->timer);
	for (size_t i = 0; i < COURIER_ASKS_MAX; i++)
		buf_release(&link->asks[i].frame);
	buf_release(&link->arrived);
	buf_release(&link->unsent);
	free(link->config_path);
	free(link);
}

static bool is_waiting(const struct courier_link *link)
{
	for (size_t i = 0; i < COURIER_ASKS_MAX; i++) {
		if (link->asks[i].number)
			return true;
	}
	return false;
}

static void answer_ask(struct ask *ask, const struct message *answer)
{
	struct ask answered = *ask;

	ask->number = 0;
	buf_release(&ask->frame);
	answered.done(answered.ctx, answer);
}

/* Nobody will answer any more: says so to all who asked. */
static void fail_all(struct courier_link *link, const char *why)
{
	struct message failure = { .outcome = OUTCOME_UNREACHABLE,
				   .detail = slice_text(link->problem) };
	uint64_t last = link->last_number;

	snprintf(link->problem, sizeof(link->problem), "%.255s", why);
	hang_up(link);
	for (size_t i = 0; i < COURIER_ASKS_MAX; i++) {
		struct ask *ask = &link->asks[i];

		/* Who is told may ask again at once: that is for the next courier. */
		if (ask->number && ask->number <= last) {
			failure.detail = slice_text(link->problem);
			failure.number = ask->number;
			answer_ask(ask, &failure);
		}
	}
}

/* ---- the courier's process ------------------------------------------------------------
 */

static int on_child(sd_event_source *child, const siginfo_t *info, void *ctx)
{
	struct courier_link *link = ctx;
	char why[128];

	(void)child;
	link->child = sd_event_source_disable_unref(link->child);
	link->pid = 0;
	if (info->si_code == CLD_EXITED && info->si_status == 0)
		return 0;
	snprintf(why, sizeof(why), "the courier ended with %s %d",
		 info->si_code == CLD_EXITED ? "status" : "signal", info->si_status);
	if (link->fd >= 0 || is_waiting(link))
		fail_all(link, why);
	else
		snprintf(link->problem, sizeof(link->problem), "%s", why);
	return 0;
}

static int open_conversation(struct courier_link *link, struct err *err)
{
	const struct courier_place place = {
		.config = link->config,
		.config_path = link->config_path,
		.may_start_child = link->may_start_child,
	};
	pid_t pid = 0;

	if (courier_open(&place, &link->fd, &pid, err) < 0)
		return -1;
	if (pid == 0)
		return 0;
	link->pid = pid;
	link->child = sd_event_source_disable_unref(link->child);
	if (sd_event_add_child(link->event, &link->child, pid, WEXITED, on_child, link) <
	    0)
		link->child = NULL;
	return 0;
}

/* ---- the conversation -----------------------------------------------------------------
 */

static int send_some(struct courier_link *link)
{
	while (link->unsent.len) {
		ssize_t sent = send(link->fd, link->unsent.ptr, link->unsent.len,
				    MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : -1;
		buf_consume(&link->unsent, (size_t)sent);
	}
	return 0;
}

/* Gives each whole answer to who asked. */
static int take_answers(struct courier_link *link, struct err *err)
{
	while (link->fd >= 0) {
		struct message answer;
		size_t used = 0;

		if (message_decode(buf_slice(&link->arrived), &answer, &used, err) < 0)
			return -1;
		if (used == 0)
			return 0;
		for (size_t i = 0; i < COURIER_ASKS_MAX; i++) {
			if (answer.number && link->asks[i].number == answer.number) {
				answer_ask(&link->asks[i], &answer);
				break;
			}
		}
		/* `done` may have hung up. */
		if (link->arrived.len >= used)
			buf_consume(&link->arrived, used);
	}
	return 0;
}

static int receive_some(struct courier_link *link, struct err *err)
{
	const size_t step = (size_t)64 * 1024;
	ssize_t count;

	if (!buf_reserve(&link->arrived, step))
		return err_set(err, ERR_LIMIT, "the courier said too much at once");
	count = recv(link->fd, link->arrived.ptr + link->arrived.len, step, MSG_DONTWAIT);
	if (count < 0)
		return errno == EAGAIN || errno == EINTR
			       ? 0
			       : err_system(err, errno, "cannot hear the courier");
	if (count == 0)
		return err_set(err, ERR_MISSING, "the courier hung up");
	link->arrived.len += (size_t)count;
	return take_answers(link, err);
}

static void set_timeout(struct courier_link *link);

static uint64_t boot_time(void)
{
	struct timespec time;

	clock_gettime(CLOCK_BOOTTIME, &time);
	return (uint64_t)time.tv_sec * (uint64_t)US_PER_SECOND +
	       (uint64_t)time.tv_nsec / 1000;
}

/* When the first of those that wait is given up; 0 = none waits. */
static uint64_t first_deadline(const struct courier_link *link)
{
	uint64_t first = 0;

	for (size_t i = 0; i < COURIER_ASKS_MAX; i++) {
		const struct ask *ask = &link->asks[i];

		if (ask->number && (first == 0 || ask->until < first))
			first = ask->until;
	}
	return first;
}

static int on_timeout(sd_event_source *timer, uint64_t at, void *ctx)
{
	struct courier_link *link = ctx;

	(void)timer;
	(void)at;
	if (first_deadline(link) > boot_time()) {
		set_timeout(link);
		return 0;
	}
	if (link->pid > 0)
		kill(link->pid, SIGKILL);
	fail_all(link, "the courier did not answer in time");
	return 0;
}

/* Rings when the first answer is overdue, and never while none is awaited. */
static void set_timeout(struct courier_link *link)
{
	uint64_t until = first_deadline(link);

	if (until && !link->timer) {
		if (sd_event_add_time(link->event, &link->timer, CLOCK_BOOTTIME, until, 0,
				      on_timeout, link) < 0)
			link->timer = NULL;
	} else if (until) {
		sd_event_source_set_time(link->timer, until);
		sd_event_source_set_enabled(link->timer, SD_EVENT_ONESHOT);
	} else if (link->timer) {
		sd_event_source_set_enabled(link->timer, SD_EVENT_OFF);
	}
}

static uint64_t deadline_of(enum message_kind kind)
{
	return boot_time() +
	       (uint64_t)(kind == MESSAGE_DELIVER ? DELIVERY_TIMEOUT : ANSWER_TIMEOUT);
}

static int on_io(sd_event_source *io, int fd, uint32_t events, void *ctx);

static int begin(struct courier_link *link, struct err *err)
{
	if (link->fd >= 0)
		return 0;
	if (open_conversation(link, err) < 0)
		return -1;
	if (sd_event_add_io(link->event, &link->io, link->fd, EPOLLIN, on_io, link) < 0) {
		hang_up(link);
		return err_set(err, ERR_SYSTEM, "cannot watch the courier");
	}
	return 0;
}

static bool ask_again(struct courier_link *link)
{
	bool asks = false;
	struct err err;

	hang_up(link);
	for (size_t i = 0; i < COURIER_ASKS_MAX; i++) {
		if (link->asks[i].number && link->asks[i].was_repeated)
			return false;
	}
	if (begin(link, &err) < 0)
		return false;
	for (size_t i = 0; i < COURIER_ASKS_MAX; i++) {
		struct ask *ask = &link->asks[i];

		if (!ask->number)
			continue;
		ask->was_repeated = true;
		asks |= buf_append(&link->unsent, buf_slice(&ask->frame));
	}
	set_timeout(link);
	sd_event_source_set_io_events(link->io, EPOLLIN | EPOLLOUT);
	return asks;
}

static int on_io(sd_event_source *io, int fd, uint32_t events, void *ctx)
{
	struct courier_link *link = ctx;
	struct err err;

	(void)io;
	(void)fd;
	if ((events & EPOLLOUT) && send_some(link) < 0) {
		fail_all(link, "the courier hung up");
		return 0;
	}
	if ((events & ~(uint32_t)EPOLLOUT) && receive_some(link, &err) < 0) {
		/* An idle courier leaves, as it should, also while it is asked. */
		if (!is_waiting(link))
			hang_up(link);
		else if (!ask_again(link))
			fail_all(link, err.text);
		return 0;
	}
	if (link->io)
		sd_event_source_set_io_events(
			link->io, link->unsent.len ? EPOLLIN | EPOLLOUT : EPOLLIN);
	set_timeout(link);
	return 0;
}

/* `done` is never called from within the asking. */
static int on_late_failure(sd_event_source *defer, void *ctx)
{
	struct late_failure *late = ctx;
	struct late_failure told = *late;
	const struct message failure = { .outcome = OUTCOME_UNREACHABLE,
					 .detail = slice_text(told.problem) };

	(void)defer;
	free_late(late);
	told.done(told.ctx, &failure);
	return 0;
}

static bool fail_later(struct courier_link *link, courier_done_fn *done, void *ctx)
{
	struct late_failure *late = memory_new(1, sizeof(*late));

	*late = (struct late_failure){ .link = link, .done = done, .ctx = ctx };
	memcpy(late->problem, link->problem, sizeof(late->problem));
	late->next = link->late;
	link->late = late;
	if (sd_event_add_defer(link->event, &late->defer, on_late_failure, late) < 0) {
		free_late(late);
		return false;
	}
	return true;
}

bool courier_link_ask(struct courier_link *link, struct message *request,
		      courier_done_fn *done, void *ctx)
{
	struct ask *ask = NULL;
	struct err err;

	for (size_t i = 0; i < COURIER_ASKS_MAX && !ask; i++) {
		if (link->asks[i].number == 0)
			ask = &link->asks[i];
	}
	if (!ask)
		return false;
	if (begin(link, &err) < 0) {
		snprintf(link->problem, sizeof(link->problem), "%.255s", err.text);
		return fail_later(link, done, ctx);
	}
	request->number = ++link->last_number;
	*ask = (struct ask){ .number = request->number,
			     .done = done,
			     .ctx = ctx,
			     .frame = BUF_LIMIT(MESSAGE_BYTES_MAX + 64),
			     .until = deadline_of(request->kind) };
	if (!message_encode(request, &ask->frame) ||
	    !buf_append(&link->unsent, buf_slice(&ask->frame))) {
		buf_release(&ask->frame);
		ask->number = 0;
		return false;
	}
	set_timeout(link);
	sd_event_source_set_io_events(link->io, EPOLLIN | EPOLLOUT);
	return true;
}

struct courier_state courier_link_state(const struct courier_link *link)
{
	struct courier_state state = { "idle", link->problem };

	if (link->config->courier.mode == COURIER_OFF)
		state.state = "off";
	else if (link->fd >= 0)
		state.state = "running";
	else if (link->problem[0])
		state.state = "failed";
	return state;
}
