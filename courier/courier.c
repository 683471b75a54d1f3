/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "courier/courier.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/memory.h"
#include "courier/conversation.h"
#include "courier/deliveries.h"
#include "courier/http.h"
#include "courier/provider.h"
#include "courier/wipe.h"

/* Who may be asking: a conversation, or one that ended before its answers came. */
struct pending {
	struct pending *next;
	struct courier *courier;
	struct conversation *conversation; /* NULL = it has ended */
	uint64_t number;
	/* A check has two parts, of the cloud and of the sinks, which are asked at once:
	 * each as a message, empty = it has not come. */
	struct buf cloud, sinks;
};

struct courier {
	sd_event *event; /* borrowed, as config */
	const struct config *config;
	struct http *http;		/* NULL as long as there is no provider */
	const struct provider_ops *ops; /* NULL = of no cloud, or not opened yet */
	struct provider *provider;
	bool is_opened;
	struct deliveries *deliveries;
	struct conversation *conversations[LIMIT_COURIER_CONVERSATIONS];
	struct conversation *ended[LIMIT_COURIER_CONVERSATIONS]; /* to be freed */
	struct conversation_events events;
	struct pending *pending; /* under way */
	int listening;		 /* -1 = none: the one connection is all */
	sd_event_source *io, *idle, *burial;
};

/* ---- the provider -------------------------------------------------------------------
 */

static const struct provider_ops *choose_provider(const struct config *config)
{
	const char *name = config->identity.provider;

	if (strcmp(name, "none") == 0)
		return NULL;
	if (name[0])
		return provider_find(name);
	/* Whoever names an endpoint of a cloud means that cloud. */
	if (config->aws.metadata_endpoint[0])
		return provider_find("aws");
	if (config->azure.metadata_endpoint[0])
		return provider_find("azure");
	if (config->gcp.metadata_endpoint[0])
		return provider_find("gcp");
	return provider_here();
}

static void open_http(struct courier *courier)
{
	const struct config *config = courier->config;
	const struct http_options options = {
		.ca_file = courier->ops->ca_file(config),
		.https_proxy = config->courier.https_proxy,
		.no_proxy = config->courier.no_proxy,
	};

	courier->http = http_new(courier->event, &options);
}

static void open_provider(struct courier *courier)
{
	if (courier->is_opened)
		return;
	courier->is_opened = true;
	courier->ops = choose_provider(courier->config);
	if (!courier->ops)
		return;
	open_http(courier);
	courier->provider =
		courier->ops->open(courier->event, courier->http, courier->config);
}

/* ---- going --------------------------------------------------------------------------
 */

/* Starts the wait anew: something was asked or answered just now. */
static void put_off_exit(struct courier *courier)
{
	us_span idle_exit = courier->config->courier.idle_exit;

	if (sd_event_source_set_time_relative(courier->idle, (uint64_t)idle_exit) < 0 ||
	    sd_event_source_set_enabled(courier->idle, SD_EVENT_ONESHOT) < 0)
		abort();
}

static int is_idle(sd_event_source *source, uint64_t at, void *userdata)
{
	struct courier *courier = userdata;

	(void)source;
	(void)at;
	for (size_t i = 0; i < LIMIT_COURIER_CONVERSATIONS; i++) {
		if (courier->conversations[i] &&
		    conversation_is_busy(courier->conversations[i])) {
			put_off_exit(courier);
			return 0;
		}
	}
	return sd_event_exit(courier->event, 0);
}

/* ---- answering ----------------------------------------------------------------------
 */

static enum message_kind kind_of_answer(enum message_kind request)
{
	switch (request) {
	case MESSAGE_ASK_IDENTITY:
		return MESSAGE_IDENTITY;
	case MESSAGE_ASK_PAGE:
		return MESSAGE_PAGE;
	case MESSAGE_ASK_CHECK:
		return MESSAGE_CHECK;
	default:
		return MESSAGE_DELIVERED;
	}
}

static void answer_empty(struct conversation *conversation, const struct message *request,
			 enum message_outcome outcome, const char *detail)
{
	struct message answer = {
		.kind = kind_of_answer(request->kind),
		.number = request->number,
		.outcome = outcome,
		.detail = slice_text(detail),
	};

	if (answer.kind == MESSAGE_IDENTITY)
		answer.identity.launched_at = answer.identity.credentials_until =
			US_TIME_NONE;
	if (answer.kind == MESSAGE_PAGE)
		answer.page.answered_at = US_TIME_NONE;
	conversation_answer(conversation, &answer);
}

