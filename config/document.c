/* SPDX-License-Identifier: Apache-2.0 */
#include "config/document.h"

#include "config/setting.h"
#include "config/value.h"

#define FILE_COLUMNS 90
#define MANUAL_COLUMNS 78

/* The words with commas between them, and what else the type takes. */
static void append_allowed(const struct setting *setting, struct buf *buf)
{
	const char *takes = value_takes(setting->type);

	for (const char *byte = setting->words; *byte; byte++) {
		if (*byte == ' ')
			buf_append_text(buf, ", ");
		else
			buf_append_byte(buf, *byte);
	}
	if (*setting->words && *takes)
		buf_append_text(buf, ", ");
	buf_append_text(buf, takes);
}

/* Where the type has bounds that are worth telling. */
static void append_range(const struct setting *setting, struct buf *buf)
{
	if (setting->type != TYPE_SPAN && setting->type != TYPE_SPAN_OR_NO &&
	    setting->type != TYPE_BYTES)
		return;
	buf_append_text(buf, "; ");
	value_write_number(setting, setting->least, buf);
	buf_append_text(buf, " to ");
	value_write_number(setting, setting->most, buf);
}

/* Words in lines of so many columns, each with `lead` in front. */
static void append_wrapped(const char *lead, size_t columns, struct slice text,
			   struct buf *buf)
{
	size_t column = 0;

	while (text.len) {
		struct slice word = text;

		if (!slice_take_until(&text, ' ', &word))
			text.len = 0;
		if (column && column + 1 + word.len > columns) {
			buf_append_byte(buf, '\n');
			column = 0;
		}
		if (column == 0) {
			buf_append_text(buf, lead);
			column = strlen(lead);
		} else {
			buf_append_byte(buf, ' ');
			column++;
		}
		buf_append(buf, word);
		column += word.len;
	}
	buf_append_byte(buf, '\n');
}

/* ---- etc/countersign.conf
 * ---------------------------------------------------------------- */

static void append_setting(const struct setting *setting, struct buf *buf)
{
	struct buf text = BUF_LIMIT(4096);

	buf_append_text(&text, setting->help);
	buf_append_text(&text, " (");
	append_allowed(setting, &text);
	append_range(setting, &text);
	buf_append_text(&text, ")");
	append_wrapped("# ", FILE_COLUMNS, buf_slice(&text), buf);
	buf_append_format(buf, "#%s =%s%s\n", setting->key, *setting->fallback ? " " : "",
			  setting->fallback);
	buf_release(&text);
}

/* Each cloud's own ones would say the same three times. */
static bool is_told_elsewhere(const struct setting *setting)
{
	return setting->place == PLACE_OVERRIDE;
}

static void append_overrides(const char *section, struct buf *buf)
{
	struct buf text = BUF_LIMIT(1024);

	for (size_t i = 0; i < setting_count(); i++) {
		const struct setting *setting = setting_at(i);

		if (strcmp(setting->section, section) != 0 || !is_told_elsewhere(setting))
			continue;
		buf_append_text(&text, text.len ? ", " : "");
		buf_append_text(&text, setting->key);
	}
	if (text.len) {
		buf_append_text(&text, ": as in [correlation], for this cloud alone");
		append_wrapped("# ", FILE_COLUMNS, buf_slice(&text), buf);
	}
	buf_release(&text);
}

static const char file_head[] =
	"# SPDX-License-Identifier: Apache-2.0\n"
	"# Countersign's configuration. Every setting is here with its default; nothing "
	"has\n"
	"# to be set. conf.d/*.conf beside this file is read after it, in order of "
	"names, and\n"
	"# what is said later wins. A duration needs its unit (us, ms, s, min, h, d, w), "
	"a\n"
	"# size too (KiB, MiB, GiB), and a comment a line of its own.\n"
	"#\n"
	"# 'countersign check-config' tells what is wrong, and with --print what is in "
	"force\n"
	"# and where it came from. This file is made of the table of settings: put your "
	"own\n"
	"# ones into conf.d.\n";

void document_append_file(struct buf *buf)
{
	buf_append_text(buf, file_head);
	for (size_t i = 0; i < setting_section_count(); i++) {
		const struct setting_section *section = setting_section_at(i);
		bool is_sink = strcmp(section->name, "sink") == 0;

		buf_append_text(buf, "\n");
		append_wrapped("# ", FILE_COLUMNS, slice_text(section->help), buf);
		buf_append_format(buf, "%s[%s%s]\n", is_sink ? "#" : "", section->name,
				  is_sink ? " NAME" : "");
		for (size_t k = 0; k < setting_count(); k++) {
			const struct setting *setting = setting_at(k);

			if (strcmp(setting->section, section->name) == 0 &&
			    !is_told_elsewhere(setting))
				append_setting(setting, buf);
		}
		append_overrides(section->name, buf);
	}
}

/* ---- docs/configuration.md
 * --------------------------------------------------------------- */

static void append_row(const struct setting *setting, struct buf *buf)
{
	buf_append_format(buf, "| `%s` | %s%s%s | ", setting->key,
			  *setting->fallback ? "`" : "",
			  *setting->fallback ? setting->fallback : "not set",
			  *setting->fallback ? "`" : "");
	append_allowed(setting, buf);
	append_range(setting, buf);
	buf_append_format(buf, " | %s |\n", setting->help);
}

