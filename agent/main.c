/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersignd: the agent on each machine. Reads its options, opens the agent, runs it.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "agent/agent.h"
#include "agent/log.h"
#include "base/shut_in.h"

enum exit_code {
	EXIT_RAN = 0,
	EXIT_USAGE = 2,
	EXIT_CANNOT_START = 3,
};

static void print_help(void)
{
	fputs("Usage: countersignd [--config FILE]\n"
	      "\n"
	      "Follows this host's logs in the foreground, ties each login that came in "
	      "through a\n"
	      "cloud's own door to the API call that vouches for it, and tells what has "
	      "none.\n"
	      "\n"
	      "  --config FILE  read FILE and conf.d beside it instead of\n"
	      "                 " CONFIG_PATH "\n"
	      "  --help         print this and exit\n"
	      "  --version      print the version and exit\n"
	      "\n"
	      "SIGHUP reads the configuration anew and opens the alert file anew; "
	      "SIGTERM "
	      "ends it.\n"
	      "What it sees is shown by countersign(1).\n",
	      stdout);
}

static int run(const char *config_path)
{
	struct agent *agent = NULL;
	struct err err;
	int status;

	shut_in(&(struct shut_in){ .is_debugging = shut_in_is_debugging() });
	/* What others may read is made with a mode of its own. */
	umask(0077);
	if (agent_open(config_path, &agent, &err) < 0) {
		log_line(LOG_LEVEL_ERROR, "cannot start: %s", err.text);
		return EXIT_CANNOT_START;
	}
	status = agent_run(agent);
	agent_close(agent);
	return status;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	const char *config_path = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			config_path = optarg;
			break;
		case 'h':
			print_help();
			return EXIT_RAN;
		case 'V':
			puts("countersignd " PACKAGE_VERSION);
			return EXIT_RAN;
		default:
			return EXIT_USAGE;
		}
	}
	if (optind != argc) {
		fputs("countersignd: takes no arguments but options: see --help\n",
		      stderr);
		return EXIT_USAGE;
	}
	return run(config_path);
}
