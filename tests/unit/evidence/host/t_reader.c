/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/check.h"
#include "tests/support/event_print.h"
#include "tests/unit/evidence/host/host_test.h"

#define LOG_LIMIT ((size_t)1024 * 1024)
#define OUT_LIMIT ((size_t)4 * 1024 * 1024)
#define ACCEPTED "Accepted password for amy from 192.0.2.7 port 1 ssh2"

static void test_recognise(void)
{
	static const struct {
		const char *name, *text;
		enum host_log_kind want;
	} rows[] = {
		{ "traditional", "Jan  2 03:04:05 box sshd[8]: x\n", HOST_LOG_SYSLOG },
		{ "one line, no end", "Jan  2 03:04:05 box sshd[8]: x", HOST_LOG_SYSLOG },
		{ "rfc 3339", "2026-01-02T03:04:05Z box sshd[8]: x\n", HOST_LOG_SYSLOG },
		{ "rfc 5424", "<86>1 2026-01-02T03:04:05Z box sshd 8 - - x\n",
		  HOST_LOG_SYSLOG },
		{ "rubbish in front",
		  "\xef\xbb\xbf\n---\nJan  2 03:04:05 box sshd[8]: x\r\n",
		  HOST_LOG_SYSLOG },
		{ "agent", "2026-01-02 03:04:05 INFO [ssm-agent-worker] hello\n",
		  HOST_LOG_SSM },
		{ "another log with times", "2026-01-02T03:04:05Z INFO daemon: started\n",
		  HOST_LOG_SYSLOG },
		{ "no tag", "2026-01-02T03:04:05Z INFO daemon started\n",
		  HOST_LOG_UNKNOWN },
		{ "binary", "\x7f\x45LF\x02\x01\x01", HOST_LOG_UNKNOWN },
		{ "empty", "", HOST_LOG_UNKNOWN },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		CHECK_INT(host_log_recognise(slice_text(rows[i].text)), rows[i].want);
	}
}

