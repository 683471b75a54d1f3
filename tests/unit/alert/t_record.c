/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/record.h"

#include "tests/support/check.h"

#define NOT_TOLD                                          \
	{                                                 \
		false, false, VERDICT_PENDING, STAGE_NONE \
	}
#define TOLD(verdict, stage)                                  \
	{                                                     \
		true, false, VERDICT_##verdict, STAGE_##stage \
	}
#define CLOSED(verdict, stage)                               \
	{                                                    \
		true, true, VERDICT_##verdict, STAGE_##stage \
	}

/* No record is called for. */
#define NOTHING 0

static void test_logins(void)
{
	static const struct {
		const char *name;
		enum path path;
		enum verdict_kind verdict;
		enum stage stage;
		struct alert_told told;
		int activity;
	} rows[] = {
		/* the first record creates, whatever it says */
		{ "observed", PATH_AWS_SSM_SESSION, VERDICT_PENDING, STAGE_NONE, NOT_TOLD,
		  ALERT_CREATE },
		{ "unauthorized at once", PATH_AWS_SSM_SESSION, VERDICT_UNAUTHORIZED,
		  STAGE_FINAL, NOT_TOLD, ALERT_CREATE },
		{ "authorized at once", PATH_AWS_SSM_SESSION, VERDICT_AUTHORIZED,
		  STAGE_FINAL, NOT_TOLD, ALERT_CREATE },
		{ "unverifiable at once", PATH_AWS_SSM_SESSION, VERDICT_UNVERIFIABLE,
		  STAGE_NONE, NOT_TOLD, ALERT_CREATE },
		{ "not judged", PATH_AWS_SSM_ASSOCIATION, VERDICT_NOT_JUDGED, STAGE_NONE,
		  NOT_TOLD, ALERT_CREATE },
		/* the usual ways on */
		{ "provisional", PATH_AWS_SSM_SESSION, VERDICT_UNAUTHORIZED,
		  STAGE_PROVISIONAL, TOLD(PENDING, NONE), ALERT_UPDATE },
		{ "final", PATH_AWS_SSM_SESSION, VERDICT_UNAUTHORIZED, STAGE_FINAL,
		  TOLD(UNAUTHORIZED, PROVISIONAL), ALERT_UPDATE },
		{ "late call", PATH_AWS_SSM_SESSION, VERDICT_AUTHORIZED, STAGE_FINAL,
		  TOLD(UNAUTHORIZED, FINAL), ALERT_CLOSE },
		{ "vouched for", PATH_AWS_SSM_SESSION, VERDICT_AUTHORIZED, STAGE_FINAL,
		  TOLD(PENDING, NONE), ALERT_CLOSE },
		{ "blind", PATH_AWS_SSM_SESSION, VERDICT_UNVERIFIABLE, STAGE_NONE,
		  TOLD(PENDING, NONE), ALERT_UPDATE },
		{ "seen after all", PATH_AWS_SSM_SESSION, VERDICT_AUTHORIZED, STAGE_FINAL,
		  TOLD(UNVERIFIABLE, NONE), ALERT_CLOSE },
		{ "pre-existing after all", PATH_AWS_SSM_ASSOCIATION, VERDICT_NOT_JUDGED,
		  STAGE_NONE, TOLD(PENDING, NONE), ALERT_CLOSE },
		{ "judged anew, worse", PATH_AWS_SSM_SESSION, VERDICT_UNAUTHORIZED,
		  STAGE_FINAL, CLOSED(AUTHORIZED, FINAL), ALERT_UPDATE },
		{ "judged anew, unknown", PATH_AWS_SSM_SESSION, VERDICT_UNVERIFIABLE,
		  STAGE_NONE, CLOSED(AUTHORIZED, FINAL), ALERT_UPDATE },
		{ "final, then provisional", PATH_AWS_SSM_SESSION, VERDICT_UNAUTHORIZED,
		  STAGE_PROVISIONAL, TOLD(UNAUTHORIZED, FINAL), ALERT_UPDATE },
		/* nothing new */
		{ "pending again", PATH_AWS_SSM_SESSION, VERDICT_PENDING, STAGE_NONE,
		  TOLD(UNVERIFIABLE, NONE), NOTHING },
		{ "pending again after all", PATH_AWS_SSM_SESSION, VERDICT_PENDING,
		  STAGE_NONE, CLOSED(AUTHORIZED, FINAL), NOTHING },
		{ "the same", PATH_AWS_SSM_SESSION, VERDICT_UNAUTHORIZED, STAGE_FINAL,
		  TOLD(UNAUTHORIZED, FINAL), NOTHING },
		{ "still blind", PATH_AWS_SSM_SESSION, VERDICT_UNVERIFIABLE, STAGE_NONE,
		  TOLD(UNVERIFIABLE, NONE), NOTHING },
		{ "authorized, now final", PATH_AWS_SSM_SESSION, VERDICT_AUTHORIZED,
		  STAGE_FINAL, CLOSED(AUTHORIZED, PROVISIONAL), NOTHING },
		{ "created resolved, now final", PATH_AWS_SSM_SESSION, VERDICT_AUTHORIZED,
		  STAGE_FINAL, TOLD(AUTHORIZED, PROVISIONAL), NOTHING },
		{ "created resolved, otherwise settled", PATH_AWS_SSM_SESSION,
		  VERDICT_AUTHORIZED, STAGE_FINAL, TOLD(NOT_JUDGED, NONE), NOTHING },
		{ "closed, pending between", PATH_AWS_SSM_SESSION, VERDICT_AUTHORIZED,
		  STAGE_FINAL, CLOSED(PENDING, NONE), NOTHING },
		/* no doors */
		{ "direct", PATH_DIRECT_SSH, VERDICT_NOT_JUDGED, STAGE_NONE, NOT_TOLD,
		  NOTHING },
		{ "local", PATH_LOCAL, VERDICT_NOT_JUDGED, STAGE_NONE, NOT_TOLD,
		  NOTHING },
		{ "unknown yet", PATH_NONE, VERDICT_PENDING, STAGE_NONE, NOT_TOLD,
		  NOTHING },
		{ "direct after all", PATH_DIRECT_SSH, VERDICT_NOT_JUDGED, STAGE_NONE,
		  TOLD(PENDING, NONE), ALERT_CLOSE },
		{ "direct, closed before", PATH_DIRECT_SSH, VERDICT_NOT_JUDGED,
		  STAGE_NONE, CLOSED(NOT_JUDGED, NONE), NOTHING },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct login login = { .path = rows[i].path };
		const struct verdict verdict = {
			.login = &login,
			.verdict = rows[i].verdict,
			.stage = rows[i].stage,
		};
		enum alert_activity activity = ALERT_CREATE;
		bool called = alert_activity_of_login(&verdict, &rows[i].told, &activity);

		check_row(rows[i].name);
		CHECK_INT(called ? (int)activity : NOTHING, rows[i].activity);
	}
}

