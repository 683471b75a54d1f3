/* SPDX-License-Identifier: Apache-2.0 */
/* authorized_keys and cloud-init.log: whose file it is, times, what is kept as text. */
#include "base/buf.h"
#include "evidence/evidence.h"
#include "tests/support/check.h"
#include "tests/support/event_print.h"

#define TEXT_LIMIT ((size_t)64 * 1024)
#define KEY "AAAAC3NzaC1lZDI1NTE5AAAAIBcIyDIRjL6fp0/4FrsKsl5vjEAeqftNL6m6oz4oZZL+"
#define FINGERPRINT "SHA256:ZUAI0ExpWG8Z2bj44eKakW0mj70/FvjOoPhIBbMPq0o"
#define MARK "# Added by Google\n"
#define MARCH_2026 ((us_time)1772359200 * US_PER_SECOND) /* 2026-03-01T10:00:00Z */

struct reading {
	struct buf events, evidence;
	struct host_reader_stats stats;
};

static void append_event(void *ctx, const struct event *event)
{
	event_print_append(ctx, event);
	buf_append_byte(ctx, '\n');
}

/* Reads a log, a line a chunk; evidence texts are gathered of every record. */
static void read_log(enum host_log_kind kind, const struct host_reader_options *options,
		     struct slice log, struct reading *reading)
{
	const struct emitter emitter = { append_event, &reading->events };
	struct host_reader *reader = host_reader_new(kind, options);
	struct slice line;

	buf_clear(&reading->events);
	buf_clear(&reading->evidence);
	while (log.len) {
		struct slice chunk = log;

		if (slice_take_until(&chunk, '\n', &line))
			chunk = slice_first(log, line.len + 1);
		log = slice_skip(log, chunk.len);
		while (host_reader_next(reader, &chunk, &line)) {
			const struct record record = { .bytes = line };

			host_reader_read(reader, &record, &emitter);
			host_reader_evidence(reader, &record, &reading->evidence);
			buf_append_byte(&reading->evidence, '\n');
		}
	}
	reading->stats = host_reader_stats(reader);
	host_reader_free(reader);
}

#define AUTO_READING __attribute__((cleanup(release_reading)))
static void release_reading(struct reading *reading)
{
	buf_release(&reading->events);
	buf_release(&reading->evidence);
}

#define READING                                                                    \
	{                                                                          \
		.events = BUF_LIMIT(TEXT_LIMIT), .evidence = BUF_LIMIT(TEXT_LIMIT) \
	}

static void test_user(void)
{
	static const struct {
		const char *name, *path, *want;
	} rows[] = {
		{ "at home", "/home/amy/.ssh/authorized_keys", "amy" },
		{ "root", "/root/.ssh/authorized_keys", "root" },
		{ "collected", "case/home/j.doe/.ssh/authorized_keys", "j.doe" },
		{ "relative", "amy/.ssh/authorized_keys", "amy" },
		{ "no folder", "/.ssh/authorized_keys", "" },
		{ "bare", ".ssh/authorized_keys", "" },
		{ "elsewhere", "/etc/ssh/keys/amy", "" },
		{ "another file", "/home/amy/.ssh/authorized_keys2", "" },
		{ "odd name", "/home/a my/.ssh/authorized_keys", "" },
		{ "nothing", "", "" },
	};
	AUTO_READING struct reading reading = READING;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct host_reader_options options = {
			.latest = MARCH_2026,
			.path = slice_text(rows[i].path),
		};
		AUTO_BUF struct buf want = BUF_LIMIT(TEXT_LIMIT);

		check_row(rows[i].name);
		buf_append_text(&want, "cloud-key 2026-03-01T10:00:00Z from=keys "
				       "trust=root-file");
		if (rows[i].want[0])
			buf_append_format(&want, " user=%s", rows[i].want);
		buf_append_text(&want, " fingerprint=" FINGERPRINT "\n");
		read_log(HOST_LOG_AUTHORIZED_KEYS, &options,
			 SLICE(MARK "ssh-ed25519 " KEY " amy\n"), &reading);
		CHECK_TEXT(buf_text(&reading.events), buf_text(&want));
		CHECK_INT(reading.stats.first, MARCH_2026);
		CHECK_INT(reading.stats.last, MARCH_2026);
		CHECK_UINT(reading.stats.lines, 2);
	}
}

