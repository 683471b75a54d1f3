/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scan against jansson on generated records, every kernel against the portable one on
 * damaged ones, and each of them in pieces against itself in one.
 */
#include "evidence/cloud/scan.h"

#include <jansson.h>

#include "base/buf.h"
#include "evidence/cloud/fields.h"
#include "tests/support/check.h"

#define ROUNDS 3000

static unsigned state = 7;

static unsigned draw(unsigned below)
{
	state = state * 1664525U + 1013904223U;
	return (state >> 8) % below;
}

static const char *const keys[] = {
	"eventName",	    "eventSource",	  "eventTime",
	"awsRegion",	    "recipientAccountId", "eventID",
	"operationName",    "eventTimestamp",	  "time",
	"eventDataId",	    "resourceId",	  "category",
	"correlationId",    "resultType",	  "submissionTimestamp",
	"logName",	    "timestamp",	  "insertId",
	"receiveTimestamp",
};

/* The field whose key it is. */
static enum field field_of(const char *key)
{
	unsigned field = 0;

	while (strcmp(field_name((enum field)field), key) != 0)
		field++;
	return (enum field)field;
}

#define LONG_STRING                                                                      \
	"a long one, so that the string spans several blocks of sixty-four bytes: "      \
	"012345678901234567890123456789012345678901234567890123456789012345678901234567" \
	"89 "                                                                            \
	"\\\\ \\\" { [ ] }"

static const char *const hostile[] = {
	"plain text",
	"",
	"\\\"eventName\\\":\\\"StartSession\\\",\\\"x\\\":\\\"",
	"},{\\\"eventName\\\":\\\"SendCommand\\\"}]",
	"\\\\",
	"\\\\\\\\\\\"",
	"{[{[",
	"}]}]",
	"eventName",
	"eventID",
	"\\u007b\\u0022",
	"caf\xc3\xa9 \xf0\x9f\x94\x91",
	LONG_STRING,
};

static void put_blanks(struct buf *buf)
{
	static const char blanks[] = " \n\t\r";

	if (draw(4) == 0)
		buf_append_byte(buf, blanks[draw(4)]);
}

static void put_string(struct buf *buf)
{
	buf_append_byte(buf, '"');
	buf_append_text(buf, hostile[draw(COUNT_OF(hostile))]);
	buf_append_byte(buf, '"');
}

/* Recursion is bounded by `depth`. NOLINTNEXTLINE(misc-no-recursion) */
static void put_value(struct buf *buf, unsigned depth)
{
	unsigned kind = draw(depth ? 6 : 4);
	bool is_array = kind == 5;

	put_blanks(buf);
	if (kind < 2) {
		put_string(buf);
	} else if (kind == 2) {
		buf_append_text(buf, "null");
	} else if (kind == 3) {
		buf_append_format(buf, "%u", draw(100000));
	} else {
		unsigned count = draw(4);

		buf_append_byte(buf, is_array ? '[' : '{');
		for (unsigned i = 0; i < count; i++) {
			if (i)
				buf_append_byte(buf, ',');
			if (!is_array)
				buf_append_format(
					buf, "\"%s%u\":", draw(3) ? "k" : "eventName", i);
			put_value(buf, depth - 1);
		}
		put_blanks(buf);
		buf_append_byte(buf, is_array ? ']' : '}');
	}
	put_blanks(buf);
}

/* An object with some of the keys among others, in any order. */
static void put_record(struct buf *buf)
{
	unsigned count = draw(12), first = draw(COUNT_OF(keys));

	buf_append_byte(buf, '{');
	for (unsigned i = 0; i < count; i++) {
		if (i)
			buf_append_byte(buf, ',');
		put_blanks(buf);
		if (i < COUNT_OF(keys) && draw(2))
			buf_append_format(buf, "\"%s\"",
					  keys[(first + i) % COUNT_OF(keys)]);
		else
			buf_append_format(buf, "\"key%u\"", i);
		put_blanks(buf);
		buf_append_byte(buf, ':');
		put_value(buf, 3);
	}
	buf_append_byte(buf, '}');
}

/* Scans in pieces of `piece_bytes`, each with all that came before it, as a reader does.
 */
static enum scan_stop scan_in_pieces(struct scan *scan, enum scan_kernel kernel,
				     struct slice text, size_t piece_bytes, size_t *at)
{
	enum scan_stop stop = SCAN_MORE;

	scan_init(scan, kernel);
	scan_begin(scan);
	*at = 1;
	for (size_t len = 0; len < text.len && stop == SCAN_MORE;) {
		len += text.len - len < piece_bytes ? text.len - len : piece_bytes;
		stop = scan_next(scan, slice_first(text, len), at);
	}
	return stop;
}

