/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/correlator/scene.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "tests/support/check.h"
#include "tests/unit/correlator/settled.h"

#define TEXT_LIMIT_BYTES ((size_t)16 * 1024 * 1024)

static void put_seconds(struct buf *buf, us_time time)
{
	us_span after = time - SCENE_EPOCH;

	if (after % US_PER_SECOND == 0)
		buf_append_format(buf, "%lld", (long long)(after / US_PER_SECOND));
	else
		buf_append_format(buf, "%.6g", (double)after / 1e6);
}

static void put_slice(struct buf *buf, struct slice text)
{
	if (text.len)
		buf_append(buf, text);
	else
		buf_append_byte(buf, '-');
}

static void put_verdict(struct buf *buf, const struct verdict *verdict)
{
	const struct login *login = verdict->login;

	put_seconds(buf, login->happened_at);
	buf_append_byte(buf, ' ');
	put_slice(buf, login->os_user);
	buf_append_format(buf, " %s", path_word(login->path));
	if (login->through != PATH_NONE)
		buf_append_format(buf, "+%s", path_word(login->through));
	buf_append_format(buf, " %s", verdict_word(verdict->verdict));
	if (verdict->stage != STAGE_NONE)
		buf_append_format(buf, "/%s", stage_word(verdict->stage));
	for (uint32_t i = 0; i < verdict->reason_count; i++)
		buf_append_format(buf, " %s", reason_word(verdict->reasons[i]));
	if (verdict->api_call) {
		buf_append_text(buf, " call=");
		put_slice(buf, verdict->api_call->api_call.id);
	}
	if (verdict->through_api_call) {
		buf_append_text(buf, " through=");
		put_slice(buf, verdict->through_api_call->api_call.id);
	}
	if (verdict->policy_rule)
		buf_append_format(buf, " rule=%s", verdict->policy_rule);
	if (verdict->login->sudo_at != US_TIME_NONE) {
		buf_append_text(buf, " sudo=");
		put_seconds(buf, verdict->login->sudo_at);
	}
	if (verdict->repeats)
		buf_append_text(buf, " repeats");
	buf_append_byte(buf, '\n');
}

static void take_verdict(void *ctx, const struct verdict *verdict)
{
	struct scene *scene = ctx;

	put_verdict(&scene->told, verdict);
	settled_note(&scene->settled, verdict);
}

static void take_observation(void *ctx, const struct observation *observation)
{
	struct scene *scene = ctx;

	buf_append_format(&scene->told, "! %s%s ", observation_word(observation->kind),
			  observation->is_over ? " over" : "");
	if (observation->reason != REASON_COUNT)
		buf_append_format(&scene->told, "%s ", reason_word(observation->reason));
	put_slice(&scene->told, observation->detail);
	if (observation->api_call) {
		buf_append_text(&scene->told, " call=");
		put_slice(&scene->told, observation->api_call->api_call.id);
	}
	buf_append_byte(&scene->told, '\n');
}

void scene_open(struct scene *scene, const struct correlator_options *options)
{
	struct correlator_sink sink = { take_verdict, take_observation, NULL };

	*scene = (struct scene){ .now = SCENE_EPOCH,
				 .told = BUF_LIMIT(TEXT_LIMIT_BYTES),
				 .text = BUF_LIMIT(TEXT_LIMIT_BYTES),
				 .is_complete = options->logs_are_complete };
	sink.ctx = scene;
	scene->correlator = correlator_new(options, &sink);
}

void scene_open_live(struct scene *scene)
{
	struct correlator_options options = correlator_options_default();

	scene_open(scene, &options);
}

void scene_open_complete(struct scene *scene)
{
	struct correlator_options options = correlator_options_default();

	options.logs_are_complete = true;
	scene_open(scene, &options);
}

void scene_close(struct scene *scene)
{
	correlator_free(scene->correlator);
	settled_release(&scene->settled);
	buf_release(&scene->told);
	buf_release(&scene->text);
	scene->correlator = NULL;
}

static void check_settled(struct scene *scene)
{
	const char *wrong = scene->unchecked
				    ? NULL
				    : settled_wrong(&scene->settled, scene->correlator);

	CHECK_TEXT(wrong, NULL);
}

void scene_feed(struct scene *scene, const struct event *event)
{
	correlator_feed(scene->correlator, event, scene->now);
	if (!scene->is_complete)
		check_settled(scene);
}

void scene_advance(struct scene *scene, us_time now)
{
	if (now > scene->now)
		scene->now = now;
	correlator_advance(scene->correlator, scene->now);
	check_settled(scene);
}

void scene_play(struct scene *scene, const char *text)
{
	enum script_step step;
	struct script script;
	struct event event;

	script_start(&script, text);
	script.evidence = scene->evidence;
	while ((step = script_next(&script, &event)) != SCRIPT_END) {
		if (step == SCRIPT_ADVANCE)
			scene_advance(scene, event.happened_at);
		else
			scene_feed(scene, &event);
	}
	scene->evidence = script.evidence;
	if (scene->is_complete)
		scene_advance(scene, scene->now);
}

const char *scene_told(struct scene *scene)
{
	buf_clear(&scene->text);
	buf_append(&scene->text, buf_slice(&scene->told));
	buf_clear(&scene->told);
	return buf_text(&scene->text);
}

static void put_login(void *ctx, const struct verdict *verdict)
{
	put_verdict(ctx, verdict);
}

const char *scene_logins(struct scene *scene)
{
	buf_clear(&scene->text);
	correlator_each_login(scene->correlator, put_login, &scene->text);
	return buf_text(&scene->text);
}

struct finder {
	size_t left;
	bool found;
	struct verdict verdict;
};

static void find(void *ctx, const struct verdict *verdict)
{
	struct finder *finder = ctx;

	if (finder->left-- == 0) {
		finder->verdict = *verdict;
		finder->found = true;
	}
}

struct verdict scene_verdict(const struct scene *scene, size_t n)
{
	struct finder finder = { .left = n };

	correlator_each_login(scene->correlator, find, &finder);
	if (!finder.found) {
		(void)fprintf(stderr, "scene: there is no login %zu\n", n);
		abort();
	}
	return finder.verdict;
}

const char *scene_matched(struct scene *scene, uint32_t matched)
{
	buf_clear(&scene->text);
	for (unsigned i = 0; i < MATCHED_COUNT; i++)
		if (matched & 1u << i)
			buf_append_format(&scene->text, "%s%s",
					  scene->text.len ? " " : "",
					  matched_word((enum matched)i));
	return buf_text(&scene->text);
}

void scene_check_rows(const struct scene_row *rows, size_t count, bool logs_are_complete,
		      const char *before, const char *after)
{
	for (size_t i = 0; i < count; i++) {
		AUTO_SCENE struct scene scene;

		check_row(rows[i].name);
		if (logs_are_complete)
			scene_open_complete(&scene);
		else
			scene_open_live(&scene);
		scene_play(&scene, before);
		scene_told(&scene);
		scene_play(&scene, rows[i].script);
		if (rows[i].told)
			CHECK_TEXT(scene_told(&scene), rows[i].told);
		scene_play(&scene, after);
		if (rows[i].logins)
			CHECK_TEXT(scene_logins(&scene), rows[i].logins);
	}
}
