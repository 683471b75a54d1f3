/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Figure P5 for the live agent: the journal follower beside a bare sd_journal_next() +
 * MESSAGE loop over the same journals, in turns, the best of several runs of each; then
 * its memory once it is idle and at rest.
 *
 *     bench/generate_journal.sh 500000 /tmp/p5.journal
 *     bench/bench_follow /tmp/p5.journal
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <systemd/sd-journal.h>
#include <time.h>

#include "agent/follow/journal_follow.h"
#include "base/limits.h"

#define RUNS 7

struct tally {
	uint64_t entries, evidence, bytes;
};

/* The time of this process on its core: others on the machine do not count. */
static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
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

static bool is_wanted(void *ctx, struct slice message)
{
	struct tally *tally = ctx;

	tally->entries++;
	tally->bytes += message.len;
	return is_evidence(message);
}

static void run_ours(const char *path, struct tally *tally, bool *ret_idle)
{
	struct journal_follow_options options = {
		.path = path, .from = 0, .wanted = is_wanted, .ctx = tally
	};
	AUTO_BUF struct buf cursor = BUF_LIMIT(LIMIT_JOURNAL_CURSOR_BYTES);
	struct journal_follow *follow = journal_follow_new(&options);
	struct journal_step step = { .kind = JOURNAL_PASSED };

	while (step.kind != JOURNAL_IDLE && step.kind != JOURNAL_ABSENT) {
		journal_follow_next(follow, &step);
		tally->evidence +=
			step.kind == JOURNAL_ENTRY && step.record.journal->uid == 0;
		buf_clear(&cursor);
		journal_follow_cursor(follow, &cursor);
	}
	*ret_idle = step.kind == JOURNAL_IDLE;
	journal_follow_free(follow);
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

static double seconds(bool of_ours, const char *path, struct tally *tally)
{
	double begun_s = now_s();
	bool ok = true;

	*tally = (struct tally){ 0, 0, 0 };
	if (of_ours)
		run_ours(path, tally, &ok);
	else
		ok = run_bare(path, tally);
	return ok ? now_s() - begun_s : -1;
}

static void print_memory(const char *when)
{
	FILE *file = fopen("/proc/self/smaps_rollup", "re");
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, "Pss:", 4) == 0 || strncmp(line, "Pss_Anon:", 9) == 0)
			printf("%s %s", when, line);
	if (file)
		(void)fclose(file);
}

/* A process of its own would say less than this one, which has measured before. */
static void print_rest(const char *path)
{
	struct tally tally = { 0, 0, 0 };
	struct journal_follow_options options = {
		.path = path, .from = 0, .wanted = is_wanted, .ctx = &tally
	};
	struct journal_follow *follow = journal_follow_new(&options);
	struct journal_step step = { .kind = JOURNAL_PASSED };

	while (step.kind != JOURNAL_IDLE && step.kind != JOURNAL_ABSENT)
		journal_follow_next(follow, &step);
	print_memory("caught up     ");
	journal_follow_rest(follow);
	print_memory("at rest       ");
	journal_follow_free(follow);
}

int main(int argc, char **argv)
{
	double ours_s = 1e9, bare_s = 1e9;
	struct tally ours, bare;

	if (argc != 2) {
		(void)fprintf(stderr, "usage: bench_follow FOLDER\n");
		return 2;
	}
	print_rest(argv[1]);
	for (int i = 0; i < RUNS; i++) {
		double took_s = seconds(false, argv[1], &bare);

		if (took_s < 0)
			return 3;
		bare_s = took_s < bare_s ? took_s : bare_s;
		took_s = seconds(true, argv[1], &ours);
		if (took_s < 0)
			return 3;
		ours_s = took_s < ours_s ? took_s : ours_s;
	}
	printf("journal       %s, %" PRIu64 " entries, %" PRIu64 " evidence\n", argv[1],
	       ours.entries, ours.evidence);
	printf("bare loop     %8.0f entries/s\n", (double)bare.entries / bare_s);
	printf("follower      %8.0f entries/s\n", (double)ours.entries / ours_s);
	printf("P5            %.3f (goal 0.85)\n", bare_s / ours_s);
	return ours.entries == bare.entries && ours.bytes == bare.bytes ? 0 : 1;
}
