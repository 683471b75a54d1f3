/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Figure P5: journal_read() beside a bare sd_journal_next() + MESSAGE loop over the same
 * journal, in turns, the best of several runs of each.
 *
 *     bench/generate_journal.sh 500000 /tmp/p5.journal
 *     bench/bench_journal /tmp/p5.journal
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <inttypes.h>
#include <stdio.h>
#include <systemd/sd-journal.h>
#include <time.h>

#include "input/journal.h"

#define RUNS 7

struct tally {
	uint64_t entries, evidence, bytes;
};

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Stands for evidence's own choice: a handful of literals. */
static bool is_evidence(struct slice message)
{
	static const char *const words[] = {
		"Accepted ", "Providing ssh key", "pam_unix", "LOGIN ON", "New session",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (slice_find(message, slice_text(words[i])) >= 0)
			return true;
	return false;
}

static bool wanted(void *ctx, struct slice message)
{
	struct tally *tally = ctx;

	tally->entries++;
	tally->bytes += message.len;
	return is_evidence(message);
}

static void entry(void *ctx, const struct record *record, const char *cursor)
{
	struct tally *tally = ctx;

	tally->evidence += record->journal->uid == 0 && cursor[0] != '\0';
}

static bool run_ours(const char *path, struct tally *tally)
{
	struct journal_visitor visitor = { wanted, entry, NULL, tally };
	struct journal_stats stats;
	struct err err;

	if (journal_read(path, &visitor, &stats, &err) == 0)
		return true;
	(void)fprintf(stderr, "bench_journal: %s\n", err.text);
	return false;
}

static bool run_bare(const char *path, struct tally *tally)
{
	sd_journal *journal = NULL;
	const void *data;
	size_t len;

	if (sd_journal_open_directory(&journal, path, 0) < 0)
		return false;
	while (sd_journal_next(journal) > 0) {
		if (sd_journal_get_data(journal, "MESSAGE", &data, &len) < 0)
			continue;
		tally->entries++;
		tally->bytes += len - 8;
	}
	sd_journal_close(journal);
	return true;
}

static double seconds(bool (*run)(const char *, struct tally *), const char *path,
		      struct tally *tally)
{
	double begun_s = now_s();

	*tally = (struct tally){ 0, 0, 0 };
	return run(path, tally) ? now_s() - begun_s : -1;
}

int main(int argc, char **argv)
{
	double ours_s = 1e9, bare_s = 1e9;
	struct tally ours, bare;

	if (argc != 2) {
		(void)fprintf(stderr, "usage: bench_journal FOLDER\n");
		return 2;
	}
	for (int i = 0; i < RUNS; i++) {
		double took_s = seconds(run_bare, argv[1], &bare);

		if (took_s < 0)
			return 3;
		bare_s = took_s < bare_s ? took_s : bare_s;
		took_s = seconds(run_ours, argv[1], &ours);
		if (took_s < 0)
			return 3;
		ours_s = took_s < ours_s ? took_s : ours_s;
	}
	printf("journal       %s, %" PRIu64 " entries, %" PRIu64 " evidence\n", argv[1],
	       ours.entries, ours.evidence);
	printf("bare loop     %8.0f entries/s\n", (double)bare.entries / bare_s);
	printf("journal_read  %8.0f entries/s\n", (double)ours.entries / ours_s);
	printf("P5            %.3f (goal 0.85)\n", bare_s / ours_s);
	return ours.entries == bare.entries && ours.bytes == bare.bytes ? 0 : 1;
}
