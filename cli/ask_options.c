/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ask_options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/choice.h"
#include "cli/moment.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* What getopt_long() returns for the first row; below are characters. */
#define FIRST_ROW 256

/* Without --since, what is followed begins so far back: a login is judged late, and
 * nobody wants a year of them first. */
#define FOLLOWED_BACK US_PER_DAY

static const char *const count_words[COUNT_KEY_COUNT] = {
	[COUNT_PRINCIPAL] = "principal", [COUNT_SOURCE_IP] = "source_ip",
	[COUNT_PATH] = "path",		 [COUNT_VERDICT] = "verdict",
	[COUNT_OS_USER] = "os_user",
};

const char *count_key_word(enum count_key key)
{
	return count_words[key];
}

typedef int take_fn(struct ask_options *options, const char *value, struct err *err);

static int take_since(struct ask_options *options, const char *value, struct err *err)
{
	(void)err;
	options->since_text = value;
	return 0;
}

static int take_until(struct ask_options *options, const char *value, struct err *err)
{
	(void)err;
	options->until_text = value;
	return 0;
}

static int take_path(struct ask_options *options, const char *value, struct err *err)
{
	return choice_path(value, &options->path, err);
}

static int take_verdict(struct ask_options *options, const char *value, struct err *err)
{
	return choice_verdict(value, &options->verdict, err);
}

static int take_all(struct ask_options *options, const char *value, struct err *err)
{
	(void)value;
	(void)err;
	options->all = true;
	return 0;
}

static int take_follow(struct ask_options *options, const char *value, struct err *err)
{
	(void)value;
	(void)err;
	options->follow = true;
	return 0;
}

static int take_count_key(struct ask_options *options, struct slice word, struct err *err)
{
	for (int i = 0; i < COUNT_KEY_COUNT; i++) {
		if (!slice_equal(word, slice_text(count_words[i])))
			continue;
		for (size_t k = 0; k < options->count_by_count; k++) {
			if (options->count_by[k] == (enum count_key)i)
				return err_set(err, ERR_USAGE,
					       "--count-by: '%s' is there twice",
					       count_words[i]);
		}
		options->count_by[options->count_by_count++] = (enum count_key)i;
		return 0;
	}
	return err_set(err, ERR_USAGE,
		       "--count-by: there is no '%.*s': principal, source_ip, path, "
		       "verdict and os_user are there",
		       (int)(word.len < 64 ? word.len : 64), word.len ? word.ptr : "");
}

static int take_count_by(struct ask_options *options, const char *value, struct err *err)
{
	struct slice rest = slice_text(value), word;

	options->count_by_count = 0;
	while (slice_take_until(&rest, ',', &word)) {
		if (take_count_key(options, word, err) < 0)
			return -1;
	}
	return take_count_key(options, rest, err);
}

static int take_socket(struct ask_options *options, const char *value, struct err *err)
{
	if (!*value)
		return err_set(err, ERR_USAGE, "--socket: a path is needed");
	options->socket = value;
	options->socket_is_given = true;
	return 0;
}

static int take_config(struct ask_options *options, const char *value, struct err *err)
{
	if (!*value)
		return err_set(err, ERR_USAGE, "--config: a file is needed");
	options->config_file = value;
	return 0;
}

static int take_root(struct ask_options *options, const char *value, struct err *err)
{
	if (!*value)
		return err_set(err, ERR_USAGE, "--root: a folder is needed");
	options->root = value;
	return 0;
}

static int take_from(struct ask_options *options, const char *value, struct err *err)
{
	if (!*value)
		return err_set(err, ERR_USAGE, "--from: a file is needed");
	options->from = value;
	return 0;
}

static int take_html(struct ask_options *options, const char *value, struct err *err)
{
	(void)value;
	(void)err;
	options->html = true;
	return 0;
}

static int take_reset(struct ask_options *options, const char *value, struct err *err)
{
	(void)value;
	(void)err;
	options->reset = true;
	return 0;
}

static int take_undelivered(struct ask_options *options, const char *value,
			    struct err *err)
{
	(void)value;
	(void)err;
	options->undelivered = true;
	return 0;
}

static int take_json(struct ask_options *options, const char *value, struct err *err)
{
	(void)value;
	(void)err;
	options->json = true;
	return 0;
}

static int take_color(struct ask_options *options, const char *value, struct err *err)
{
	return choice_color(value, &options->color, err);
}

static int take_nothing(struct ask_options *options, const char *value, struct err *err)
{
	(void)options;
	(void)value;
	(void)err;
	return 0;
}

static int take_help(struct ask_options *options, const char *value, struct err *err)
{
	(void)value;
	(void)err;
	options->help = true;
	return 0;
}

