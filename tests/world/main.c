/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world: simulated worlds with ground truth, against the correlator.
 *
 *     world [--logins N] [--seed S] [--world S] [--verbose]
 *
 * Runs worlds with the seeds S, S + 1, ... until N logins were judged. --world runs the
 * one with that seed and nothing else; --verbose prints what is fed and what is told.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/world/run.h"

#define LOGINS_DEFAULT 100000
#define LOGINS_FOR_COMPLETENESS 50000

struct campaign {
	uint64_t logins;
	uint64_t seed;
	bool is_one_world;
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
		{ "logins", required_argument, NULL, 'l' },
		{ "seed", required_argument, NULL, 's' },
		{ "world", required_argument, NULL, 'w' },
		{ "verbose", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	struct campaign campaign = { .logins = LOGINS_DEFAULT, .seed = 1 };
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'l':
			campaign.logins = number_argument(argv[0], optarg);
			break;
		case 's':
			campaign.seed = number_argument(argv[0], optarg);
			break;
		case 'w':
			campaign.seed = number_argument(argv[0], optarg);
			campaign.is_one_world = true;
			break;
		case 'v':
			campaign.is_verbose = true;
			break;
		default:
			fprintf(stderr,
				"usage: %s [--logins N] [--seed S] [--world S] "
				"[--verbose]\n",
				argv[0]);
			exit(2);
		}
	}
	return campaign;
}

static bool run_world(struct world *world, uint64_t seed, struct counts *counts)
{
	uint32_t logins = 20 + (uint32_t)(seed * 2654435761U % 181);

	world_build(world, seed, logins);
	return run_live(world, counts) && run_replay(world, counts);
}

int main(int argc, char **argv)
{
	static struct world world; /* too large for a stack */
	static struct counts counts;
	struct campaign campaign = read_arguments(argc, argv);
	bool is_good = true;

	world.is_verbose = campaign.is_verbose;
	for (uint64_t seed = campaign.seed; is_good; seed++) {
		is_good = run_world(&world, seed, &counts);
		if (!is_good)
			fprintf(stderr, "to see it again: %s --world %llu --verbose\n",
				argv[0], (unsigned long long)seed);
		if (campaign.is_one_world || counts.logins >= campaign.logins)
			break;
	}
	world_memory_release(&world.arena);
	if (!campaign.is_one_world)
		counts_print(&counts);
	if (is_good && !campaign.is_one_world && counts.logins >= LOGINS_FOR_COMPLETENESS)
		is_good = counts_are_complete(&counts);
	return is_good ? 0 : 1;
}
