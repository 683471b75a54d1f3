/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a fuzz target over files where there is no libFuzzer: every file given, or of the
 * folders given, once as it is and then in a fixed number of mutated forms, the same ones
 * in every run. A crash or a sanitizer's report is the failure.
 *
 *     fuzz_foo [--turns N] FILE-OR-FOLDER ...
 */
#include <fts.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/memory.h"

#define INPUT_LIMIT ((size_t)16 * 1024 * 1024)
#define CHANGES_MAX 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned turns;
static unsigned long inputs;

/* xorshift64 (Marsaglia 2003). */
static size_t random_below(uint64_t *state, size_t limit)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (size_t)(*state % limit);
}

/* On memory of exactly its size, so that a byte read past the end is seen. */
static void run(struct slice input)
{
	AUTO_FREE char *copy = memory_new(input.len ? input.len : 1, 1);

	if (input.len)
		memcpy(copy, input.ptr, input.len);
	LLVMFuzzerTestOneInput((const uint8_t *)copy, input.len);
	inputs++;
}

/* A byte changed, a stretch removed, or one repeated elsewhere. Returns the new size. */
static size_t change(char *bytes, size_t len, uint64_t *state)
{
	static const char odd[] = "\0\n\r\t :;=\"'\\[]{}()<>#%@\x7f\x80\xff"
				  "09AZaz";
	size_t at = random_below(state, len);
	size_t count = 1 + random_below(state, len - at);

	switch (random_below(state, 4)) {
	case 0:
		bytes[at] = (char)random_below(state, 256);
		return len;
	case 1:
		bytes[at] = odd[random_below(state, sizeof(odd) - 1)];
		return len;
	case 2:
		count = count % 64 + 1 < len - at ? count % 64 + 1 : len - at;
		memmove(bytes + at, bytes + at + count, len - at - count);
		return len - count;
	default:
		memmove(bytes + random_below(state, len - count + 1), bytes + at, count);
		return len;
	}
}

static void run_changed(struct slice input, uint64_t seed)
{
	uint64_t state = seed * 2 + 88172645463325253;
	AUTO_FREE char *bytes = memory_new(input.len + 1, 1);
	size_t len = input.len;
	size_t changes = 1 + random_below(&state, CHANGES_MAX);

	memcpy(bytes, input.ptr, input.len);
	for (size_t i = 0; i < changes && len > 0; i++)
		len = change(bytes, len, &state);
	run(slice_of(bytes, len));
}

static int run_file(const char *path)
{
	AUTO_BUF struct buf content = BUF_LIMIT(INPUT_LIMIT);
	AUTO_FCLOSE FILE *file = fopen(path, "rbe");
	size_t got;

	if (!file) {
		perror(path);
		return -1;
	}
	do {
		if (!buf_reserve(&content, 65536))
			break;
		got = fread(content.ptr + content.len, 1, 65536, file);
		content.len += got;
	} while (got > 0);

	run(buf_slice(&content));
	for (unsigned turn = 0; turn < turns && content.len > 0; turn++)
		run_changed(buf_slice(&content), turn + content.len);
	return 0;
}

/* The file, or every file below the folder, in order of names. */
static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int run_path(char *path)
{
	char *paths[] = { path, NULL };
	FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	FTSENT *entry;
	int result = 0;

	if (!walk) {
		perror(path);
		return -1;
	}
	while ((entry = fts_read(walk)) != NULL) {
		if (entry->fts_info == FTS_F && run_file(entry->fts_path) < 0)
			result = -1;
		if (entry->fts_info == FTS_NS || entry->fts_info == FTS_ERR)
			result = -1;
	}
	fts_close(walk);
	return result;
}

int main(int argc, char **argv)
{
	int first = 1;

	if (argc > 2 && strcmp(argv[1], "--turns") == 0) {
		turns = (unsigned)strtoul(argv[2], NULL, 10);
		first = 3;
	}
	run((struct slice){ NULL, 0 });
	for (int i = first; i < argc; i++) {
		if (run_path(argv[i]) < 0)
			return 1;
	}
	printf("%lu inputs\n", inputs);
	return 0;
}