static void test_evidence(void)
{
	static const struct {
		const char *name, *line, *want;
	} rows[] = {
		{ "as it is", "Jan  2 03:04:05 box sshd[8]: " ACCEPTED,
		  "Jan  2 03:04:05 box sshd[8]: " ACCEPTED },
		{ "line end", "Jan  2 03:04:05 box sshd[8]: x\r",
		  "Jan  2 03:04:05 box sshd[8]: x" },
		{ "sudo",
		  "Jan  2 03:04:05 box sudo:  amy : TTY=pts/0 ; PWD=/ ; USER=root ; "
		  "COMMAND=/bin/tool --password canary",
		  "Jan  2 03:04:05 box sudo:  amy : TTY=pts/0 ; PWD=/ ; USER=root ; "
		  "COMMAND=" },
		{ "sudo's environment",
		  "Jan  2 03:04:05 box sudo[8]:  amy : PWD=/ ; USER=root ; "
		  "ENV=TOKEN=canary ; "
		  "COMMAND=/bin/tool",
		  "Jan  2 03:04:05 box sudo[8]:  amy : PWD=/ ; USER=root" },
		{ "sudo's session",
		  "Jan  2 03:04:05 box sudo: pam_unix(sudo:session): session closed "
		  "for user root",
		  "Jan  2 03:04:05 box sudo: pam_unix(sudo:session): session closed for "
		  "user root" },
		{ "no head", "COMMAND=canary", "" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf buf = BUF_LIMIT(4096);

		check_row(rows[i].name);
		host_test_evidence(slice_text(rows[i].line), &buf);
		CHECK_TEXT(buf_text(&buf), rows[i].want);
	}
}

/* A line and its journal entry have the same hash, others another. */
static void test_twins(void)
{
	static const struct {
		const char *name, *tag, *line, *entry;
		bool same;
	} rows[] = {
		{ "equal", "sshd[4021]", ACCEPTED, ACCEPTED, true },
		{ "blanks at the ends", "sudo[4021]",
		  "     amy : PWD=/ ; USER=root ; COMMAND=/bin/id",
		  "amy : PWD=/ ; USER=root ; COMMAND=/bin/id", true },
		{ "newline in the command", "sudo[4021]",
		  "amy : PWD=/ ; USER=root ; COMMAND=/bin/id#012#011x",
		  "amy : PWD=/ ; USER=root ; COMMAND=/bin/id\n\tx", true },
		{ "other port", "sshd[4021]", ACCEPTED,
		  "Accepted password for amy from 192.0.2.7 port 2 ssh2", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct journal_fields fields = host_test_sshd_fields();
		struct event of_line, of_entry;

		fields.ident = slice_first(slice_text(rows[i].tag), 4);
		check_row(rows[i].name);
		CHECK_UINT(host_test_message(rows[i].tag, slice_text(rows[i].line),
					     &of_line),
			   1);
		CHECK(of_line.twin_expected);
		CHECK_INT(of_line.trust, TRUST_UNVERIFIED);
		CHECK_UINT(host_test_entry(&fields, slice_text(rows[i].entry), &of_entry),
			   1);
		CHECK((of_line.text_hash == of_entry.text_hash) == rows[i].same);
		CHECK(of_line.text_hash != 0);
	}
}

static void append_event(void *ctx, const struct event *event)
{
	event_print_append(ctx, event);
	buf_append_byte(ctx, '\n');
}

/* Reads a log with the fast pass, in chunks that end after some newline. */
static struct host_reader_stats read_fast(struct slice log, const struct zone *zone,
					  size_t chunk_bytes, struct buf *out)
{
	const struct host_reader_options options = {
		.zone = zone,
		.year = 2026,
		.anchor = US_TIME_NONE,
		.latest = US_TIME_NONE,
	};
	const struct emitter emitter = { append_event, out };
	struct host_reader *reader = host_reader_new(HOST_LOG_SYSLOG, &options);
	struct host_reader_stats stats;

	while (log.len) {
		struct slice chunk = slice_first(log, chunk_bytes);
		ptrdiff_t end = slice_find_last(chunk, '\n');
		struct slice line;

		if (end < 0 || chunk.len == log.len)
			chunk = log;
		else
			chunk = slice_first(log, (size_t)end + 1);
		log = slice_skip(log, chunk.len);
		while (host_reader_next(reader, &chunk, &line)) {
			const struct record record = { .bytes = line };

			host_reader_read(reader, &record, &emitter);
		}
	}
	stats = host_reader_stats(reader);
	host_reader_free(reader);
	return stats;
}

/* The same, every line. */
static struct host_reader_stats read_all(struct slice log, const struct zone *zone,
					 struct buf *out)
{
	const struct host_reader_options options = {
		.zone = zone,
		.year = 2026,
		.anchor = US_TIME_NONE,
		.latest = US_TIME_NONE,
	};
	const struct emitter emitter = { append_event, out };
	struct host_reader *reader = host_reader_new(HOST_LOG_SYSLOG, &options);
	struct host_reader_stats stats;
	uint64_t lines = 0;

	while (log.len) {
		struct record record = { .bytes = log };

		if (slice_take_until(&log, '\n', &record.bytes) == false)
			log = slice_skip(log, log.len);
		host_reader_read(reader, &record, &emitter);
		lines++;
	}
	stats = host_reader_stats(reader);
	stats.lines = lines;
	host_reader_free(reader);
	return stats;
}

/* xorshift64 (Marsaglia 2003). */
static uint64_t random_below(uint64_t *state, uint64_t limit)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state % limit;
}

static void append_head(struct buf *log, uint64_t *state, us_time time)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	static const char *const hosts[] = { "box", "box", "box",
					     "box", "box", "ip-192-0-2-1" };
	struct civil civil = civil_from_utc(time);
	const char *host = hosts[random_below(state, COUNT_OF(hosts))];
	char text[TIME_TEXT_BYTES];

	switch (random_below(state, 16)) {
	case 0:
		buf_append_format(log, "<86>%s %2d %02d:%02d:%02d %s ",
				  months[civil.month - 1], civil.day, civil.hour,
				  civil.minute, civil.second, host);
		break;
	case 1:
		buf_append_format(log, "%s %s ", time_to_rfc3339(time, text), host);
		break;
	case 2:
		buf_append(log, slice_of("\0\0\0", 3));
		/* fall through */
	default:
		buf_append_format(log, "%s %2d %02d:%02d:%02d %s ",
				  months[civil.month - 1], civil.day, civil.hour,
				  civil.minute, civil.second, host);
		break;
	}
}