/* What is plain must be what jansson reads, and what jansson reads must be plain or told.
 */
static void compare_with_jansson(struct slice text, const struct scan *scan)
{
	json_t *record = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
	struct fields fields;

	if (!CHECK(record != NULL))
		return;
	fields_read(&fields, text, scan);
	for (unsigned i = 0; i < COUNT_OF(keys); i++) {
		const json_t *value = json_object_get(record, keys[i]);
		enum field field = field_of(keys[i]);
		struct slice want =
			slice_of(json_string_value(value), json_string_length(value));
		bool is_plain = fields_are_plain(&fields, 0, FIELD_BIT(field));
		bool has_escapes =
			fields.values[field].len &&
			memchr(fields.values[field].ptr, '\\', fields.values[field].len);

		CHECK_INT((fields.seen >> field) & 1, value != NULL);
		if (value && !json_is_string(value) && !json_is_object(value))
			CHECK(!is_plain);
		else if (has_escapes)
			CHECK(!is_plain);
		else if (is_plain && !json_is_object(value))
			CHECK_SLICE(fields.values[field], want);
	}
	json_decref(record);
}

static void test_like_jansson(void)
{
	for (unsigned round = 0; round < ROUNDS; round++) {
		AUTO_BUF struct buf buf = BUF_LIMIT(65536);
		enum scan_kernel kernel = scan_kernel_best();
		struct scan scan;
		size_t at;

		put_record(&buf);
		if (!CHECK_INT(
			    scan_in_pieces(&scan, kernel, buf_slice(&buf), SIZE_MAX, &at),
			    SCAN_END))
			continue;
		CHECK_UINT(at, buf.len);
		compare_with_jansson(buf_slice(&buf), &scan);
		/* With bytes behind it and in pieces it ends in the same place. */
		buf_append_text(&buf, ",{\"eventName\":\"x\"}]}");
		CHECK_INT(scan_in_pieces(&scan, kernel, buf_slice(&buf), 1 + draw(100),
					 &at),
			  SCAN_END);
		CHECK_UINT(at, buf.len - 20);
	}
}

static void damage(struct buf *buf)
{
	static const char letters[] = "\"\\{}[]:,\n \x00\xff";

	for (unsigned i = draw(3); i; i--)
		buf->ptr[draw((unsigned)buf->len)] = letters[draw(sizeof(letters) - 1)];
	buf->ptr[0] = '{';
}

/* Which of the kept keys are kept for good: in pieces, some are kept to be looked at
 * later. */
static unsigned seen_of(struct slice text, const struct scan *scan)
{
	struct fields fields;

	fields_read(&fields, text, scan);
	return fields.seen;
}

static void test_kernels_agree(void)
{
	for (unsigned round = 0; round < ROUNDS; round++) {
		AUTO_BUF struct buf buf = BUF_LIMIT(65536);
		struct scan want;
		enum scan_stop stop;
		size_t want_at;

		put_record(&buf);
		damage(&buf);
		stop = scan_in_pieces(&want, SCAN_KERNEL_PORTABLE, buf_slice(&buf),
				      SIZE_MAX, &want_at);
		for (unsigned kernel = 0; kernel < SCAN_KERNEL_COUNT; kernel++) {
			for (unsigned piece = 0; piece < 4; piece++) {
				size_t piece_bytes = piece ? piece * 23 : SIZE_MAX, at;
				struct scan scan;

				if (!scan_kernel_usable((enum scan_kernel)kernel))
					continue;
				CHECK_INT(scan_in_pieces(&scan, (enum scan_kernel)kernel,
							 buf_slice(&buf), piece_bytes,
							 &at),
					  stop);
				CHECK_UINT(at, want_at);
				CHECK_INT(scan.fault, want.fault);
				CHECK_UINT(scan.newlines, want.newlines);
				CHECK_UINT(
					seen_of(slice_first(buf_slice(&buf), at), &scan),
					seen_of(slice_first(buf_slice(&buf), at), &want));
			}
		}
	}
}

