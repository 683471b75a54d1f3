/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersign check-config: reads the configuration and its policy as the agent does,
 * says what is wrong with them, and shows what is in force and where each value comes
 * from.
 */
#include <getopt.h>
#include <inttypes.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/limits.h"
#include "cli/command.h"
#include "config/config.h"
#include "policy/policy.h"

/* No configuration is longer: its files are bounded, and so are their values. */
#define OUTPUT_LIMIT ((size_t)64 * 1024 * 1024)

struct check_options {
	const char *path; /* NULL = the agent's own */
	bool print, json, help;
};

/* ---- what is wrong
 * ----------------------------------------------------------------------- */

static void tell_text(void *ctx, const struct err *problem)
{
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);

	(void)ctx;
	escape_append(&text, slice_text(problem->text));
	fprintf(stderr, "countersign: %s\n", buf_text(&text));
}

static void tell_json(void *ctx, const struct err *problem)
{
	AUTO_BUF struct buf line = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	struct json_writer writer;

	(void)ctx;
	json_begin(&writer, &line);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "type", SLICE("problem"));
	json_put_text(&writer, "text", slice_text(problem->text));
	json_close_object(&writer);
	puts(buf_text(&line));
}

/* ---- what is in force
 * -------------------------------------------------------------------- */

static void put_setting(void *ctx, const struct config_shown *shown)
{
	AUTO_BUF struct buf line = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	struct json_writer writer;

	(void)ctx;
	json_begin(&writer, &line);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "type", SLICE("setting"));
	json_put_text(&writer, "section", slice_text(shown->section));
	json_put_text_or_null(&writer, "sink", slice_text(shown->sink));
	json_put_text(&writer, "key", slice_text(shown->key));
	json_put_text_or_null(&writer, "value", shown->value);
	json_put_text_or_null(&writer, "file", slice_text(shown->file));
	if (shown->file)
		json_put_number(&writer, "line", shown->line);
	else
		json_put_null(&writer, "line");
	json_close_object(&writer);
	puts(buf_text(&line));
}

static void put_policy(struct slice text, const char *path)
{
	AUTO_BUF struct buf line = BUF_LIMIT(OUTPUT_LIMIT);
	struct json_writer writer;

	json_begin(&writer, &line);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "type", SLICE("policy"));
	json_put_text(&writer, "file", slice_text(path));
	json_put_text(&writer, "text", text);
	json_close_object(&writer);
	puts(buf_text(&line));
}

/* The policy is a file of its own, with a section of the same name as the other one. */
static void print_policy(struct slice text, const char *path)
{
	AUTO_BUF struct buf head = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);

	escape_append(&head, slice_text(path));
	printf("\n# ---- the policy, as in %s\n\n%.*s", buf_text(&head), SLICE_ARG(text));
}

static void show_policy(const struct check_options *options, const struct policy *policy,
			const char *path)
{
	AUTO_BUF struct buf text = BUF_LIMIT(OUTPUT_LIMIT);

	if (!options->print || !policy_is_there(policy))
		return;
	policy_print(policy, &text);
	if (options->json)
		put_policy(buf_slice(&text), path);
	else
		print_policy(buf_slice(&text), path);
}

static void show(const struct check_options *options, const struct config *config)
{
	AUTO_BUF struct buf text = BUF_LIMIT(OUTPUT_LIMIT);

	if (options->json && options->print)
		config_each(config, put_setting, NULL);
	if (options->json || !options->print)
		return;
	/* Nothing that does not show is in it: the reader refuses such bytes. */
	config_print(config, &text);
	fputs(buf_text(&text), stdout);
}

static void show_all(const struct check_options *options, const struct config *config,
		     const struct policy *policy, const char *path)
{
	show(options, config);
	show_policy(options, policy, path);
	if (options->print || options->json)
		return;
	puts("the configuration is sound");
	if (policy_is_there(policy))
		puts("the policy is sound");
}

/* The policy is looked at only where the configuration says where it is. */
static int check_policy(const struct check_options *options, const struct config *config)
{
	struct policy_request request = {
		.tell = options->json ? tell_json : tell_text,
	};
	AUTO_FREE char *path =
		config_policy_path(config, options->path, &request.may_be_missing);
	struct policy *policy = NULL;
	struct err err;

	request.path = path;
	if (policy_read(&request, &policy, &err) < 0)
		return -1;
	show_all(options, config, policy, path);
	policy_free(policy);
	return 0;
}

