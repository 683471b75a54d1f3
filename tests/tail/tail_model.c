/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tail_model: random sequences of what happens to a log file, against the tail.
 *
 *     tail_model [--sequences N] [--seed S] [--sequence S] [--operations N] [--verbose]
 *
 * Runs the sequences with the seeds S, S + 1, ...; --sequence runs the one with that seed
 * and nothing else. Works below $TMPDIR or /tmp: the file system there matters, ext4
 * gives freed inode numbers to the next file. Run by root it goes on as nobody, whom
 * permissions concern.
 */
#define _GNU_SOURCE 1 /* NOLINT: setresuid() is no POSIX */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "tests/tail/model.h"

#define NOBODY 65534

struct campaign {
	uint64_t sequences, seed, operations;
	bool is_verbose;
};

static uint64_t number_argument(const char *program, const char *text)
{
	uint64_t number;

	if (slice_number(slice_text(text), UINT64_MAX, &number))
		return number;
	fprintf(stderr, "%s: '%s' is no number\n", program, text);
	exit(2);
}

static struct campaign read_arguments(int argc, char **argv)
{
	static const struct option options[] = {
		{ "sequences", required_argument, NULL, 'n' },
		{ "seed", required_argument, NULL, 's' },
		{ "sequence", required_argument, NULL, 'o' },
		{ "operations", required_argument, NULL, 'p' },
		{ "verbose", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	struct campaign campaign = { .sequences = 1000, .seed = 1, .operations = 40 };
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'n':
			campaign.sequences = number_argument(argv[0], optarg);
			break;
		case 's':
			campaign.seed = number_argument(argv[0], optarg);
			break;
		case 'o':
			campaign.seed = number_argument(argv[0], optarg);
			campaign.sequences = 1;
			break;
		case 'p':
			campaign.operations = number_argument(argv[0], optarg);
			break;
		case 'v':
			campaign.is_verbose = true;
			break;
		default:
			fprintf(stderr,
				"usage: %s [--sequences N] [--seed S] [--sequence S] "
				"[--operations N] [--verbose]\n",
				argv[0]);
			exit(2);
		}
	}
	return campaign;
}

static void some_lines(struct model *model)
{
	model_write_lines(model, 1 + random_below(&model->random, 12));
}

static void some_steps(struct model *model)
{
	model_step(model, 1 + random_below(&model->random, 4));
}

static void rotate_create(struct model *model)
{
	model_rotate(model, true);
}

static void rotate_only(struct model *model)
{
	model_rotate(model, false);
}

static void lock(struct model *model)
{
	model_lock(model, true);
}

static void unlock(struct model *model)
{
	model_lock(model, false);
}

/* How often each happens, and whether the file must be readable for it. */
static const struct {
	unsigned weight;
	bool unlocks;
	void (*act)(struct model *model);
} operations[] = {
	{ 24, false, some_lines },
	{ 6, false, model_write_half },
	{ 4, false, model_finish_half },
	{ 6, false, model_reopen },
	{ 7, true, rotate_create },
	{ 3, true, rotate_only },
	{ 5, true, model_copy_truncate },
	{ 3, true, model_truncate },
	{ 3, true, model_recreate },
	{ 2, true, model_restore_copy },
	{ 5, false, model_compress },
	{ 5, true, model_swap_link },
	{ 2, false, lock },
	{ 3, false, unlock },
	{ 24, false, some_steps },
	{ 12, false, model_drain },
	{ 10, false, model_commit },
	{ 5, false, model_kill },
	{ 9, false, model_start },
};

#define OPERATIONS (sizeof(operations) / sizeof(operations[0]))

static void operate(struct model *model)
{
	unsigned sum = 0;
	unsigned at;

	for (size_t i = 0; i < OPERATIONS; i++)
		sum += operations[i].weight;
	at = random_below(&model->random, sum);
	for (size_t i = 0; i < OPERATIONS; i++) {
		if (at < operations[i].weight) {
			if (operations[i].unlocks)
				model_lock(model, false);
			operations[i].act(model);
			return;
		}
		at -= operations[i].weight;
	}
}

