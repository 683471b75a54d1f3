/* SPDX-License-Identifier: Apache-2.0 */
/* A whole reader: chunks of any size, ceilings, and what is no API log at all. */
#include "evidence/cloud.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/memory.h"
#include "tests/support/check.h"
#include "tests/support/event_print.h"

#define RECORD(name, more)                                                               \
	"{\"eventTime\":\"2026-01-28T10:00:00Z\",\"eventSource\":\"ssm.amazonaws.com\"," \
	"\"eventName\":\"" name                                                          \
	"\",\"awsRegion\":\"eu-west-1\",\"userAgent\":\"a \\\"b\\\\ {[\","               \
	"\"requestParameters\":{\"target\":\"i-0a1b2c3d4e5f60718\"}," more               \
	"\"eventID\":\"5d0c0001\",\"recipientAccountId\":\"111122223333\"}"

struct told {
	struct buf text; /* events and holes, a line each */
	unsigned events, holes, seen, matters;
	uint64_t hole_position, hole_line;
};

static void emitted(void *ctx, const struct event *event)
{
	struct told *told = ctx;

	told->events++;
	event_print_append(&told->text, event);
	buf_append_format(&told->text, " evidence=%u\n", (unsigned)event->evidence);
}

static void hole(void *ctx, uint64_t position, uint64_t line, const struct err *why)
{
	struct told *told = ctx;

	told->holes++;
	told->hole_position = position;
	told->hole_line = line;
	buf_append_format(&told->text, "hole %u %u %s\n", (unsigned)position,
			  (unsigned)line, why->text);
}

static void seen(void *ctx, const struct api_record_seen *record)
{
	struct told *told = ctx;

	told->seen++;
	buf_append_format(&told->text, "seen %u %u %.*s %u\n", (unsigned)record->position,
			  (unsigned)record->line, SLICE_ARG(record->id),
			  (unsigned)record->bytes.len);
}

static uint64_t matters(void *ctx, const struct api_record_seen *record)
{
	struct told *told = ctx;

	(void)record;
	return 100 + told->matters++;
}

static struct cloud_reader *new_reader(struct told *told)
{
	const struct cloud_reader_ops ops = {
		.record_matters = matters,
		.record_seen = seen,
		.hole = hole,
		.ctx = told,
	};
	const struct emitter emitter = { emitted, told };

	*told = (struct told){ .text = BUF_LIMIT(1024 * 1024) };
	return cloud_reader_new(&ops, &emitter);
}

/* A file that has each state in it: its text, and the lines it must give however it is
 * cut. */
static const char every_state[] = "\xef\xbb\xbf{\"owner\":\"x\",\"Records\":[ " RECORD(
	"StartSession",
	"") ",\n" RECORD("DescribeSessions",
			 "\"errorMessage\":\"]}\",") "],\"NextToken\":\"{\"}\n"
						     "[{\"name\":\"w\",\"event\":" RECORD(
							     "ResumeSession",
							     "") "}]\n"
								 "{\"half\":"
								 "\"line\n" RECORD(
									 "StartSession",
									 "\"readOnly\":1,"
									 "\"readOnly\":"
									 "2,") "\n"
									       "{\"EventI"
									       "d\":"
									       "\"x\","
									       "\"CloudTr"
									       "ailEvent"
									       "\":\"{"
									       "\\\"event"
									       "Time\\\":"
									       "\\\"2026-"
									       "01-28T10:"
									       "00:"
									       "00Z\\\","
									       "\\\"event"
									       "Name\\\":"
									       "\\\"SendC"
									       "ommand\\"
									       "\","
									       "\\\"event"
									       "Source\\"
									       "\":"
									       "\\\"ssm."
									       "amazonaws"
									       ".com\\\","
									       "\\\"event"
									       "ID\\\":"
									       "\\\"5d0c0"
									       "002\\\"}"
									       "\"}\n"
									       "not json "
									       "\" at "
									       "all"
									       "\n" RECORD(
										       "T"
										       "e"
										       "r"
										       "m"
										       "i"
										       "n"
										       "a"
										       "t"
										       "e"
										       "S"
										       "e"
										       "s"
										       "s"
										       "i"
										       "o"
										       "n",
										       "") " ";

static int feed_in_two(struct told *told, struct slice file, size_t cut, struct err *err)
{
	struct cloud_reader *reader = new_reader(told);
	int result = cloud_reader_feed(reader, slice_first(file, cut), err);

	if (result == 0)
		result = cloud_reader_feed(reader, slice_skip(file, cut), err);
	if (result == 0)
		result = cloud_reader_finish(reader, err);
	cloud_reader_free(reader);
	return result;
}

static int feed_in_bytes(struct told *told, struct slice file, struct err *err)
{
	struct cloud_reader *reader = new_reader(told);
	int result = 0;

	for (size_t i = 0; i < file.len && result == 0; i++)
		result = cloud_reader_feed(reader, slice_of(file.ptr + i, 1), err);
	if (result == 0)
		result = cloud_reader_finish(reader, err);
	cloud_reader_free(reader);
	return result;
}

