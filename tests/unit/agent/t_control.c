/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/control.h"

#include <grp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/control_times.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "tests/support/check.h"
#include "tests/unit/agent/control_lab.h"

/* A user that is none of the agent's, and a group of which it is made a member. */
#define STRANGER 65534
#define STRANGE_GROUP 65533

/* A group that every system has. */
#define KNOWN_GROUP "daemon"

#define ROW "{\"type\":\"row\"}\n"
#define END "{\"type\":\"end\"}\n"

#define MALFORMED_FRAMES 10000
#define IDLE_CONNECTS 1000

static bool says(const struct buf *buf, const char *text)
{
	return slice_find(buf_slice(buf), slice_text(text)) >= 0;
}

/* ---- answers ---------------------------------------------------------------------- */

static void test_answer(void)
{
	AUTO_BUF struct buf got = BUF_LIMIT(1 << 20);
	struct control_lab lab;
	struct err err;

	control_lab_init(&lab);
	CHECK_OK(control_lab_open(&lab, &err), &err);
	control_lab_ask(&lab, "{\"command\":\"status\"}", &got);
	CHECK_TEXT(buf_text(&got), ROW END);
	lab.rows = 3;
	control_lab_ask(&lab, "{\"command\":\"logins\"}", &got);
	CHECK_TEXT(buf_text(&got), ROW ROW ROW END);
	CHECK(lab.was_privileged);
	lab.rows = 0;
	control_lab_ask(&lab, "{\"command\":\"explain\",\"id\":\"00\"}", &got);
	CHECK_TEXT(buf_text(&got), END);
	CHECK_UINT(lab.answers, 3);
	control_lab_release(&lab);
}

static void test_malformed(void)
{
	static const struct {
		const char *name, *bytes, *want;
	} rows[] = {
		{ "no JSON", "hello\n", "no JSON" },
		{ "an empty line", "\n", "no JSON" },
		{ "an unknown key", "{\"command\":\"status\",\"x\":\"\\u001b[31m\"}\n",
		  "has no 'x'" },
		{ "two requests", "{\"command\":\"status\"}\n{\"command\":\"status\"}\n",
		  "one request a connection" },
		{ "control bytes in a key", "{\"command\":\"status\",\"\\u009b31m\":1}\n",
		  "has no '\\u009b31m'" },
	};
	struct control_lab lab;
	struct err err;

	control_lab_init(&lab);
	CHECK_OK(control_lab_open(&lab, &err), &err);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf got = BUF_LIMIT(1 << 20);
		int fd = control_lab_connect(&lab, 0, 0);

		check_row(rows[i].name);
		control_lab_say(fd, slice_text(rows[i].bytes));
		CHECK(control_lab_hear(&lab, fd, &got));
		CHECK(slice_starts_with(buf_slice(&got), SLICE("{\"type\":\"error\"")));
		if (!CHECK(says(&got, rows[i].want)))
			CHECK_TEXT(buf_text(&got), rows[i].want);
		close(fd);
	}
	CHECK_UINT(lab.answers, 0);
	control_lab_release(&lab);
}

static void test_pieces(void)
{
	static const char request[] = "{\"command\":\"status\"}";
	AUTO_BUF struct buf got = BUF_LIMIT(1 << 20);
	AUTO_BUF struct buf more = BUF_LIMIT(1 << 20);
	char blanks[LIMIT_CONTROL_REQUEST_BYTES + 1];
	struct control_lab lab;
	struct err err;
	int fd;

	control_lab_init(&lab);
	CHECK_OK(control_lab_open(&lab, &err), &err);
	check_row("byte by byte");
	fd = control_lab_connect(&lab, 0, 0);
	for (size_t i = 0; request[i]; i++) {
		control_lab_say(fd, slice_of(request + i, 1));
		CHECK(!control_lab_hear(&lab, fd, &got));
	}
	control_lab_say(fd, SLICE("\n"));
	CHECK(control_lab_hear(&lab, fd, &got));
	CHECK_TEXT(buf_text(&got), ROW END);
	close(fd);

	check_row("its end is the end of what is said");
	fd = control_lab_connect(&lab, 0, 0);
	control_lab_say(fd, slice_text(request));
	shutdown(fd, SHUT_WR);
	CHECK(control_lab_hear(&lab, fd, &more));
	CHECK_TEXT(buf_text(&more), ROW END);
	close(fd);

	check_row("too long");
	fd = control_lab_connect(&lab, 0, 0);
	memset(blanks, ' ', sizeof(blanks));
	control_lab_say(fd, slice_of(blanks, sizeof(blanks)));
	buf_clear(&more);
	CHECK(control_lab_hear(&lab, fd, &more));
	CHECK(says(&more, "longer than 8192 bytes"));
	close(fd);
	control_lab_release(&lab);
}

