/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersign: the administrators' command line. Finds the command and runs it.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <locale.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/limits.h"
#include "base/memory.h"
#include "cli/command.h"

static void print_usage(FILE *out)
{
	fputs("Usage: countersign [--socket PATH] COMMAND [OPTION]...\n"
	      "\n"
	      "Finds the logins that came in through a cloud's own door and the API call "
	      "that\n"
	      "vouches for each.\n"
	      "\n",
	      out);
	for (size_t i = 0; commands[i]; i++)
		fprintf(out, "  %-13s %s\n", commands[i]->name, commands[i]->summary);
	fputs("  help          print the help of a command\n"
	      "\n"
	      "  --socket=PATH ask the agent at this socket\n"
	      "  --help        print this and exit\n"
	      "  --version     print the version and exit\n",
	      out);
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; commands[i]; i++) {
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

/* What stands before the command. */
struct global {
	char *socket; /* borrowed from argv; NULL = not given */
	int words;    /* of argv, with the program's name */
};

/* "--socket PATH" and "--socket=PATH", as they may also stand behind the command. False
 * when the path is not there. */
static bool take_global(int argc, char **argv, struct global *global)
{
	static const char option[] = "--socket";

	*global = (struct global){ .words = 1 };
	while (global->words < argc) {
		char *word = argv[global->words];

		if (strncmp(word, option, sizeof(option) - 1) != 0)
			return true;
		word += sizeof(option) - 1;
		if (*word == '=')
			global->socket = word + 1;
		else if (*word == '\0' && global->words + 1 < argc)
			global->socket = argv[++global->words];
		else
			return *word != '\0';
		global->words++;
	}
	return true;
}

/* The command reads the option as if it had been given behind it. */
static int run_command(const struct command *command, int argc, char **argv,
		       const struct global *global)
{
	static char option[] = "--socket";
	AUTO_FREE char **words = NULL;

	if (!global->socket)
		return command->run(argc, argv);
	words = memory_new((size_t)argc + 3, sizeof(*words));
	words[0] = argv[0];
	words[1] = option;
	words[2] = global->socket;
	for (int i = 1; i < argc; i++)
		words[i + 2] = argv[i];
	return command->run(argc + 2, words);
}

static int run(int argc, char **argv)
{
	const struct command *command;
	struct global global;

	if (!take_global(argc, argv, &global)) {
		fputs("countersign: '--socket' needs a value\n", stderr);
		return STATUS_USAGE;
	}
	argc -= global.words - 1;
	argv += global.words - 1;
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
	return run_command(command, argc - 1, argv + 1, &global);
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
