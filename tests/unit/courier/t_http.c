/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "courier/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/check.h"

#define DEADLINE (30 * US_PER_SECOND)
#define ANSWERS_MAX 8

/* A server on the same loop: answers whatever comes with the same bytes, and closes. */
struct bench {
	sd_event *event;
	struct http *http;
	int listening;
	char url[64];
	const char *says; /* NULL = nothing, ever */
	int served;
	struct buf asked; /* what came, of all connections */
	int connections[ANSWERS_MAX];
	size_t connection_count;
	sd_event_source *source, *deadline, *sources[ANSWERS_MAX];
};

struct outcome {
	struct bench *bench;
	int calls;
	int status;
	bool was_refused, was_late;
	struct err failure;
	char body[256];
	us_time date;
	us_span retry_after;
	char error_type[64];
};

static int answer_peer(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct bench *bench = userdata;
	char bytes[65536];
	ssize_t got = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	(void)revents;
	if (got > 0)
		buf_append(&bench->asked, slice_of(bytes, (size_t)got));
	if (got > 0 && bench->says) {
		bench->served++;
		if (send(fd, bench->says, strlen(bench->says), MSG_NOSIGNAL) < 0)
			bench->served--;
		shutdown(fd, SHUT_WR);
	}
	if (got <= 0)
		sd_event_source_set_enabled(source, SD_EVENT_OFF);
	return 0;
}

static int accept_peer(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct bench *bench = userdata;
	int connected = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	size_t at = bench->connection_count;

	(void)source;
	(void)revents;
	if (connected < 0 || at == ANSWERS_MAX)
		abort();
	bench->connections[at] = connected;
	if (sd_event_add_io(bench->event, &bench->sources[at], connected, EPOLLIN,
			    answer_peer, bench) < 0)
		abort();
	bench->connection_count++;
	return 0;
}

static void listen_somewhere(struct bench *bench)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);

	bench->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(bench->listening, (struct sockaddr *)&address, len) < 0 ||
	    listen(bench->listening, 8) < 0 ||
	    getsockname(bench->listening, (struct sockaddr *)&address, &len) < 0)
		abort();
	snprintf(bench->url, sizeof(bench->url), "http://127.0.0.1:%u/",
		 ntohs(address.sin_port));
}

static void bench_init(struct bench *bench, const char *says)
{
	*bench = (struct bench){ .says = says, .asked = BUF_LIMIT(1 << 20) };
	listen_somewhere(bench);
	if (sd_event_new(&bench->event) < 0 ||
	    sd_event_add_io(bench->event, &bench->source, bench->listening, EPOLLIN,
			    accept_peer, bench) < 0 ||
	    sd_event_add_time_relative(bench->event, &bench->deadline, CLOCK_MONOTONIC,
				       (uint64_t)DEADLINE, 0, NULL,
				       (void *)(intptr_t)1) < 0)
		abort();
	bench->http =
		http_new(bench->event, &(struct http_options){ .ca_file = "",
							       .https_proxy = "none",
							       .no_proxy = "" });
}

static void bench_release(struct bench *bench)
{
	http_free(bench->http);
	sd_event_source_disable_unref(bench->source);
	sd_event_source_disable_unref(bench->deadline);
	for (size_t i = 0; i < bench->connection_count; i++) {
		sd_event_source_disable_unref(bench->sources[i]);
		close(bench->connections[i]);
	}
	sd_event_unref(bench->event);
	close(bench->listening);
	buf_release(&bench->asked);
}

static void take(void *ctx, const struct http_answer *answer)
{
	struct outcome *outcome = ctx;

	outcome->calls++;
	outcome->status = answer->status;
	outcome->was_refused = answer->was_refused;
	outcome->was_late = answer->was_late;
	outcome->failure = answer->failure;
	outcome->date = answer->date;
	outcome->retry_after = answer->retry_after;
	snprintf(outcome->body, sizeof(outcome->body), "%.*s", SLICE_ARG(answer->body));
	snprintf(outcome->error_type, sizeof(outcome->error_type), "%.*s",
		 SLICE_ARG(answer->error_type));
	sd_event_exit(outcome->bench->event, 0);
}

static const struct http_request get = {
	.purpose = HTTP_API,
	.method = "GET",
	.connect_timeout = 5 * US_PER_SECOND,
	.timeout = 10 * US_PER_SECOND,
	.answer_limit = 100,
};