static void unlink_pending(struct pending *pending)
{
	struct pending **link = &pending->courier->pending;

	while (*link != pending)
		link = &(*link)->next;
	*link = pending->next;
	buf_release(&pending->cloud);
	buf_release(&pending->sinks);
	free(pending);
}

static struct pending *add_pending(struct courier *courier,
				   struct conversation *conversation, uint64_t number)
{
	struct pending *pending = memory_new(1, sizeof(*pending));

	*pending = (struct pending){
		.next = courier->pending,
		.courier = courier,
		.conversation = conversation,
		.number = number,
		.cloud = BUF_LIMIT(MESSAGE_BYTES_MAX + 4),
		.sinks = BUF_LIMIT(MESSAGE_BYTES_MAX + 4),
	};
	courier->pending = pending;
	return pending;
}

static void take_answer(void *ctx, const struct message *given)
{
	struct pending *pending = ctx;
	struct message answer = *given;

	answer.number = pending->number;
	put_off_exit(pending->courier);
	if (pending->conversation)
		conversation_answer(pending->conversation, &answer);
	unlink_pending(pending);
}

static const char no_cloud[] = "this machine is of no cloud that is known: if it is, say "
			       "so in [identity] provider";

static void ask_provider(struct courier *courier, struct conversation *conversation,
			 const struct message *request)
{
	struct pending *pending;

	open_provider(courier);
	if (!courier->provider) {
		answer_empty(conversation, request, OUTCOME_NO_CLOUD, no_cloud);
		return;
	}
	pending = add_pending(courier, conversation, request->number);
	courier->ops->ask(courier->provider, request, take_answer, pending);
}

/* ---- doctor's questions -------------------------------------------------------------
 */

/* Both parts have come: the cloud's first, and how it came out is how all did. */
static void answer_check(struct pending *pending)
{
	struct message cloud, sinks;
	size_t used;
	struct err err;

	if (pending->cloud.len == 0 || pending->sinks.len == 0)
		return;
	/* They were written just now. */
	if (message_decode(buf_slice(&pending->cloud), &cloud, &used, &err) < 0 ||
	    message_decode(buf_slice(&pending->sinks), &sinks, &used, &err) < 0)
		abort();
	for (size_t i = 0; i < sinks.check.count && cloud.check.count < MESSAGE_LIST_MAX;
	     i++)
		cloud.check.lines[cloud.check.count++] = sinks.check.lines[i];
	take_answer(pending, &cloud);
}

static void take_cloud_part(void *ctx, const struct message *answer)
{
	struct pending *pending = ctx;

	if (!message_encode(answer, &pending->cloud))
		abort();
	answer_check(pending);
}

static void take_sinks_part(void *ctx, const struct message *answer)
{
	struct pending *pending = ctx;

	if (!message_encode(answer, &pending->sinks))
		abort();
	answer_check(pending);
}

static void ask_check(struct courier *courier, struct conversation *conversation,
		      const struct message *request)
{
	const struct message nothing = { .kind = MESSAGE_CHECK };
	const struct message none = { .kind = MESSAGE_CHECK,
				      .outcome = OUTCOME_NO_CLOUD,
				      .detail = slice_text(no_cloud) };
	struct pending *pending = add_pending(courier, conversation, request->number);

	open_provider(courier);
	if (courier->ops && courier->provider)
		courier->ops->ask(courier->provider, request, take_cloud_part, pending);
	else
		take_cloud_part(pending, &none);
	if (!deliveries_check(courier->deliveries, take_sinks_part, pending))
		take_sinks_part(pending, &nothing);
}

static void take_request(void *ctx, struct conversation *conversation,
			 const struct message *request)
{
	struct courier *courier = ctx;

	put_off_exit(courier);
	switch (request->kind) {
	case MESSAGE_DELIVER:
		deliveries_send(courier->deliveries, &request->deliver, take_answer,
				add_pending(courier, conversation, request->number));
		break;
	case MESSAGE_ASK_CHECK:
		ask_check(courier, conversation, request);
		break;
	default:
		ask_provider(courier, conversation, request);
	}
}

/* ---- connections --------------------------------------------------------------------
 */

static int bury(sd_event_source *source, void *userdata)
{
	struct courier *courier = userdata;

	(void)source;
	for (size_t i = 0; i < LIMIT_COURIER_CONVERSATIONS; i++) {
		conversation_free(courier->ended[i]);
		courier->ended[i] = NULL;
	}
	return 0;
}