static int check(const struct check_options *options)
{
	const struct config_request request = {
		.path = options->path,
		.reader = CONFIG_FOR_AGENT,
		.tell = options->json ? tell_json : tell_text,
	};
	AUTO_CONFIG struct config config = { .sink_count = 0 };
	int result;
	struct err err;

	result = config_read_request(&request, &config, &err);
	if (result == 0)
		result = check_policy(options, &config);
	if (options->json)
		printf("{\"type\":\"summary\",\"sound\":%s}\n",
		       result == 0 ? "true" : "false");
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fputs("countersign: cannot write the output\n", stderr);
		return STATUS_INCOMPLETE;
	}
	return result == 0 ? STATUS_NOTHING_TO_TELL : STATUS_INCOMPLETE;
}

/* ---- the command
 * ------------------------------------------------------------------------- */

static void take_config(struct check_options *options, const char *value)
{
	options->path = value;
}

static void take_print(struct check_options *options, const char *value)
{
	(void)value;
	options->print = true;
}

static void take_json(struct check_options *options, const char *value)
{
	(void)value;
	options->json = true;
}

static void take_nothing(struct check_options *options, const char *value)
{
	(void)options;
	(void)value;
}

static void take_help(struct check_options *options, const char *value)
{
	(void)value;
	options->help = true;
}

static const struct {
	const char *name;
	const char *value; /* what it takes, NULL = nothing */
	const char *help;
	void (*take)(struct check_options *options, const char *value);
} rows[] = {
	{ "config", "FILE", "read FILE instead of " CONFIG_PATH, take_config },
	{ "print", NULL, "print what is in force, each value with its origin",
	  take_print },
	{ "json", NULL, "print JSON Lines: settings, policy, problems, a summary",
	  take_json },
	{ "color", "WHEN", "accepted for scripts: there are no colours", take_nothing },
	{ "no-pager", NULL, "accepted for scripts: there is no pager", take_nothing },
	{ "help", NULL, "print this and exit", take_help },
};
#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))
/* What getopt_long() returns for the first row; below are characters. */
#define FIRST_ROW 256

static void help(FILE *out)
{
	fputs("Usage: countersign check-config [OPTION]...\n"
	      "\n"
	      "Reads the configuration, with the conf.d beside it, and its policy as the "
	      "agent\n"
	      "does, and says what is wrong with them.\n"
	      "\n",
	      out);
	for (size_t i = 0; i < ROW_COUNT; i++) {
		char left[32];

		snprintf(left, sizeof(left), "--%s%s%s", rows[i].name,
			 rows[i].value ? "=" : "", rows[i].value ? rows[i].value : "");
		fprintf(out, "  %-20s %s\n", left, rows[i].help);
	}
	fputs("\n"
	      "Exit status: 0 they are sound; 2 wrong usage; 3 they are not, or cannot "
	      "be read.\n",
	      out);
}

static int refuse(const char *word)
{
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);

	escape_append(&text, slice_first(slice_text(word), 64));
	fprintf(stderr,
		"countersign: '%s' is out of place: 'countersign check-config --help' "
		"tells "
		"more\n",
		buf_text(&text));
	return -1;
}

static int read_options(int argc, char **argv, struct check_options *options)
{
	struct option table[ROW_COUNT + 1] = { 0 };
	int result;

	for (size_t i = 0; i < ROW_COUNT; i++) {
		table[i].name = rows[i].name;
		table[i].has_arg = rows[i].value ? required_argument : no_argument;
		table[i].val = FIRST_ROW + (int)i;
	}
	opterr = 0;
	optind = 0; /* glibc: begin anew */
	while ((result = getopt_long(argc, argv, ":h", table, NULL)) != -1) {
		if (result == 'h')
			options->help = true;
		else if (result < FIRST_ROW)
			return refuse(argv[optind - 1]);
		else
			rows[result - FIRST_ROW].take(options, optarg);
	}
	return optind < argc ? refuse(argv[optind]) : 0;
}

static int run(int argc, char **argv)
{
	struct check_options options = { .path = NULL };

	if (read_options(argc, argv, &options) < 0)
		return STATUS_USAGE;
	if (options.help) {
		help(stdout);
		return STATUS_NOTHING_TO_TELL;
	}
	return check(&options);
}

const struct command command_check_config = {
	.name = "check-config",
	.summary = "check configuration and policy, or print what is in force",
	.help = help,
	.run = run,
};
