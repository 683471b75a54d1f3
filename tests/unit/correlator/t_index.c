/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/index.h"

#include "correlator/state.h"
#include "tests/support/check.h"
#include "tests/unit/correlator/event_stream.h"

#define ITEMS 300

/* ---- lists ---- */

static struct tracked_login logins[ITEMS];
static struct call calls[ITEMS];

/* Few times, so that many are equal and ids decide. */
static void make_items(uint64_t *state)
{
	static char ids[ITEMS][4];

	for (size_t i = 0; i < ITEMS; i++) {
		us_time time = (us_time)(random_next(state) % 20);

		logins[i] = (struct tracked_login){ .view.happened_at = time };
		logins[i].view.id.bytes[0] = (uint8_t)(i % 256);
		logins[i].view.id.bytes[15] = (uint8_t)(i / 256);
		calls[i] = (struct call){ .event.happened_at = time };
		memcpy(ids[i], (char[]){ (char)('a' + i % 26), (char)('a' + i / 26) }, 2);
		calls[i].event.api_call.id = slice_of(ids[i], 2);
	}
}

static bool login_before(const struct tracked_login *a, const struct tracked_login *b)
{
	if (a->view.happened_at != b->view.happened_at)
		return a->view.happened_at < b->view.happened_at;
	return memcmp(a->view.id.bytes, b->view.id.bytes, ID_BYTES) < 0;
}

static bool call_before(const struct call *a, const struct call *b)
{
	if (a->event.happened_at != b->event.happened_at)
		return a->event.happened_at < b->event.happened_at;
	return slice_compare(a->event.api_call.id, b->event.api_call.id) < 0;
}

static void check_logins(const struct login_list *list, size_t count)
{
	CHECK_UINT(list->count, count);
	for (size_t i = 1; i < list->count; i++)
		CHECK(login_before(list->items[i - 1], list->items[i]));
	for (us_time time = -1; time <= 21; time++) {
		size_t at = login_list_from(list, time);

		CHECK(at == list->count || list->items[at]->view.happened_at >= time);
		CHECK(at == 0 || list->items[at - 1]->view.happened_at < time);
	}
}

static void test_login_list(void)
{
	struct login_list list = { 0 };
	uint64_t state = 11;
	size_t count = 0;

	make_items(&state);
	check_logins(&list, 0);
	for (size_t i = 0; i < ITEMS; i++) {
		login_list_add(&list, &logins[i]);
		if (i % 50 == 0)
			check_logins(&list, i + 1);
	}
	check_logins(&list, ITEMS);
	for (size_t i = 0; i < ITEMS; i += 3, count++)
		login_list_remove(&list, &logins[i]);
	check_logins(&list, ITEMS - count);
	login_list_remove(&list, &logins[0]); /* is not there any more */
	check_logins(&list, ITEMS - count);
	login_list_release(&list);
	CHECK_UINT(list.count, 0);
	login_list_release(&list);
}

static void test_call_list(void)
{
	struct call_list list = { 0 };
	uint64_t state = 12;

	make_items(&state);
	for (size_t i = 0; i < ITEMS; i++)
		call_list_add(&list, &calls[i]);
	CHECK_UINT(list.count, ITEMS);
	for (size_t i = 1; i < list.count; i++)
		CHECK(call_before(list.items[i - 1], list.items[i]));
	for (us_time time = -1; time <= 21; time++) {
		size_t at = call_list_from(&list, time);

		CHECK(at == list.count || list.items[at]->event.happened_at >= time);
		CHECK(at == 0 || list.items[at - 1]->event.happened_at < time);
	}
	call_list_release(&list);
}

/* ---- keys ---- */

static const struct hash_key hash_key = { { 1, 2 } };

static void test_keys(void)
{
	static const struct {
		const char *name;
		enum key_kind kind;
		const char *made, *sought;
		bool found;
	} rows[] = {
		{ "same", KEY_FINGERPRINT, "SHA256:aB", "SHA256:aB", true },
		{ "fingerprints have a case", KEY_FINGERPRINT, "SHA256:aB", "SHA256:ab",
		  false },
		{ "request ids are texts", KEY_REQUEST_ID, "r-1", "R-1", false },
		{ "session ids have a case", KEY_SESSION_ID, "Alice-1", "alice-1",
		  false },
		{ "instances have none", KEY_DENIED_KEY, "i-0ABC", "I-0abc", true },
		{ "nor in refused serial pushes", KEY_DENIED_SERIAL, "i-0ABC", "i-0abc",
		  true },
		{ "nor in refused sessions", KEY_DENIED_SESSION, "i-0ABC", "i-0abc",
		  true },
		{ "nor in refused commands", KEY_DENIED_COMMAND, "i-0ABC", "i-0abc",
		  true },
		{ "owners have one", KEY_DENIED_OWNER, "Alice", "alice", false },
		{ "empty is no key", KEY_OWNER, "alice", "", false },
		{ "beginning", KEY_OWNER, "alice", "alic", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct index index;
		struct key_node *node;

		check_row(rows[i].name);
		index_init(&index, &hash_key);
		CHECK(index_find(&index, rows[i].kind, slice_text(rows[i].made)) == NULL);
		node = index_get(&index, rows[i].kind, slice_text(rows[i].made));
		CHECK(index_get(&index, rows[i].kind, slice_text(rows[i].made)) == node);
		CHECK_INT(index_find(&index, rows[i].kind, slice_text(rows[i].sought)) ==
				  node,
			  rows[i].found);
		index_release(&index);
	}
}

/* The same text under another kind is another key. */
static void test_kinds(void)
{
	struct index index;
	struct key_node *nodes[KEY_CALL_ID + 1];

	index_init(&index, &hash_key);
	for (unsigned kind = 0; kind <= KEY_CALL_ID; kind++)
		nodes[kind] = index_get(&index, (enum key_kind)kind, SLICE("x"));
	for (unsigned kind = 0; kind <= KEY_CALL_ID; kind++) {
		CHECK(index_find(&index, (enum key_kind)kind, SLICE("x")) == nodes[kind]);
		for (unsigned other = 0; other < kind; other++)
			CHECK(nodes[other] != nodes[kind]);
	}
	index_release(&index);
}

/* Bytes are bytes: NUL and the rest of them part keys. */
static void test_bytes(void)
{
	struct index index;
	struct key_node *one, *other;

	index_init(&index, &hash_key);
	one = index_get(&index, KEY_SESSION_ID, slice_of("a\0b", 3));
	other = index_get(&index, KEY_SESSION_ID, slice_of("a\0c", 3));
	CHECK(one != other);
	CHECK(index_find(&index, KEY_SESSION_ID, slice_of("a\0c", 3)) == other);
	CHECK(index_find(&index, KEY_SESSION_ID, slice_of("a", 1)) == NULL);
	index_release(&index);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "lists of logins stay sorted", test_login_list },
		{ "lists of calls stay sorted", test_call_list },
		{ "keys and their case", test_keys },
		{ "kinds of keys", test_kinds },
		{ "bytes of keys", test_bytes },
		{ NULL, NULL },
	};

	return check_run("correlator/index", tests);
}