static const struct {
	const char *name, *text;
	enum scan_stop stop;
	size_t at;
	enum scan_fault fault;
} rows[] = {
	{ "empty object", "{}", SCAN_END, 2, SCAN_FAULT_NONE },
	{ "ends before more", "{\"a\":[1]},", SCAN_END, 9, SCAN_FAULT_NONE },
	{ "bracket in a string", "{\"a\":\"}\"}", SCAN_END, 9, SCAN_FAULT_NONE },
	{ "escaped quote", "{\"a\":\"\\\"}\"}", SCAN_END, 11, SCAN_FAULT_NONE },
	{ "escaped backslash", "{\"a\":\"\\\\\"}", SCAN_END, 10, SCAN_FAULT_NONE },
	{ "not ended", "{\"a\":{}", SCAN_MORE, 7, SCAN_FAULT_NONE },
	{ "records", "{\"Records\":[{}]}", SCAN_LIST, 12, SCAN_FAULT_NONE },
	{ "records, blanks", "{ \"Records\" :\n [", SCAN_LIST, 16, SCAN_FAULT_NONE },
	{ "an export's records", "{\"records\": [", SCAN_LIST, 13, SCAN_FAULT_NONE },
	{ "value", "{\"value\":[{}]}", SCAN_LIST, 10, SCAN_FAULT_NONE },
	{ "entries", "{\"entries\":[{}]}", SCAN_LIST, 12, SCAN_FAULT_NONE },
	{ "value in a record", "{\"operationName\":\"x\",\"value\":[]}", SCAN_END, 32,
	  SCAN_FAULT_NONE },
	{ "entries in a record", "{\"insertId\":\"x\",\"entries\":[]}", SCAN_END, 29,
	  SCAN_FAULT_NONE },
	{ "events", "{\"NextToken\":\"x\",\"Events\":[", SCAN_LIST, 27, SCAN_FAULT_NONE },
	{ "records, no list", "{\"Records\":{}}", SCAN_END, 14, SCAN_FAULT_NONE },
	{ "records below", "{\"a\":{\"Records\":[]}}", SCAN_END, 20, SCAN_FAULT_NONE },
	{ "other records", "{\"xRecords\":[],\"\\\"Records\":[]}", SCAN_END, 30,
	  SCAN_FAULT_NONE },
	{ "records in a record", "{\"eventName\":\"x\",\"Records\":[]}", SCAN_END, 30,
	  SCAN_FAULT_NONE },
	{ "wrong bracket", "{\"a\":[}", SCAN_BROKEN, 6, SCAN_FAULT_BRACKET },
	{ "wrong end", "{\"a\":1]", SCAN_BROKEN, 6, SCAN_FAULT_BRACKET },
	{ "object as key", "{{", SCAN_BROKEN, 1, SCAN_FAULT_PLACE },
	{ "object behind a value", "{\"a\":1{", SCAN_BROKEN, 6, SCAN_FAULT_PLACE },
	{ "object behind a comma", "{\"a\":1,\n{", SCAN_BROKEN, 8, SCAN_FAULT_PLACE },
	{ "colon in a list", "{\"a\":[1:[", SCAN_BROKEN, 8, SCAN_FAULT_PLACE },
	{ "string behind a string", "{\"a\":\"b\"\"c\"", SCAN_BROKEN, 8,
	  SCAN_FAULT_PLACE },
	{ "line ends in a string", "{\"a\":\"b\n\"}", SCAN_BROKEN, 7,
	  SCAN_FAULT_LINE_END },
};

static void test_rows(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		for (unsigned kernel = 0; kernel < SCAN_KERNEL_COUNT; kernel++) {
			struct scan scan;
			size_t at = 0;

			check_row(rows[i].name);
			if (!scan_kernel_usable((enum scan_kernel)kernel))
				continue;
			CHECK_INT(scan_in_pieces(&scan, (enum scan_kernel)kernel,
						 slice_text(rows[i].text), SIZE_MAX, &at),
				  rows[i].stop);
			CHECK_UINT(at, rows[i].at);
			CHECK_INT(scan.fault, rows[i].fault);
		}
	}
}

static void test_wrapped(void)
{
	const char *const record = "{\"x\":{},\"eventName\":\"A\"}";
	AUTO_BUF struct buf buf = BUF_LIMIT(1024);
	struct fields fields;
	struct scan scan;
	size_t at;

	buf_append_format(
		&buf,
		"{\"meta\":{\"eventName\":\"B\"},\"event\":{\"id\":1,\"detail\" : %s},"
		"\"eventName\":\"C\"}",
		record);
	CHECK_INT(
		scan_in_pieces(&scan, scan_kernel_best(), buf_slice(&buf), SIZE_MAX, &at),
		SCAN_END);
	CHECK_SLICE(slice_of(buf.ptr + scan.record_start, scan.record_len),
		    slice_text(record));
	fields_read(&fields, buf_slice(&buf), &scan);
	CHECK_SLICE(fields.values[FIELD_NAME], SLICE("A"));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "wrapped", test_wrapped },
		{ "like jansson", test_like_jansson },
		{ "kernels agree", test_kernels_agree },
		{ NULL, NULL },
	};

	return check_run("evidence/cloud/scan", tests);
}
