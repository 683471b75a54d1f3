/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/follow/ssm_folders.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/unit/input/scratch.h"

#define INSTANCE "i-0a1b2c3d4e5f60718"
#define COMMAND "11111111-2222-4333-8444-555555555555"
#define SESSIONS "ssm/" INSTANCE "/session/orchestration/"
#define COMMANDS "ssm/" INSTANCE "/document/orchestration/"

/* A folder with the folders above it. */
static void make(struct scratch *scratch, const char *name)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s", scratch_path(scratch, name));
	for (char *slash = path + strlen(scratch->folder) + 1;
	     (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		(void)mkdir(path, 0755);
		*slash = '/';
	}
	CHECK_INT(mkdir(path, 0755), 0);
}

static struct ssm_folders *follow(struct scratch *scratch, const char *cursor)
{
	return ssm_folders_new(scratch_path(scratch, "ssm"), slice_text(cursor));
}

/* All that is there, as "s <instance> <id>\n" or "c ...", sorted as it comes. */
static const char *take(struct ssm_folders *folders, struct buf *text)
{
	struct ssm_folder folder;

	buf_clear(text);
	while (ssm_folders_next(folders, &folder))
		buf_append_format(text, "%c %.*s %.*s\n",
				  folder.kind == SSM_FOLDER_SESSION ? 's' : 'c',
				  SLICE_ARG(folder.instance), SLICE_ARG(folder.id));
	return buf_text(text);
}

static bool is_readable(struct ssm_folders *folders)
{
	us_span every;
	struct pollfd waiting = { .fd = ssm_folders_fd(folders, &every),
				  .events = POLLIN };

	CHECK(waiting.fd >= 0);
	CHECK_INT(every, 0);
	return poll(&waiting, 1, 0) == 1;
}

static void test_first_start(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf text = BUF_LIMIT(10000);
	struct ssm_folders *folders;

	scratch_init(&scratch);
	make(&scratch, SESSIONS "alice-0a1b2c3d4e5f60718");
	folders = follow(&scratch, "");
	CHECK_TEXT(take(folders, &text), "");
	CHECK(ssm_folders_state(folders).is_there);
	CHECK(!is_readable(folders));
	make(&scratch, SESSIONS "bob-0a1b2c3d4e5f60719");
	CHECK(is_readable(folders));
	CHECK_TEXT(take(folders, &text), "s " INSTANCE " bob-0a1b2c3d4e5f60719\n");
	CHECK(!is_readable(folders));
	make(&scratch, COMMANDS COMMAND);
	CHECK_TEXT(take(folders, &text), "c " INSTANCE " " COMMAND "\n");
	CHECK_UINT(ssm_folders_state(folders).given, 2);
	ssm_folders_free(folders);
}

/* Nothing is there at first; the tree grows from above, at once and one by one. */
static void test_tree_that_comes(void)
{
	static const char *const rows[] = {
		"ssm",
		"ssm/" INSTANCE,
		"ssm/" INSTANCE "/session",
		"ssm/" INSTANCE "/session/orchestration",
	};
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf text = BUF_LIMIT(10000);
	struct ssm_folders *folders;

	scratch_init(&scratch);
	folders = follow(&scratch, "");
	CHECK_TEXT(take(folders, &text), "");
	CHECK(!ssm_folders_state(folders).is_there);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i]);
		make(&scratch, rows[i]);
		CHECK(is_readable(folders));
		CHECK_TEXT(take(folders, &text), "");
	}
	make(&scratch, SESSIONS "alice-1");
	CHECK_TEXT(take(folders, &text), "s " INSTANCE " alice-1\n");
	make(&scratch, "ssm/mi-0a1b2c3d4e5f60718/document/orchestration/" COMMAND);
	CHECK_TEXT(take(folders, &text), "c mi-0a1b2c3d4e5f60718 " COMMAND "\n");
	ssm_folders_free(folders);
}

/* A file system's clock stands still for some milliseconds. */
static void wait_for_clock(struct scratch *scratch)
{
	struct stat before, now;

	make(scratch, "before");
	CHECK_INT(stat(scratch_path(scratch, "before"), &before), 0);
	do {
		make(scratch, "now");
		CHECK_INT(stat(scratch_path(scratch, "now"), &now), 0);
		CHECK_INT(rmdir(scratch_path(scratch, "now")), 0);
	} while (now.st_ctim.tv_sec == before.st_ctim.tv_sec &&
		 now.st_ctim.tv_nsec == before.st_ctim.tv_nsec);
}

