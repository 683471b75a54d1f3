/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/ocsf.h"

#include <string.h>

#include "alert/formats.h"
#include "base/limits.h"
#include "tests/support/check.h"

#define TIME (1769594400 * US_PER_SECOND)
#define TIME_MS (INT64_C(1769594400) * 1000)

static const struct native_context context = {
	.instance = SLICE("i-0123456789abcdef0"),
	.provider = SLICE("aws"),
};
static const struct event call = {
	.kind = EVENT_API_CALL,
	.happened_at = TIME,
	.api_call = { .name = SLICE("StartSession"),
		      .principal = SLICE("alice"),
		      .source_ip = SLICE("198.51.100.4"),
		      .user_agent = SLICE("aws-cli") },
};

/* The caller drops it. */
static json_t *write(const struct alert_format *format, const struct alert_record *record)
{
	AUTO_BUF struct buf line = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	json_t *json = NULL;
	struct err err;

	alert_format_append(format, &line, record);
	CHECK_OK(json_read(buf_slice(&line), &json, &err), &err);
	return json;
}

static int64_t number_at(const json_t *json, const char *path)
{
	return json_integer_value(json_at(json, path));
}

/* Whatever a finding can say has its name here. */
static void test_words(void)
{
	for (int kind = 0; kind < OBSERVATION_COUNT; kind++) {
		const struct observation observation = {
			.kind = (enum observation_kind)kind
		};
		struct finding finding;

		finding_from_observation(&observation, &finding);
		check_row(finding.rule);
		CHECK(!finding.technique || ocsf_technique(finding.technique));
	}
	for (int path = 0; path < PATH_COUNT; path++) {
		const struct login login = { .path = (enum path)path };
		const struct verdict verdict = { .login = &login,
						 .verdict = VERDICT_UNAUTHORIZED };
		struct finding finding;

		check_row(path_word(login.path));
		CHECK(finding_from_verdict(&verdict, &finding));
		CHECK(!finding.technique || ocsf_technique(finding.technique));
		CHECK(ocsf_door(login.path)->logon.caption != NULL);
	}
	CHECK(ocsf_provider(CLOUD_UNKNOWN) == NULL);
	for (int cloud = CLOUD_UNKNOWN + 1; cloud < CLOUD_COUNT; cloud++)
		CHECK(ocsf_provider((enum cloud)cloud) != NULL);
	CHECK_INT(ocsf_severity(SEVERITY_INFORMATIONAL).number, 1);
	CHECK_INT(ocsf_severity(SEVERITY_CRITICAL).number, 5);
}

static const struct {
	const char *name;
	enum login_kind kind;
	enum path path;
	enum alert_activity activity;
	enum verdict_kind verdict;
	bool has_ended, has_call, vouches;
	const char *source_ip;
	/* expected */
	int activity_id, logon_type;
	const char *source, *actor, *user;
} logins[] = {
	{ "it came", LOGIN_SESSION, PATH_AWS_SSM_SESSION, ALERT_CREATE, VERDICT_PENDING,
	  false, false, false, "", 1, 10, "", "", "ssm-user" },
	{ "it came and has gone", LOGIN_SESSION, PATH_AWS_SSM_SESSION, ALERT_CREATE,
	  VERDICT_PENDING, true, false, false, "", 1, 10, "", "", "ssm-user" },
	{ "vouched for, still there", LOGIN_SESSION, PATH_AWS_SSM_SESSION, ALERT_CLOSE,
	  VERDICT_AUTHORIZED, false, true, true, "", 1, 10, "198.51.100.4", "alice",
	  "ssm-user" },
	{ "vouched for, and gone", LOGIN_SESSION, PATH_AWS_SSM_SESSION, ALERT_CLOSE,
	  VERDICT_AUTHORIZED, true, true, true, "", 2, 10, "198.51.100.4", "alice",
	  "ssm-user" },
	{ "unauthorized, and gone", LOGIN_SESSION, PATH_AWS_SSM_SESSION, ALERT_UPDATE,
	  VERDICT_UNAUTHORIZED, true, false, false, "", 1, 10, "", "", "ssm-user" },
	{ "the call does not fit", LOGIN_SSH, PATH_AWS_EC2_INSTANCE_CONNECT, ALERT_UPDATE,
	  VERDICT_UNAUTHORIZED, false, true, false, "192.0.2.7", 1, 3, "192.0.2.7", "",
	  "ssm-user" },
	{ "the host saw an address", LOGIN_SSH, PATH_AWS_EC2_INSTANCE_CONNECT,
	  ALERT_CREATE, VERDICT_AUTHORIZED, false, true, true, "192.0.2.7", 1, 3,
	  "192.0.2.7", "alice", "ssm-user" },
	{ "a command", LOGIN_COMMAND, PATH_AWS_SSM_COMMAND, ALERT_CREATE,
	  VERDICT_AUTHORIZED, false, true, true, "", 1, 4, "198.51.100.4", "alice",
	  "ssm-user" },
	{ "a script at boot", LOGIN_SCRIPT, PATH_GCP_STARTUP_SCRIPT, ALERT_CREATE,
	  VERDICT_UNVERIFIABLE, false, false, false, "", 1, 1, "", "", "ssm-user" },
	{ "a console", LOGIN_CONSOLE, PATH_AZURE_SERIAL_CONSOLE, ALERT_CREATE,
	  VERDICT_PENDING, false, false, false, "", 1, 2, "", "", "ssm-user" },
};

