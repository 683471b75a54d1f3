/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "courier/http.h"

#include <stdlib.h>

#include "base/memory.h"
#include "courier/http_call.h"
#include "courier/wipe.h"

#define CONNECTIONS_MAX 8L

/* ---- libcurl on the loop ----------------------------------------------------------- */

static void finish_all(struct http *http)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(http->multi, &left)) != NULL) {
		CURLcode code = message->data.result;
		struct http_call *call = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
		if (call)
			http_call_finish(call, code);
	}
}

static int socket_ready(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct http *http = userdata;
	int what = 0, running;

	(void)source;
	if (revents & EPOLLIN)
		what |= CURL_CSELECT_IN;
	if (revents & EPOLLOUT)
		what |= CURL_CSELECT_OUT;
	if (revents & (EPOLLERR | EPOLLHUP))
		what |= CURL_CSELECT_ERR;
	curl_multi_socket_action(http->multi, fd, what, &running);
	finish_all(http);
	return 0;
}

static int time_is_up(sd_event_source *source, uint64_t at, void *userdata)
{
	struct http *http = userdata;
	int running;

	(void)source;
	(void)at;
	curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	finish_all(http);
	return 0;
}

static uint32_t events_of(int what)
{
	uint32_t events = 0;

	if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
		events |= EPOLLIN;
	if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
		events |= EPOLLOUT;
	return events;
}

/* CURLMOPT_SOCKETFUNCTION: which socket to watch for what. */
static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *userdata,
			void *watched)
{
	struct http *http = userdata;
	sd_event_source *source = watched;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		sd_event_source_disable_unref(source);
		return 0;
	}
	if (source)
		return sd_event_source_set_io_events(source, events_of(what)) < 0 ? -1
										  : 0;
	if (sd_event_add_io(http->event, &source, fd, events_of(what), socket_ready,
			    http) < 0)
		return -1;
	curl_multi_assign(http->multi, fd, source);
	return 0;
}

/* CURLMOPT_TIMERFUNCTION: when to be called at the latest; -1 = not at all. */
static int set_timer(CURLM *multi, long timeout_ms, void *userdata)
{
	struct http *http = userdata;

	(void)multi;
	if (timeout_ms < 0)
		return sd_event_source_set_enabled(http->timer, SD_EVENT_OFF) < 0 ? -1
										  : 0;
	if (sd_event_source_set_time_relative(http->timer, (uint64_t)timeout_ms * 1000) <
		    0 ||
	    sd_event_source_set_enabled(http->timer, SD_EVENT_ONESHOT) < 0)
		return -1;
	return 0;
}

/* ---- the whole --------------------------------------------------------------------- */

static char *copy_first(const char *a, const char *b, const char *c)
{
	const char *found = a && *a ? a : b && *b ? b : c && *c ? c : "";

	return memory_copy_text(slice_text(found));
}

/* The environment is asked once and by its usual names; libcurl itself would ask it anew
 * for every request. */
static void set_proxy(struct http *http, const struct http_options *options)
{
	bool is_configured = options->https_proxy && options->https_proxy[0];
	bool is_off = is_configured && strcmp(options->https_proxy, "none") == 0;

	if (is_off)
		http->proxy = copy_first(NULL, NULL, NULL);
	else if (is_configured)
		http->proxy = copy_first(options->https_proxy, NULL, NULL);
	else
		http->proxy =
			copy_first(getenv("https_proxy"), getenv("HTTPS_PROXY"), NULL);
	if (is_configured || (options->no_proxy && options->no_proxy[0]))
		http->no_proxy = copy_first(options->no_proxy, NULL, NULL);
	else
		http->no_proxy = copy_first(getenv("no_proxy"), getenv("NO_PROXY"), NULL);
}

struct http *http_new(sd_event *event, const struct http_options *options)
{
	struct http *http = memory_new(1, sizeof(*http));

	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, wipe_malloc, wipe_free,
				 wipe_realloc, wipe_strdup, wipe_calloc) != CURLE_OK)
		abort();
	http->event = event;
	http->ca_file = copy_first(options->ca_file, NULL, NULL);
	http->client_certificate = copy_first(options->client_certificate, NULL, NULL);
	http->client_key = copy_first(options->client_key, NULL, NULL);
	set_proxy(http, options);
	http->multi = curl_multi_init();
	if (!http->multi ||
	    sd_event_add_time_relative(event, &http->timer, CLOCK_MONOTONIC, 0, 1,
				       time_is_up, http) < 0 ||
	    sd_event_source_set_enabled(http->timer, SD_EVENT_OFF) < 0)
		abort();
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
	curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, CONNECTIONS_MAX);
	curl_multi_setopt(http->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, CONNECTIONS_MAX);
	return http;
}

void http_free(struct http *http)
{
	if (!http)
		return;
	while (http->calls)
		http_cancel(http->calls);
	curl_multi_cleanup(http->multi);
	sd_event_source_disable_unref(http->timer);
	free(http->ca_file);
	free(http->client_certificate);
	free(http->client_key);
	free(http->proxy);
	free(http->no_proxy);
	free(http);
	curl_global_cleanup();
}
