/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/event_list.h"

#include "tests/support/check.h"

static void test_order(void)
{
	static const struct {
		enum event_kind kind;
		enum host_source source;
		us_time happened_at;
		uint64_t evidence;
	} events[] = {
		{ EVENT_SUDO, HOST_SOURCE_SYSLOG, 30, 7 },
		{ EVENT_LOGIN_ACCEPTED, HOST_SOURCE_SYSLOG, 20, 4 },
		{ EVENT_RUN, HOST_SOURCE_SSM, 20, 5 },
		{ EVENT_LOGIN_ACCEPTED, HOST_SOURCE_JOURNAL, 20, 3 },
		{ EVENT_LOGIN_ACCEPTED, HOST_SOURCE_SYSLOG, 10, 1 },
		{ EVENT_API_CALL, HOST_SOURCE_SYSLOG, 20, 2 },
		{ EVENT_SUDO, HOST_SOURCE_SYSLOG, 20, 6 },
	};
	struct event_list list;
	struct arena arena;

	arena_init(&arena);
	event_list_init(&list, &arena);
	event_list_sort(&list);
	for (size_t i = 0; i < COUNT_OF(events); i++) {
		struct event event = {
			.kind = events[i].kind,
			.source = events[i].source,
			.happened_at = events[i].happened_at,
			.evidence = events[i].evidence,
		};

		event_list_add(&list, &event);
	}
	event_list_sort(&list);
	CHECK_UINT(list.count, COUNT_OF(events));
	for (size_t i = 0; i < list.count; i++)
		CHECK_UINT(list.events[i]->evidence, i + 1);
	event_list_release(&list);
	arena_release(&arena);
}

/* What was borrowed is gone when the list is read. */
static void test_copies(void)
{
	char host[] = "web-1", other[] = "web-2", user[] = "alice", id[] = "i-1";
	struct slice instances[] = { slice_text(id) };
	struct event login = {
		.kind = EVENT_LOGIN_ACCEPTED,
		.host = slice_text(host),
		.login.user = slice_text(user),
	};
	struct event call = {
		.kind = EVENT_API_CALL,
		.api_call = { .principal = slice_text(user),
			      .instances = instances,
			      .instance_count = 1 },
	};
	struct event_list list;
	struct arena arena;

	arena_init(&arena);
	event_list_init(&list, &arena);
	event_list_add(&list, &login);
	event_list_add(&list, &login);
	login.host = slice_text(other);
	event_list_add(&list, &login);
	event_list_add(&list, &call);
	memset(host, 'x', sizeof(host) - 1);
	memset(other, 'x', sizeof(other) - 1);
	memset(user, 'x', sizeof(user) - 1);
	memset(id, 'x', sizeof(id) - 1);

	CHECK_SLICE(list.events[0]->host, SLICE("web-1"));
	CHECK_SLICE(list.events[0]->login.user, SLICE("alice"));
	CHECK(list.events[0]->host.ptr == list.events[1]->host.ptr);
	CHECK_SLICE(list.events[2]->host, SLICE("web-2"));
	CHECK_UINT(list.events[3]->host.len, 0);
	CHECK_SLICE(list.events[3]->api_call.principal, SLICE("alice"));
	CHECK_SLICE(list.events[3]->api_call.instances[0], SLICE("i-1"));
	event_list_release(&list);
	arena_release(&arena);
}

static void test_login_copy(void)
{
	char user[] = "alice", hint[] = "a hint";
	uint64_t evidence[] = { 4, 9 };
	struct login login = {
		.os_user = slice_text(user),
		.hint = hint,
		.evidence = evidence,
		.evidence_count = 2,
	};
	struct login empty = { .pid = 7 };
	struct login *copy;
	struct arena arena;

	arena_init(&arena);
	copy = login_copy(&arena, &login);
	memset(user, 'x', sizeof(user) - 1);
	memset(hint, 'x', sizeof(hint) - 1);
	evidence[1] = 0;
	CHECK_SLICE(copy->os_user, SLICE("alice"));
	CHECK_TEXT(copy->hint, "a hint");
	CHECK_UINT(copy->evidence[1], 9);

	copy = login_copy(&arena, &empty);
	CHECK_UINT(copy->pid, 7);
	CHECK_TEXT(copy->hint, NULL);
	arena_release(&arena);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "order", test_order },
		{ "copies", test_copies },
		{ "copy of a login", test_login_copy },
		{ NULL, NULL },
	};

	return check_run("cli/event_list", tests);
}
