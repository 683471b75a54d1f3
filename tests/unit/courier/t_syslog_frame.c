/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/syslog_frame.h"

#include "tests/support/check.h"

#define HEAD "1 2026-01-02T03:04:05Z vm-1 countersign - finding [countersign@32473 "

static const struct {
	const char *name, *host, *stream, *key, *bytes;
	uint64_t severity;
	enum syslog_framing framing;
	const char *want;
} rows[] = {
	{ "datagram", "vm-1", "finding", "k", "{}", 4, SYSLOG_DATAGRAM,
	  "<108>" HEAD "key=\"k\" number=\"7\"] {}" },
	{ "line", "vm-1", "finding", "k", "{}", 0, SYSLOG_LINE,
	  "<104>" HEAD "key=\"k\" number=\"7\"] {}\n" },
	{ "counted", "vm-1", "finding", "k", "{}", 7, SYSLOG_COUNTED,
	  "96 <111>" HEAD "key=\"k\" number=\"7\"] {}" },
	{ "key with marks", "vm-1", "finding", "a\"b\\c]d\n", "", 4, SYSLOG_DATAGRAM,
	  "<108>" HEAD "key=\"a\\\"b\\\\c\\]d?\" number=\"7\"] " },
	{ "UTF-8 has its mark", "vm-1", "finding", "k", "\xc3\xbc", 4, SYSLOG_DATAGRAM,
	  "<108>" HEAD "key=\"k\" number=\"7\"] \xef\xbb\xbf\xc3\xbc" },
	{ "what is none has not", "vm-1", "finding", "k", "\xc3(", 4, SYSLOG_DATAGRAM,
	  "<108>" HEAD "key=\"k\" number=\"7\"] \xc3(" },
	{ "no host, no stream", "", "", "k", "x", 4, SYSLOG_DATAGRAM,
	  "<108>1 2026-01-02T03:04:05Z - countersign - - [countersign@32473 key=\"k\" "
	  "number=\"7\"] x" },
	{ "host with blanks", "a b\n\xff", "finding", "k", "x", 4, SYSLOG_DATAGRAM,
	  "<108>1 2026-01-02T03:04:05Z a?b?? countersign - finding [countersign@32473 "
	  "key=\"k\" number=\"7\"] x" },
};

static struct deliver_record record_of(size_t row)
{
	return (struct deliver_record){
		.number = 7,
		.severity = rows[row].severity,
		.told_at = 1767323045 * US_PER_SECOND,
		.stream = slice_text(rows[row].stream),
		.key = slice_text(rows[row].key),
		.bytes = slice_text(rows[row].bytes),
	};
}

static void test_frames(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf buf = BUF_LIMIT(10000);
		const struct deliver_record record = record_of(i);

		check_row(rows[i].name);
		CHECK(syslog_frame_append(&buf, &record, slice_text(rows[i].host),
					  rows[i].framing));
		CHECK_TEXT(buf_text(&buf), rows[i].want);
	}
}

static void test_too_long(void)
{
	AUTO_BUF struct buf buf = BUF_LIMIT(50);
	struct deliver_record record = record_of(0);
	char key[40000];

	CHECK(!syslog_frame_append(&buf, &record, SLICE("vm-1"), SYSLOG_LINE));
	memset(key, 'k', sizeof(key));
	record.key = slice_of(key, sizeof(key));
	buf_release(&buf);
	buf = (struct buf)BUF_LIMIT(1 << 20);
	CHECK(!syslog_frame_append(&buf, &record, SLICE("vm-1"), SYSLOG_LINE));
	CHECK_UINT(buf.len, 0);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "frames", test_frames },
		{ "too long", test_too_long },
		{ NULL, NULL },
	};

	return check_run("syslog_frame", tests);
}