/* xorshift64 (Marsaglia 2003). */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void make_frame(struct buf *frame, uint64_t *state)
{
	static const char *const pieces[] = {
		"{",   "}",   "\"command\"", ":",    "\"logins\"", "\"status\"",
		"[",   "]",   "\"since\"",   ",",    "null",	   "\"follow\"",
		"\\u", "1e9", "\"id\"",	     "\xff", "\"all\"",	   "true",
		"\t",  "\"",  "\\",	     "-",    "\"path\"",   "\x1b[31m",
	};
	size_t count = next_random(state) % 40;

	buf_clear(frame);
	for (size_t i = 0; i < count; i++) {
		if (next_random(state) % 4 == 0)
			buf_append_byte(frame, (char)next_random(state));
		else
			buf_append_text(frame,
					pieces[next_random(state) % COUNT_OF(pieces)]);
	}
	buf_append_byte(frame, '\n');
}

/* Each is answered with an error or, where it happens to be a request, as one. */
static void test_malformed_many(void)
{
	AUTO_BUF struct buf frame = BUF_LIMIT(4096);
	AUTO_BUF struct buf got = BUF_LIMIT(1 << 20);
	uint64_t state = 88172645463325253;
	struct control_lab lab;
	unsigned answered = 0;
	struct err err;

	control_lab_init(&lab);
	CHECK_OK(control_lab_open(&lab, &err), &err);
	for (int i = 0; i < MALFORMED_FRAMES; i++) {
		int fd = control_lab_connect(&lab, 0, 0);

		make_frame(&frame, &state);
		buf_clear(&got);
		control_lab_say(fd, buf_slice(&frame));
		/* Some hang up before they are answered. */
		if (next_random(&state) % 8 && control_lab_hear(&lab, fd, &got))
			answered += slice_ends_with(buf_slice(&got), SLICE("}\n"));
		else
			answered++;
		close(fd);
	}
	CHECK_UINT(answered, MALFORMED_FRAMES);
	control_lab_ask(&lab, "{\"command\":\"status\"}", &got);
	CHECK_TEXT(buf_text(&got), ROW END);
	control_lab_release(&lab);
}

/* ---- who -------------------------------------------------------------------------- */

static void test_privileges(void)
{
	static const struct {
		const char *name;
		bool is_member;
		const char *request, *want;
	} rows[] = {
		{ "status", false, "{\"command\":\"status\"}\n", ROW END },
		{ "doctor", false, "{\"command\":\"doctor\"}\n", ROW END },
		{ "logins", false, "{\"command\":\"logins\"}\n",
		  "{\"type\":\"error\",\"text\":\"only root and members of the group "
		  "'" KNOWN_GROUP "' may see logins\"}\n" },
		{ "alerts", false, "{\"command\":\"alerts\",\"follow\":true}\n",
		  "{\"type\":\"error\",\"text\":\"only root and members of the group "
		  "'" KNOWN_GROUP "' may see logins\"}\n" },
		{ "explain", false, "{\"command\":\"explain\",\"id\":\"0\"}\n",
		  "{\"type\":\"error\",\"text\":\"only root and members of the group "
		  "'" KNOWN_GROUP "' may see logins\"}\n" },
		{ "logins of a member", true, "{\"command\":\"logins\"}\n", ROW END },
		{ "a test of a member", true, "{\"command\":\"test-alert\"}\n",
		  "{\"type\":\"error\",\"text\":\"only root and the agent's own user may "
		  "send a test alert\"}\n" },
	};
	const struct group *group = getgrnam(KNOWN_GROUP);
	gid_t gid = group ? group->gr_gid : STRANGE_GROUP;
	struct control_lab lab;
	struct err err;

	if (geteuid() != 0 || !group)
		return;
	control_lab_init(&lab);
	snprintf(lab.group, sizeof(lab.group), KNOWN_GROUP);
	CHECK_OK(control_lab_open(&lab, &err), &err);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf got = BUF_LIMIT(1 << 20);
		int fd = control_lab_connect(&lab, STRANGER,
					     rows[i].is_member ? gid : STRANGE_GROUP);

		check_row(rows[i].name);
		control_lab_say(fd, slice_text(rows[i].request));
		CHECK(control_lab_hear(&lab, fd, &got));
		CHECK_TEXT(buf_text(&got), rows[i].want);
		CHECK(lab.was_privileged == rows[i].is_member);
		close(fd);
	}
	control_lab_release(&lab);
}