static void append_random_line(struct buf *log, uint64_t *state, us_time time)
{
	static const char *const bodies[] = {
		"sshd[88]: Failed password for amy from 192.0.2.7 port 1 ssh2",
		"sshd[88]: Invalid user x from 192.0.2.7 port 1",
		"sshd[88]: pam_unix(sshd:auth): authentication failure; logname= uid=0",
		"CRON[7]: pam_unix(cron:session): session closed for user root",
		("sshd[88]: " ACCEPTED),
		("sshd-session[1234567]: " ACCEPTED),
		"sudo:      amy : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/id",
		"sudo[9]: amy : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/id",
		"sudo: pam_unix(sudo:session): session opened for user root(uid=0) by "
		"(uid=0)",
		"systemd-logind[5]: New session 5 of user amy.",
		"last message repeated 2 times",
		"kernel: [ 12.3] odd: Accepted",
		"login: DIALUP AT ttyS0 BY amy",
		"x:",
		": x",
		"",
	};
	size_t kinds;

	if (random_below(state, 20) == 0)
		buf_append_text(log, "no head at all");
	else
		append_head(log, state, time);
	/* Mostly noise: the first three. */
	kinds = random_below(state, 8) ? 3 : COUNT_OF(bodies);
	buf_append_text(log, bodies[random_below(state, kinds)]);
	if (random_below(state, 20) == 0)
		buf_append_byte(log, '\r');
}

/* The fast pass loses nothing: it finds what reading every line finds, at the same times,
 * also where the clock goes back. */
static void test_fast_pass(void)
{
	AUTO_ZONE struct zone *zone = NULL;
	struct err err;
	uint64_t state = 88172645463325252;

	if (!CHECK_OK(zone_new("Europe/Berlin", &zone, &err), &err))
		return;
	for (int round = 0; round < 300; round++) {
		AUTO_BUF struct buf log = BUF_LIMIT(LOG_LIMIT);
		AUTO_BUF struct buf fast = BUF_LIMIT(OUT_LIMIT);
		AUTO_BUF struct buf all = BUF_LIMIT(OUT_LIMIT);
		struct host_reader_stats fast_stats, all_stats;
		/* From an hour before the double hour of 2026, as the clock on the wall.
		 */
		us_time time = INT64_C(1792882800) * US_PER_SECOND;
		size_t lines = 1 + random_below(&state, 200);

		for (size_t i = 0; i < lines; i++) {
			us_time wall;

			time += (us_time)random_below(&state, 120) * US_PER_SECOND;
			wall = time + zone_offset_s(zone, time) * US_PER_SECOND;
			append_random_line(&log, &state, wall);
			if (i + 1 < lines || random_below(&state, 2))
				buf_append_byte(&log, '\n');
		}
		fast_stats = read_fast(buf_slice(&log), zone,
				       1 + random_below(&state, 20000), &fast);
		all_stats = read_all(buf_slice(&log), zone, &all);
		if (!CHECK_TEXT(buf_text(&fast), buf_text(&all)))
			return;
		CHECK_UINT(fast_stats.lines, all_stats.lines);
		CHECK_INT(fast_stats.first, all_stats.first);
		CHECK(fast_stats.known_lines <= all_stats.known_lines);
	}
}

static void test_stats(void)
{
	const struct slice log = SLICE(
		"rubbish\n"
		"2026-01-02T03:04:05Z box sshd[8]: Invalid user x from 192.0.2.7 port 1\n"
		"2026-01-02T03:04:06Z box sshd[8]: Invalid user x from 192.0.2.7 port 1\n"
		"2026-01-02T03:04:07Z box sshd[8]: Invalid user x from 192.0.2.7 port 1\n"
		"2026-01-02T03:04:08Z box sshd[8]: Invalid user x from 192.0.2.7 port 1\n"
		"rubbish");
	AUTO_BUF struct buf out = BUF_LIMIT(4096);
	struct host_reader_stats stats = read_fast(log, NULL, 4096, &out);

	CHECK_UINT(stats.lines, 6);
	CHECK_UINT(stats.known_lines, 2);
	CHECK_INT(stats.first, INT64_C(1767323045) * US_PER_SECOND);
	CHECK_INT(stats.last, INT64_C(1767323048) * US_PER_SECOND);
	CHECK_TEXT(buf_text(&out), "");

	stats = read_fast(SLICE("rubbish\n"), NULL, 4096, &out);
	CHECK_UINT(stats.lines, 1);
	CHECK_UINT(stats.known_lines, 0);
	CHECK_INT(stats.first, US_TIME_NONE);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "recognising", test_recognise }, { "evidence text", test_evidence },
		{ "twins", test_twins },	   { "statistics", test_stats },
		{ "fast pass", test_fast_pass },   { NULL, NULL },
	};

	return check_run("host reader", tests);
}
