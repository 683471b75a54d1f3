/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/replay_options.h"

#include <getopt.h>
#include <stdlib.h>

#include "base/memory.h"
#include "cli/choice.h"
#include "cli/identity_file.h"
#include "cli/moment.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* What getopt_long() returns for the first row; below are characters. */
#define FIRST_ROW 256

static void add_path(struct path_list *list, const char *path)
{
	if (list->count == list->size) {
		list->size = list->size ? 2 * list->size : 8;
		list->paths =
			memory_resize(list->paths, list->size, sizeof(*list->paths));
	}
	list->paths[list->count++] = path;
}

typedef int take_fn(struct replay_options *options, const char *value, struct err *err);

static int take_host_log(struct replay_options *options, const char *value,
			 struct err *err)
{
	(void)err;
	add_path(&options->host_logs, value);
	return 0;
}

static int take_api_log(struct replay_options *options, const char *value,
			struct err *err)
{
	(void)err;
	add_path(&options->api_logs, value);
	return 0;
}

static int take_instance(struct replay_options *options, const char *value,
			 struct err *err)
{
	if (!identity_is_instance(slice_text(value)))
		return err_set(err, ERR_USAGE, "'%.64s' is not an instance id", value);
	options->instance = value;
	return 0;
}

static int take_identity(struct replay_options *options, const char *value,
			 struct err *err)
{
	(void)err;
	options->identity_file = value;
	return 0;
}

static int take_policy(struct replay_options *options, const char *value, struct err *err)
{
	(void)err;
	options->policy = value;
	return 0;
}

static int take_config(struct replay_options *options, const char *value, struct err *err)
{
	(void)err;
	options->config = value;
	return 0;
}

static int take_host(struct replay_options *options, const char *value, struct err *err)
{
	if (!*value)
		return err_set(err, ERR_USAGE, "--host: a name is needed");
	options->host = value;
	return 0;
}

static int take_now(struct replay_options *options, const char *value, struct err *err)
{
	(void)err;
	options->now_text = value;
	return 0;
}

static int take_zone(struct replay_options *options, const char *value, struct err *err)
{
	(void)err;
	options->zone_text = value;
	return 0;
}

static int take_year(struct replay_options *options, const char *value, struct err *err)
{
	uint64_t year;

	if (!slice_number(slice_text(value), 9999, &year) || year < 1970)
		return err_set(err, ERR_USAGE,
			       "--year: '%.64s' is not a year from 1970 to 9999", value);
	options->year = (int)year;
	return 0;
}

static int take_covers(struct replay_options *options, const char *value, struct err *err)
{
	(void)err;
	options->covers_text = value;
	return 0;
}

static int take_json(struct replay_options *options, const char *value, struct err *err)
{
	(void)value;
	(void)err;
	options->json = true;
	return 0;
}

static int take_format(struct replay_options *options, const char *value, struct err *err)
{
	AUTO_BUF struct buf names = BUF_LIMIT(256);

	options->format = alert_format_find(value);
	if (options->format)
		return 0;
	for (size_t i = 0; alert_formats[i]; i++)
		buf_append_format(&names, "%s%s", i ? ", " : "", alert_formats[i]->name);
	return err_set(err, ERR_USAGE, "--format: there is no '%.64s': there are %s",
		       value, buf_text(&names));
}

static int take_records(struct replay_options *options, const char *value,
			struct err *err)
{
	static const struct {
		const char *word;
		unsigned records;
	} choices[] = {
		{ "findings", 1u << ALERT_FINDINGS },
		{ "logins", 1u << ALERT_LOGINS },
		{ "both", 1u << ALERT_FINDINGS | 1u << ALERT_LOGINS },
	};

	for (size_t i = 0; i < COUNT_OF(choices); i++) {
		if (strcmp(choices[i].word, value) != 0)
			continue;
		options->records = choices[i].records;
		return 0;
	}
	return err_set(err, ERR_USAGE,
		       "--records: there is no '%.64s': findings, logins or both", value);
}

static int take_explain(struct replay_options *options, const char *value,
			struct err *err)
{
	size_t len = strlen(value);

	if (len == 0 || len > 32 || strspn(value, "0123456789abcdef") != len)
		return err_set(
			err, ERR_USAGE,
			"--explain: '%.64s' is no id: 1 to 32 of the digits 0-9 and a-f",
			value);
	options->explain = value;
	return 0;
}

static int take_verdict(struct replay_options *options, const char *value,
			struct err *err)
{
	return choice_verdict(value, &options->verdict, err);
}

static int take_path(struct replay_options *options, const char *value, struct err *err)
{
	return choice_path(value, &options->path, err);
}

static int take_color(struct replay_options *options, const char *value, struct err *err)
{
	return choice_color(value, &options->color, err);
}

static int take_nothing(struct replay_options *options, const char *value,
			struct err *err)
{
	(void)options;
	(void)value;
	(void)err;
	return 0;
}

static int take_help(struct replay_options *options, const char *value, struct err *err)
{
	(void)value;
	(void)err;
	options->help = true;
	return 0;
}

