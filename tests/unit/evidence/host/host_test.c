/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/evidence/host/host_test.h"

#include <stdlib.h>

#include "tests/support/event_print.h"

#define LINE_LIMIT ((size_t)64 * 1024)
#define MARCH_2026 ((us_time)1772359200 * US_PER_SECOND) /* 2026-03-01T10:00:00Z */

static struct host_reader *reader; /* kept: events borrow from it */
static struct zone *utc;

static void release(void)
{
	host_reader_free(reader);
	zone_free(utc);
}

static void renew(enum host_log_kind kind)
{
	struct host_reader_options options = { .year = 2026, .anchor = US_TIME_NONE };
	struct err err;

	if (!utc) {
		if (zone_new("UTC", &utc, &err) < 0)
			abort();
		(void)atexit(release);
	}
	options.zone = utc;
	host_reader_free(reader);
	reader = host_reader_new(kind, &options);
}

struct found {
	size_t count;
	struct event last;
};

static void keep(void *ctx, const struct event *event)
{
	struct found *found = ctx;

	found->count++;
	found->last = *event;
}

static size_t read_record(const struct record *record, struct event *ret_event)
{
	struct found found = { .count = 0 };
	const struct emitter emitter = { keep, &found };

	host_reader_read(reader, record, &emitter);
	*ret_event = found.last;
	return found.count;
}

size_t host_test_line(struct slice line, struct event *ret_event)
{
	const struct record record = { .bytes = line };

	renew(HOST_LOG_SYSLOG);
	return read_record(&record, ret_event);
}

size_t host_test_message(const char *tag, struct slice message, struct event *ret_event)
{
	static struct buf line = BUF_LIMIT(LINE_LIMIT);
	static bool registered;

	/* The buffer outlives the call, as the event borrows from it. */
	if (!registered && buf_reserve(&line, LINE_LIMIT - 1))
		registered = true;
	buf_clear(&line);
	buf_append_format(&line, "2026-03-01T10:00:00+00:00 box %s: ", tag);
	buf_append(&line, message);
	return host_test_line(buf_slice(&line), ret_event);
}

size_t host_test_entry(const struct journal_fields *fields, struct slice message,
		       struct event *ret_event)
{
	const struct record record = { .bytes = message, .journal = fields };

	renew(HOST_LOG_JOURNAL);
	return read_record(&record, ret_event);
}

void host_test_evidence(struct slice line, struct buf *buf)
{
	const struct record record = { .bytes = line };

	renew(HOST_LOG_SYSLOG);
	host_reader_evidence(reader, &record, buf);
}

struct journal_fields host_test_sshd_fields(void)
{
	return (struct journal_fields){
		.realtime = MARCH_2026,
		.source_realtime = US_TIME_NONE,
		.hostname = SLICE("box"),
		.transport = SLICE("syslog"),
		.comm = SLICE("sshd"),
		.unit = SLICE("ssh.service"),
		.uid = 0,
		.pid = 4021,
		.ident = SLICE("sshd"),
		.syslog_pid = 4021,
	};
}

bool host_test_is_login(const struct event *event)
{
	switch (event->kind) {
	case EVENT_KEY_OFFERED:
	case EVENT_LOGIN_ACCEPTED:
	case EVENT_KEY_PARTIAL:
	case EVENT_CONSOLE_LOGIN:
	case EVENT_SESSION_OPENED:
	case EVENT_LOGIND_OPENED:
	case EVENT_ACCOUNT_CREATED:
		return true;
	default:
		return false;
	}
}

const char *host_test_text(size_t count, const struct event *event)
{
	static char text[LINE_LIMIT];
	AUTO_BUF struct buf buf = BUF_LIMIT(LINE_LIMIT);
	struct event plain = *event;

	if (count == 0)
		return "";
	if (count > 1)
		return "more than one event";
	/* What the head says is tested elsewhere. */
	plain.happened_at = US_TIME_NONE;
	plain.host = (struct slice){ NULL, 0 };
	plain.pid = 0;
	plain.twin_expected = false;
	event_print_append(&buf, &plain);
	memcpy(text, buf_text(&buf), buf.len + 1);
	return text;
}
