/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/sink/journal_entry.h"

#include <unistd.h>

#include "tests/support/check.h"

/* The fields but for those that every entry has, joined by '|'. */
static const char *fields_of(const struct journal_entry *entry, struct buf *buf)
{
	static const char *const same[] = { "MESSAGE_ID=", "SYSLOG_IDENTIFIER=",
					    "COUNTERSIGN_RECORD=" };

	buf_clear(buf);
	for (size_t i = 0; i < entry->count; i++) {
		struct slice field = journal_entry_field(entry, i);
		bool is_same = false;

		for (size_t k = 0; k < COUNT_OF(same); k++)
			is_same |= slice_starts_with(field, slice_text(same[k]));
		if (is_same)
			continue;
		buf_append(buf, field);
		buf_append_byte(buf, '|');
	}
	return buf_text(buf);
}

static void test_fields(void)
{
	static const struct {
		const char *name;
		struct slice record;
		const char *want;
	} rows[] = {
		{ "native finding",
		  SLICE("{\"type\":\"finding\",\"id\":\"ab\",\"rule\":\"r\",\"severity\":"
			"\"high\",\"title\":\"a login without an API call\",\"os_user\":"
			"\"bob\",\"source_ip\":\"192.0.2.7\",\"path\":\"aws-ssm-"
			"session\"}"),
		  "MESSAGE=a login without an API call: bob from 192.0.2.7 through "
		  "aws-ssm-session|PRIORITY=3|COUNTERSIGN_NUMBER=7|COUNTERSIGN_UID=ab|"
		  "COUNTERSIGN_RULE=r|COUNTERSIGN_OS_USER=bob|COUNTERSIGN_PATH="
		  "aws-ssm-session|COUNTERSIGN_SOURCE_IP=192.0.2.7|" },
		{ "native login",
		  SLICE("{\"type\":\"login\",\"id\":\"cd\",\"verdict\":\"authorized\","
			"\"os_user\":\"bob\",\"path\":null}"),
		  "MESSAGE=login authorized: bob|PRIORITY=5|COUNTERSIGN_NUMBER=7|"
		  "COUNTERSIGN_UID=cd|COUNTERSIGN_VERDICT=authorized|"
		  "COUNTERSIGN_OS_USER=bob|" },
		{ "OCSF",
		  SLICE("{\"class_uid\":2004,\"severity\":\"Critical\",\"message\":\"bob "
			"came in\",\"finding_info\":{\"uid\":\"ef\",\"title\":\"t\"},"
			"\"unmapped\":{\"verdict\":\"unauthorized\",\"os_user\":\"bob\"}"
			"}"),
		  "MESSAGE=bob came "
		  "in|PRIORITY=2|COUNTERSIGN_NUMBER=7|COUNTERSIGN_UID=ef|"
		  "COUNTERSIGN_VERDICT=unauthorized|COUNTERSIGN_OS_USER=bob|" },
		{ "native record of the findings",
		  SLICE("{\"type\":\"finding\",\"id\":\"ab\",\"os_user\":\"bob\","
			"\"path\":\"aws-ssm-session\",\"severity\":\"high\","
			"\"record\":{\"uid\":\"cd\",\"stream\":\"finding\","
			"\"rule\":\"r\",\"severity\":\"low\",\"verdict\":"
			"\"unauthorized\",\"message\":\"bob came in\"}}"),
		  "MESSAGE=bob came in|PRIORITY=5|COUNTERSIGN_NUMBER=7|"
		  "COUNTERSIGN_STREAM=finding|COUNTERSIGN_UID=cd|COUNTERSIGN_RULE=r|"
		  "COUNTERSIGN_VERDICT=unauthorized|COUNTERSIGN_OS_USER=bob|"
		  "COUNTERSIGN_PATH=aws-ssm-session|" },
		{ "OCSF of a login",
		  SLICE("{\"class_uid\":3002,\"severity\":\"Informational\","
			"\"message\":\"bob came in\",\"metadata\":{\"uid\":\"ef:9\","
			"\"correlation_uid\":\"ef\",\"log_name\":\"login\","
			"\"event_code\":\"login-through-cloud-door\"},\"unmapped\":"
			"{\"login\":{\"verdict\":\"pending\",\"os_user\":\"bob\","
			"\"path\":\"aws-ssm-session\",\"source_ip\":null}}}"),
		  "MESSAGE=bob came in|PRIORITY=6|COUNTERSIGN_NUMBER=7|"
		  "COUNTERSIGN_STREAM=login|COUNTERSIGN_UID=ef|"
		  "COUNTERSIGN_RULE=login-through-cloud-door|"
		  "COUNTERSIGN_VERDICT=pending|COUNTERSIGN_OS_USER=bob|"
		  "COUNTERSIGN_PATH=aws-ssm-session|" },
		{ "OCSF of a finding",
		  SLICE("{\"class_uid\":2004,\"severity\":\"High\",\"message\":\"m\","
			"\"metadata\":{\"log_name\":\"finding\"},\"finding_info\":"
			"{\"uid\":\"ef\",\"analytic\":{\"uid\":\"r\"}},\"unmapped\":"
			"{\"verdict\":\"unauthorized\",\"finding\":{\"os_user\":"
			"\"bob\",\"source_ip\":\"192.0.2.7\"}}}"),
		  "MESSAGE=m|PRIORITY=3|COUNTERSIGN_NUMBER=7|"
		  "COUNTERSIGN_STREAM=finding|COUNTERSIGN_UID=ef|COUNTERSIGN_RULE=r|"
		  "COUNTERSIGN_VERDICT=unauthorized|COUNTERSIGN_OS_USER=bob|"
		  "COUNTERSIGN_SOURCE_IP=192.0.2.7|" },
		{ "heartbeat",
		  SLICE("{\"type\":\"heartbeat\",\"record\":{\"uid\":null,"
			"\"stream\":\"heartbeat\",\"rule\":\"heartbeat\",\"severity\":"
			"\"informational\",\"message\":\"alive\"}}"),
		  "MESSAGE=alive|PRIORITY=6|COUNTERSIGN_NUMBER=7|"
		  "COUNTERSIGN_STREAM=heartbeat|COUNTERSIGN_RULE=heartbeat|" },
		{ "a newline and an escape in a name",
		  SLICE("{\"title\":\"t\",\"os_user\":\"b\\n\\u001b[2Jx\"}"),
		  "MESSAGE=t: b\\x0a\\x1b[2Jx|PRIORITY=5|COUNTERSIGN_NUMBER=7|"
		  "COUNTERSIGN_OS_USER=b\n\x1b[2Jx|" },
		{ "other types",
		  SLICE("{\"id\":7,\"title\":[],\"verdict\":{},\"finding_info\":[1],"
			"\"severity\":null}"),
		  "MESSAGE={\"id\":7,\"title\":[],\"verdict\":{},\"finding_info\":[1],"
		  "\"severity\":null}|PRIORITY=5|COUNTERSIGN_NUMBER=7|" },
		{ "no JSON", SLICE("CEF:0|x\n"),
		  "MESSAGE=CEF:0|x\\x0a|PRIORITY=5|COUNTERSIGN_NUMBER=7|" },
		{ "an array", SLICE("[1]"),
		  "MESSAGE=[1]|PRIORITY=5|COUNTERSIGN_NUMBER=7|" },
		{ "nothing", SLICE(""), "MESSAGE=|PRIORITY=5|COUNTERSIGN_NUMBER=7|" },
	};
	AUTO_BUF struct buf buf = BUF_LIMIT(65536);
	struct journal_entry entry;

	journal_entry_init(&entry);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct sink_record record = { 7, rows[i].record };

		check_row(rows[i].name);
		journal_entry_make(&entry, &record);
		CHECK_TEXT(fields_of(&entry, &buf), rows[i].want);
		if (rows[i].record.len == 0)
			continue;
		buf_clear(&buf);
		buf_append_text(&buf, "COUNTERSIGN_RECORD=");
		buf_append(&buf, rows[i].record);
		CHECK_SLICE(journal_entry_field(&entry, entry.count - 1),
			    buf_slice(&buf));
	}
	journal_entry_release(&entry);
}

/* A host without journald: an error to be tried again, not a success. */
static void test_no_journal(void)
{
	struct sink *sink = sink_journal_new("journal");
	const struct sink_record record = { 1, SLICE("{}") };
	struct err err;
	size_t done = 7;

	CHECK_TEXT(sink->ops->type, "journal");
	CHECK(sink->ops->state == NULL && sink->ops->reopen == NULL);
	if (access("/run/systemd/journal/socket", F_OK) < 0) {
		CHECK_INT(sink->ops->write(sink, &record, 1, &done, &err), -1);
		CHECK_UINT(done, 0);
		CHECK(strstr(err.text, "cannot reach the journal") != NULL);
	}
	sink_free(sink);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "fields", test_fields },
		{ "no journal", test_no_journal },
		{ NULL, NULL },
	};

	return check_run("agent/sink/journal_entry", tests);
}