/* ---- hoarders --------------------------------------------------------------------- */

static unsigned count_open(struct control_lab *lab, const int *fds, size_t count)
{
	unsigned open = 0;

	for (size_t i = 0; i < count; i++) {
		AUTO_BUF struct buf got = BUF_LIMIT(1 << 17);

		open += fds[i] >= 0 && !control_lab_hear(lab, fds[i], &got);
	}
	return open;
}

/* Descriptors are few: those that are hung up on are closed, and -1. */
static void connect_many(struct control_lab *lab, int *fds, size_t count, uid_t uid)
{
	for (size_t i = 0; i < count; i++) {
		AUTO_BUF struct buf got = BUF_LIMIT(1 << 17);

		fds[i] = control_lab_connect(lab, uid, STRANGE_GROUP);
		if (fds[i] < 0 || !control_lab_hear(lab, fds[i], &got))
			continue;
		close(fds[i]);
		fds[i] = -1;
	}
}

static void close_all(const int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
}

static void test_idle_many(void)
{
	AUTO_BUF struct buf got = BUF_LIMIT(1 << 20);
	static int fds[IDLE_CONNECTS];
	struct control_lab lab;
	struct err err;

	control_lab_init(&lab);
	CHECK_OK(control_lab_open(&lab, &err), &err);
	if (geteuid() == 0) {
		check_row("a stranger has few, and others get in");
		connect_many(&lab, fds, IDLE_CONNECTS, STRANGER);
		CHECK_UINT(count_open(&lab, fds, IDLE_CONNECTS),
			   LIMIT_CONTROL_PEERS_OF_USER);
		control_lab_ask(&lab, "{\"command\":\"status\"}", &got);
		CHECK_TEXT(buf_text(&got), ROW END);
		close_all(fds, IDLE_CONNECTS);
		check_row("many strangers have all, and root gets in");
		for (size_t i = 0; i < 64; i++) {
			fds[i] = control_lab_connect(&lab, STRANGER - (uid_t)(i / 8),
						     STRANGE_GROUP);
			control_lab_turn(&lab);
		}
		CHECK_UINT(count_open(&lab, fds, 64), LIMIT_CONTROL_PEERS);
		control_lab_ask(&lab, "{\"command\":\"status\"}", &got);
		CHECK_TEXT(buf_text(&got), ROW END);
		CHECK_UINT(count_open(&lab, fds, 64), LIMIT_CONTROL_PEERS - 1);
		close_all(fds, 64);
	}
	check_row("root has no more than all");
	connect_many(&lab, fds, IDLE_CONNECTS, 0);
	CHECK_UINT(count_open(&lab, fds, IDLE_CONNECTS), LIMIT_CONTROL_PEERS);
	close_all(fds, IDLE_CONNECTS);
	control_lab_turn(&lab);
	control_lab_ask(&lab, "{\"command\":\"status\"}", &got);
	CHECK_TEXT(buf_text(&got), ROW END);
	control_lab_release(&lab);
}

/* Waits for the agent to hang up; a deadline far past the time limit. */
static bool is_hung_up_on(struct control_lab *lab, int fd, struct buf *got)
{
	for (int i = 0; i < 100; i++) {
		if (control_lab_hear(lab, fd, got))
			return true;
		sd_event_run(lab->event, 100000);
	}
	return false;
}

static void test_slow(void)
{
	static const struct control_times short_times = { 1000, 1000 };
	AUTO_BUF struct buf got = BUF_LIMIT(LIMIT_CONTROL_ANSWER_BYTES);
	AUTO_FREE char *row = malloc(1 << 20);
	struct control_lab lab;
	struct err err;
	int fd;

	control_lab_init(&lab);
	CHECK_OK(control_lab_open(&lab, &err), &err);
	control_set_times(lab.control, &short_times);
	check_row("says nothing");
	fd = control_lab_connect(&lab, 0, 0);
	control_lab_say(fd, SLICE("{\"comm"));
	CHECK(is_hung_up_on(&lab, fd, &got));
	CHECK_UINT(got.len, 0);
	close(fd);

	check_row("does not read");
	memset(row, 'x', 1 << 20);
	lab.row = slice_of(row, 1 << 20);
	lab.rows = 4;
	fd = control_lab_connect(&lab, 0, 0);
	control_lab_say(fd, SLICE("{\"command\":\"status\"}\n"));
	for (int i = 0; i < 20; i++)
		sd_event_run(lab.event, 100000);
	CHECK(control_lab_hear(&lab, fd, &got));
	CHECK(got.len < ((size_t)1 << 20));
	close(fd);
	control_lab_release(&lab);
}

