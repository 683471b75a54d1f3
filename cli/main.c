/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersign: the administrators' command line. Finds the command and runs it.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <locale.h>
#include <string.h>

#include "base/escape.h"
#include "base/limits.h"
#include "cli/command.h"

static const struct command *const commands[] = {
	&command_replay,
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void print_usage(FILE *out)
{
	fputs("Usage: countersign COMMAND [OPTION]...\n"
	      "\n"
	      "Finds the logins that came in through a cloud's own door and the API call "
	      "that\n"
	      "vouches for each.\n"
	      "\n",
	      out);
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		fprintf(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	fputs("  help       print the help of a command\n"
	      "\n"
	      "  --help     print this and exit\n"
	      "  --version  print the version and exit\n",
	      out);
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(commands); i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	}
	return NULL;
}

static int refuse(const char *word)
{
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);

	escape_append(&text, slice_first(slice_text(word), 64));
	fprintf(stderr,
		"countersign: there is no command '%s': 'countersign --help' lists "
		"them\n",
		buf_text(&text));
	return STATUS_USAGE;
}

static int print_help(int argc, char **argv)
{
	const struct command *command;

	if (argc < 3) {
		print_usage(stdout);
		return STATUS_NOTHING_TO_TELL;
	}
	command = find_command(argv[2]);
	if (!command)
		return refuse(argv[2]);
	command->help(stdout);
	return STATUS_NOTHING_TO_TELL;
}

static int run(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		print_usage(stderr);
		return STATUS_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0)
		return print_help(argc, argv);
	if (strcmp(argv[1], "--version") == 0) {
		puts("countersign " PACKAGE_VERSION);
		return STATUS_NOTHING_TO_TELL;
	}
	command = find_command(argv[1]);
	if (!command)
		return refuse(argv[1]);
	return command->run(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	int status;

	/* For what the terminal can show; nothing that is read depends on it. */
	setlocale(LC_CTYPE, "");

	status = run(argc, argv);
	/* A command that prints has told of this already. */
	if (status == STATUS_NOTHING_TO_TELL && (fflush(stdout) != 0 || ferror(stdout))) {
		fputs("countersign: cannot write the output\n", stderr);
		status = STATUS_INCOMPLETE;
	}
	return status;
}