static void test_findings(void)
{
	static const struct {
		const char *name;
		enum verdict_kind verdict;
		enum stage stage;
		bool has_finding;
		struct alert_told told;
		int activity;
	} rows[] = {
		{ "nothing found", VERDICT_PENDING, STAGE_NONE, false, NOT_TOLD,
		  NOTHING },
		{ "authorized", VERDICT_AUTHORIZED, STAGE_FINAL, false, NOT_TOLD,
		  NOTHING },
		{ "provisional", VERDICT_UNAUTHORIZED, STAGE_PROVISIONAL, true, NOT_TOLD,
		  ALERT_CREATE },
		{ "final at once", VERDICT_UNAUTHORIZED, STAGE_FINAL, true, NOT_TOLD,
		  ALERT_CREATE },
		{ "suppressed", VERDICT_UNAUTHORIZED, STAGE_FINAL, false, NOT_TOLD,
		  NOTHING },
		{ "final", VERDICT_UNAUTHORIZED, STAGE_FINAL, true,
		  TOLD(UNAUTHORIZED, PROVISIONAL), ALERT_UPDATE },
		{ "the same", VERDICT_UNAUTHORIZED, STAGE_FINAL, true,
		  TOLD(UNAUTHORIZED, FINAL), NOTHING },
		{ "late call", VERDICT_AUTHORIZED, STAGE_FINAL, false,
		  TOLD(UNAUTHORIZED, FINAL), ALERT_CLOSE },
		{ "unknown again", VERDICT_UNVERIFIABLE, STAGE_NONE, false,
		  TOLD(UNAUTHORIZED, FINAL), ALERT_CLOSE },
		{ "suppressed after all", VERDICT_UNAUTHORIZED, STAGE_FINAL, false,
		  TOLD(UNAUTHORIZED, FINAL), ALERT_CLOSE },
		{ "closed before", VERDICT_AUTHORIZED, STAGE_FINAL, false,
		  CLOSED(AUTHORIZED, FINAL), NOTHING },
		{ "found again, just as before", VERDICT_UNAUTHORIZED, STAGE_FINAL, true,
		  CLOSED(UNAUTHORIZED, FINAL), ALERT_UPDATE },
		{ "found again", VERDICT_UNAUTHORIZED, STAGE_PROVISIONAL, true,
		  CLOSED(AUTHORIZED, FINAL), ALERT_UPDATE },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct login login = { .path = PATH_AWS_SSM_SESSION };
		const struct verdict verdict = {
			.login = &login,
			.verdict = rows[i].verdict,
			.stage = rows[i].stage,
		};
		enum alert_activity activity = ALERT_CREATE;
		bool called = alert_activity_of_finding(&verdict, rows[i].has_finding,
							&rows[i].told, &activity);

		check_row(rows[i].name);
		CHECK_INT(called ? (int)activity : NOTHING, rows[i].activity);
	}
}

static void test_words(void)
{
	CHECK_TEXT(alert_stream_word(ALERT_FINDINGS), "finding");
	CHECK_TEXT(alert_stream_word(ALERT_LOGINS), "login");
	CHECK_TEXT(alert_stream_word(ALERT_HEARTBEATS), "heartbeat");
	CHECK_TEXT(alert_activity_word(ALERT_CREATE), "create");
	CHECK_TEXT(alert_activity_word(ALERT_UPDATE), "update");
	CHECK_TEXT(alert_activity_word(ALERT_CLOSE), "close");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "logins", test_logins },
		{ "findings", test_findings },
		{ "words", test_words },
		{ NULL, NULL },
	};

	return check_run("alert/record", tests);
}
