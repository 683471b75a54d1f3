/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/problems.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "tests/support/check.h"

/* Standard error goes to a file while `run` runs; its content into `buf`. */
static void catch_stderr(void (*run)(struct problems *problems),
			 struct problems *problems, struct buf *buf)
{
	FILE *file = tmpfile();
	int kept = dup(STDERR_FILENO);

	if (!CHECK(file && kept >= 0))
		abort();
	fflush(stderr);
	dup2(fileno(file), STDERR_FILENO);
	run(problems);
	fflush(stderr);
	dup2(kept, STDERR_FILENO);
	close(kept);

	rewind(file);
	CHECK(buf_reserve(buf, 65536));
	buf->len = fread(buf->ptr, 1, 65535, file);
	buf->ptr[buf->len] = '\0';
	fclose(file);
}

static void tell_some(struct problems *problems)
{
	struct err err;

	problems_begin(problems);
	err_set(&err, ERR_FORMAT, "line 1: odd \x1b[31m");
	problems_tell(problems, "a.log", &err);
	err_set(&err, ERR_SYSTEM, "cannot open 'a.log': no");
	problems_tell(problems, "a.log", &err);
	problems_tell(problems, NULL, &err);
	problems_end(problems, "a.log");
	problems_note(problems, "by the way");
}

static void tell_many(struct problems *problems)
{
	struct err err;

	problems_begin(problems);
	for (int i = 0; i < 8; i++) {
		err_set(&err, ERR_FORMAT, "line %d", i);
		problems_tell(problems, "b.log", &err);
	}
	problems_end(problems, "b.log");
	problems_begin(problems);
	problems_tell(problems, "c.log", &err);
	problems_end(problems, "c.log");
}

static void test_told(void)
{
	struct problems problems = { .count = 0 };
	struct buf buf = BUF_LIMIT(65536);

	catch_stderr(tell_some, &problems, &buf);
	CHECK_TEXT(buf_text(&buf), "countersign: 'a.log': line 1: odd \\x1b[31m\n"
				   "countersign: cannot open 'a.log': no\n"
				   "countersign: cannot open 'a.log': no\n"
				   "countersign: by the way\n");
	CHECK_UINT(problems.count, 3);
	buf_release(&buf);
}

static void test_many(void)
{
	struct problems problems = { .count = 0 };
	struct buf buf = BUF_LIMIT(65536);

	catch_stderr(tell_many, &problems, &buf);
	CHECK_TEXT(buf_text(&buf), "countersign: 'b.log': line 0\n"
				   "countersign: 'b.log': line 1\n"
				   "countersign: 'b.log': line 2\n"
				   "countersign: 'b.log': line 3\n"
				   "countersign: 'b.log': line 4\n"
				   "countersign: 'b.log': and 3 more like these\n"
				   "countersign: 'c.log': line 7\n");
	CHECK_UINT(problems.count, 9);
	buf_release(&buf);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "told", test_told },
		{ "many of one subject", test_many },
		{ NULL, NULL },
	};

	return check_run("cli/problems", tests);
}
