/* SPDX-License-Identifier: Apache-2.0 */
#include "config/value.h"

#include <stdlib.h>

#include "base/limits.h"
#include "config/config.h"
#include "tests/support/check.h"

static const struct setting *setting_of(const char *section, const char *key)
{
	ptrdiff_t index = setting_find(slice_text(section), slice_text(key));

	if (index < 0)
		abort();
	return setting_at((size_t)index);
}

/* Large enough for the field of any type. */
union room {
	char *text;
	us_span span;
	uint64_t bytes;
	bool yes;
	enum courier_mode mode;
	struct config_source source;
	struct config_list list;
};

static void test_rows(void)
{
	static const struct {
		const char *section, *key, *value;
		const char *written; /* NULL: it is refused */
		const char *error;
	} rows[] = {
		/* spans */
		{ "agent", "keep", "400d", "400d", NULL },
		{ "agent", "keep", "2w", "14d", NULL },
		{ "agent", "keep", "1h 30min", "90min", NULL },
		{ "agent", "keep", "1h30min", "90min", NULL },
		{ "agent", "keep", "3600001ms", "3600001ms", NULL },
		{ "agent", "keep", "3600000001us", "3600000001us", NULL },
		{ "correlation", "skew", "0s", "0s", NULL },
		{ "correlation", "skew", "0h", "0s", NULL },
		{ "agent", "keep", "400", NULL,
		  "a duration needs its unit: us, ms, s, min, h, d or w" },
		{ "correlation", "skew", "0", NULL,
		  "a duration needs its unit: us, ms, s, min, h, d or w" },
		{ "agent", "keep", "18446744073709551615", NULL,
		  "a duration needs its unit: us, ms, s, min, h, d or w" },
		{ "agent", "keep", "400m", NULL,
		  "not a duration as '20min' or '1h 30min': units are us, ms, s, min, h, "
		  "d and w" },
		{ "agent", "keep", "-1d", NULL,
		  "not a duration as '20min' or '1h 30min': units are us, ms, s, min, h, "
		  "d and w" },
		{ "agent", "keep", "1.5d", NULL,
		  "not a duration as '20min' or '1h 30min': units are us, ms, s, min, h, "
		  "d and w" },
		{ "agent", "keep", "99999999999999999999d", NULL,
		  "not a duration as '20min' or '1h 30min': units are us, ms, s, min, h, "
		  "d and w" },
		{ "agent", "keep", "5s", NULL, "allowed is 1h to 3660d" },
		{ "agent", "keep", "5000d", NULL, "allowed is 1h to 3660d" },
		{ "agent", "keep", "", NULL, "it needs a value" },
		{ "correlation", "provisional_after", "99ms", NULL,
		  "allowed is 100ms to 30d" },
		{ "correlation", "final_after_weak", "", "", NULL },
		{ "aws", "lateness", "", "", NULL },
		{ "sources", "backfill", "no", "no", NULL },
		{ "sources", "backfill", "2d", "2d", NULL },
		{ "sources", "backfill", "yes", NULL,
		  "not a duration as '20min' or '1h 30min': units are us, ms, s, min, h, "
		  "d and w" },
		/* sizes */
		{ "agent", "max_state_bytes", "64MiB", "64MiB", NULL },
		{ "agent", "max_state_bytes", "1024 MiB", "1GiB", NULL },
		{ "agent", "max_state_bytes", "65537KiB", "65537KiB", NULL },
		{ "agent", "max_state_bytes", "64MB", NULL,
		  "a size needs its unit: KiB, MiB or GiB" },
		{ "agent", "max_state_bytes", "67108864", NULL,
		  "a size needs its unit: KiB, MiB or GiB" },
		{ "agent", "max_state_bytes", "64mib", NULL,
		  "a size needs its unit: KiB, MiB or GiB" },
		{ "agent", "max_state_bytes", "MiB", NULL, "not a size as '64MiB'" },
		{ "agent", "max_state_bytes", "-1GiB", NULL, "not a size as '64MiB'" },
		{ "agent", "max_state_bytes", "4294967296GiB", NULL,
		  "not a size as '64MiB'" },
		{ "agent", "max_state_bytes", "4294967295GiB", NULL,
		  "allowed is 16MiB to 1024GiB" },
		{ "agent", "max_state_bytes", "1MiB", NULL,
		  "allowed is 16MiB to 1024GiB" },
		/* words */
		{ "aws", "ask_ssm", "yes", "yes", NULL },
		{ "aws", "ask_ssm", "no", "no", NULL },
		{ "aws", "ask_ssm", "true", NULL, "allowed is yes or no" },
		{ "aws", "ask_ssm", "Yes", NULL, "allowed is yes or no" },
		{ "courier", "mode", "auto", "auto", NULL },
		{ "courier", "mode", "off", "off", NULL },
		{ "courier", "mode", "on", NULL,
		  "allowed is auto, socket, child or off" },
		{ "courier", "mode", "", NULL, "it needs a value" },
		{ "identity", "provider", "aws", "aws", NULL },
		{ "identity", "provider", "", "", NULL },
		{ "identity", "provider", "ibm", NULL,
		  "allowed is aws, azure, gcp or none" },
		{ "sink", "type", "journal", "journal", NULL },
		{ "sink", "type", "mail", NULL,
		  "allowed is file, journal, syslog, https, splunk, elasticsearch, "
		  "slack, teams or pagerduty" },
		{ "sink", "url", "https://siem.example/path?x=1",
		  "https://siem.example/path?x=1", NULL },
		{ "sink", "url", "tls://logs.example:6514", "tls://logs.example:6514",
		  NULL },
		{ "sink", "url", "tcp://[2001:db8::1]:601", "tcp://[2001:db8::1]:601",
		  NULL },
		{ "sink", "url", "unix:/dev/log", "unix:/dev/log", NULL },
		{ "sink", "url", "tcp://logs.example", NULL,
		  "a syslog receiver is tcp://HOST:PORT or tls://HOST:PORT" },
		{ "sink", "url", "tcp://logs.example:0", NULL,
		  "a syslog receiver is tcp://HOST:PORT or tls://HOST:PORT" },
		{ "sink", "url", "tcp://:601", NULL,
		  "a syslog receiver is tcp://HOST:PORT or tls://HOST:PORT" },
		{ "sink", "url", "tls://logs.example:65536", NULL,
		  "a syslog receiver is tcp://HOST:PORT or tls://HOST:PORT" },
		{ "sink", "url", "unix:", NULL,
		  "a unix socket is unix:/PATH, absolute and without '..'" },
		{ "sink", "url", "unix:/run/../etc/x", NULL,
		  "a unix socket is unix:/PATH, absolute and without '..'" },
		{ "sink", "url", "ftp://x", NULL,
		  "a URL begins with https:// or http://" },
		{ "sink", "token_file", "/etc/countersign/token",
		  "/etc/countersign/token", NULL },
		{ "sink", "token_file", "credential:hec-token", "credential:hec-token",
		  NULL },
		{ "sink", "token_file", "credential:", NULL,
		  "a credential is credential:NAME, as LoadCredential= names it" },
		{ "sink", "token_file", "credential:../x", NULL,
		  "a credential is credential:NAME, as LoadCredential= names it" },
		{ "sink", "token_file", "s3cret", NULL,
		  "a path is absolute: it begins with '/'" },
		{ "sink", "batch", "64", "64", NULL },
		{ "sink", "batch", "0", NULL, "allowed is 1 to 64" },
		{ "sink", "batch", "65", NULL, "allowed is 1 to 64" },
		{ "sink", "batch", "1KiB", NULL, "not a number" },
		{ "identity", "tags",
		  "env=production,team=", "env=production team=", NULL },
		{ "identity", "tags", "=x", NULL, "'=x': a tag is key=value" },
		{ "sink", "format", "native", "native", NULL },
		{ "sink", "min_severity", "critical", "critical", NULL },
		{ "sink", "min_severity", "1", NULL,
		  "allowed is informational, low, medium, high or critical" },
		/* a word or a path */
		{ "sources", "journal", "auto", "auto", NULL },
		{ "sources", "journal", "yes", "yes", NULL },
		{ "sources", "journal", "no", "no", NULL },
		{ "sources", "journal", "/mnt/journal", "/mnt/journal", NULL },
		{ "sources", "journal", "journal", NULL,
		  "allowed is auto, yes, no or an absolute path" },
		{ "sources", "journal", "/a/../b", NULL, "a path has no '..' in it" },
		{ "sources", "ssm_log", "yes", NULL,
		  "allowed is auto, no or an absolute path" },
		{ "sources", "ssm_log", "/x.log", "/x.log", NULL },
		{ "sources", "azure_logs", "auto", "auto", NULL },
		{ "sources", "azure_logs", "/mnt/log", "/mnt/log", NULL },
		{ "sources", "cloud_init_log", "no", "no", NULL },
		/* lists */
		{ "sources", "files", "auto", "auto", NULL },
		{ "sources", "files", "/a", "/a", NULL },
		{ "sources", "files", "/a,/b  /c,\t/d,", "/a /b /c /d", NULL },
		{ "sources", "files", "auto /a", NULL,
		  "'auto': a path is absolute: it begins with '/'" },
		{ "sources", "files", ", ,", NULL, "a list without an item" },
		{ "sources", "files", "", NULL, "it needs a value" },
		{ "sources", "files", "no", NULL,
		  "'no': a path is absolute: it begins with '/'" },
		{ "sources", "authorized_keys", "auto", "auto", NULL },
		{ "sources", "authorized_keys", "no", "no", NULL },
		{ "sources", "authorized_keys", "/h/*/.ssh/authorized_keys, /a",
		  "/h/*/.ssh/authorized_keys /a", NULL },
		{ "sources", "authorized_keys", "no /a", NULL,
		  "'no': a path is absolute: it begins with '/'" },
		{ "identity", "private_ips", "192.0.2.7, 2001:db8::7",
		  "192.0.2.7 2001:db8::7", NULL },
		{ "identity", "private_ips", "", "", NULL },
		{ "identity", "private_ips", "192.0.2.256", NULL,
		  "'192.0.2.256': not an IP address" },
		{ "identity", "private_ips", "192.0.2.0/24", NULL,
		  "'192.0.2.0/24': not an IP address" },
		/* paths */
		{ "agent", "state_dir", "/srv/a b/\xc3\xa9", "/srv/a b/\xc3\xa9", NULL },
		{ "agent", "state_dir", "state", NULL,
		  "a path is absolute: it begins with '/'" },
		{ "agent", "state_dir", "~/state", NULL,
		  "a path is absolute: it begins with '/'" },
		{ "agent", "state_dir", "\"/state\"", NULL,
		  "a path is absolute: it begins with '/'" },
		{ "agent", "state_dir", "/..", NULL, "a path has no '..' in it" },
		{ "agent", "state_dir", "/a..b/..c", "/a..b/..c", NULL },
		{ "agent", "state_dir", "", NULL, "it needs a value" },
		{ "agent", "runtime_dir",
		  "/234567890/234567890/234567890/234567890/234567890/234567890/"
		  "234567890/234567890/234567890/2345",
		  NULL, "95 bytes are more than 94" },
		{ "policy", "file", "", "", NULL },
		/* names and ids */
		{ "agent", "group", "adm", "adm", NULL },
		{ "agent", "group", "-adm", NULL,
		  "a name is of letters, digits, '.', '_' and '-'" },
		{ "agent", "group", "a b", NULL,
		  "a name is of letters, digits, '.', '_' and '-'" },
		{ "agent", "group", "abcdefghabcdefghabcdefghabcdefghx", NULL,
		  "33 bytes are more than 32" },
		{ "aws", "role_arn", "arn:aws:iam::111122223333:role/a,b=@c",
		  "arn:aws:iam::111122223333:role/a,b=@c", NULL },
		{ "aws", "role_arn", "arn a", NULL,
		  "an id is of printable ASCII, without blanks" },
		{ "identity", "instance_id", "i-\xc3\xa9", NULL,
		  "an id is of printable ASCII, without blanks" },
		/* URLs */
		{ "aws", "cloudtrail_endpoint", "https://cloudtrail.example.com",
		  "https://cloudtrail.example.com", NULL },
		{ "aws", "metadata_endpoint", "http://127.0.0.1:8080/",
		  "http://127.0.0.1:8080/", NULL },
		{ "aws", "metadata_endpoint", "http://[fd00:ec2::254]",
		  "http://[fd00:ec2::254]", NULL },
		{ "aws", "metadata_endpoint", "", "", NULL },
		{ "aws", "metadata_endpoint", "169.254.169.254", NULL,
		  "a URL begins with https:// or http://" },
		{ "aws", "metadata_endpoint", "file:///etc/shadow", NULL,
		  "a URL begins with https:// or http://" },
		{ "aws", "metadata_endpoint", "http://", NULL,
		  "a URL is https://HOST, https://HOST:PORT or one of these and a path" },
		{ "aws", "metadata_endpoint", "http://:80", NULL,
		  "a URL is https://HOST, https://HOST:PORT or one of these and a path" },
		{ "aws", "metadata_endpoint", "http://a b", NULL,
		  "a URL is https://HOST, https://HOST:PORT or one of these and a path" },
		{ "aws", "metadata_endpoint", "http://a?b", NULL,
		  "a URL is https://HOST, https://HOST:PORT or one of these and a path" },
		{ "aws", "metadata_endpoint", "http://user:secret@host/", NULL,
		  "a URL here has no user and no password in it" },
		{ "aws", "metadata_endpoint", "http://host/a@b", "http://host/a@b",
		  NULL },
		{ "courier", "https_proxy", "none", "none", NULL },
		{ "courier", "https_proxy", "http://proxy:3128", "http://proxy:3128",
		  NULL },
		{ "courier", "https_proxy", "http://u:p@proxy", NULL,
		  "a URL here has no user and no password in it" },
		{ "courier", "https_proxy", "proxy:3128", NULL,
		  "a URL begins with https:// or http://" },
		/* times and texts */
		{ "identity", "launched_at", "2026-01-28T09:58:02Z",
		  "2026-01-28T09:58:02Z", NULL },
		{ "identity", "launched_at", "2026-01-28T10:58:02+01:00",
		  "2026-01-28T09:58:02Z", NULL },
		{ "identity", "launched_at", "", "", NULL },
		{ "identity", "launched_at", "yesterday", NULL,
		  "not a time as 2026-01-28T09:58:02Z" },
		{ "courier", "no_proxy", "localhost, .internal", "localhost, .internal",
		  NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct setting *setting = setting_of(rows[i].section, rows[i].key);
		struct slice value = slice_text(rows[i].value);
		struct buf written = BUF_LIMIT(4096);
		struct err err = { .text = "" };
		union room field;
		int result;

		memset(&field, 0, sizeof(field));
		check_row(rows[i].value);
		result = value_read(setting, value, &field, &err);
		CHECK_INT(result, rows[i].written ? 0 : -1);
		CHECK_TEXT(err.text, rows[i].error ? rows[i].error : "");
		CHECK_INT(value_check(setting, value, &err), result);
		if (result == 0) {
			value_write(setting, &field, &written);
			CHECK_TEXT(buf_text(&written), rows[i].written);
			/* What was written reads as the same. */
			CHECK_INT(value_read(setting, buf_slice(&written), &field, &err),
				  0);
			buf_clear(&written);
			value_write(setting, &field, &written);
			CHECK_TEXT(buf_text(&written), rows[i].written);
		}
		value_release(setting, &field);
		buf_release(&written);
	}
}

/* A failed read leaves the field as it was. */
static void test_untouched(void)
{
	const struct setting *setting = setting_of("sources", "files");
	struct config_list list = { NULL, 0 };
	struct err err;

	CHECK_INT(value_read(setting, SLICE("/a /b"), &list, &err), 0);
	CHECK_INT(value_read(setting, SLICE("/c d"), &list, &err), -1);
	CHECK_UINT(list.count, 2);
	CHECK_TEXT(list.items[1], "/b");
	value_release(setting, &list);
}

static void test_long(void)
{
	const struct setting *arn = setting_of("aws", "role_arn");
	const struct setting *files = setting_of("sources", "files");
	struct buf text = BUF_LIMIT(1 << 20);
	struct config_list list = { NULL, 0 };
	char *field = NULL;
	struct err err;

	for (size_t i = 0; i < 2048; i++)
		buf_append_byte(&text, 'a');
	CHECK_INT(value_read(arn, buf_slice(&text), &field, &err), 0);
	CHECK_TEXT(field, buf_text(&text));
	buf_append_byte(&text, 'a');
	CHECK_INT(value_read(arn, buf_slice(&text), &field, &err), -1);
	CHECK_TEXT(err.text, "2049 bytes are more than 2048");
	value_release(arn, &field);

	buf_clear(&text);
	for (size_t i = 0; i < LIMIT_CONFIG_LIST; i++)
		buf_append_format(&text, "/var/log/some/where/file-%zu ", i);
	CHECK_INT(value_read(files, buf_slice(&text), &list, &err), 0);
	CHECK_UINT(list.count, LIMIT_CONFIG_LIST);
	buf_append_text(&text, "/x");
	CHECK_INT(value_read(files, buf_slice(&text), &list, &err), -1);
	CHECK_TEXT(err.text, "more than 256 items");
	value_release(files, &list);
	buf_release(&text);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "values", test_rows },
		{ "failure changes nothing", test_untouched },
		{ "long values", test_long },
		{ NULL, NULL },
	};

	return check_run("config/value", tests);
}