/* The file's time, else the anchor; a file without any tells nothing. */
static void test_time(void)
{
	AUTO_READING struct reading reading = READING;
	struct host_reader_options options = { .latest = US_TIME_NONE,
					       .anchor = MARCH_2026 };
	const struct slice file = SLICE(MARK "ssh-ed25519 " KEY);

	read_log(HOST_LOG_AUTHORIZED_KEYS, &options, file, &reading);
	CHECK_INT(reading.stats.last, MARCH_2026);
	options.latest = MARCH_2026 + US_PER_SECOND;
	read_log(HOST_LOG_AUTHORIZED_KEYS, &options, file, &reading);
	CHECK_INT(reading.stats.last, MARCH_2026 + US_PER_SECOND);
	options.anchor = options.latest = US_TIME_NONE;
	read_log(HOST_LOG_AUTHORIZED_KEYS, &options, file, &reading);
	CHECK_INT(reading.stats.last, US_TIME_NONE);
	CHECK_TEXT(buf_text(&reading.events), "");
}

static void test_keys_evidence(void)
{
	const struct host_reader_options options = { .latest = MARCH_2026 };
	AUTO_READING struct reading reading = READING;

	read_log(
		HOST_LOG_AUTHORIZED_KEYS, &options,
		SLICE("ssh-ed25519 " KEY " canary\n" MARK
		      "command=\"canary\" ssh-ed25519 " KEY " canary\n" MARK
		      "ssh-ed25519 " KEY
		      " google-ssh {\"userName\":\"amy@example.com\",\"canary\":1}\n" MARK
		      "canary\n"),
		&reading);
	CHECK_TEXT(buf_text(&reading.evidence),
		   "ssh-ed25519 " FINGERPRINT "\n"
		   "ssh-ed25519 " FINGERPRINT " amy@example.com\n\n");
}

static void test_init_evidence(void)
{
	const struct host_reader_options options = { .latest = MARCH_2026 };
	AUTO_READING struct reading reading = READING;

	read_log(HOST_LOG_CLOUD_INIT, &options,
		 SLICE("2026-03-01 10:00:00,000 - util.py[DEBUG]: canary\n"
		       "2026-03-01 10:00:01,000 - handlers.py[DEBUG]: start: "
		       "modules-final/config-scripts-user: canary\n"
		       "2026-03-01 10:00:01,500 - subp.py[DEBUG]: Running command "
		       "['/var/lib/cloud/instance/scripts/canary'] with canary\n"
		       "2026-03-01 10:00:02,250 - handlers.py[DEBUG]: finish: "
		       "modules-final/config-scripts-user: FAIL: canary\n"
		       "  canary\n"),
		 &reading);
	CHECK_TEXT(buf_text(&reading.events),
		   "script 2026-03-01T10:00:01.500000Z from=cloud-init trust=root-file "
		   "script=user-data name=scripts-user\n"
		   "script 2026-03-01T10:00:02.250000Z from=cloud-init trust=root-file "
		   "script=user-data name=scripts-user has_ended\n");
	CHECK(slice_find(buf_slice(&reading.evidence), SLICE("canary")) < 0);
	CHECK(slice_find(buf_slice(&reading.evidence),
			 SLICE("subp.py[DEBUG]: Running command scripts-user\n")) > 0);
	CHECK_INT(reading.stats.first, MARCH_2026);
	CHECK_INT(reading.stats.last, MARCH_2026 + 2250000);
	CHECK_UINT(reading.stats.lines, 5);
	CHECK_UINT(reading.stats.known_lines, 4);
}

static void test_recognise(void)
{
	static const struct {
		const char *name, *text;
		enum host_log_kind want;
	} rows[] = {
		{ "keys", "ssh-rsa AAAA own\n" MARK, HOST_LOG_AUTHORIZED_KEYS },
		{ "mark alone", "# Added by Google", HOST_LOG_AUTHORIZED_KEYS },
		{ "another mark", "# Added by Google.\n", HOST_LOG_UNKNOWN },
		{ "own keys", "ssh-ed25519 " KEY " amy\n", HOST_LOG_UNKNOWN },
		{ "cloud-init", "2026-03-01 10:00:00,000 - util.py[DEBUG]: x\n",
		  HOST_LOG_CLOUD_INIT },
		{ "no milliseconds", "2026-03-01 10:00:00 - util.py[DEBUG]: x\n",
		  HOST_LOG_UNKNOWN },
		{ "impossible day", "2026-02-30 10:00:00,000 - util.py[DEBUG]: x\n",
		  HOST_LOG_UNKNOWN },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		CHECK_INT(host_log_recognise(slice_text(rows[i].text)), rows[i].want);
	}
	CHECK_INT(host_log_source(HOST_LOG_AUTHORIZED_KEYS), HOST_SOURCE_KEYS);
	CHECK_INT(host_log_source(HOST_LOG_CLOUD_INIT), HOST_SOURCE_CLOUD_INIT);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "whose keys", test_user },
		{ "time of keys", test_time },
		{ "kept of keys", test_keys_evidence },
		{ "kept of cloud-init", test_init_evidence },
		{ "recognise", test_recognise },
		{ NULL, NULL },
	};

	return check_run("authorized_keys and cloud-init", tests);
}
