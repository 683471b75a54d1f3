/* SPDX-License-Identifier: Apache-2.0 */
#include "config/ini.h"

#include "base/buf.h"
#include "tests/support/check.h"

/* Every line as "number kind text", with blanks between them. */
static void tell(struct slice text, struct buf *told)
{
	struct ini_line line;
	struct ini ini;

	ini_begin(&ini, text);
	while (ini_next(&ini, &line)) {
		buf_append_format(told, "%s%u ", told->len ? " " : "", line.number);
		if (line.kind == INI_SECTION)
			buf_append_format(told, "[%.*s]", SLICE_ARG(line.section));
		else if (line.kind == INI_PAIR)
			buf_append_format(told, "<%.*s>=<%.*s>", SLICE_ARG(line.key),
					  SLICE_ARG(line.value));
		else
			buf_append_format(told, "(%s)", line.why);
	}
}

static void test_lines(void)
{
	static const struct {
		const char *name, *text, *told;
	} rows[] = {
		{ "nothing", "", "" },
		{ "ends of lines", "\n\r\n\n", "" },
		{ "comments", "# a = b\n; [c]\n\t # d\n", "" },
		{ "section and pair", "[agent]\nstate_dir = /x\n",
		  "1 [agent] 2 <state_dir>=</x>" },
		{ "blanks", " \t[ agent\t] \n  key\t=  a b  \n",
		  "1 [agent] 2 <key>=<a b>" },
		{ "section of two words", "[sink  a]\n", "1 [sink  a]" },
		{ "no end of the last line", "[a]\nb=c", "1 [a] 2 <b>=<c>" },
		{ "ends with returns", "[a]\r\nb=c\r\n", "1 [a] 2 <b>=<c>" },
		{ "byte order mark", "\xef\xbb\xbf[a]\n", "1 [a]" },
		{ "byte order mark later", "\n\xef\xbb\xbf[a]\n",
		  "2 (neither '[section]' nor 'key = value')" },
		{ "empty value", "a=\nb =  \n", "1 <a>=<> 2 <b>=<>" },
		{ "more signs", "a = b = c # d ; \"e\"\n", "1 <a>=<b = c # d ; \"e\">" },
		{ "lines go not on", "a = b \\\n  c\n",
		  "1 <a>=<b \\> 2 (neither '[section]' nor 'key = value')" },
		{ "no name", "[]\n[ ]\n = b\n",
		  "1 (a section without a name) 2 (a section without a name) "
		  "3 (a value without its key)" },
		{ "open section", "[a\n[a] b\n",
		  "1 (a section without its ']') 2 (a section without its ']')" },
		{ "numbers count all lines", "\n#\n\n[a]\n\nb=c\n", "4 [a] 6 <b>=<c>" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct buf told = BUF_LIMIT(4096);

		check_row(rows[i].name);
		tell(slice_text(rows[i].text), &told);
		CHECK_TEXT(buf_text(&told), rows[i].told);
		buf_release(&told);
	}
}

/* Debian's inih ends a value at 200 bytes and a name at 50. */
static void test_long(void)
{
	struct buf text = BUF_LIMIT(1 << 20);
	struct ini_line line;
	struct ini ini;

	buf_append_text(&text, "role_arn = ");
	for (size_t i = 0; i < 100000; i++)
		buf_append_byte(&text, 'a');
	ini_begin(&ini, buf_slice(&text));
	CHECK(ini_next(&ini, &line));
	CHECK_UINT(line.value.len, 100000);
	CHECK(!ini_next(&ini, &line));
	buf_release(&text);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "lines", test_lines },
		{ "long values", test_long },
		{ NULL, NULL },
	};

	return check_run("config/ini", tests);
}
