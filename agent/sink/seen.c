/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/sink/seen.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/memory.h"

#define READ_BYTES ((size_t)64 * 1024)

struct seen_line {
	uint64_t other_hash;
	size_t len, count;
	struct seen_line *next;
};

void seen_init(struct seen *seen)
{
	*seen = (struct seen){ .keys = { hash_key_random(), hash_key_random() } };
	map_init(&seen->lines);
}

void seen_release(struct seen *seen)
{
	while (seen->first) {
		struct seen_line *line = seen->first;

		seen->first = line->next;
		free(line);
	}
	map_release(&seen->lines);
}

static bool is_line(const void *entry, const void *key)
{
	const struct seen_line *line = entry;
	const struct seen_line *wanted = key;

	return line->other_hash == wanted->other_hash && line->len == wanted->len;
}

static struct seen_line *find(const struct seen *seen, struct slice text)
{
	const struct seen_line wanted = { .other_hash = hash_bytes(&seen->keys[1], text),
					  .len = text.len };

	return map_find(&seen->lines, hash_bytes(&seen->keys[0], text), is_line, &wanted);
}

void seen_add(struct seen *seen, struct slice text)
{
	struct seen_line *line = find(seen, text);

	if (!line) {
		line = memory_new(1, sizeof(*line));
		*line = (struct seen_line){ hash_bytes(&seen->keys[1], text), text.len, 0,
					    seen->first };
		seen->first = line;
		map_add(&seen->lines, hash_bytes(&seen->keys[0], text), line);
	}
	line->count++;
}

bool seen_has(const struct seen *seen, struct slice text)
{
	const struct seen_line *line;

	if (seen->lines.count == 0)
		return false;
	line = find(seen, text);
	return line && line->count > 0;
}

void seen_take(struct seen *seen, struct slice text)
{
	struct seen_line *line = find(seen, text);

	if (line && line->count > 0)
		line->count--;
}

/* ---- reading a file ---- */

struct scan {
	struct seen *seen;
	struct buf line; /* the beginning of a line whose end was not read yet */
	uint64_t end;	 /* of the last whole line */
	uint64_t place;	 /* of what is read next */
	bool is_cut;	 /* the first line may have begun before what is read */
};

static void take_lines(struct scan *scan, struct slice bytes)
{
	struct slice piece;

	scan->place += bytes.len;
	while (slice_take_until(&bytes, '\n', &piece)) {
		/* A line too long for the buffer is none of ours. */
		if (buf_append(&scan->line, piece) && !scan->is_cut)
			seen_add(scan->seen, buf_slice(&scan->line));
		buf_clear(&scan->line);
		scan->is_cut = false;
		scan->end = scan->place - bytes.len;
	}
	buf_append(&scan->line, bytes);
}

static int read_all(struct scan *scan, int fd, struct err *err)
{
	AUTO_BUF struct buf bytes = BUF_LIMIT(READ_BYTES);
	ssize_t len;

	buf_reserve(&bytes, READ_BYTES);
	for (uint64_t left = LIMIT_SINK_SCAN_BYTES; left > 0; left -= (uint64_t)len) {
		size_t wanted = left < READ_BYTES ? (size_t)left : READ_BYTES;

		do {
			len = pread(fd, bytes.ptr, wanted, (off_t)scan->place);
		} while (len < 0 && errno == EINTR);
		if (len < 0)
			return err_system(err, errno, "cannot read what was written");
		if (len == 0)
			break;
		take_lines(scan, slice_of(bytes.ptr, (size_t)len));
	}
	return 0;
}

int seen_read(struct seen *seen, int fd, uint64_t from, uint64_t *ret_end,
	      struct err *err)
{
	struct scan scan = { .seen = seen, .line = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES) };
	struct stat status;
	int result;

	if (fstat(fd, &status) < 0)
		return err_system(err, errno, "cannot read what was written");
	scan.place = from;
	if ((uint64_t)status.st_size > LIMIT_SINK_SCAN_BYTES &&
	    (uint64_t)status.st_size - LIMIT_SINK_SCAN_BYTES > from) {
		scan.place = (uint64_t)status.st_size - LIMIT_SINK_SCAN_BYTES;
		scan.is_cut = true;
	}
	scan.end = scan.place;
	result = read_all(&scan, fd, err);
	buf_release(&scan.line);
	if (result == 0)
		*ret_end = scan.end;
	return result;
}