static const struct row {
	const char *name;
	char letter;	   /* its short form, 0 = none */
	const char *value; /* what it takes, NULL = nothing */
	const char *help;
	unsigned commands; /* enum ask_command, those that take it */
	take_fn *take;
} rows[] = {
	{ "since", 'S', "T", "show what happened from then on",
	  ASK_LOGINS | ASK_ALERTS | ASK_REPORT, take_since },
	{ "since", 'S', "T", "what counts as lately [-30d]", ASK_POSTURE, take_since },
	{ "until", 'U', "T", "show what happened until then",
	  ASK_LOGINS | ASK_ALERTS | ASK_REPORT, take_until },
	{ "path", 0, "P", "show the logins through this door alone", ASK_LOGINS,
	  take_path },
	{ "verdict", 0, "V", "show the logins with this verdict alone", ASK_LOGINS,
	  take_verdict },
	{ "all", 'a', NULL, "show logins through no cloud door as well", ASK_LOGINS,
	  take_all },
	{ "follow", 'f', NULL, "go on with what happens, until interrupted",
	  ASK_LOGINS | ASK_ALERTS, take_follow },
	{ "count-by", 0, "KEYS", "count by principal, source_ip, path, verdict, os_user",
	  ASK_LOGINS, take_count_by },
	{ "root", 0, "DIR", "look at this tree instead of \"/\"", ASK_POSTURE,
	  take_root },
	{ "config", 0, "FILE", "the agent's configuration", ASK_DOCTOR, take_config },
	{ "html", 0, NULL, "make one HTML page of it", ASK_REPORT, take_html },
	{ "from", 0, "FILE", "the rows of 'replay --json' instead of the agent's",
	  ASK_REPORT, take_from },
	{ "undelivered", 0, NULL, "show what no sink would take, and why", ASK_ALERTS,
	  take_undelivered },
	{ "reset", 0, NULL, "forget it, and learn it anew", ASK_BASELINE, take_reset },
	{ "socket", 0, "PATH", "the agent's socket [" ASK_SOCKET "]", ASK_EVERY,
	  take_socket },
	{ "json", 0, NULL, "print JSON Lines, one object a line", ASK_EVERY, take_json },
	{ "color", 0, "WHEN", "colours: auto, always or never [auto]", ASK_EVERY,
	  take_color },
	{ "no-pager", 0, NULL, "accepted for scripts: there is no pager", ASK_EVERY,
	  take_nothing },
	{ "help", 'h', NULL, "print this and exit", ASK_EVERY, take_help },
};

void ask_options_init(struct ask_options *options)
{
	*options = (struct ask_options){
		.socket = ASK_SOCKET,
		.path = -1,
		.verdict = -1,
		.since = US_TIME_NONE,
		.until = US_TIME_NONE,
	};
}

void ask_options_release(struct ask_options *options)
{
	zone_free(options->zone);
	ask_options_init(options);
}

void ask_options_help(FILE *out, enum ask_command command)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char left[32], letter[8] = "    ";

		if (!(rows[i].commands & (unsigned)command))
			continue;
		if (rows[i].letter)
			snprintf(letter, sizeof(letter), "-%c, ", rows[i].letter);
		snprintf(left, sizeof(left), "--%s%s%s", rows[i].name,
			 rows[i].value ? "=" : "", rows[i].value ? rows[i].value : "");
		fprintf(out, "  %s%-15s %s\n", letter, left, rows[i].help);
	}
}

/* What depends on other options, and on the clock. */
static int finish(struct ask_options *options, enum ask_command command, us_time clock,
		  struct err *err)
{
	if (command == ASK_REPORT && options->html == options->json)
		return err_set(err, ERR_USAGE,
			       "say what to make of it: --html or --json");
	if (zone_new("local", &options->zone, err) < 0)
		return -1;
	if (options->since_text && moment_read(slice_text(options->since_text), clock,
					       options->zone, &options->since, err) < 0)
		return err_add(err, "--since");
	if (options->until_text && moment_read(slice_text(options->until_text), clock,
					       options->zone, &options->until, err) < 0)
		return err_add(err, "--until");
	if (options->follow && !options->since_text)
		options->since = clock - FOLLOWED_BACK;
	if (options->until != US_TIME_NONE && options->since != US_TIME_NONE &&
	    options->since > options->until)
		return err_set(err, ERR_USAGE, "--since is after --until");
	if (options->undelivered &&
	    (options->follow || options->since_text || options->until_text))
		return err_set(err, ERR_USAGE,
			       "--undelivered goes with no times and no --follow");
	if (options->follow && options->count_by_count)
		return err_set(err, ERR_USAGE,
			       "--count-by and --follow do not go "
			       "together");
	return 0;
}

/* "[KIND]", and with --reset "[KIND [KEY]]". */
static int take_baseline(struct ask_options *options, const struct command_line *line,
			 struct err *err)
{
	int words = line->argc - optind, most = options->reset ? 2 : 1;