static void test_logins(void)
{
	for (size_t i = 0; i < COUNT_OF(logins); i++) {
		const struct login login = {
			.kind = logins[i].kind,
			.path = logins[i].path,
			.happened_at = TIME,
			.ended_at =
				logins[i].has_ended ? TIME + US_PER_MINUTE : US_TIME_NONE,
			.sudo_at = US_TIME_NONE,
			.os_user = slice_text(logins[i].user),
			.source_ip = slice_text(logins[i].source_ip),
		};
		const struct verdict verdict = {
			.login = &login,
			.verdict = logins[i].verdict,
			.api_call = logins[i].vouches ? &call : NULL,
			.reason_call =
				logins[i].has_call && !logins[i].vouches ? &call : NULL,
		};
		const struct alert_record record = {
			.stream = ALERT_LOGINS,
			.activity = logins[i].activity,
			.sequence = 41,
			.told_at = TIME + US_PER_SECOND,
			.verdict = &verdict,
			.context = &context,
		};
		AUTO_JSON json_t *json = write(&alert_format_ocsf, &record);

		check_row(logins[i].name);
		CHECK_INT(number_at(json, "class_uid"), 3002);
		CHECK_INT(number_at(json, "activity_id"), logins[i].activity_id);
		CHECK_INT(number_at(json, "time"),
			  logins[i].activity_id == 2 ? TIME_MS + 60000 : TIME_MS);
		CHECK_INT(number_at(json, "status_id"), 1);
		CHECK_SLICE(json_text_at(json, "status_code"),
			    slice_text(verdict_word(logins[i].verdict)));
		CHECK_INT(number_at(json, "logon_type_id"), logins[i].logon_type);
		CHECK_INT(number_at(json, "metadata.sequence"), 41);
		CHECK_SLICE(json_text_at(json, "src_endpoint.ip"),
			    slice_text(logins[i].source));
		CHECK_SLICE(json_text_at(json, "actor.user.uid"),
			    slice_text(logins[i].actor));
		CHECK_SLICE(json_text_at(json, "user.name"), slice_text(logins[i].user));
	}
}

static void test_unknown_user(void)
{
	const struct login login = { .kind = LOGIN_CONSOLE,
				     .path = PATH_AWS_SERIAL_CONSOLE,
				     .ended_at = US_TIME_NONE,
				     .sudo_at = US_TIME_NONE };
	const struct verdict verdict = { .login = &login };
	const struct alert_record record = { .stream = ALERT_LOGINS,
					     .activity = ALERT_CREATE,
					     .verdict = &verdict,
					     .context = &context };
	AUTO_JSON json_t *json = write(&alert_format_ocsf, &record);

	CHECK_SLICE(json_text_at(json, "user.name"), SLICE("Unknown"));
	CHECK_INT(number_at(json, "user.type_id"), 0);
}

