/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "courier/http_call.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "base/limits.h"
#include "base/memory.h"
#include "courier/address.h"
#include "courier/http_head.h"
#include "courier/http_policy.h"
#include "courier/secret.h"
#include "courier/wipe.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

/* Fewer bytes a second than this, for so long: it hangs, whatever `timeout` says. */
#define SLOW_BYTES_PER_SECOND 1L
#define SLOW_SECONDS 20L

/* Reads of what comes after an answer, so that one who never ends does not hold us. */
#define SURPLUS_READS_MAX 64

/* No name and password in it, and its path is not put right. */
#define URL_FLAGS (CURLU_DISALLOW_USER | CURLU_PATH_AS_IS)

/* One request. Owned by its http until its answer was given. */
struct http_call {
	struct http *http;
	struct http_call *previous, *next;
	CURL *easy;
	CURLU *url;
	struct curl_slist *headers;
	struct buf body; /* what is sent; wiped */
	struct http_policy policy;
	struct http_head head;
	struct buf answer;	  /* wiped */
	sd_event_source *refusal; /* tells, from the loop, of what was never sent */
	struct err failure;
	bool was_refused; /* and why is in `failure` */
	bool was_vetoed;  /* an address was; another one may do */
	bool only_connect;
	char words[CURL_ERROR_SIZE];
	http_done_fn *done;
	void *ctx;
};

static void link_call(struct http *http, struct http_call *call)
{
	call->http = http;
	call->next = http->calls;
	if (call->next)
		call->next->previous = call;
	http->calls = call;
}

static void free_call(struct http_call *call)
{
	if (call->previous)
		call->previous->next = call->next;
	else
		call->http->calls = call->next;
	if (call->next)
		call->next->previous = call->previous;

	if (call->easy) {
		curl_multi_remove_handle(call->http->multi, call->easy);
		curl_easy_cleanup(call->easy);
	}
	curl_url_cleanup(call->url);
	curl_slist_free_all(call->headers);
	sd_event_source_disable_unref(call->refusal);
	wipe_buf_release(&call->body);
	wipe_buf_release(&call->answer);
	free(call);
}

/* Remembers why it was not this side's wish; the first reason stays. */
static void refuse(struct http_call *call, enum err_code code, const char *why)
{
	if (!call->was_refused)
		err_set(&call->failure, code, "%s", why);
	call->was_refused = true;
}

/* ---- what went wrong --------------------------------------------------------------- */

/* Failures of which libcurl's own words are told: they name hosts, addresses and what is
 * wrong with a certificate. Of the others only the kind is, as their words may quote what
 * the server sent. */
static const CURLcode telling[] = {
	CURLE_COULDNT_RESOLVE_PROXY,	CURLE_COULDNT_RESOLVE_HOST,
	CURLE_COULDNT_CONNECT,		CURLE_SSL_CONNECT_ERROR,
	CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
	CURLE_OPERATION_TIMEDOUT,
};