static void test_restart(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf text = BUF_LIMIT(10000);
	AUTO_BUF struct buf cursor = BUF_LIMIT(10000);
	struct ssm_folders *folders;

	scratch_init(&scratch);
	make(&scratch, SESSIONS "alice-1");
	folders = follow(&scratch, "ssm1 0");
	CHECK_TEXT(take(folders, &text), "s " INSTANCE " alice-1\n");
	ssm_folders_cursor(folders, &cursor);
	ssm_folders_free(folders);

	wait_for_clock(&scratch);
	make(&scratch, SESSIONS "bob-2");
	folders = follow(&scratch, buf_text(&cursor));
	take(folders, &text);
	CHECK(slice_ends_with(buf_slice(&text), SLICE("s " INSTANCE " bob-2\n")));
	buf_clear(&cursor);
	ssm_folders_cursor(folders, &cursor);
	ssm_folders_free(folders);

	folders = follow(&scratch, buf_text(&cursor));
	take(folders, &text);
	CHECK(slice_find(buf_slice(&text), SLICE("alice")) < 0);
	ssm_folders_free(folders);
}

static void test_names(void)
{
	static const struct {
		const char *name;
		bool is_given;
	} rows[] = {
		{ SESSIONS "first.last@example.com-0a1b2c3d4e5f60718", true },
		{ SESSIONS "with blank", false },
		{ SESSIONS "line\nbreak", false },
		{ SESSIONS "\x1b[31m", false },
		{ SESSIONS
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		  false },
		{ COMMANDS "alice-1", false },
		{ COMMANDS COMMAND, true },
		{ "ssm/not-an-instance/session/orchestration/alice-2", false },
		{ "ssm/i-0a1b2c3d4e5f60718x/session/orchestration/alice-3", false },
		{ "ssm/session/orchestration/alice-4", false },
	};
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf text = BUF_LIMIT(10000);
	struct ssm_folders *live, *listed;

	scratch_init(&scratch);
	make(&scratch, SESSIONS "old");
	make(&scratch, COMMANDS "22222222-2222-4333-8444-555555555555");
	live = follow(&scratch, "");
	take(live, &text);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		make(&scratch, rows[i].name);
		take(live, &text);
		CHECK_INT(text.len > 0, rows[i].is_given);
	}
	listed = follow(&scratch, "ssm1 0");
	take(listed, &text);
	CHECK_UINT(ssm_folders_state(listed).given, 4);
	CHECK(ssm_folders_state(listed).refused >= 5);
	ssm_folders_free(live);
	ssm_folders_free(listed);
}

static void write_file(struct scratch *scratch, const char *name)
{
	scratch_write(scratch, name, SLICE("text"));
}

/* Files and links of the right names are no sessions, and a link is not followed. */
static void test_what_is_no_folder(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf text = BUF_LIMIT(10000);
	char target[256];
	struct ssm_folders *folders;

	scratch_init(&scratch);
	make(&scratch, SESSIONS "old");
	make(&scratch, "elsewhere/session/orchestration/eve-1");
	folders = follow(&scratch, "ssm1 0");
	take(folders, &text);
	write_file(&scratch, SESSIONS "alice-1");
	(void)snprintf(target, sizeof(target), "%s", scratch_path(&scratch, "elsewhere"));
	CHECK_INT(symlink(target, scratch_path(&scratch, SESSIONS "alice-2")), 0);
	CHECK_INT(symlink(target, scratch_path(&scratch, "ssm/i-0a1b2c3d")), 0);
	CHECK_TEXT(take(folders, &text), "");
	ssm_folders_free(folders);
}

static void test_replaced(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf text = BUF_LIMIT(10000);
	char away[256];
	struct ssm_folders *folders;

	scratch_init(&scratch);
	make(&scratch, SESSIONS "old");
	folders = follow(&scratch, "");
	take(folders, &text);
	(void)snprintf(away, sizeof(away), "%s", scratch_path(&scratch, "away"));
	CHECK_INT(rename(scratch_path(&scratch, "ssm/" INSTANCE), away), 0);
	CHECK_TEXT(take(folders, &text), "");
	CHECK(!ssm_folders_state(folders).is_there);
	make(&scratch, "away/session/orchestration/unseen");
	CHECK_TEXT(take(folders, &text), "");
	make(&scratch, SESSIONS "alice-1");
	CHECK_TEXT(take(folders, &text), "s " INSTANCE " alice-1\n");
	CHECK_TEXT(take(folders, &text), "");
	make(&scratch, SESSIONS "alice-2");
	CHECK_TEXT(take(folders, &text), "s " INSTANCE " alice-2\n");
	ssm_folders_free(folders);
}

/* More than the kernel queues: all of them, each once. */
static void test_overflow(void)
{
	enum {
		COUNT = 20000
	};
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf text = BUF_LIMIT((size_t)16 * 1024 * 1024);
	struct ssm_folders *folders;
	struct ssm_folder folder;
	size_t given = 0, listed = COUNT;

	scratch_init(&scratch);
	make(&scratch, SESSIONS "old");
	folders = follow(&scratch, "");
	take(folders, &text);
	for (int i = 0; i < COUNT; i++) {
		char name[128];

		(void)snprintf(name, sizeof(name), SESSIONS "user-%d", i);
		CHECK_INT(mkdir(scratch_path(&scratch, name), 0755), 0);
	}
	while (ssm_folders_next(folders, &folder))
		given++;
	listed -= (size_t)ssm_folders_state(folders).passed_over;
	CHECK(given >= listed);
	ssm_folders_free(folders);
}