static void test_every_cut(void)
{
	struct slice file = slice_of(every_state, sizeof(every_state) - 1);
	struct told whole, part;
	struct err err;

	CHECK_OK(feed_in_two(&whole, file, file.len, &err), &err);
	CHECK_UINT(whole.events, 4);
	CHECK_UINT(whole.seen, 6);
	CHECK_UINT(whole.holes, 3);
	for (size_t cut = 0; cut < file.len; cut++) {
		CHECK_OK(feed_in_two(&part, file, cut, &err), &err);
		CHECK_SLICE(buf_slice(&part.text), buf_slice(&whole.text));
		buf_release(&part.text);
	}
	CHECK_OK(feed_in_bytes(&part, file, &err), &err);
	CHECK_SLICE(buf_slice(&part.text), buf_slice(&whole.text));
	buf_release(&part.text);
	buf_release(&whole.text);
}

/* Feeds the text `count` times. */
static int feed_often(struct cloud_reader *reader, struct slice text, size_t count,
		      struct err *err)
{
	int result = 0;

	for (size_t i = 0; i < count && result == 0; i++)
		result = cloud_reader_feed(reader, text, err);
	return result;
}

/* A record of 64 MiB is a hole at its place, and the next one is read. */
static void test_too_long(void)
{
	static const char middle[] = "0123456789abcde{";
	struct told told;
	struct cloud_reader *reader = new_reader(&told);
	struct err err;

	CHECK_OK(cloud_reader_feed(reader, SLICE("{\"Records\":["), &err), &err);
	CHECK_OK(cloud_reader_feed(reader, SLICE("{\"a\":[],\"b\":\""), &err), &err);
	CHECK_OK(feed_often(reader, SLICE(middle), (size_t)4 * 1024 * 1024, &err), &err);
	CHECK_OK(cloud_reader_feed(reader, SLICE("\\\"\"}\n,"), &err), &err);
	CHECK_OK(cloud_reader_feed(reader, SLICE(RECORD("StartSession", "") "]}"), &err),
		 &err);
	CHECK_OK(cloud_reader_finish(reader, &err), &err);
	CHECK_UINT(told.holes, 1);
	CHECK_UINT(told.hole_position, 12);
	CHECK_UINT(told.hole_line, 1);
	CHECK_UINT(told.events, 1);
	cloud_reader_free(reader);
	buf_release(&told.text);
}

/* A list of a record of `len` bytes and a short one. The caller frees it. */
static struct slice list_with(size_t len)
{
	static const char open[] = "{\"Records\":[",
			  close[] = "," RECORD("StartSession", "") "]}";
	static const char head[] = "{\"eventName\":\"x\",\"eventSource\":\"y\","
				   "\"eventTime\":\"2026-01-28T10:00:00Z\",\"pad\":\"";
	size_t begin = sizeof(open) - 1, size = begin + len + sizeof(close) - 1;
	char *text = memory_new(size, 1);

	memset(text, 'x', size);
	memcpy(text, open, begin);
	memcpy(text + begin, head, sizeof(head) - 1);
	memcpy(text + begin + len - 2, "\"}", 2);
	memcpy(text + begin + len, close, sizeof(close) - 1);
	return slice_of(text, size);
}

/* Records about as long as they may be, in one chunk and in small ones. */
static void test_ceiling(void)
{
	static const size_t pieces[] = { SIZE_MAX, 1000, 4096, 70000, 1024 * 1024 };

	for (size_t row = 0; row < 5 * COUNT_OF(pieces); row++) {
		size_t len = LIMIT_API_RECORD_BYTES - 2 + row / COUNT_OF(pieces);
		size_t piece_bytes = pieces[row % COUNT_OF(pieces)];
		bool is_too_long = len > LIMIT_API_RECORD_BYTES;
		struct slice file = list_with(len), left = file;
		struct told told;
		struct cloud_reader *reader = new_reader(&told);
		struct err err;

		for (; left.len; left = slice_skip(left, piece_bytes))
			CHECK_OK(cloud_reader_feed(reader, slice_first(left, piece_bytes),
						   &err),
				 &err);
		CHECK_OK(cloud_reader_finish(reader, &err), &err);
		CHECK_UINT(told.holes, is_too_long);
		CHECK_UINT(told.seen, is_too_long ? 1 : 2);
		CHECK_UINT(told.events, 1);
		cloud_reader_free(reader);
		buf_release(&told.text);
		free((char *)file.ptr);
	}
}

static void test_too_deep(void)
{
	for (unsigned is_closed = 0; is_closed < 2; is_closed++) {
		struct told told;
		struct cloud_reader *reader = new_reader(&told);
		struct err err;

		CHECK_OK(cloud_reader_feed(
				 reader, SLICE("[" RECORD("StartSession", "") ",{\"a\":"),
				 &err),
			 &err);
		CHECK_OK(feed_often(reader, SLICE("[{\"a\":"), 100000, &err), &err);
		CHECK_OK(cloud_reader_feed(reader, SLICE("1"), &err), &err);
		if (is_closed) {
			CHECK_OK(feed_often(reader, SLICE("}]"), 100000, &err), &err);
			CHECK_OK(cloud_reader_feed(
					 reader,
					 SLICE("}," RECORD("StartSession", "") "]"),
					 &err),
				 &err);
			CHECK_OK(cloud_reader_finish(reader, &err), &err);
		} else {
			CHECK_INT(cloud_reader_finish(reader, &err), -1);
		}
		CHECK_UINT(told.holes, is_closed);
		CHECK_UINT(told.events, 1 + is_closed);
		cloud_reader_free(reader);
		buf_release(&told.text);
	}
}