static const struct {
	const char *name;
	const char *value; /* what it takes, NULL = nothing */
	const char *help;
	take_fn *take;
} rows[] = {
	{ "host-log", "FILE", "a log of the host, or a folder of them (repeatable)",
	  take_host_log },
	{ "api-log", "FILE", "an API log of the cloud, or a folder of them (repeatable)",
	  take_api_log },
	{ "instance", "ID", "the instance the host logs are of", take_instance },
	{ "identity", "FILE", "what its metadata answers, or an [identity] section",
	  take_identity },
	{ "policy", "FILE", "judge by this policy", take_policy },
	{ "config", "FILE", "judge by the policy of this configuration of the agent",
	  take_config },
	{ "host", "NAME", "the host to judge, where the logs are of several", take_host },
	{ "now", "T", "judge as of this time; API logs may still be late", take_now },
	{ "tz", "ZONE", "zone of log lines and times without one [this machine's]",
	  take_zone },
	{ "year", "YEAR", "year of a file's first line without one [the nearest]",
	  take_year },
	{ "api-covers", "FROM/TO",
	  "the time for which the API logs are complete [their own]", take_covers },
	{ "explain", "ID", "explain this login or finding: every line, call and rule",
	  take_explain },
	{ "verdict", "V", "show the logins with this verdict alone", take_verdict },
	{ "path", "P", "show the logins through this door alone", take_path },
	{ "json", NULL, "print JSON Lines: logins, findings, and a summary", take_json },
	{ "format", "NAME", "print the findings as a sink of this format has them",
	  take_format },
	{ "records", "WHICH", "with --format: findings, logins or both [findings]",
	  take_records },
	{ "color", "WHEN", "colours: auto, always or never [auto]", take_color },
	{ "no-pager", NULL, "accepted for scripts: there is no pager", take_nothing },
	{ "help", NULL, "print this and exit", take_help },
};

void replay_options_init(struct replay_options *options)
{
	*options = (struct replay_options){
		.verdict = -1,
		.path = -1,
		.now = US_TIME_NONE,
		.covers_from = US_TIME_NONE,
		.covers_until = US_TIME_NONE,
	};
}

void replay_options_release(struct replay_options *options)
{
	free(options->host_logs.paths);
	free(options->api_logs.paths);
	zone_free(options->zone);
	replay_options_init(options);
}

void replay_options_help(FILE *out)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char left[32];

		snprintf(left, sizeof(left), "--%s%s%s", rows[i].name,
			 rows[i].value ? "=" : "", rows[i].value ? rows[i].value : "");
		fprintf(out, "  %-20s %s\n", left, rows[i].help);
	}
}

/* The native format is that of --json, unless it is to be a sink's. */
static int finish_format(struct replay_options *options, struct err *err)
{
	if (options->records && !options->format)
		return err_set(err, ERR_USAGE, "--records needs a --format");
	if (!options->format)
		return 0;
	if (!options->records && strcmp(options->format->name, "native") == 0) {
		options->format = NULL;
		options->json = true;
		return 0;
	}
	if (options->explain)
		return err_set(err, ERR_USAGE,
			       "--explain has a text and --json, and no other --format");
	if (!options->records)
		options->records = 1u << ALERT_FINDINGS;
	return 0;
}

/* What depends on other options: times on the zone. */
static int finish(struct replay_options *options, us_time clock, struct err *err)
{
	if (zone_new(options->zone_text ? options->zone_text : "local", &options->zone,
		     err) < 0) {
		err->code = ERR_USAGE;
		return err_add(err, "--tz");
	}
	if (options->now_text && moment_read(slice_text(options->now_text), clock,
					     options->zone, &options->now, err) < 0)
		return err_add(err, "--now");
	if (options->covers_text &&
	    moment_read_range(slice_text(options->covers_text), clock, options->zone,
			      &options->covers_from, &options->covers_until, err) < 0)
		return err_add(err, "--api-covers");
	if (options->policy && options->config)
		return err_set(err, ERR_USAGE,
			       "--policy and --config: one of them says which policy");
	if (options->covers_text && options->api_logs.count == 0)
		return err_set(err, ERR_USAGE, "--api-covers needs an --api-log");
	if (options->host_logs.count == 0 && options->api_logs.count == 0)
		return err_set(err, ERR_USAGE,
			       "nothing to read: give --host-log and --api-log");
	return finish_format(options, err);
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
		       "there is no option '%.64s', or it is short for several", word);
}

int replay_options_read(struct replay_options *options, int argc, char **argv,
			us_time clock, struct err *err)
{
	struct option table[COUNT_OF(rows) + 1] = { 0 };
	int result;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		table[i].name = rows[i].name;
		table[i].has_arg = rows[i].value ? required_argument : no_argument;
		table[i].val = FIRST_ROW + (int)i;
	}
	opterr = 0;
	optind = 0; /* glibc: begin anew */
	while ((result = getopt_long(argc, argv, ":h", table, NULL)) != -1) {
		if (result == 'h')
			result = FIRST_ROW + (int)COUNT_OF(rows) - 1;
		if (result < FIRST_ROW)
			return refuse(result, argv, err);
		if (rows[result - FIRST_ROW].take(options, optarg, err) < 0)
			return -1;
	}
	if (options->help)
		return 0;
	if (optind < argc)
		return err_set(
			err, ERR_USAGE,
			"'%.64s' is out of place: files are given with --host-log and "
			"--api-log",
			argv[optind]);
	return finish(options, clock, err);
}