/* The client is a name in 1.6.0, an application in 1.9.0. */
static void test_versions(void)
{
	const struct observation observation = {
		.kind = OBSERVATION_API_CALL_WITHOUT_LOGIN,
		.happened_at = TIME,
		.from = US_TIME_NONE,
		.until = US_TIME_NONE,
		.api_call = &call,
	};
	const struct alert_record record = { .stream = ALERT_FINDINGS,
					     .activity = ALERT_CREATE,
					     .observation = &observation,
					     .is_test = true,
					     .context = &context };
	AUTO_JSON json_t *old = write(&alert_format_ocsf, &record);
	AUTO_JSON json_t *new = write(&alert_format_ocsf_1_9, &record);

	CHECK_SLICE(json_text_at(old, "metadata.version"), SLICE("1.6.0"));
	CHECK_SLICE(json_text_at(old, "actor.app_name"), SLICE("aws-cli"));
	CHECK(json_at(old, "actor.application") == NULL);
	CHECK_SLICE(json_text_at(new, "metadata.version"), SLICE("1.9.0"));
	CHECK_SLICE(json_text_at(new, "actor.application.name"), SLICE("aws-cli"));
	CHECK(json_at(new, "actor.app_name") == NULL);
	CHECK_SLICE(json_slice(json_array_get(json_at(new, "metadata.labels"), 0)),
		    SLICE("test"));
	CHECK(strncmp(json_text_at(new, "finding_info.title").ptr, "[test] ", 7) == 0);
}

/* ---- all at its ceiling --------------------------------------------------------------
 */

static bool find_line(void *ctx, uint64_t reference, struct evidence_text *ret_text)
{
	const struct slice *text = ctx;

	(void)reference;
	*ret_text = (struct evidence_text){ *text, *text, *text };
	return true;
}

static void check_line(const struct alert_format *format,
		       const struct alert_record *record)
{
	AUTO_BUF struct buf line = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	AUTO_JSON json_t *json = NULL;
	struct err err;
	bool is_printable = true;

	alert_format_append(format, &line, record);
	CHECK(!buf_overflowed(&line) && line.len <= LIMIT_OUTPUT_LINE_BYTES);
	for (size_t i = 0; i < line.len; i++) {
		unsigned char byte = (unsigned char)line.ptr[i];

		is_printable &= byte >= ' ' && byte != 0x7f;
	}
	CHECK(is_printable);
	CHECK_OK(json_read(buf_slice(&line), &json, &err), &err);
}

static void check_ceiling(struct slice text)
{
	static const uint64_t references[LIMIT_LOGIN_EVIDENCE] = { 0 };
	const struct native_context full = { text, text,      text, text,
					     text, find_line, &text };
	const struct event vouching = {
		.kind = EVENT_API_CALL,
		.api_call = { .id = text,
			      .name = text,
			      .request_id = text,
			      .error_code = text,
			      .principal = text,
			      .access_key_id = text,
			      .session_issuer = text,
			      .source_ip = text,
			      .user_agent = text },
	};
	const struct login login = {
		.path = PATH_AWS_SSM_SESSION,
		.ended_at = US_TIME_NONE,
		.sudo_at = US_TIME_NONE,
		.host = text,
		.os_user = text,
		.source_ip = text,
		.tty = text,
		.session_id = text,
		.key_fingerprint = text,
		.principal_hint = text,
		.evidence = references,
		.evidence_count = LIMIT_LOGIN_EVIDENCE,
	};
	const struct verdict verdict = { .login = &login,
					 .verdict = VERDICT_UNAUTHORIZED,
					 .api_call = &vouching,
					 .through_api_call = &vouching };
	struct alert_record record = { .activity = ALERT_CREATE,
				       .verdict = &verdict,
				       .context = &full };

	for (int stream = ALERT_FINDINGS; stream <= ALERT_LOGINS; stream++) {
		record.stream = (enum alert_stream)stream;
		check_line(&alert_format_ocsf, &record);
		check_line(&alert_format_ocsf_1_9, &record);
		check_line(&alert_format_native, &record);
	}
}

static void test_ceiling(void)
{
	static const struct {
		const char *name;
		struct slice bytes;
	} rows[] = {
		{ "control bytes", SLICE("\0\x01\x1b[2J\n\r\x7f") },
		{ "no UTF-8", SLICE("\xff\xc0\x80\xed\xa0\x80\xf5") },
		{ "marks", SLICE("\xe2\x80\xae\xe2\x81\xa6\xe2\x80\xa8\xef\xbb\xbf") },
		{ "quotes", SLICE("\"\\\"},{") },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_FIELD_BYTES);

		check_row(rows[i].name);
		while (buf_append(&text, rows[i].bytes))
			;
		check_ceiling(buf_slice(&text));
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "words", test_words },
		{ "logins", test_logins },
		{ "a user nobody names", test_unknown_user },
		{ "versions", test_versions },
		{ "all at its ceiling", test_ceiling },
		{ NULL, NULL },
	};

	return check_run("alert/ocsf", tests);
}
