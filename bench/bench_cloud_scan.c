/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Figure P2: bytes of inflated CloudTrail JSON read to events each second.
 *
 *     bench_cloud_scan FILE [ROUNDS]         the reader, fed from memory in chunks
 *     bench_cloud_scan --jansson FILE [N]    its peer: jansson parsing everything
 *
 * Prints one line; the best round counts.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "evidence/cloud.h"

#define CHUNK_BYTES ((size_t)256 * 1024)

struct tally {
	uint64_t records, relevant, holes;
};

static void seen(void *ctx, const struct api_record_seen *record)
{
	struct tally *tally = ctx;

	(void)record;
	tally->records++;
}

static void hole(void *ctx, uint64_t position, uint64_t line, const struct err *why)
{
	struct tally *tally = ctx;

	tally->holes++;
	fprintf(stderr, "hole at %" PRIu64 " (line %" PRIu64 "): %s\n", position, line,
		why->text);
}

static void emitted(void *ctx, const struct event *event)
{
	struct tally *tally = ctx;

	(void)event;
	tally->relevant++;
}

static struct tally run_reader(struct slice file)
{
	struct tally tally = { 0 };
	struct cloud_reader_ops ops = { .record_seen = seen,
					.hole = hole,
					.ctx = &tally };
	struct emitter emitter = { emitted, &tally };
	struct cloud_reader *reader = cloud_reader_new(&ops, &emitter);
	struct err err = { .code = ERR_NONE };

	while (file.len) {
		if (cloud_reader_feed(reader, slice_first(file, CHUNK_BYTES), &err) < 0)
			break;
		file = slice_skip(file, CHUNK_BYTES);
	}
	if (err.code != ERR_NONE || cloud_reader_finish(reader, &err) < 0)
		fprintf(stderr, "%s\n", err.text);
	cloud_reader_free(reader);
	return tally;
}

static struct tally run_jansson(struct slice file)
{
	struct tally tally = { 0 };
	json_error_t error;
	json_t *root = json_loadb(file.ptr, file.len, 0, &error), *record;
	size_t i;

	json_array_foreach(json_object_get(root, "Records"), i, record)
	{
		const char *name =
			json_string_value(json_object_get(record, "eventName"));

		tally.records++;
		tally.relevant += name && (strcmp(name, "StartSession") == 0 ||
					   strcmp(name, "SendCommand") == 0 ||
					   strcmp(name, "SendSSHPublicKey") == 0);
	}
	json_decref(root);
	return tally;
}

static double now_s(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static struct slice read_file(const char *path)
{
	AUTO_FCLOSE FILE *file = fopen(path, "rb");
	long size;
	char *bytes;

	if (!file || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0 ||
	    fseek(file, 0, SEEK_SET) != 0) {
		perror(path);
		exit(3);
	}
	bytes = memory_new((size_t)size, 1);
	if (fread(bytes, 1, (size_t)size, file) != (size_t)size) {
		perror(path);
		exit(3);
	}
	return slice_of(bytes, (size_t)size);
}

int main(int argc, char **argv)
{
	bool jansson = argc > 1 && strcmp(argv[1], "--jansson") == 0;
	int first = jansson ? 2 : 1;
	struct tally tally = { 0 };
	double best = 0;
	struct slice file;
	long rounds;

	if (argc <= first) {
		fprintf(stderr, "usage: bench_cloud_scan [--jansson] FILE [ROUNDS]\n");
		return 2;
	}
	file = read_file(argv[first]);
	rounds = argc > first + 1 ? strtol(argv[first + 1], NULL, 10) : 5;
	for (long i = 0; i < rounds; i++) {
		double begin = now_s(), spent;

		tally = jansson ? run_jansson(file) : run_reader(file);
		spent = now_s() - begin;
		if (i == 0 || spent < best)
			best = spent;
	}
	printf("%-12s %zu bytes, %" PRIu64 " records, %" PRIu64 " relevant, %" PRIu64
	       " holes: %.3f GB/s\n",
	       jansson ? "jansson" : "countersign", file.len, tally.records,
	       tally.relevant, tally.holes, (double)file.len / best / 1e9);
	free((char *)file.ptr);
	return 0;
}