/* Sends to the bench and waits for the answer. */
static void ask(struct bench *bench, struct http_request request, struct outcome *outcome)
{
	*outcome = (struct outcome){ .bench = bench };
	if (!request.url)
		request.url = bench->url;
	http_send(bench->http, &request, take, outcome);
	CHECK_INT(outcome->calls, 0);
	CHECK_INT(sd_event_loop(bench->event), 0);
	CHECK_INT(outcome->calls, 1);
}

static void test_answers(void)
{
	static const struct {
		const char *name, *says;
		int status;
		bool was_refused;
		const char *body;
	} rows[] = {
		{ "plain", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, false,
		  "ok" },
		{ "no length", "HTTP/1.1 200 OK\r\n\r\nok", 200, false, "ok" },
		{ "chunked",
		  "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
		  "chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n"
		  "0\r\n\r\n",
		  200, false, "ok" },
		{ "an error",
		  "HTTP/1.1 400 Bad\r\nx-amzn-ErrorType: Throttling\r\n"
		  "Content-Length: 2\r\n\r\n{}",
		  400, false, "{}" },
		{ "100 first",
		  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: "
		  "0\r\n\r\n",
		  200, false, "" },
		{ "redirect",
		  "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
		  "Content-Length: 0\r\n\r\n",
		  302, true, "" },
		{ "cut body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", 0, false,
		  "" },
		{ "cut chunk",
		  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nok", 0,
		  false, "" },
		{ "cut head", "HTTP/1.1 200 OK\r\nContent-", 0, false, "" },
		{ "head without end", "HTTP/1.1 200 OK\r\nDate: x\r\n", 0, false, "" },
		{ "announced as long", "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\nok",
		  0, true, "" },
		{ "HTTP/0.9", "hello\r\n", 0, false, "" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct bench bench;
		struct outcome outcome;

		check_row(rows[i].name);
		bench_init(&bench, rows[i].says);
		ask(&bench, get, &outcome);
		CHECK_INT(outcome.status, rows[i].status);
		CHECK_INT(outcome.was_refused, rows[i].was_refused);
		CHECK_TEXT(outcome.body, rows[i].body);
		CHECK((rows[i].status == 0 || rows[i].was_refused) ==
		      (outcome.failure.code != ERR_NONE));
		bench_release(&bench);
	}
}

static void test_fields(void)
{
	struct bench bench;
	struct outcome outcome;

	bench_init(&bench, "HTTP/1.1 503 Later\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
			   "Retry-After: 3\r\nx-amzn-errortype: Slow:x\r\n\r\n");
	ask(&bench, get, &outcome);
	CHECK_INT(outcome.status, 503);
	CHECK_INT(outcome.date, 784111777 * US_PER_SECOND);
	CHECK_INT(outcome.retry_after, 3 * US_PER_SECOND);
	CHECK_TEXT(outcome.error_type, "Slow");
	bench_release(&bench);
}

static void test_what_is_sent(void)
{
	static const char *const there[] = { "POST / HTTP/1.1\r\n", "\r\nX-A: b\r\n",
					     "\r\nContent-Length: 7\r\n",
					     "\r\nUser-Agent: countersign/",
					     "\r\n\r\nq=1&r=2" };
	static const char *const not_there[] = { "Expect", "Content-Type", "Cookie",
						 "Authorization", "Accept-Encoding" };
	struct http_request request = get;
	struct bench bench;
	struct outcome outcome;

	bench_init(&bench, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	request.method = "POST";
	request.headers[0] = "X-A: b";
	request.body = SLICE("q=1&r=2");
	ask(&bench, request, &outcome);
	for (size_t i = 0; i < COUNT_OF(there); i++) {
		check_row(there[i]);
		CHECK(slice_find(buf_slice(&bench.asked), slice_text(there[i])) >= 0);
	}
	for (size_t i = 0; i < COUNT_OF(not_there); i++) {
		check_row(not_there[i]);
		CHECK(slice_find(buf_slice(&bench.asked), slice_text(not_there[i])) < 0);
	}
	bench_release(&bench);
}

static void test_put_without_body(void)
{
	struct http_request request = get;
	struct bench bench;
	struct outcome outcome;

	bench_init(&bench, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	request.method = "PUT";
	request.purpose = HTTP_METADATA;
	ask(&bench, request, &outcome);
	CHECK(slice_starts_with(buf_slice(&bench.asked), SLICE("PUT / HTTP/1.1\r\n")));
	CHECK(slice_find(buf_slice(&bench.asked), SLICE("Content-Length: 0\r\n")) > 0);
	CHECK(slice_find(buf_slice(&bench.asked), SLICE("Content-Type")) < 0);
	bench_release(&bench);
}

static void test_refused(void)
{
	static const struct {
		const char *name;
		enum http_purpose purpose;
		const char *url, *header;
	} rows[] = {
		{ "plain http to elsewhere", HTTP_API, "http://192.0.2.1/", NULL },
		{ "metadata by plain http", HTTP_API, "http://169.254.169.254/", NULL },
		{ "metadata by https", HTTP_API, "https://169.254.169.254/", NULL },
		{ "metadata, IPv6", HTTP_API, "https://[fd00:ec2::254]/", NULL },
		{ "metadata, mapped", HTTP_API, "https://[::ffff:169.254.169.254]/",
		  NULL },
		{ "metadata, as a number", HTTP_API, "https://2852039166/", NULL },
		{ "metadata in hex", HTTP_API, "https://0xa9.0xfe.0xa9.0xfe/", NULL },
		{ "loopback, as a number", HTTP_API, "https://2130706433:1/x/..", NULL },
		{ "another scheme", HTTP_API, "file:///etc/hostname", NULL },
		{ "gopher", HTTP_API, "gopher://127.0.0.1/", NULL },
		{ "no URL", HTTP_API, "::::", NULL },
		{ "empty", HTTP_API, "", NULL },
		{ "https for metadata", HTTP_METADATA, "https://127.0.0.1/", NULL },
		{ "a name for metadata", HTTP_METADATA, "http://x.example.com/", NULL },
		{ "line feed in a header", HTTP_API, "http://127.0.0.1:1/",
		  "X-A: b\nX-C: d" },
		{ "line break in a header", HTTP_API, "http://127.0.0.1:1/", "X-A: b\r" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct http_request request = get;
		struct bench bench;
		struct outcome outcome;

		check_row(rows[i].name);
		bench_init(&bench, "HTTP/1.1 200 OK\r\n\r\n");
		request.purpose = rows[i].purpose;
		request.url = rows[i].url;
		request.headers[0] = rows[i].header;
		ask(&bench, request, &outcome);
		CHECK_INT(outcome.status, 0);
		/* curl reads the loopback's number as what it is, and may go there */
		if (strstr(rows[i].name, "loopback") == NULL)
			CHECK(outcome.was_refused);
		CHECK(outcome.failure.text[0] != '\0');
		bench_release(&bench);
	}
}

static void test_user_in_url(void)
{
	struct http_request request = get;
	struct bench bench;
	struct outcome outcome;

	bench_init(&bench, "HTTP/1.1 200 OK\r\n\r\n");
	request.url = "http://user:hidden@127.0.0.1:1/?token=hidden";
	ask(&bench, request, &outcome);
	CHECK_INT(outcome.status, 0);
	CHECK(outcome.was_refused);
	CHECK(strstr(outcome.failure.text, "hidden") == NULL);
	bench_release(&bench);
}

static void test_late(void)
{
	struct http_request request = get;
	struct bench bench;
	struct outcome outcome;

	bench_init(&bench, NULL);
	request.timeout = 100000;
	ask(&bench, request, &outcome);
	CHECK_INT(outcome.status, 0);
	CHECK(outcome.was_late);
	CHECK(!outcome.was_refused);
	bench_release(&bench);
}

static void never(void *ctx, const struct http_answer *answer)
{
	(void)answer;
	++*(int *)ctx;
}

static void test_cancelled(void)
{
	struct http_request request = get;
	struct http_call *calls[3];
	struct bench bench;
	struct outcome outcome;
	int told = 0;

	bench_init(&bench, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	request.url = bench.url;
	for (size_t i = 0; i < COUNT_OF(calls); i++)
		calls[i] = http_send(bench.http, &request, never, &told);
	http_cancel(calls[1]);
	http_cancel(NULL);
	http_cancel(calls[0]);
	request.url = "no such thing";
	http_cancel(http_send(bench.http, &request, never, &told));
	http_cancel(calls[2]);
	ask(&bench, get, &outcome);
	CHECK_INT(outcome.status, 200);
	CHECK_INT(told, 0);
	bench_release(&bench);

	/* what is under way at the end is not told of either */
	bench_init(&bench, NULL);
	request.url = bench.url;
	http_send(bench.http, &request, never, &told);
	CHECK(sd_event_run(bench.event, 0) >= 0);
	bench_release(&bench);
	CHECK_INT(told, 0);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "answers", test_answers },
		{ "fields", test_fields },
		{ "what is sent", test_what_is_sent },
		{ "PUT without body", test_put_without_body },
		{ "refused", test_refused },
		{ "user in the URL", test_user_in_url },
		{ "late", test_late },
		{ "cancelled", test_cancelled },
		{ NULL, NULL },
	};

	return check_run("http", tests);
}