static struct model_options random_options(struct random *random)
{
	struct model_options options = {
		.is_dated = random_chance(random, 30),
		.is_link = random_chance(random, 12),
		.is_crlf = random_chance(random, 10),
		.has_banner = random_chance(random, 20),
		.is_sparse = random_chance(random, 15),
		.is_lagging = random_chance(random, 40),
		.from_start = random_chance(random, 30),
	};

	return options;
}

static void say_options(struct model *model)
{
	const struct model_options *options = &model->options;

	model_say(model, "%s%s%s%s%s%s%s", options->is_dated ? "dated " : "numbered ",
		  options->is_link ? "link " : "", options->is_crlf ? "crlf " : "",
		  options->has_banner ? "banner " : "",
		  options->is_sparse ? "sparse " : "",
		  options->is_lagging ? "lagging " : "",
		  options->from_start ? "from-start" : "from-end");
}

static bool run_sequence(const struct campaign *campaign, uint64_t seed,
			 const char *folder, struct model_counts *counts)
{
	struct model model = {
		.random = random_from_seed(seed),
		.folder = folder,
		.is_verbose = campaign->is_verbose,
		.lines = memory_new(MODEL_LINES, sizeof(struct model_line)),
		.lives = memory_new(MODEL_LIVES, sizeof(struct model_life)),
		.uncommitted = memory_new((size_t)2 * MODEL_LINES + 1, sizeof(unsigned)),
		.writer_fd = -1,
		.half_line = -1,
		.cursor = BUF_LIMIT(65536),
		.text = BUF_LIMIT(65536),
	};

	model.options = random_options(&model.random);
	say_options(&model);
	model_create_first(&model);
	for (uint64_t i = 0; i < campaign->operations && !model.failure[0]; i++) {
		model.now++;
		operate(&model);
	}
	model.now++;
	model_judge(&model, counts);
	counts->sequences++;
	counts->operations += model.now;
	tail_free(model.tail);
	model_files_release(&model);
	free(model.lines);
	free(model.lives);
	free(model.uncommitted);
	buf_release(&model.cursor);
	buf_release(&model.text);
	if (model.failure[0])
		printf("sequence %" PRIu64 ": %s\n", seed, model.failure);
	return !model.failure[0];
}

static void print_counts(const struct model_counts *counts, uint64_t failed)
{
	printf("%" PRIu64 " sequences of %" PRIu64 " operations, %" PRIu64 " failed\n"
	       "%" PRIu64 " lines and %" PRIu64 " abandoned halves written; %" PRIu64
	       " given once, %" PRIu64 " there before the first start\n"
	       "%" PRIu64 " lines lost in %" PRIu64 " gaps, all named; %" PRIu64
	       " gaps where nothing turned out to be lost\n"
	       "%" PRIu64 " written between a copy and its truncation, %" PRIu64
	       " in files that came and went unseen: nobody can know of them\n"
	       "%" PRIu64 " given again from a copy that had been read beyond\n",
	       counts->sequences, counts->operations, failed, counts->lines,
	       counts->fragments, counts->given, counts->skipped, counts->lost_in_gaps,
	       counts->gaps, counts->gaps_of_nothing, counts->lost_in_window,
	       counts->lost_unseen, counts->repeated);
}

static void become_nobody(const char *folder)
{
	if (geteuid() != 0)
		return;
	if (chown(folder, NOBODY, NOBODY) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
	    setresuid(NOBODY, NOBODY, NOBODY) < 0) {
		perror("cannot become nobody");
		exit(1);
	}
}

int main(int argc, char **argv)
{
	struct campaign campaign = read_arguments(argc, argv);
	struct model_counts counts = { 0 };
	const char *top = getenv("TMPDIR");
	uint64_t failed = 0;
	char folder[256];

	(void)snprintf(folder, sizeof(folder), "%s/countersign-tail.XXXXXX",
		       top && top[0] ? top : "/tmp");
	if (!mkdtemp(folder)) {
		perror(folder);
		return 1;
	}
	become_nobody(folder);
	for (uint64_t i = 0; i < campaign.sequences && failed < 10; i++)
		failed += !run_sequence(&campaign, campaign.seed + i, folder, &counts);
	print_counts(&counts, failed);
	(void)rmdir(folder);
	return failed > 0;
}
