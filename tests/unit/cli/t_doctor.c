/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"
#include "cli/access_drop_in.h"
#include "tests/support/check.h"

#define MARK                                                                         \
	"# Written by countersign's choose-access, which writes it anew. To decide " \
	"otherwise:\n# ln -sf /dev/null x\n"
#define GIVES                                                    \
	"[Service]\nCapabilityBoundingSet=CAP_DAC_READ_SEARCH\n" \
	"AmbientCapabilities=CAP_DAC_READ_SEARCH\n"

static char folder[64] = "/tmp/t_doctor-XXXXXX";

/* "folder/name", valid until the next call of this name's kind. */
static const char *at(const char *name)
{
	static char paths[4][128];
	static unsigned turn;
	char *path = paths[turn++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

static void put(const char *name, const char *text)
{
	FILE *file;

	unlink(at(name));
	file = fopen(at(name), "w");
	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		abort();
}

static void test_drop_in(void)
{
	char stale[256], there[256], both[512];
	const struct {
		const char *name, *text;
		enum access_drop_in_kind kind;
		bool has_right, is_stale;
	} rows[] = {
		{ "its own", there, ACCESS_DROP_IN_WRITTEN, true, false },
		{ "not needed any more", stale, ACCESS_DROP_IN_WRITTEN, true, true },
		{ "one of two is left", both, ACCESS_DROP_IN_WRITTEN, true, false },
		{ "homes", MARK "# needed: authorized_keys in homes, which ...\n" GIVES,
		  ACCESS_DROP_IN_WRITTEN, true, false },
		{ "somebody's", "[Service]\n", ACCESS_DROP_IN_OVERRIDDEN, false, true },
		{ "the mark elsewhere", "\n" MARK GIVES, ACCESS_DROP_IN_OVERRIDDEN, true,
		  true },
		{ "empty", "", ACCESS_DROP_IN_OVERRIDDEN, false, true },
		{ "no newline, and a comment in the right's place",
		  MARK "#AmbientCapabilities=CAP_DAC_READ_SEARCH", ACCESS_DROP_IN_WRITTEN,
		  false, true },
	};

	put("log", "");
	snprintf(there, sizeof(there), MARK "# needed: %s is not readable\n" GIVES,
		 at("log"));
	snprintf(stale, sizeof(stale), MARK "# needed: %s is not readable\n" GIVES,
		 at("gone"));
	snprintf(both, sizeof(both), MARK "# needed: %s is x\n# needed: %s is y\n" GIVES,
		 at("gone"), at("log"));
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_ACCESS_DROP_IN struct access_drop_in drop_in;

		check_row(rows[i].name);
		put("drop", rows[i].text);
		access_drop_in_read(at("drop"), &drop_in);
		CHECK_UINT(drop_in.kind, rows[i].kind);
		CHECK(drop_in.has_right == rows[i].has_right);
		CHECK(drop_in.is_stale == rows[i].is_stale);
	}
}

static void test_drop_in_no_file(void)
{
	AUTO_ACCESS_DROP_IN struct access_drop_in none, null, large;

	access_drop_in_read(at("nothing/here"), &none);
	CHECK_UINT(none.kind, ACCESS_DROP_IN_NONE);
	unlink(at("drop"));
	if (symlink("/dev/null", at("drop")) < 0)
		abort();
	access_drop_in_read(at("drop"), &null);
	CHECK_UINT(null.kind, ACCESS_DROP_IN_OVERRIDDEN);
	unlink(at("drop"));
	if (symlink("/dev/zero", at("drop")) < 0)
		abort();
	access_drop_in_read(at("drop"), &large);
	CHECK_UINT(large.kind, ACCESS_DROP_IN_OVERRIDDEN);
	unlink(at("drop"));
}

/* ---- what is told ----------------------------------------------------------------- */

static void note(void *ctx, const struct check *check)
{
	buf_append_format(ctx, "%s|%s|%s|%s\n", check_outcome_word(check->outcome),
			  check->what, check->detail, check->advice);
}

/* All that doctor tells, as text. */
static void look(const char *config, struct buf *told)
{
	const struct doctor doctor = {
		.config_file = config,
		.knows_config = config != NULL,
		.drop_in = at("drop"),
		.choose_access = at("choose-access"),
		.take = note,
		.ctx = told,
	};

	doctor_check(&doctor);
}

static void test_told(void)
{
	char drop_in[512];
	const struct {
		const char *name, *drop_in, *config, *want, *not ;
	} rows[] = {
		{ "no drop-in", NULL, "none.conf", "ok|configuration|", "|rights|" },
		{ "one that is needed", drop_in, "none.conf", "ok|rights|", NULL },
		{ "why", drop_in, "none.conf", "log is not readable for", NULL },
		{ "one of old", MARK "# needed: /no/such/log is not readable\n" GIVES,
		  "none.conf", "optional|rights|", NULL },
		{ "what to do about it",
		  MARK "# needed: /no/such/log is not readable\n" GIVES, "none.conf",
		  "/choose-access: it takes away what is not needed", NULL },
		{ "somebody's", "[Service]\n", "none.conf", "which is the host's own",
		  NULL },
		{ "no configuration is known", NULL, NULL, "|agent's user|",
		  "configuration" },
	};

	put("none.conf", "");
	put("log", "");
	snprintf(drop_in, sizeof(drop_in),
		 MARK "# needed: %s is not readable for the agent's user\n" GIVES,
		 at("log"));
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf told = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);

		check_row(rows[i].name);
		unlink(at("drop"));
		if (rows[i].drop_in)
			put("drop", rows[i].drop_in);
		look(rows[i].config ? at(rows[i].config) : NULL, &told);
		CHECK(strstr(buf_text(&told), rows[i].want) != NULL);
		CHECK(!rows[i].not || !strstr(buf_text(&told), rows[i].not ));
	}
	unlink(at("drop"));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "drop-in", test_drop_in },
		{ "drop-in that is no file", test_drop_in_no_file },
		{ "what is told", test_told },
		{ NULL, NULL },
	};

	int status;

	if (!mkdtemp(folder))
		return 1;
	status = check_run("cli/doctor", tests);
	unlink(at("log"));
	unlink(at("none.conf"));
	rmdir(folder);
	return status;
}
