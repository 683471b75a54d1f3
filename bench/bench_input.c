/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What reading costs: a plain file as whole lines beside a bare read(2) loop, a gzip file
 * inflated beside a bare zlib loop. Prints MB/s (of what comes out), the best of several
 * runs.
 *
 *     bench/bench_input FILE...
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <zlib.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "input/gzip.h"
#include "input/input.h"

#define RUNS 5
#define BUFFER_BYTES ((size_t)512 * 1024)

static char buffer[BUFFER_BYTES];

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static uint64_t with_lines(const char *path)
{
	AUTO_INPUT struct input_file *file = NULL;
	struct input_chunk chunk;
	uint64_t total = 0;
	struct err err;

	if (input_open(path, &file, &err) < 0)
		return 0;
	do {
		if (input_read_lines(file, LIMIT_HOST_LINE_BYTES, &chunk, &err) < 0)
			return 0;
		total += chunk.bytes.len;
	} while (chunk.bytes.len > 0);
	return total;
}

static uint64_t with_read(const char *path)
{
	AUTO_INPUT struct input_file *file = NULL;
	struct slice bytes;
	uint64_t total = 0;
	struct err err;

	if (input_open(path, &file, &err) < 0)
		return 0;
	do {
		if (input_read(file, &bytes, &err) < 0)
			return 0;
		total += bytes.len;
	} while (bytes.len > 0);
	return total;
}

static uint64_t with_bare_read(const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint64_t total = 0;
	ssize_t len;

	while (fd >= 0 && (len = read(fd, buffer, sizeof(buffer))) > 0)
		total += (uint64_t)len;
	return total;
}

/* One inflate() loop over 64 KiB reads, every member. */
static uint64_t with_bare_zlib(const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	static unsigned char in[64 * 1024];
	z_stream stream = { .next_in = in };
	uint64_t total = 0;
	ssize_t len;

	if (fd < 0 || inflateInit2(&stream, 15 + 16) != Z_OK)
		return 0;
	while ((len = read(fd, in, sizeof(in))) > 0) {
		stream.next_in = in;
		stream.avail_in = (uInt)len;
		while (stream.avail_in > 0) {
			stream.next_out = (Bytef *)buffer;
			stream.avail_out = sizeof(buffer);
			if (inflate(&stream, Z_NO_FLUSH) == Z_STREAM_END)
				(void)inflateReset(&stream);
			total += sizeof(buffer) - stream.avail_out;
		}
	}
	(void)inflateEnd(&stream);
	return total;
}

static void measure(const char *name, uint64_t (*run)(const char *path), const char *path)
{
	double best_s = 1e9;
	uint64_t total = 0;

	for (int i = 0; i < RUNS; i++) {
		double begun_s = now_s();

		total = run(path);
		if (now_s() - begun_s < best_s)
			best_s = now_s() - begun_s;
	}
	printf("  %-28s %8.0f MB/s  (%" PRIu64 " bytes)\n", name,
	       (double)total / 1e6 / best_s, total);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		printf("%s\n", argv[i]);
		if (slice_ends_with(slice_text(argv[i]), SLICE(".gz"))) {
			printf("  inflating with %s\n", inflate_best()->name);
			measure("input_read", with_read, argv[i]);
			measure("bare zlib", with_bare_zlib, argv[i]);
		} else {
			measure("bare read(2)", with_bare_read, argv[i]);
		}
		measure("input_read_lines", with_lines, argv[i]);
	}
	return 0;
}
