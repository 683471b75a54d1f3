/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "input/journal_export_parse.h"

#include "base/escape.h"
#include "base/limits.h"
#include "tests/support/check.h"
#include "tests/unit/input/scratch.h"

#define TRACE_LIMIT_BYTES ((size_t)1024 * 1024)

/* "offset entry: <message> uid=..." or "offset damaged at byte: why", one a line. */
static void trace_entry(void *ctx, struct journal_collector *collector, uint64_t offset)
{
	buf_append_format(ctx, "%" PRIu64 " entry: ", offset);
	escape_append(ctx, slice_first(collector->message, 100));
	buf_append_format(ctx, " uid=%" PRId64 "\n", collector->fields.uid);
}

static void trace_damaged(void *ctx, uint64_t offset, uint64_t at, const char *why)
{
	buf_append_format(ctx, "%" PRIu64 " damaged at %" PRIu64 ": %s\n", offset, at,
			  why);
}

/* What comes out when the text is fed in pieces of `piece` bytes. */
static void trace_parse(struct slice text, size_t piece, struct buf *trace)
{
	const struct export_ops ops = { trace_entry, trace_damaged, trace };
	struct export_parser parser;

	buf_clear(trace);
	export_parser_init(&parser, &ops);
	while (text.len > 0) {
		export_parser_feed(&parser, slice_first(text, piece));
		text = slice_skip(text, piece);
	}
	export_parser_finish(&parser);
	export_parser_release(&parser);
}

#define TIME "__REALTIME_TIMESTAMP=1\n"
#define TEXT(literal)                        \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

static void test_rows(void)
{
	static const struct {
		const char *name;
		struct slice in;
		const char *want;
	} rows[] = {
		{ "empty", TEXT(""), "" },
		{ "blank lines", TEXT("\n\n\n"), "" },
		{ "one", TEXT(TIME "MESSAGE=a\n_UID=0\n\n"), "0 entry: a uid=0\n" },
		{ "two", TEXT(TIME "MESSAGE=a\n\n" TIME "MESSAGE=b\n\n"),
		  "0 entry: a uid=-1\n34 entry: b uid=-1\n" },
		{ "blank lines around", TEXT("\n\n" TIME "MESSAGE=a\n\n\n\n"),
		  "2 entry: a uid=-1\n" },
		{ "last blank line missing", TEXT(TIME "MESSAGE=a\n"),
		  "0 entry: a uid=-1\n" },
		{ "equals sign in a value", TEXT(TIME "MESSAGE=a=b\n\n"),
		  "0 entry: a=b uid=-1\n" },
		{ "empty value", TEXT(TIME "MESSAGE=\n\n"), "0 entry:  uid=-1\n" },
		{ "no message", TEXT(TIME "\n"), "0 entry:  uid=-1\n" },
		{ "binary", TEXT(TIME "MESSAGE\n\3\0\0\0\0\0\0\0a\nb\n_UID=5\n\n"),
		  "0 entry: a\\x0ab uid=5\n" },
		{ "empty binary", TEXT(TIME "MESSAGE\n\0\0\0\0\0\0\0\0\n\n"),
		  "0 entry:  uid=-1\n" },
		{ "an entry inside binary",
		  TEXT(TIME
		       "MESSAGE\n\x11\0\0\0\0\0\0\0x\n\n_UID=0\nMESSAGE\n_UID=5\n\n"),
		  "0 entry: x\\x0a\\x0a_UID=0\\x0aMESSAGE uid=5\n" },
		{ "NUL in text", TEXT(TIME "MESSAGE=a\0b\n\n"),
		  "0 entry: a\\x00b uid=-1\n" },
		{ "twice the same name",
		  TEXT(TIME "_UID=5\n_UID=0\nMESSAGE=a\nMESSAGE=b\n\n"),
		  "0 entry: a uid=5\n" },

		{ "no time", TEXT("MESSAGE=a\n\n" TIME "MESSAGE=b\n\n"),
		  "0 damaged at 10: it has no time (__REALTIME_TIMESTAMP)\n"
		  "11 entry: b uid=-1\n" },
		{ "impossible time", TEXT("__REALTIME_TIMESTAMP=-1\nMESSAGE=a\n\n"),
		  "0 damaged at 34: it has no time (__REALTIME_TIMESTAMP)\n" },
		{ "small letters in a name",
		  TEXT(TIME "message=a\n\n" TIME "MESSAGE=b\n\n"),
		  "0 damaged at 23: a field has no valid name\n34 entry: b uid=-1\n" },
		{ "no name", TEXT(TIME "=a\nMESSAGE=x\n\n" TIME "MESSAGE=b\n\n"),
		  "0 damaged at 23: a field has no valid name\n37 entry: b uid=-1\n" },
		{ "digit in front", TEXT(TIME "1A=a\n\n"),
		  "0 damaged at 25: a field has no valid name\n" },
		{ "digit in front of a binary", TEXT(TIME "1A\n\n" TIME "MESSAGE=b\n\n"),
		  "0 damaged at 25: a field has no valid name\n27 entry: b uid=-1\n" },
		{ "CRLF", TEXT(TIME "MESSAGE=a\r\n\r\n\n" TIME "MESSAGE=b\n\n"),
		  "0 damaged at 34: a field has no valid name\n37 entry: b uid=-1\n" },
		{ "a log line", TEXT("Jan  2 03:04:05 host sshd[1]: Accepted\n"),
		  "0 damaged at 1: a field has no valid name\n" },
		{ "binary longer than it claims",
		  TEXT(TIME "MESSAGE\n\1\0\0\0\0\0\0\0ab\n\n" TIME "MESSAGE=b\n\n"),
		  "0 damaged at 40: a field is not as long as it claims\n43 entry: b "
		  "uid=-1\n" },
		{ "impossible length",
		  TEXT(TIME "MESSAGE\n\0\0\0\0\0\0\0\1a\n\n" TIME "MESSAGE=b\n\n"),
		  "0 damaged at 39: a field claims an impossible length\n"
		  "42 entry: b uid=-1\n" },
		{ "ends in a name", TEXT(TIME "MESS"),
		  "0 damaged at 27: the text ends inside it\n" },
		{ "ends in a value", TEXT(TIME "MESSAGE=a"),
		  "0 damaged at 32: the text ends inside it\n" },
		{ "ends in a length", TEXT(TIME "MESSAGE\n\1\0\0"),
		  "0 damaged at 34: the text ends inside it\n" },
		{ "ends in a binary", TEXT(TIME "MESSAGE\n\4\0\0\0\0\0\0\0abc"),
		  "0 damaged at 42: the text ends inside it\n" },
		{ "ends before a binary's newline",
		  TEXT(TIME "MESSAGE\n\3\0\0\0\0\0\0\0abc"),
		  "0 damaged at 42: the text ends inside it\n" },
		{ "ends while skipping", TEXT("x"),
		  "0 damaged at 0: a field has no valid name\n" },
		{ "damaged twice", TEXT("x\ny\n\nz\n\n"),
		  "0 damaged at 0: a field has no valid name\n"
		  "5 damaged at 5: a field has no valid name\n" },
	};
	static const size_t pieces[] = { SIZE_MAX, 1, 2, 3, 7 };
	AUTO_BUF struct buf trace = BUF_LIMIT(TRACE_LIMIT_BYTES);

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		for (size_t j = 0; j < COUNT_OF(pieces); j++) {
			trace_parse(rows[i].in, pieces[j], &trace);
			CHECK_TEXT(buf_text(&trace), rows[i].want);
		}
	}
}