/* Brackets without end at the top are lists in lists, not records. */
static void test_deep_lists(void)
{
	struct told told;
	struct cloud_reader *reader = new_reader(&told);
	struct err err;

	CHECK_OK(feed_often(reader, SLICE("["), 100000, &err), &err);
	CHECK_INT(cloud_reader_finish(reader, &err), -1);
	CHECK_UINT(told.holes, 0);
	cloud_reader_free(reader);
	buf_release(&told.text);
}

/* Names that a caller wrote into a request hide no call, however many they are. */
static void test_many_names(void)
{
	static const char head[] =
		"{\"insertId\":\"a\",\"timestamp\":\"2026-01-28T10:00:00Z\",\"logName\":"
		"\"projects/p/logs/cloudaudit.googleapis.com%2Fdata_access\","
		"\"protoPayload\":{\"request\":[0";
	static const char tail[] = "],\"serviceName\":\"iap.googleapis.com\","
				   "\"methodName\":\"AuthorizeUser\"}}";
	struct told told;
	struct cloud_reader *reader = new_reader(&told);
	struct err err;

	CHECK_OK(cloud_reader_feed(reader, slice_of(head, sizeof(head) - 1), &err), &err);
	CHECK_OK(feed_often(reader,
			    SLICE(",{\"methodName\":\"x\",\"serviceName\":\"y\"}"), 30000,
			    &err),
		 &err);
	CHECK_OK(cloud_reader_feed(reader, slice_of(tail, sizeof(tail) - 1), &err), &err);
	CHECK_OK(cloud_reader_finish(reader, &err), &err);
	CHECK_UINT(told.holes, 0);
	CHECK_UINT(told.events, 1);
	cloud_reader_free(reader);
	buf_release(&told.text);
}

/* A request of a megabyte, and one that is nested without end: neither is looked into for
 * more than its two words, and the call is read. */
static void test_large_request(void)
{
	static const char head[] =
		"{\"time\":\"2026-01-28T10:00:00Z\",\"operationName\":"
		"\"Microsoft.Compute/virtualMachines/extensions/write\",\"resourceId\":"
		"\"/subscriptions/s\",\"properties\":{\"requestbody\":\"";

	for (unsigned is_deep = 0; is_deep < 2; is_deep++) {
		struct told told;
		struct cloud_reader *reader = new_reader(&told);
		struct err err;

		CHECK_OK(
			cloud_reader_feed(reader, slice_of(head, sizeof(head) - 1), &err),
			&err);
		CHECK_OK(feed_often(reader, is_deep ? SLICE("[") : SLICE("x"),
				    (size_t)1024 * 1024, &err),
			 &err);
		CHECK_OK(cloud_reader_feed(reader, SLICE("\"}}"), &err), &err);
		CHECK_OK(cloud_reader_finish(reader, &err), &err);
		CHECK_UINT(told.holes, 0);
		CHECK_UINT(told.events, 1);
		cloud_reader_free(reader);
		buf_release(&told.text);
	}
}

/* A file of other text is given up before it is read to its end. */
static void test_gives_up(void)
{
	struct told told;
	struct cloud_reader *reader = new_reader(&told);
	struct err err;

	CHECK_INT(
		feed_often(reader,
			   SLICE("Jan 28 09:59:55 web-1 sshd[882]: Connection closed\n"),
			   (size_t)1024 * 1024, &err),
		-1);
	CHECK_TEXT(err.text, "no API log: at byte 0 (line 1): not JSON");
	CHECK_UINT(told.holes, 0);
	cloud_reader_free(reader);
	buf_release(&told.text);
}

static void test_nothing(void)
{
	struct told told;
	struct cloud_reader *reader = new_reader(&told);
	size_t count = 1;
	struct err err;

	CHECK_OK(cloud_reader_feed(reader, slice_of(NULL, 0), &err), &err);
	CHECK_OK(cloud_reader_finish(reader, &err), &err);
	cloud_reader_extents(reader, &count);
	CHECK_UINT(count, 0);
	cloud_reader_free(reader);
	cloud_reader_free(NULL);
	buf_release(&told.text);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "every cut", test_every_cut },
		{ "too long", test_too_long },
		{ "ceiling", test_ceiling },
		{ "too deep", test_too_deep },
		{ "deep lists", test_deep_lists },
		{ "gives up", test_gives_up },
		{ "many names", test_many_names },
		{ "large request", test_large_request },
		{ "nothing", test_nothing },
		{ NULL, NULL },
	};

	return check_run("evidence/cloud/reader", tests);
}
