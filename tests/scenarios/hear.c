/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/scenarios/hear.h"

#include <stddef.h>
#include <stdio.h>

/* ---- remembering ---- */

static void set_text(char text[HEAR_TEXT_BYTES], struct slice value)
{
	snprintf(text, HEAR_TEXT_BYTES, "%.*s", value.len ? (int)value.len : 1,
		 value.len ? value.ptr : "-");
}

static void set_word(char text[HEAR_TEXT_BYTES], const char *word)
{
	set_text(text, slice_text(word));
}

static void add_word(char text[HEAR_TEXT_BYTES], const char *separator, const char *word)
{
	size_t len = strlen(text);

	snprintf(text + len, HEAR_TEXT_BYTES - len, "%s%s", len ? separator : "", word);
}

static void set_call(char text[HEAR_TEXT_BYTES], const struct event *call)
{
	set_text(text, call ? call->api_call.id : SLICE(""));
}

static void set_matched(char text[HEAR_TEXT_BYTES], uint32_t matched)
{
	text[0] = '\0';
	for (unsigned i = 0; i < MATCHED_COUNT; i++)
		if (matched & (1U << i))
			add_word(text, ",", matched_word(i));
	if (!text[0])
		set_word(text, "-");
}

static void set_reasons(char text[HEAR_TEXT_BYTES], const struct verdict *verdict)
{
	text[0] = '\0';
	for (uint32_t i = 0; i < verdict->reason_count; i++)
		add_word(text, ",", reason_word(verdict->reasons[i]));
	if (!text[0])
		set_word(text, "-");
}

void hear_name(struct heard *heard, unsigned number, struct slice name)
{
	if (number < HEAR_LINES_MAX)
		snprintf(heard->names[number], HEAR_NAME_BYTES, "%.*s", SLICE_ARG(name));
}

static void set_time(char text[HEAR_TEXT_BYTES], us_time start, us_time time)
{
	char span[TIME_TEXT_BYTES];

	set_word(text, time == US_TIME_NONE ? "-" : span_to_text(time - start, span));
}

static const char *name_of(const struct heard *heard, const struct login *login)
{
	for (uint32_t i = 0; i < login->evidence_count; i++)
		if (login->evidence[i] < HEAR_LINES_MAX &&
		    heard->names[login->evidence[i]][0])
			return heard->names[login->evidence[i]];
	return NULL;
}

static struct heard_login *find_login(struct heard *heard, struct slice name)
{
	for (uint32_t i = 0; i < heard->login_count; i++)
		if (slice_equal(slice_text(heard->logins[i].name), name))
			return &heard->logins[i];
	return NULL;
}

static struct heard_login *login_of(struct heard *heard, const struct login *login)
{
	const char *name = name_of(heard, login);
	struct heard_login *found;

	if (!name)
		return NULL;
	found = find_login(heard, slice_text(name));
	if (found || heard->login_count == HEAR_LOGINS_MAX)
		return found;
	found = &heard->logins[heard->login_count++];
	memcpy(found->name, name, sizeof(found->name));
	found->id = login->id;
	return found;
}

static void take_verdict(void *ctx, const struct verdict *verdict)
{
	struct heard *heard = ctx;
	const struct login *login = verdict->login;
	struct heard_login *told = login_of(heard, login);

	if (!told || memcmp(&told->id, &login->id, sizeof(told->id)) != 0) {
		heard->unnamed++;
		return;
	}
	told->told++;
	set_word(told->verdict, verdict_word(verdict->verdict));
	set_word(told->stage, stage_word(verdict->stage));
	set_reasons(told->reasons, verdict);
	set_word(told->path, path_word(login->path));
	set_word(told->through, path_word(login->through));
	set_call(told->call, verdict->api_call);
	set_call(told->through_call, verdict->through_api_call);
	set_matched(told->matched, verdict->matched);
	set_matched(told->through_matched, verdict->through_matched);
	set_time(told->time, heard->start, login->happened_at);
	set_time(told->ended, heard->start, login->ended_at);
	set_text(told->user, login->os_user);
	set_text(told->tty, login->tty);
	set_word(told->trust, trust_word(login->trust));
	set_word(told->repeats, verdict->repeats ? "yes" : "no");
	set_word(told->rule, verdict->policy_rule ? verdict->policy_rule : "-");
	set_time(told->sudo, heard->start, login->sudo_at);
	add_word(told->history, ">", verdict_word(verdict->verdict));
	if (verdict->verdict == VERDICT_UNAUTHORIZED)
		add_word(told->history, ":", stage_word(verdict->stage));
}

static void take_observation(void *ctx, const struct observation *observation)
{
	struct heard *heard = ctx;
	enum observation_kind kind = observation->kind;

	if (observation->is_over)
		heard->over[kind]++;
	else
		heard->observed[kind]++;
	set_call(heard->latest_call[kind], observation->api_call);
	set_word(heard->latest_reason[kind], observation->reason < REASON_COUNT
						     ? reason_word(observation->reason)
						     : "-");
}

struct correlator_sink hear_sink(struct heard *heard)
{
	return (struct correlator_sink){
		.verdict = take_verdict,
		.observation = take_observation,
		.ctx = heard,
	};
}

/* ---- expecting ---- */