static void test_long_names(void)
{
	AUTO_BUF struct buf text = BUF_LIMIT(TRACE_LIMIT_BYTES);
	AUTO_BUF struct buf trace = BUF_LIMIT(TRACE_LIMIT_BYTES);

	buf_append_text(&text, TIME);
	fill_repeated(&text, SLICE("A"), EXPORT_NAME_BYTES);
	buf_append_text(&text, "=as long as allowed\n\n" TIME);
	fill_repeated(&text, SLICE("A"), EXPORT_NAME_BYTES + 1);
	buf_append_text(&text, "=too long\n\n");
	trace_parse(buf_slice(&text), SIZE_MAX, &trace);
	CHECK_TEXT(buf_text(&trace), "0 entry:  uid=-1\n"
				     "108 damaged at 195: a field has no valid name\n");
}

static void test_many_fields(void)
{
	AUTO_BUF struct buf text = BUF_LIMIT(TRACE_LIMIT_BYTES);
	AUTO_BUF struct buf trace = BUF_LIMIT(TRACE_LIMIT_BYTES);

	buf_append_text(&text, TIME);
	fill_repeated(&text, SLICE("A=\n"), LIMIT_JOURNAL_ENTRY_FIELDS - 1);
	buf_append_text(&text, "\n" TIME);
	fill_repeated(&text, SLICE("A=\n"), LIMIT_JOURNAL_ENTRY_FIELDS);
	trace_parse(buf_slice(&text), SIZE_MAX, &trace);
	CHECK_TEXT(buf_text(&trace), "0 entry:  uid=-1\n"
				     "6165 damaged at 12329: it has too many fields\n");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "long names", test_long_names },
		{ "many fields", test_many_fields },
		{ NULL, NULL },
	};

	return check_run("input/journal_export_parse", tests);
}
