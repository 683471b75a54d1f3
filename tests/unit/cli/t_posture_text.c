/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/posture_text.h"

#include "tests/support/check.h"

static void test_has(void)
{
	static const struct {
		const char *name, *text, *prefix, *word;
		bool want;
	} rows[] = {
		{ "empty", "", "", "x", false },
		{ "word", "a x b", "", "x", true },
		{ "last of a path", "Key /opt/bin/x %u", "key", "x", true },
		{ "middle of a path", "Key /opt/x/bin %u", "key", "x", false },
		{ "behind blanks", "\t  Key x\r\n", "Key", "x", true },
		{ "another key", "Keys x\nOther x", "Kez", "x", false },
		{ "comment", "# x\n;x", "", "x", false },
		{ "behind a comment", "Key y # x", "Key", "x", false },
		{ "in quotes", "E=-o \"Key /b/x %u\"", "E", "x", true },
		{ "list", "m: [a, x]", "", "x", true },
		{ "item", " - x", "", "x", true },
		{ "part of a word", "axb x-y", "", "x", false },
		{ "last line", "a\nb\nx", "", "x", true },
		{ "prefix longer than the line", "K", "Key", "K", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		CHECK_INT(posture_text_has(slice_text(rows[i].text),
					   slice_text(rows[i].prefix),
					   slice_text(rows[i].word)),
			  rows[i].want);
	}
}

static void test_setting(void)
{
	static const struct {
		const char *name, *text, *section, *want; /* NULL = not there */
	} rows[] = {
		{ "plain", "K=y", "", "y" },
		{ "blanks and case", " k = n ", "", "n" },
		{ "last wins", "K=1\nK=2", "", "2" },
		{ "comment behind", "K=y # no", "", "y" },
		{ "quotes", "K=\"a b\"", "", "a b" },
		{ "commented out", "#K=y\n;K=y", "", NULL },
		{ "empty", "K=", "", "" },
		{ "another key", "KK=1\nK.K=2", "", NULL },
		{ "in a section", "[S]\nK=y", "s", "y" },
		{ "in another", "[T]\nK=y\n", "S", NULL },
		{ "none wanted", "[S]\nK=y", "", NULL },
		{ "section not closed", "[S\nK=y", "S", NULL },
		{ "no value", "K", "", NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct posture_key key = { slice_text(rows[i].section),
						 SLICE("K") };
		struct slice value = SLICE("untouched");
		bool is_found =
			posture_text_setting(slice_text(rows[i].text), &key, &value);

		check_row(rows[i].name);
		CHECK_INT(is_found, rows[i].want != NULL);
		CHECK_SLICE(value, slice_text(rows[i].want ? rows[i].want : "untouched"));
	}
}

static void test_consoles(void)
{
	static const struct {
		const char *name, *text, *want; /* NULL = none */
	} rows[] = {
		{ "none", "root=/dev/sda1 ro", NULL },
		{ "serial", "console=tty0 console=ttyS0,115200n8", "ttyS0" },
		{ "quoted", "GRUB=\"console=ttyAMA0\"", "ttyAMA0" },
		{ "screen", "console=tty1", NULL },
		{ "no number", "console=ttyS", NULL },
		{ "no device", "console=ttyS0;x", NULL },
		{ "without value", "console console= x", NULL },
		{ "another's end", "netconsole=ttyS0 earlycon=ttyS0", NULL },
		{ "hypervisor", "quiet console=hvc0", "hvc0" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct slice rest = slice_text(rows[i].text), tty = { NULL, 0 };

		check_row(rows[i].name);
		CHECK_INT(posture_text_console(&rest, &tty), rows[i].want != NULL);
		CHECK_SLICE(tty, slice_text(rows[i].want));
	}
}

static void test_users(void)
{
	static const struct {
		const char *name, *line, *user; /* NULL = no user */
		enum posture_password password;
	} rows[] = {
		{ "yescrypt", "a:$y$j9T$x$y:1:0:::::", "a", POSTURE_PASSWORD_SET },
		{ "des", "a:abcdefghijklm:1::::::", "a", POSTURE_PASSWORD_SET },
		{ "bsdi", "a:_J9..rasm:1::::::", "a", POSTURE_PASSWORD_SET },
		{ "locked", "a:!$6$x$y:1::::::", "a", POSTURE_PASSWORD_NONE },
		{ "never set", "a:*:1::::::", "a", POSTURE_PASSWORD_NONE },
		{ "no hash", "a:x:1::::::", "a", POSTURE_PASSWORD_NONE },
		{ "empty", "a::1::::::", "a", POSTURE_PASSWORD_EMPTY },
		{ "no user", ":$6$x:1", NULL, POSTURE_PASSWORD_NONE },
		{ "nis", "+::::::::", NULL, POSTURE_PASSWORD_NONE },
		{ "nothing", "", NULL, POSTURE_PASSWORD_NONE },
		{ "cut", "a:$6$x", NULL, POSTURE_PASSWORD_NONE },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		enum posture_password password = POSTURE_PASSWORD_NONE;
		struct slice user = { NULL, 0 };

		check_row(rows[i].name);
		CHECK_INT(posture_text_user(slice_text(rows[i].line), &user, &password),
			  rows[i].user != NULL);
		CHECK_SLICE(user, slice_text(rows[i].user));
		CHECK_INT(password, rows[i].password);
	}
}

static void test_names(void)
{
	static const struct {
		const char *name, *handler; /* NULL = none */
		bool is_plain;
	} rows[] = {
		{ "Microsoft.CPlat.Core.RunCommandLinux-1.0.5",
		  "Microsoft.CPlat.Core.RunCommandLinux", true },
		{ "a.b-", NULL, true },
		{ "events", NULL, true },
		{ "GoalState.1.xml", NULL, true },
		{ "-1.0", NULL, false },
		{ "a b.c-1", "a b.c", false },
		{ "$(x).y-1", "$(x).y", false },
		{ "", NULL, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct slice handler = { NULL, 0 }, name = slice_text(rows[i].name);

		check_row(rows[i].name);
		CHECK_INT(posture_text_handler(name, &handler), rows[i].handler != NULL);
		CHECK_SLICE(handler, slice_text(rows[i].handler));
		CHECK_INT(posture_text_is_plain(name), rows[i].is_plain);
	}
}

static void test_words(void)
{
	CHECK(posture_text_is_no(SLICE("n")) && posture_text_is_no(SLICE("False")));
	CHECK(!posture_text_is_no(SLICE("y")) && !posture_text_is_no(SLICE("")));
	CHECK(posture_text_is_yes(SLICE("TRUE")) && posture_text_is_yes(SLICE("1")));
	CHECK(!posture_text_is_yes(SLICE("n")) && !posture_text_is_yes(SLICE("")));
	CHECK(posture_text_is_serial(SLICE("ttyS3")));
	CHECK(!posture_text_is_serial(SLICE("ttyS3x")));
	CHECK(!posture_text_is_serial(SLICE("tty1")));
}

/* What follows "Include". */
static void test_arguments(void)
{
	static const struct {
		const char *name, *text, *first, *second;
	} rows[] = {
		{ "one", " /etc/ssh/a.conf", "/etc/ssh/a.conf", NULL },
		{ "two", "\ta b ", "a", "b" },
		{ "behind =", " = a=b c", "a=b", "c" },
		{ "quoted", " \"a b\" c", "a b", "c" },
		{ "quote that does not end", " \"a b", NULL, NULL },
		{ "nothing in quotes", " \"\" a", NULL, NULL },
		{ "none", "  ", NULL, NULL },
		{ "a comment", " # a", NULL, NULL },
		{ "a comment behind", " a # b", "a", NULL },
		{ "brackets", " [ab]*.conf", "[ab]*.conf", NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *const want[] = { rows[i].first, rows[i].second };
		struct slice rest = slice_text(rows[i].text), found;

		check_row(rows[i].name);
		for (size_t k = 0; k < COUNT_OF(want); k++) {
			bool is_there = posture_text_argument(&rest, &found);

			CHECK_INT(is_there, want[k] != NULL);
			if (!is_there || !want[k])
				break;
			CHECK_SLICE(found, slice_text(want[k]));
		}
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "has", test_has },
		{ "setting", test_setting },
		{ "consoles", test_consoles },
		{ "users", test_users },
		{ "names", test_names },
		{ "words", test_words },
		{ "arguments", test_arguments },
		{ NULL, NULL },
	};

	return check_run("cli/posture_text", tests);
}