static void describe(struct http_call *call, CURLcode code)
{
	const char *words = curl_easy_strerror(code);
	long system_error = 0, proxy_status = 0;

	if (call->was_refused)
		return;
	for (size_t i = 0; i < sizeof(telling) / sizeof(telling[0]); i++) {
		if (telling[i] == code && call->words[0])
			words = call->words;
	}
	curl_easy_getinfo(call->easy, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
	if (proxy_status >= 300) {
		err_set(&call->failure, ERR_SYSTEM, "the proxy answers with status %ld",
			proxy_status);
		return;
	}
	if (code == CURLE_COULDNT_CONNECT)
		curl_easy_getinfo(call->easy, CURLINFO_OS_ERRNO, &system_error);
	if (system_error > 0)
		err_system(&call->failure, (int)system_error, "%s", words);
	else
		err_set(&call->failure, ERR_SYSTEM, "%s", words);
}

static bool is_redirect(long status)
{
	return status >= 300 && status < 400 && status != 304;
}

static us_time wall_clock(struct http *http)
{
	uint64_t now = 0;

	sd_event_now(http->event, CLOCK_REALTIME, &now);
	return (us_time)now;
}

/* Whether it came to an end as HTTP has it; libcurl takes a head that just ends for one.
 */
static bool is_whole(const struct http_call *call, CURLcode code)
{
	return code == CURLE_OK && call->head.is_whole && !call->only_connect;
}

/* What is left after a whole answer would be taken for the answer to the next question on
 * the same connection: that one is given up. libcurl before 8 takes such a connection for
 * one that is alive, but not one that has ended. */
static void drop_surplus(struct http_call *call)
{
	curl_socket_t socket = CURL_SOCKET_BAD;
	char bytes[16 * 1024];
	bool is_any = false;

	curl_easy_getinfo(call->easy, CURLINFO_ACTIVESOCKET, &socket);
	for (int i = 0; socket != CURL_SOCKET_BAD && i < SURPLUS_READS_MAX &&
			recv(socket, bytes, sizeof(bytes), MSG_DONTWAIT) > 0;
	     i++)
		is_any = true;
	if (is_any)
		shutdown(socket, SHUT_RDWR);
}

void http_call_finish(struct http_call *call, CURLcode code)
{
	long status = 0, sent_bytes = 0;
	bool stays;
	struct http_answer answer = {
		.date = call->head.date,
		.retry_after = http_head_retry_after(&call->head, wall_clock(call->http)),
		.error_type = slice_text(call->head.error_type),
		.is_google = call->head.is_google,
		.is_exhausted = call->head.is_exhausted,
		.was_late = code == CURLE_OPERATION_TIMEDOUT,
	};

	if (call->easy) {
		curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
		curl_easy_getinfo(call->easy, CURLINFO_REQUEST_SIZE, &sent_bytes);
	}
	answer.was_sent = sent_bytes > 0;
	if (code == CURLE_FILESIZE_EXCEEDED)
		refuse(call, ERR_LIMIT, "the answer is longer than is taken");
	if (code != CURLE_OK && call->was_vetoed)
		refuse(call, ERR_USAGE, "its address is none that this may be sent to");
	answer.is_connected = call->only_connect && code == CURLE_OK;
	if (is_whole(call, code)) {
		drop_surplus(call);
		answer.status = (int)status;
		answer.body = buf_slice(&call->answer);
		if (is_redirect(status))
			refuse(call, ERR_FORMAT,
			       "it answers with a redirect, which is not followed");
	} else if (!answer.is_connected) {
		describe(call, code == CURLE_OK ? CURLE_PARTIAL_FILE : code);
	}
	answer.was_refused = call->was_refused;
	answer.failure = call->failure;
	stays = answer.is_connected && call->policy.purpose == HTTP_STREAM;
	call->done(call->ctx, &answer);
	if (!stays)
		free_call(call);
}

CURL *http_call_easy(const struct http_call *call)
{
	return call->easy;
}

static size_t take_head(char *bytes, size_t size, size_t count, void *userdata)
{
	struct http_call *call = userdata;

	if (http_head_add(&call->head, slice_of(bytes, size * count)))
		return size * count;
	refuse(call, ERR_LIMIT, "the answer's head is longer than is taken");
	return 0;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *userdata)
{
	struct http_call *call = userdata;

	if (wipe_buf_append(&call->answer, slice_of(bytes, size * count)))
		return size * count;
	refuse(call, ERR_LIMIT, "the answer is longer than is taken");
	return 0;
}

static curl_socket_t open_socket(void *userdata, curlsocktype purpose,
				 struct curl_sockaddr *address)
{
	struct http_call *call = userdata;

	if (purpose != CURLSOCKTYPE_IPCXN ||
	    !http_policy_allows(&call->policy, &address->addr)) {
		call->was_vetoed = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC,
		      address->protocol);
}

#if LIBCURL_VERSION_NUM >= 0x075000
/* Connections are kept and used again: what holds for opening one holds for using it. */
static int before_request(void *userdata, char *there, char *here, int there_port,
			  int here_port)
{
	struct http_call *call = userdata;
	struct sockaddr_storage address;

	(void)here;
	(void)there_port;
	(void)here_port;
	if (address_parse(slice_text(there), &address) &&
	    http_policy_allows(&call->policy, (const struct sockaddr *)&address))
		return CURL_PREREQFUNC_OK;
	call->was_vetoed = true;
	return CURL_PREREQFUNC_ABORT;
}
#endif

static long milliseconds(us_span span)
{
	us_span rounded = (span + 999) / 1000;

	return rounded < 1 ? 1 : rounded > INT32_MAX ? INT32_MAX : (long)rounded;
}

/* libcurl tells of an option that this build does not know; all of these must be known,
 * as each holds something shut. */
#define SET(easy, option, value)                                       \
	do {                                                           \
		if (curl_easy_setopt(easy, option, value) != CURLE_OK) \
			abort();                                       \
	} while (0)

static void set_places(struct http_call *call)
{
	bool through_proxy = call->policy.may_use_proxy && call->http->proxy[0];
	CURL *easy = call->easy;

#if LIBCURL_VERSION_NUM >= 0x075500
	SET(easy, CURLOPT_PROTOCOLS_STR, call->policy.is_plain ? "http" : "https");
#else
	SET(easy, CURLOPT_PROTOCOLS,
	    call->policy.is_plain ? (long)CURLPROTO_HTTP : (long)CURLPROTO_HTTPS);
#endif
	SET(easy, CURLOPT_FOLLOWLOCATION, 0L);
	SET(easy, CURLOPT_PROXY, through_proxy ? call->http->proxy : "");
	SET(easy, CURLOPT_NOPROXY, through_proxy ? call->http->no_proxy : "*");
	SET(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	SET(easy, CURLOPT_OPENSOCKETDATA, call);
#if LIBCURL_VERSION_NUM >= 0x075000
	SET(easy, CURLOPT_PREREQFUNCTION, before_request);
	SET(easy, CURLOPT_PREREQDATA, call);
#endif
	SET(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
}

static void set_tls(struct http_call *call)
{
	CURL *easy = call->easy;

	SET(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	SET(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	/* What follows is no HTTP, whatever the other side would like better. */
	SET(easy, CURLOPT_SSL_ENABLE_ALPN, call->policy.purpose != HTTP_STREAM ? 1L : 0L);
	if (call->http->ca_file[0] == '\0')
		return;
	/* Those of the file and no others. */
	SET(easy, CURLOPT_CAINFO, call->http->ca_file);
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
}

/* The very bytes of the file that was looked at: a path could lead elsewhere by the time
 * that libcurl reads it. What it copies is wiped when the request is over. */
static int set_client(struct http_call *call, struct err *err)
{
	AUTO_WIPED_BUF struct buf key = BUF_LIMIT(LIMIT_SECRET_BYTES);
	struct curl_blob blob = { .flags = CURL_BLOB_COPY };

	if (call->http->client_certificate[0] == '\0')
		return 0;
	if (secret_read(call->http->client_key, &key, err) < 0)
		return -1;
	blob.data = key.ptr;
	blob.len = key.len;
	SET(call->easy, CURLOPT_SSLCERT, call->http->client_certificate);
	if (curl_easy_setopt(call->easy, CURLOPT_SSLKEY_BLOB, &blob) != CURLE_OK)
		return err_set(err, ERR_SYSTEM,
			       "this libcurl's TLS library takes no client's key from "
			       "memory");
	return 0;
}

static void set_ceilings(struct http_call *call, const struct http_request *request)
{
	CURL *easy = call->easy;

	SET(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(request->connect_timeout));
	SET(easy, CURLOPT_TIMEOUT_MS, milliseconds(request->timeout));
	SET(easy, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES_PER_SECOND);
	SET(easy, CURLOPT_LOW_SPEED_TIME, SLOW_SECONDS);
	SET(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)request->answer_limit);
	SET(easy, CURLOPT_NOSIGNAL, 1L);
	SET(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
#if LIBCURL_VERSION_NUM >= 0x075700
	/* A name server that hangs must not hold up what was cancelled. */
	SET(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
}

static void set_content(struct http_call *call, const struct http_request *request)
{
	CURL *easy = call->easy;

	if (strcmp(request->method, "GET") != 0) {
		SET(easy, CURLOPT_POST, 1L);
		SET(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
		SET(easy, CURLOPT_POSTFIELDS, buf_text(&call->body));
		if (strcmp(request->method, "POST") != 0)
			SET(easy, CURLOPT_CUSTOMREQUEST, request->method);
	}
	SET(easy, CURLOPT_HTTPHEADER, call->headers);
	SET(easy, CURLOPT_USERAGENT, "countersign/" PACKAGE_VERSION);
	SET(easy, CURLOPT_HEADERFUNCTION, take_head);
	SET(easy, CURLOPT_HEADERDATA, call);
	SET(easy, CURLOPT_WRITEFUNCTION, take_body);
	SET(easy, CURLOPT_WRITEDATA, call);
	SET(easy, CURLOPT_ERRORBUFFER, call->words);
	SET(easy, CURLOPT_PRIVATE, call);
	SET(easy, CURLOPT_CURLU, call->url);
	SET(easy, CURLOPT_CONNECT_ONLY, call->only_connect ? 1L : 0L);
}

static void add_header(struct http_call *call, const char *header)
{
	struct curl_slist *longer = curl_slist_append(call->headers, header);

	if (!longer)
		abort();
	call->headers = longer;
}

/* The request's own headers, none of which may bring a second one along. */
static int add_headers(struct http_call *call, const struct http_request *request,
		       struct err *err)
{
	bool has_type = false;

	for (size_t i = 0; i < HTTP_HEADERS_MAX && request->headers[i]; i++) {
		struct slice header = slice_text(request->headers[i]);

		if (strpbrk(request->headers[i], "\r\n"))
			return err_set(err, ERR_USAGE, "a header holds a line break");
		has_type = has_type || slice_equal_ignoring_case(slice_first(header, 13),
								 SLICE("Content-Type:"));
		add_header(call, request->headers[i]);
	}
	/* What libcurl would add by itself. */
	if (!has_type)
		add_header(call, "Content-Type:");
	add_header(call, "Expect:");
	return 0;
}

static int decide(struct http_call *call, const char *url, struct err *err)
{
	struct http_place place;
	char *scheme = NULL, *host = NULL;
	int result = -1;

	call->url = curl_url();
	if (!call->url)
		abort();
	if (curl_url_set(call->url, CURLUPART_URL, url, URL_FLAGS) != CURLUE_OK ||
	    curl_url_get(call->url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(call->url, CURLUPART_HOST, &host, 0) != CURLUE_OK) {
		err_set(err, ERR_USAGE, "it has no valid URL");
	} else {
		place.scheme = slice_text(scheme);
		place.host = slice_text(host);
		result = http_policy_decide(call->policy.purpose, &place,
					    slice_text(call->http->proxy), &call->policy,
					    err);
	}
	curl_free(scheme);
	curl_free(host);
	return result;
}

static int prepare(struct http_call *call, const struct http_request *request,
		   struct err *err)
{
	if (decide(call, request->url, err) < 0 || add_headers(call, request, err) < 0)
		return -1;

	call->body = (struct buf)BUF_LIMIT(request->body.len);
	wipe_buf_append(&call->body, request->body);
	call->easy = curl_easy_init();
	if (!call->easy)
		abort();
	set_places(call);
	set_tls(call);
	if (set_client(call, err) < 0)
		return -1;
	set_ceilings(call, request);
	set_content(call, request);
	if (curl_multi_add_handle(call->http->multi, call->easy) != CURLM_OK)
		return err_set(err, ERR_SYSTEM, "it cannot be begun");
	return 0;
}

static int tell_refusal(sd_event_source *source, void *userdata)
{
	(void)source;
	http_call_finish(userdata, CURLE_FAILED_INIT);
	return 0;
}

struct http_call *http_send(struct http *http, const struct http_request *request,
			    http_done_fn *done, void *ctx)
{
	struct http_call *call = memory_new(1, sizeof(*call));
	struct err err;

	call->policy.purpose = request->purpose;
	call->only_connect = request->only_connect;
	call->answer = (struct buf)BUF_LIMIT(request->answer_limit);
	call->done = done;
	call->ctx = ctx;
	http_head_init(&call->head);
	link_call(http, call);
	if (prepare(call, request, &err) < 0) {
		refuse(call, err.code, err.text);
		if (sd_event_add_defer(http->event, &call->refusal, tell_refusal, call) <
		    0)
			abort();
	}
	return call;
}

void http_cancel(struct http_call *call)
{
	if (call)
		free_call(call);
}