/* Lists are compared as sets: no order is promised. */
static bool is_same_list(struct slice want, const char *got)
{
	struct slice rest = want, item;
	size_t items = 0, commas = 0;

	for (const char *byte = got; *byte; byte++)
		commas += *byte == ',';
	while (script_next_in_list(&rest, &item)) {
		struct slice others = slice_text(got), other;
		bool is_there = false;

		while (script_next_in_list(&others, &other))
			is_there |= slice_equal(item, other);
		if (!is_there)
			return false;
		items++;
	}
	return items == 0 ? strcmp(got, "-") == 0 : items == commas + 1;
}

static const struct {
	const char *key;
	size_t offset;
} login_keys[] = {
	{ "verdict", offsetof(struct heard_login, verdict) },
	{ "stage", offsetof(struct heard_login, stage) },
	{ "reasons", offsetof(struct heard_login, reasons) },
	{ "path", offsetof(struct heard_login, path) },
	{ "through", offsetof(struct heard_login, through) },
	{ "call", offsetof(struct heard_login, call) },
	{ "through_call", offsetof(struct heard_login, through_call) },
	{ "matched", offsetof(struct heard_login, matched) },
	{ "through_matched", offsetof(struct heard_login, through_matched) },
	{ "user", offsetof(struct heard_login, user) },
	{ "tty", offsetof(struct heard_login, tty) },
	{ "trust", offsetof(struct heard_login, trust) },
	{ "repeats", offsetof(struct heard_login, repeats) },
	{ "history", offsetof(struct heard_login, history) },
	{ "time", offsetof(struct heard_login, time) },
	{ "ended", offsetof(struct heard_login, ended) },
	{ "rule", offsetof(struct heard_login, rule) },
	{ "sudo", offsetof(struct heard_login, sudo) },
};

static int compare(const char *key, struct slice want, const char *got, struct err *err)
{
	if (is_same_list(want, got))
		return 0;
	return err_set(err, ERR_FORMAT, "%s: expected %.*s, got %s", key, SLICE_ARG(want),
		       got);
}

static int compare_count(const char *key, struct slice want, unsigned got,
			 struct err *err)
{
	uint64_t number;

	if (slice_number(want, UINT32_MAX, &number) && number == got)
		return 0;
	return err_set(err, ERR_FORMAT, "%s: expected %.*s, got %u", key, SLICE_ARG(want),
		       got);
}

static int expect_login(struct heard *heard, const struct script_line *line,
			struct err *err)
{
	const char *known[sizeof(login_keys) / sizeof(login_keys[0]) + 2] = { "told",
									      NULL };
	struct slice name = script_word(line, 2);
	const struct heard_login *told = find_login(heard, name);

	for (size_t i = 0; i < sizeof(login_keys) / sizeof(login_keys[0]); i++)
		known[i + 1] = login_keys[i].key;
	if (script_allow(line, 3, known, err) < 0)
		return -1;
	if (script_has(line, "told") &&
	    compare_count("told", script_value(line, "told", SLICE("")),
			  told ? told->told : 0, err) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(login_keys) / sizeof(login_keys[0]); i++) {
		if (!script_has(line, login_keys[i].key))
			continue;
		if (!told)
			return err_set(err, ERR_MISSING,
				       "nothing was told of login '%.*s'",
				       SLICE_ARG(name));
		if (compare(login_keys[i].key,
			    script_value(line, login_keys[i].key, SLICE("")),
			    (const char *)told + login_keys[i].offset, err) < 0)
			return -1;
	}
	return 0;
}

static int expect_observation(struct heard *heard, const struct script_line *line,
			      struct err *err)
{
	static const char *const known[] = { "count", "over", "call", "reason", NULL };
	struct slice word = script_word(line, 2);
	enum observation_kind kind = 0;
	struct slice count = script_value(line, "count", SLICE("1"));
	struct slice over = script_value(line, "over", SLICE("0"));

	while (kind < OBSERVATION_COUNT &&
	       !slice_equal(word, slice_text(observation_word(kind))))
		kind++;
	if (kind == OBSERVATION_COUNT)
		return err_set(err, ERR_FORMAT, "'%.*s' is no observation",
			       SLICE_ARG(word));
	if (script_allow(line, 3, known, err) < 0 ||
	    compare_count("count", count, heard->observed[kind], err) < 0 ||
	    compare_count("over", over, heard->over[kind], err) < 0)
		return -1;
	heard->expected[kind] = heard->observed[kind] + heard->over[kind];
	if (script_has(line, "call") &&
	    compare("call", script_value(line, "call", SLICE("")),
		    heard->latest_call[kind], err) < 0)
		return -1;
	if (script_has(line, "reason"))
		return compare("reason", script_value(line, "reason", SLICE("")),
			       heard->latest_reason[kind], err);
	return 0;
}

int hear_expect(struct heard *heard, const struct script_line *line, struct err *err)
{
	struct slice what = script_word(line, 1);

	if (slice_equal(what, SLICE("login")))
		return expect_login(heard, line, err);
	if (slice_equal(what, SLICE("observation")))
		return expect_observation(heard, line, err);
	return err_set(err, ERR_FORMAT, "'%.*s' cannot be expected", SLICE_ARG(what));
}

int hear_end(const struct heard *heard, struct err *err)
{
	for (unsigned kind = 0; kind < OBSERVATION_COUNT; kind++)
		if (heard->observed[kind] + heard->over[kind] != heard->expected[kind])
			return err_set(err, ERR_FORMAT,
				       "%u of %s were observed, %u expected",
				       heard->observed[kind] + heard->over[kind],
				       observation_word(kind), heard->expected[kind]);
	if (heard->unnamed > 0)
		return err_set(err, ERR_FORMAT, "%u verdicts on logins without a name",
			       heard->unnamed);
	return 0;
}
