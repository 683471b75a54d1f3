/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints records in one format, one a line: every path with every verdict and stage,
 * every verdict with every reason, every observation with every activity, in every stream
 * that has them, and as many more out of random bytes, the same ones in every run.
 *
 *     random_records FORMAT [COUNT]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "tests/alert/made_record.h"

#define RECORD_BYTES ((size_t)2048)

struct printer {
	const struct alert_format *format;
	struct buf line;
	uint64_t state;
	char bytes[RECORD_BYTES];
};

/* xorshift64 (Marsaglia 2003). */
static void make_bytes(struct printer *printer)
{
	for (size_t i = 0; i < sizeof(printer->bytes); i++) {
		printer->state ^= printer->state << 13;
		printer->state ^= printer->state >> 7;
		printer->state ^= printer->state << 17;
		printer->bytes[i] = (char)(printer->state >> 32);
	}
}

static void make(struct printer *printer, struct made_record *made)
{
	make_bytes(printer);
	made_record_init(made, slice_of(printer->bytes, sizeof(printer->bytes)));
}

static void print(struct printer *printer, struct made_record *made)
{
	if (printer->format->streams & 1u << made->record.stream) {
		buf_clear(&printer->line);
		alert_format_append(printer->format, &printer->line, &made->record);
		puts(buf_text(&printer->line));
	}
	made_record_release(made);
}

static void print_login(struct printer *printer, enum path path, const struct verdict *of)
{
	for (int stream = ALERT_FINDINGS; stream <= ALERT_LOGINS; stream++) {
		struct made_record made;

		make(printer, &made);
		made.record.stream = (enum alert_stream)stream;
		made.record.observation = NULL;
		made.record.heartbeat = NULL;
		made.record.verdict = &made.verdict;
		made.login.path = path;
		made.verdict.verdict = of->verdict;
		made.verdict.stage = of->stage;
		made.verdict.reasons[0] = of->reasons[0];
		made.verdict.reason_count = 1;
		print(printer, &made);
	}
}

static void print_logins(struct printer *printer)
{
	for (int verdict = 0; verdict < VERDICT_COUNT; verdict++) {
		struct verdict of = { .verdict = (enum verdict_kind)verdict };

		for (int path = 0; path < PATH_COUNT; path++) {
			for (int stage = 0; stage < STAGE_COUNT; stage++) {
				of.stage = (enum stage)stage;
				print_login(printer, (enum path)path, &of);
			}
		}
		for (int reason = 0; reason < REASON_COUNT; reason++) {
			of.reasons[0] = (enum reason)reason;
			print_login(printer, PATH_AWS_SSM_SESSION, &of);
		}
	}
}

static void print_observations(struct printer *printer)
{
	for (int kind = 0; kind < OBSERVATION_COUNT; kind++) {
		for (int activity = ALERT_CREATE; activity <= ALERT_CLOSE; activity++) {
			struct made_record made;

			make(printer, &made);
			made_record_observe(&made, (enum observation_kind)kind);
			made.record.activity = (enum alert_activity)activity;
			print(printer, &made);
		}
	}
}

int main(int argc, char **argv)
{
	struct printer printer = {
		.line = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES),
		.state = UINT64_C(0x9e3779b97f4a7c15),
	};
	long count = argc > 2 ? atol(argv[2]) : 1000;

	printer.format = argc > 1 ? alert_format_find(argv[1]) : NULL;
	if (!printer.format) {
		fprintf(stderr, "usage: random_records FORMAT [COUNT]\n");
		return 2;
	}
	print_logins(&printer);
	print_observations(&printer);
	for (long i = 0; i < count; i++) {
		struct made_record made;

		make(&printer, &made);
		print(&printer, &made);
	}
	buf_release(&printer.line);
	return ferror(stdout) || fflush(stdout) ? 3 : 0;
}
