/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that the table of settings makes are what it makes, and the commented default
 * configuration can be read, as it is and with every comment sign taken away.
 *
 *     golden_config [--update]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "config/config.h"
#include "config/document.h"
#include "tests/golden/golden_file.h"

#define FILE_LIMIT ((size_t)1024 * 1024)

static const struct {
	const char *path;
	void (*append)(struct buf *buf);
} documents[] = {
	{ "etc/countersign.conf", document_append_file },
	{ "docs/configuration.md", document_append_markdown },
};

static bool check_document(size_t index, bool update)
{
	AUTO_BUF struct buf path = BUF_LIMIT(4096);
	AUTO_BUF struct buf made = BUF_LIMIT(FILE_LIMIT);
	AUTO_BUF struct buf there = BUF_LIMIT(FILE_LIMIT);
	const char *srcdir = getenv("abs_top_srcdir");

	buf_append_format(&path, "%s/%s", srcdir ? srcdir : ".", documents[index].path);
	documents[index].append(&made);
	if (update)
		return golden_write(buf_text(&path), buf_slice(&made));
	if (golden_read(buf_text(&path), &there) &&
	    slice_equal(buf_slice(&there), buf_slice(&made)))
		return true;
	printf("'%s' is not what the table of settings makes: golden_config --update\n",
	       buf_text(&path));
	return false;
}

static bool is_sound(const char *name, struct slice text)
{
	struct config config;
	struct err err;

	if (config_read_text(text, name, &config, &err) < 0) {
		printf("%s\n", err.text);
		return false;
	}
	config_release(&config);
	return true;
}

/* "#key = value" and "#[section]" without their sign; what people read stays. */
static void uncomment(struct slice text, struct buf *buf)
{
	struct slice line;

	while (slice_take_until(&text, '\n', &line)) {
		if (line.len > 1 && line.ptr[0] == '#' && line.ptr[1] != ' ')
			line = slice_skip(line, 1);
		buf_append(buf, line);
		buf_append_byte(buf, '\n');
	}
}

int main(int argc, char **argv)
{
	AUTO_BUF struct buf commented = BUF_LIMIT(FILE_LIMIT);
	AUTO_BUF struct buf plain = BUF_LIMIT(FILE_LIMIT);
	bool update = argc > 1 && strcmp(argv[1], "--update") == 0;
	int failures = 0;

	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++)
		failures += !check_document(i, update);
	document_append_file(&commented);
	uncomment(buf_slice(&commented), &plain);
	failures += !is_sound("commented", buf_slice(&commented));
	failures += !is_sound("uncommented", buf_slice(&plain));
	return failures ? 1 : 0;
}
