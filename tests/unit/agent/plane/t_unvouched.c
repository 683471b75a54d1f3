/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plane/unvouched.h"

#include <string.h>

#include "tests/support/check.h"

#define NO_STAGE STAGE_NONE

static struct login login_of(uint8_t number, us_time at)
{
	return (struct login){ .id = { .bytes = { number } },
			       .kind = LOGIN_SESSION,
			       .happened_at = at,
			       .path = PATH_AWS_SSM_SESSION,
			       .session_id = SLICE("alice-0a1b2c3d4e5f60718") };
}

static void note(struct unvouched *unvouched, const struct login *login,
		 enum verdict_kind kind, enum stage stage)
{
	const struct verdict verdict = { .login = login,
					 .verdict = kind,
					 .stage = stage };

	unvouched_note(unvouched, &verdict);
}

static void test_who_waits(void)
{
	static const struct {
		const char *name;
		enum verdict_kind verdict;
		enum stage stage;
		size_t count;
	} rows[] = {
		{ "pending", VERDICT_PENDING, NO_STAGE, 1 },
		{ "unverifiable", VERDICT_UNVERIFIABLE, NO_STAGE, 1 },
		{ "again", VERDICT_PENDING, NO_STAGE, 1 },
		{ "provisional", VERDICT_UNAUTHORIZED, STAGE_PROVISIONAL, 1 },
		{ "final", VERDICT_UNAUTHORIZED, STAGE_FINAL, 0 },
		{ "final still", VERDICT_UNAUTHORIZED, STAGE_FINAL, 0 },
		{ "sight back", VERDICT_PENDING, NO_STAGE, 1 },
		{ "authorized", VERDICT_AUTHORIZED, STAGE_FINAL, 0 },
		{ "not judged", VERDICT_NOT_JUDGED, NO_STAGE, 0 },
	};
	struct login login = login_of(1, 5);
	struct unvouched unvouched;

	unvouched_init(&unvouched);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		note(&unvouched, &login, rows[i].verdict, rows[i].stage);
		CHECK_UINT(unvouched.count, rows[i].count);
		CHECK((unvouched.first != NULL) == (rows[i].count == 1));
		if (unvouched.first)
			CHECK_INT(unvouched.first->verdict, rows[i].verdict);
	}
	unvouched_release(&unvouched);
}

static void test_what_is_known(void)
{
	struct login login = login_of(1, 5);
	char long_id[UNVOUCHED_KEY_BYTES + 1];
	struct unvouched unvouched;

	unvouched_init(&unvouched);
	note(&unvouched, &login, VERDICT_PENDING, NO_STAGE);
	CHECK_TEXT(unvouched.first->key, "alice-0a1b2c3d4e5f60718");
	CHECK_INT(unvouched.first->path, PATH_AWS_SSM_SESSION);
	CHECK(!unvouched.first->has_call);

	login.path = PATH_AWS_SSM_SSH;
	login.session_id = SLICE("b\0b");
	note(&unvouched, &login, VERDICT_PENDING, NO_STAGE);
	CHECK_INT(unvouched.first->path, PATH_AWS_SSM_SSH);
	CHECK_TEXT(unvouched.first->key, "");

	memset(long_id, 'x', sizeof(long_id));
	login.session_id = slice_of(long_id, sizeof(long_id) - 1);
	note(&unvouched, &login, VERDICT_PENDING, NO_STAGE);
	CHECK_TEXT(unvouched.first->key, "");
	login.session_id.len--;
	note(&unvouched, &login, VERDICT_PENDING, NO_STAGE);
	CHECK_UINT(strlen(unvouched.first->key), UNVOUCHED_KEY_BYTES - 1);
	login.kind = LOGIN_SSH;
	note(&unvouched, &login, VERDICT_PENDING, NO_STAGE);
	CHECK_TEXT(unvouched.first->key, "");
	login.kind = LOGIN_EXTENSION;
	login.correlation_id = SLICE("092ebc85-7bf9-4fcf-abf4-000000000001");
	note(&unvouched, &login, VERDICT_PENDING, NO_STAGE);
	CHECK_TEXT(unvouched.first->key, "092ebc85-7bf9-4fcf-abf4-000000000001");
	login.correlation_id.len = 0;
	note(&unvouched, &login, VERDICT_PENDING, NO_STAGE);
	CHECK_TEXT(unvouched.first->key, "");
	unvouched_release(&unvouched);
}

static void test_many(void)
{
	struct unvouched unvouched;

	unvouched_init(&unvouched);
	for (unsigned i = 0; i < 200; i++) {
		struct login login = login_of((uint8_t)i, i);

		note(&unvouched, &login, VERDICT_PENDING, NO_STAGE);
	}
	CHECK_UINT(unvouched.count, 200);
	for (unsigned i = 0; i < 200; i += 2) {
		struct login login = login_of((uint8_t)i, i);

		note(&unvouched, &login, VERDICT_AUTHORIZED, STAGE_FINAL);
	}
	CHECK_UINT(unvouched.count, 100);
	unvouched_forget(&unvouched, 150);
	CHECK_UINT(unvouched.count, 25);
	for (const struct unvouched_login *login = unvouched.first; login;
	     login = login->next)
		CHECK(login->happened_at >= 150 && login->happened_at % 2 == 1);
	unvouched_forget(&unvouched, 1000);
	CHECK(unvouched.first == NULL);
	unvouched_release(&unvouched);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "who waits", test_who_waits },
		{ "what is known", test_what_is_known },
		{ "many", test_many },
		{ NULL, NULL },
	};

	return check_run("agent/plane/unvouched", tests);
}