/* Only what is root's and nobody else's is trusted; where tests run as somebody else,
 * nothing is. */
static void test_trust(void)
{
	static const struct {
		const char *name, *folder;
		mode_t mode;
		bool is_trusted;
	} rows[] = {
		{ "all is root's", "ssm", 0755, true },
		{ "data dir writable", "ssm", 0777, false },
		{ "instance writable by group", "ssm/" INSTANCE, 0775, false },
		{ "session writable", "ssm/" INSTANCE "/session", 0757, false },
		{ "orchestration writable", SESSIONS, 01777, false },
		{ "run writable", SESSIONS "alice-1", 0777, false },
	};
	AUTO_SCRATCH struct scratch scratch;
	bool is_root = geteuid() == 0;
	struct ssm_folder folder;

	scratch_init(&scratch);
	make(&scratch, SESSIONS "alice-1");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct ssm_folders *folders;

		check_row(rows[i].name);
		CHECK_INT(chmod(scratch_path(&scratch, rows[i].folder), rows[i].mode), 0);
		folders = follow(&scratch, "ssm1 0");
		CHECK(ssm_folders_next(folders, &folder));
		CHECK_INT(folder.is_trusted, rows[i].is_trusted && is_root);
		CHECK(folder.appeared_at > 0);
		ssm_folders_free(folders);
		CHECK_INT(chmod(scratch_path(&scratch, rows[i].folder), 0755), 0);
	}
}

/* What is said of the folders: not there, not to be read, gone. */
static void check_said(struct ssm_folders *folders, bool is_absent, bool was_there,
		       bool is_denied)
{
	struct ssm_folder folder;
	struct ssm_folders_state state;

	CHECK(!ssm_folders_next(folders, &folder));
	state = ssm_folders_state(folders);
	CHECK_INT(state.is_absent, is_absent);
	CHECK_INT(state.was_there, was_there);
	CHECK_INT(state.is_denied, is_denied);
}

static void test_absence(void)
{
	AUTO_SCRATCH struct scratch scratch;
	struct ssm_folders *folders;

	scratch_init(&scratch);
	folders = follow(&scratch, "ssm1 5");
	check_said(folders, true, false, false);
	make(&scratch, "ssm");
	check_said(folders, false, true, false);
	CHECK_INT(rmdir(scratch_path(&scratch, "ssm")), 0);
	check_said(folders, true, true, false);
	ssm_folders_free(folders);
}

static void test_denial(void)
{
	static const char *const rows[] = { "ssm", "ssm/" INSTANCE,
					    "ssm/" INSTANCE "/session", SESSIONS };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_SCRATCH struct scratch scratch;
		struct ssm_folders *folders;

		check_row(rows[i]);
		scratch_init(&scratch);
		CHECK_INT(chmod(scratch.folder, 0755), 0);
		make(&scratch, SESSIONS "alice-1");
		CHECK_INT(chmod(scratch_path(&scratch, rows[i]), 0), 0);
		folders = follow(&scratch, "");
		/* root may read all: as somebody else */
		(void)setfsuid(65534);
		check_said(folders, false, i > 0, true);
		(void)setfsuid(geteuid());
		CHECK_INT(chmod(scratch_path(&scratch, rows[i]), 0755), 0);
		ssm_folders_free(folders);
	}
}

static void test_cursors(void)
{
	static const char *const rows[] = {
		"ssm1",	  "ssm1 ", "ssm1 x",  "ssm1 -1", "ssm1 99999999999999999999999",
		"ssm2 0", "\n",	   "ssm1 0 ",
	};
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf text = BUF_LIMIT(10000);

	scratch_init(&scratch);
	make(&scratch, SESSIONS "alice-1");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct ssm_folders *folders = follow(&scratch, rows[i]);

		check_row(rows[i]);
		CHECK_TEXT(take(folders, &text), "");
		ssm_folders_free(folders);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "first start", test_first_start },
		{ "tree that comes", test_tree_that_comes },
		{ "restart", test_restart },
		{ "names", test_names },
		{ "what is no folder", test_what_is_no_folder },
		{ "replaced", test_replaced },
		{ "overflow", test_overflow },
		{ "trust", test_trust },
		{ "absence", test_absence },
		{ "denial", test_denial },
		{ "cursors", test_cursors },
		{ NULL, NULL },
	};

	return check_run("agent/follow/ssm_folders", tests);
}
