/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the manual pages and documents say of the program's own tables is what these
 * tables make. It stands between two comments, 'begin NAME: made by ...' and 'end NAME';
 * the rest is written by people.
 *
 *     golden_manual [--update]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "tests/golden/golden_file.h"
#include "tests/golden/manual_parts.h"

#define PAGE_LIMIT ((size_t)1024 * 1024)

/* How a comment begins and ends. */
struct comment {
	const char *opened, *closed;
};

static struct comment comment_of(const struct manual_part *part)
{
	static const struct comment mdoc = { ".\\\" ", "" },
				    markdown = { "<!-- ", " -->" };

	return slice_ends_with(slice_text(part->page), SLICE(".md")) ? markdown : mdoc;
}

/* Copies the page with the region made anew. False when it has no such region. */
static bool remake(struct slice page, const struct manual_part *part, struct buf *buf)
{
	const struct comment comment = comment_of(part);
	AUTO_BUF struct buf begin = BUF_LIMIT(256);
	AUTO_BUF struct buf end = BUF_LIMIT(256);
	struct slice before, line, old;

	buf_append_format(&begin, "%sbegin %s:", comment.opened, part->name);
	buf_append_format(&end, "%send %s%s\n", comment.opened, part->name,
			  comment.closed);
	if (!slice_take_until_text(&page, buf_slice(&begin), &before) ||
	    !slice_take_until(&page, '\n', &line) ||
	    !slice_take_until_text(&page, buf_slice(&end), &old))
		return false;
	buf_append(buf, before);
	buf_append(buf, buf_slice(&begin));
	buf_append(buf, line);
	buf_append_byte(buf, '\n');
	part->append(buf);
	buf_append(buf, buf_slice(&end));
	buf_append(buf, page);
	return true;
}

static bool check_part(const struct manual_part *part, bool update)
{
	AUTO_BUF struct buf path = BUF_LIMIT(4096);
	AUTO_BUF struct buf there = BUF_LIMIT(PAGE_LIMIT);
	AUTO_BUF struct buf made = BUF_LIMIT(PAGE_LIMIT);
	const char *srcdir = getenv("abs_top_srcdir");

	buf_append_format(&path, "%s/%s", srcdir ? srcdir : ".", part->page);
	if (!golden_read(buf_text(&path), &there) ||
	    !remake(buf_slice(&there), part, &made)) {
		printf("'%s' has no region '%s'\n", buf_text(&path), part->name);
		return false;
	}
	if (slice_equal(buf_slice(&there), buf_slice(&made)))
		return true;
	if (update)
		return golden_write(buf_text(&path), buf_slice(&made));
	printf("'%s': '%s' is not what the tables make: golden_manual --update\n",
	       buf_text(&path), part->name);
	return false;
}

int main(int argc, char **argv)
{
	bool update = argc > 1 && strcmp(argv[1], "--update") == 0;
	int failures = 0;

	for (size_t i = 0; manual_parts[i].page; i++)
		failures += !check_part(&manual_parts[i], update);
	return failures ? 1 : 0;
}
