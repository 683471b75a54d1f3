/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "input/input.h"

#include <assert.h>

#include "input/file.h"

/* How many bytes at the front are whole lines of at most `limit` bytes each. Looks
 * backwards from as far as a line may reach, so that it touches the last line of each
 * such stretch and none of the others: this is not a pass over the bytes. */
static size_t whole_lines(struct slice text, size_t limit)
{
	size_t done = 0;

	while (done < text.len) {
		struct slice reach = slice_first(slice_skip(text, done), limit + 1);
		const char *newline = memrchr(reach.ptr, '\n', reach.len);

		if (!newline)
			break;
		done = (size_t)(newline - text.ptr) + 1;
	}
	return done;
}

static int give(struct input_file *file, size_t count, struct input_chunk *ret_chunk)
{
	*ret_chunk = (struct input_chunk){
		.bytes = slice_first(input_buffered(file), count),
		.offset = file->offset,
	};
	input_consume(file, count);
	return 0;
}

/* Passes over what is left of a line, its newline included, and says how long that was
 * without it. A failure to read on is left for the next call to tell. */
static uint64_t skip_line(struct input_file *file)
{
	uint64_t skipped = 0;
	struct err ignored;

	for (;;) {
		struct slice text = input_buffered(file);
		const char *newline = text.len ? memchr(text.ptr, '\n', text.len) : NULL;

		if (newline) {
			size_t before = (size_t)(newline - text.ptr);

			input_consume(file, before + 1);
			return skipped + before;
		}
		input_consume(file, text.len);
		skipped += text.len;
		if (file->at_end || input_fill(file, &ignored) < 0)
			return skipped;
	}
}

/* The first `limit` bytes of a longer line go to the window's front and stay there while
 * the room behind them is used to pass over the rest. */
static int give_cut(struct input_file *file, size_t limit, struct input_chunk *ret_chunk)
{
	uint64_t offset = file->offset;
	uint64_t rest;

	memmove(file->window, file->window + file->begin, limit);
	file->floor = limit;
	input_consume(file, limit);
	rest = skip_line(file);
	*ret_chunk = (struct input_chunk){
		.bytes = slice_of(file->window, limit),
		.offset = offset,
		.cut_line_bytes = limit + rest,
	};
	return 0;
}

int input_read_lines(struct input_file *file, size_t limit_bytes,
		     struct input_chunk *ret_chunk, struct err *err)
{
	assert(limit_bytes > 0 && limit_bytes < SIZE_MAX);
	file->floor = 0;
	for (;;) {
		struct slice text = input_buffered(file);
		size_t whole = whole_lines(text, limit_bytes);

		if (whole > 0)
			return give(file, whole, ret_chunk);
		if (text.len > limit_bytes)
			return give_cut(file, limit_bytes, ret_chunk);
		if (file->at_end)
			return give(file, text.len, ret_chunk);
		if (input_fill(file, err) < 0)
			return -1;
	}
}