static const char markdown_head[] =
	"# Configuration\n"
	"\n"
	"Works with no file at all. `/etc/countersign/countersign.conf` is read first, "
	"then\n"
	"`/etc/countersign/conf.d/*.conf` in the order of their names; what is said "
	"later\n"
	"wins. With `--config FILE` only that file and the `conf.d` beside it are read.\n"
	"\n"
	"Sections are `[name]`, settings `key = value`, comments lines that begin with "
	"`#`\n"
	"or `;`. No value is quoted, and none goes on in the next line. A duration needs "
	"its\n"
	"unit (us, ms, s, min, h, d, w: `20min`, `1h 30min`), and so does a size (KiB, "
	"MiB,\n"
	"GiB: `64MiB`). `key =` sets a key back to \"not set\", where it can be that. "
	"An\n"
	"unknown section or key, a value that is not allowed, a key set twice in one "
	"file:\n"
	"each is an error that names file, line and what is allowed, and nothing of the\n"
	"configuration is used then.\n"
	"\n"
	"`countersign check-config` checks; with `--print` it writes everything in "
	"force,\n"
	"each value with the place it came from, as a file that can be read again.\n"
	"\n"
	"A file, its folder, `conf.d` and every folder above must belong to root or to "
	"the user\n"
	"who reads, and nobody else may write them (the sticky bit is enough above "
	"`conf.d`);\n"
	"anything else is refused. There is nothing secret in\n"
	"the configuration: a URL with a password in it is refused too.\n"
	"\n"
	"`provisional_after` may not be more than `final_after`, and that not more than\n"
	"`final_after_weak`. The settings of `[correlation]` may be set in a cloud's "
	"own\n"
	"section as well, where they count for that cloud alone.\n"
	"\n"
	"This page is made of the table of settings (`config/config.def`): change it "
	"there\n"
	"and run `tests/golden/golden_config --update`.\n";

void document_append_markdown(struct buf *buf)
{
	buf_append_text(buf, markdown_head);
	for (size_t i = 0; i < setting_section_count(); i++) {
		const struct setting_section *section = setting_section_at(i);

		buf_append_format(buf,
				  "\n## [%s%s]\n\n%s\n\n"
				  "| key | default | allowed | what it is |\n"
				  "|---|---|---|---|\n",
				  section->name,
				  strcmp(section->name, "sink") == 0 ? " NAME" : "",
				  section->help);
		for (size_t k = 0; k < setting_count(); k++) {
			const struct setting *setting = setting_at(k);

			if (strcmp(setting->section, section->name) == 0)
				append_row(setting, buf);
		}
	}
}

/* ---- the settings in docs/man/countersign.conf.5
 * --------------------------------------------------------- */

/* Appends the text as mdoc(7) takes it: what would be an escape or a request is none. */
static void append_safe(struct slice text, struct buf *buf)
{
	bool is_first = true;

	for (size_t i = 0; i < text.len; i++) {
		char byte = text.ptr[i];

		if (is_first && (byte == '.' || byte == '\''))
			buf_append_text(buf, "\\&");
		if (byte == '\\')
			buf_append_text(buf, "\\e");
		else
			buf_append_byte(buf, byte);
		is_first = byte == ' ';
	}
}

/* A paragraph of which every sentence begins a line. */
static void append_sentences(struct slice text, struct buf *buf)
{
	AUTO_BUF struct buf safe = BUF_LIMIT(8192);
	struct slice rest, sentence;

	append_safe(text, &safe);
	rest = buf_slice(&safe);
	while (slice_take_until_text(&rest, SLICE(". "), &sentence)) {
		/* The full stop belongs to it. */
		sentence.len++;
		append_wrapped("", MANUAL_COLUMNS, sentence, buf);
	}
	append_wrapped("", MANUAL_COLUMNS, rest, buf);
}

static void append_item(const struct setting *setting, struct buf *buf)
{
	AUTO_BUF struct buf text = BUF_LIMIT(4096);

	buf_append_format(buf, ".It Ic %s\n", setting->key);
	append_sentences(slice_text(setting->help), buf);
	buf_append_text(buf, ".br\n");
	buf_append_text(&text, "Allowed: ");
	append_allowed(setting, &text);
	append_range(setting, &text);
	append_sentences(buf_slice(&text), buf);
	buf_append_text(buf, ".br\n");
	if (*setting->fallback)
		buf_append_format(buf, "Default:\n.Li %s\n", setting->fallback);
	else
		buf_append_text(buf, "Default: not set\n");
}

void document_append_manual(struct buf *buf)
{
	for (size_t i = 0; i < setting_section_count(); i++) {
		const struct setting_section *section = setting_section_at(i);
		bool is_sink = strcmp(section->name, "sink") == 0;

		buf_append_format(buf, ".Ss Section %s%s\n", section->name,
				  is_sink ? " NAME" : "");
		append_sentences(slice_text(section->help), buf);
		buf_append_text(buf, ".Bl -tag -width Ds\n");
		for (size_t k = 0; k < setting_count(); k++) {
			const struct setting *setting = setting_at(k);

			if (strcmp(setting->section, section->name) == 0)
				append_item(setting, buf);
		}
		buf_append_text(buf, ".El\n");
	}
}