/* ---- long answers ----------------------------------------------------------------- */

static void test_long(void)
{
	static const struct {
		const char *name;
		size_t rows;
		bool is_cut;
	} rows[] = {
		{ "fits", 30, false },
		{ "too long", 50, true },
	};
	AUTO_FREE char *row = malloc(1 << 20);
	struct control_lab lab;
	struct err err;

	control_lab_init(&lab);
	memset(row, 'x', 1 << 20);
	lab.row = slice_of(row, 1 << 20);
	CHECK_OK(control_lab_open(&lab, &err), &err);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf got = BUF_LIMIT(2 * LIMIT_CONTROL_ANSWER_BYTES);

		check_row(rows[i].name);
		lab.rows = rows[i].rows;
		control_lab_ask(&lab, "{\"command\":\"logins\"}", &got);
		CHECK(slice_ends_with(buf_slice(&got), SLICE(END)) == !rows[i].is_cut);
		CHECK(slice_ends_with(buf_slice(&got), SLICE("until)\"}\n")) ==
		      rows[i].is_cut);
		CHECK(got.len <= LIMIT_CONTROL_ANSWER_BYTES + (1 << 20));
		if (!rows[i].is_cut)
			CHECK_UINT(got.len, rows[i].rows * ((1 << 20) + 1) + strlen(END));
	}
	control_lab_release(&lab);
}

/* ---- later answers ---------------------------------------------------------------- */

static void test_later(void)
{
	AUTO_BUF struct buf got = BUF_LIMIT(1 << 20);
	struct control_lab lab;
	struct err err;
	int fd;

	control_lab_init(&lab);
	lab.keeps_reply = true;
	CHECK_OK(control_lab_open(&lab, &err), &err);
	check_row("ended later");
	fd = control_lab_connect(&lab, 0, 0);
	control_lab_say(fd, SLICE("{\"command\":\"doctor\"}\n"));
	CHECK(!control_lab_hear(&lab, fd, &got));
	CHECK_TEXT(buf_text(&got), ROW);
	control_reply_row(lab.reply, SLICE("{\"type\":\"late\"}"));
	control_reply_error(lab.reply, "no \x1b[31m more");
	CHECK(control_lab_hear(&lab, fd, &got));
	CHECK_TEXT(buf_text(&got), ROW "{\"type\":\"late\"}\n"
				       "{\"type\":\"error\",\"text\":\"no "
				       "\\u001b[31m more\"}\n");
	close(fd);

	check_row("the peer hangs up before");
	fd = control_lab_connect(&lab, 0, 0);
	control_lab_say(fd, SLICE("{\"command\":\"doctor\"}\n"));
	control_lab_turn(&lab);
	close(fd);
	control_lab_turn(&lab);
	control_reply_row(lab.reply, lab.row);
	control_reply_end(lab.reply);

	check_row("the socket is closed before");
	fd = control_lab_connect(&lab, 0, 0);
	control_lab_say(fd, SLICE("{\"command\":\"doctor\"}\n"));
	control_lab_turn(&lab);
	control_close(lab.control);
	lab.control = NULL;
	control_reply_row(lab.reply, lab.row);
	control_reply_end(lab.reply);
	close(fd);
	control_lab_release(&lab);
}

/* ---- news ------------------------------------------------------------------------- */