	if (words > most)
		return err_set(err, ERR_USAGE, "'%.64s' is out of place",
			       line->argv[optind + most]);
	options->kind = words > 0 ? line->argv[optind] : NULL;
	options->key = words > 1 ? line->argv[optind + 1] : NULL;
	if (options->kind &&
	    (options->kind[0] == '\0' || strlen(options->kind) >= CONTROL_KIND_BYTES))
		return err_set(err, ERR_USAGE, "there is no kind '%.64s'", options->kind);
	if (options->key &&
	    (options->key[0] == '\0' || strlen(options->key) >= CONTROL_KEY_BYTES))
		return err_set(err, ERR_USAGE, "a name has 1 to %d bytes",
			       CONTROL_KEY_BYTES - 1);
	return 0;
}

/* "[SINK]..." */
static int take_sinks(struct ask_options *options, const struct command_line *line,
		      struct err *err)
{
	size_t len = 0;

	for (int i = optind; i < line->argc; i++) {
		const char *name = line->argv[i];
		size_t left = sizeof(options->sinks) - len;
		int count = snprintf(options->sinks + len, left, "%s%s", len ? " " : "",
				     name);

		if (*name == '\0' || strchr(name, ' ') || count < 0 ||
		    (size_t)count >= left)
			return err_set(err, ERR_USAGE, "'%.64s' is no name of a sink",
				       name);
		len += (size_t)count;
	}
	return 0;
}

static int take_words(struct ask_options *options, enum ask_command command,
		      const struct command_line *line, struct err *err)
{
	int wanted = command == ASK_EXPLAIN ? 1 : 0;
	struct control_request request;

	if (line->argc - optind > wanted)
		return err_set(err, ERR_USAGE, "'%.64s' is out of place",
			       line->argv[optind + wanted]);
	if (!wanted)
		return 0;
	if (optind == line->argc)
		return err_set(err, ERR_USAGE,
			       "which one? give the beginning of the id of a login or "
			       "finding");
	options->id = line->argv[optind];
	if (!control_request_set_id(&request, slice_text(options->id)))
		return err_set(err, ERR_USAGE,
			       "'%.64s' is no id: 1 to 32 of the digits 0-9 and a-f",
			       options->id);
	return 0;
}

/* What getopt_long() did not like, in our words. */
static int refuse(int result, char **argv, struct err *err)
{
	const char *word = argv[optind - 1];

	if (result == ':')
		return err_set(err, ERR_USAGE, "'%.64s' needs a value", word);
	if (optopt >= FIRST_ROW)
		return err_set(err, ERR_USAGE, "'%.64s' takes no value", word);
	return err_set(err, ERR_USAGE,
		       "there is no option '%.64s' here, or it is short for several",
		       word);
}

struct parser {
	struct option table[COUNT_OF(rows) + 1];
	char letters[2 * COUNT_OF(rows) + 2];
	const struct row *by_letter[128];
};

static void parser_init(struct parser *parser, enum ask_command command)
{
	size_t count = 0, letter = 0;

	*parser = (struct parser){ .letters = ":" };
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (!(rows[i].commands & (unsigned)command))
			continue;
		parser->table[count].name = rows[i].name;
		parser->table[count].has_arg =
			rows[i].value ? required_argument : no_argument;
		parser->table[count++].val = FIRST_ROW + (int)i;
		if (!rows[i].letter)
			continue;
		parser->by_letter[(unsigned char)rows[i].letter & 127] = &rows[i];
		parser->letters[++letter] = rows[i].letter;
		if (rows[i].value)
			parser->letters[++letter] = ':';
	}
}

int ask_options_read(struct ask_options *options, enum ask_command command,
		     const struct command_line *line, struct err *err)
{
	struct parser parser;
	int result;

	parser_init(&parser, command);
	opterr = 0;
	optind = 0; /* glibc: begin anew */
	while ((result = getopt_long(line->argc, line->argv, parser.letters, parser.table,
				     NULL)) != -1) {
		const struct row *row = result >= FIRST_ROW ? &rows[result - FIRST_ROW]
					: result > 0 && result < 128
						? parser.by_letter[result]
						: NULL;

		if (!row)
			return refuse(result, line->argv, err);
		if (row->take(options, optarg, err) < 0)
			return -1;
	}
	if (options->help)
		return 0;
	if (command == ASK_BASELINE) {
		if (take_baseline(options, line, err) < 0)
			return -1;
	} else if (command == ASK_TEST_ALERT) {
		if (take_sinks(options, line, err) < 0)
			return -1;
	} else if (take_words(options, command, line, err) < 0) {
		return -1;
	}
	return finish(options, command, line->clock, err);
}