static void conversation_ended(void *ctx, struct conversation *conversation,
			       const struct err *why)
{
	struct courier *courier = ctx;

	(void)why;
	for (struct pending *pending = courier->pending; pending;
	     pending = pending->next) {
		if (pending->conversation == conversation)
			pending->conversation = NULL;
	}
	for (size_t i = 0; i < LIMIT_COURIER_CONVERSATIONS; i++) {
		if (courier->conversations[i] != conversation)
			continue;
		courier->conversations[i] = NULL;
		courier->ended[i] = conversation;
	}
	if (courier->listening < 0)
		sd_event_exit(courier->event, 0);
	else
		sd_event_source_set_enabled(courier->burial, SD_EVENT_ONESHOT);
}

/* Takes `fd` on success. */
static int add_conversation(struct courier *courier, int fd, struct err *err)
{
	if (!conversation_peer_is_allowed(fd))
		return err_set(err, ERR_USAGE, "the peer is of a user that may not ask");
	for (size_t i = 0; i < LIMIT_COURIER_CONVERSATIONS; i++) {
		if (courier->conversations[i] || courier->ended[i])
			continue;
		courier->conversations[i] =
			conversation_new(courier->event, fd, &courier->events);
		put_off_exit(courier);
		return 0;
	}
	return err_set(err, ERR_LIMIT, "there are connections enough");
}

static int someone_connects(sd_event_source *source, int fd, uint32_t revents,
			    void *userdata)
{
	struct courier *courier = userdata;
	AUTO_CLOSE int connected = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct err ignored;

	(void)source;
	(void)revents;
	if (connected < 0)
		return 0;
	/* One that is turned away sees its connection closed. */
	if (add_conversation(courier, connected, &ignored) == 0)
		take_fd(&connected);
	return 0;
}

static int check_socket(int fd, bool is_listening, struct err *err)
{
	struct {
		int option, want;
	} const rows[] = {
		{ SO_DOMAIN, AF_UNIX },
		{ SO_TYPE, SOCK_STREAM },
		{ SO_ACCEPTCONN, is_listening },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int value = -1;
		socklen_t len = sizeof(value);

		if (getsockopt(fd, SOL_SOCKET, rows[i].option, &value, &len) < 0)
			return err_system(err, errno, "descriptor %d is no socket", fd);
		if (value != rows[i].want)
			return err_set(err, ERR_USAGE,
				       "descriptor %d is no %s unix stream", fd,
				       is_listening ? "listening" : "connected");
	}
	return 0;
}

int courier_serve(struct courier *courier, int fd, struct err *err)
{
	AUTO_CLOSE int owned = fd;

	if (check_socket(fd, false, err) < 0 || add_conversation(courier, fd, err) < 0)
		return -1;
	take_fd(&owned);
	return 0;
}

int courier_listen(struct courier *courier, int fd, struct err *err)
{
	AUTO_CLOSE int owned = fd;

	if (check_socket(fd, true, err) < 0)
		return -1;
	if (sd_event_add_io(courier->event, &courier->io, fd, EPOLLIN, someone_connects,
			    courier) < 0)
		return err_set(err, ERR_SYSTEM, "cannot watch descriptor %d", fd);
	courier->listening = take_fd(&owned);
	put_off_exit(courier);
	return 0;
}

/* ---- the whole ----------------------------------------------------------------------
 */

struct courier *courier_new(sd_event *event, const struct config *config)
{
	struct courier *courier = memory_new(1, sizeof(*courier));

	wipe_json();
	courier->event = event;
	courier->config = config;
	courier->deliveries = deliveries_new(event, config);
	courier->listening = -1;
	courier->events = (struct conversation_events){
		.asked = take_request,
		.ended = conversation_ended,
		.ctx = courier,
	};
	if (sd_event_add_time_relative(event, &courier->idle, CLOCK_MONOTONIC, 0, 0,
				       is_idle, courier) < 0 ||
	    sd_event_add_defer(event, &courier->burial, bury, courier) < 0 ||
	    sd_event_source_set_enabled(courier->burial, SD_EVENT_OFF) < 0)
		abort();
	put_off_exit(courier);
	return courier;
}

void courier_free(struct courier *courier)
{
	if (!courier)
		return;
	if (courier->provider)
		courier->ops->close(courier->provider);
	deliveries_free(courier->deliveries);
	while (courier->pending)
		unlink_pending(courier->pending);
	for (size_t i = 0; i < LIMIT_COURIER_CONVERSATIONS; i++) {
		conversation_free(courier->conversations[i]);
		conversation_free(courier->ended[i]);
	}
	http_free(courier->http);
	sd_event_source_disable_unref(courier->io);
	sd_event_source_disable_unref(courier->idle);
	sd_event_source_disable_unref(courier->burial);
	if (courier->listening >= 0)
		close(courier->listening);
	free(courier);
}