static void publish(struct control_lab *lab)
{
	static const struct {
		us_time at;
		enum path path;
		enum verdict_kind verdict;
		bool is_door;
		const char *json;
	} rows[] = {
		{ 1000, PATH_AWS_SSM_SESSION, VERDICT_PENDING, true, "1" },
		{ 2000, PATH_AWS_SSM_SESSION, VERDICT_UNAUTHORIZED, true, "2" },
		{ 3000, PATH_AWS_SERIAL_CONSOLE, VERDICT_AUTHORIZED, true, "3" },
		{ 4000, PATH_DIRECT_SSH, VERDICT_NOT_JUDGED, false, "4" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		control_publish_login(lab->control, rows[i].at, rows[i].path,
				      rows[i].verdict, rows[i].is_door,
				      slice_text(rows[i].json));
	control_publish_finding(lab->control, 2500, SLICE("5"));
}

static void test_follow(void)
{
	static const struct {
		const char *name, *request, *want;
	} rows[] = {
		{ "logins", "{\"command\":\"logins\",\"follow\":true}\n",
		  ROW "1\n2\n3\n" },
		{ "all logins", "{\"command\":\"logins\",\"follow\":true,\"all\":true}\n",
		  ROW "1\n2\n3\n4\n" },
		{ "by path",
		  "{\"command\":\"logins\",\"follow\":true,\"path\":"
		  "\"aws-ssm-session\"}\n",
		  ROW "1\n2\n" },
		{ "by verdict",
		  "{\"command\":\"logins\",\"follow\":true,\"verdict\":"
		  "\"unauthorized\"}\n",
		  ROW "2\n" },
		{ "by time",
		  "{\"command\":\"logins\",\"follow\":true,\"since\":"
		  "\"1970-01-01T00:00:00.002Z\",\"until\":"
		  "\"1970-01-01T00:00:00.003Z\"}\n",
		  ROW "2\n3\n" },
		{ "alerts", "{\"command\":\"alerts\",\"follow\":true}\n", ROW "5\n" },
		{ "alerts of later",
		  "{\"command\":\"alerts\",\"follow\":true,\"since\":"
		  "\"1970-01-01T00:00:00.003Z\"}\n",
		  ROW },
	};
	struct control_lab lab;
	struct err err;

	control_lab_init(&lab);
	CHECK_OK(control_lab_open(&lab, &err), &err);
	publish(&lab);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf got = BUF_LIMIT(1 << 20);
		int fd = control_lab_connect(&lab, 0, 0);

		check_row(rows[i].name);
		control_lab_say(fd, slice_text(rows[i].request));
		CHECK(!control_lab_hear(&lab, fd, &got));
		publish(&lab);
		CHECK(!control_lab_hear(&lab, fd, &got));
		CHECK_TEXT(buf_text(&got), rows[i].want);
		close(fd);
		control_lab_turn(&lab);
		publish(&lab);
	}
	control_lab_release(&lab);
}

/* One that does not read is dropped; one that reads a long beginning is not. */
static void test_follow_slow(void)
{
	AUTO_BUF struct buf got = BUF_LIMIT(2 * LIMIT_CONTROL_ANSWER_BYTES);
	AUTO_FREE char *row = malloc(1 << 20);
	struct control_lab lab;
	struct err err;
	int slow, behind;

	control_lab_init(&lab);
	memset(row, 'x', 1 << 20);
	CHECK_OK(control_lab_open(&lab, &err), &err);
	slow = control_lab_connect(&lab, 0, 0);
	control_lab_say(slow, SLICE("{\"command\":\"logins\",\"follow\":true}\n"));
	control_lab_turn(&lab);
	lab.row = slice_of(row, 1 << 20);
	lab.rows = 10;
	behind = control_lab_connect(&lab, 0, 0);
	control_lab_say(behind, SLICE("{\"command\":\"logins\",\"follow\":true}\n"));
	control_lab_turn(&lab);
	for (int i = 0; i < 3; i++)
		control_publish_login(lab.control, 1, PATH_AWS_SSM_SESSION,
				      VERDICT_PENDING, true, slice_of(row, 1 << 20));
	CHECK(!control_lab_hear(&lab, behind, &got));
	CHECK_UINT(got.len, 13 * ((1 << 20) + 1));
	for (int i = 0; i < 3; i++)
		control_publish_login(lab.control, 1, PATH_AWS_SSM_SESSION,
				      VERDICT_PENDING, true, slice_of(row, 1 << 20));
	buf_clear(&got);
	CHECK(control_lab_hear(&lab, slow, &got));
	CHECK(got.len < LIMIT_CONTROL_FOLLOW_BYTES);
	buf_clear(&got);
	CHECK(!control_lab_hear(&lab, behind, &got));
	CHECK_UINT(got.len, 3 * ((1 << 20) + 1));
	close(slow);
	close(behind);
	control_lab_release(&lab);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "answer", test_answer },
		{ "malformed", test_malformed },
		{ "pieces", test_pieces },
		{ "ten thousand malformed frames", test_malformed_many },
		{ "privileges", test_privileges },
		{ "a thousand idle connections", test_idle_many },
		{ "slow peers", test_slow },
		{ "long answers", test_long },
		{ "answers given later", test_later },
		{ "follow", test_follow },
		{ "followers that do not read", test_follow_slow },
		{ NULL, NULL },
	};

	return check_run("control", tests);
}
