/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "agent/pipeline_state.h"
#include "base/limits.h"
#include "correlator/event_code.h"
#include "tests/support/check.h"
#include "tests/unit/agent/store/put.h"

struct lab {
	struct scratch scratch;
	struct store *store;
	struct pipeline pipeline;
	struct buf said; /* what was fed again */
};

static void lab_init(struct lab *lab)
{
	struct store_opening opening;

	memset(lab, 0, sizeof(*lab));
	scratch_init(&lab->scratch);
	lab->store = store_in(lab->scratch.folder, &opening);
	lab->pipeline.options.store = lab->store;
	lab->said = (struct buf)BUF_LIMIT(LIMIT_FIELD_BYTES);
}

static void lab_release(struct lab *lab)
{
	store_end(&lab->store);
	scratch_release(&lab->scratch);
	buf_release(&lab->said);
}

#define AUTO_LAB __attribute__((cleanup(lab_release)))

/* feed() is handed the pipeline, which is the lab's. */
static struct buf *said_of(void *pipeline)
{
	return &((struct lab *)((char *)pipeline - offsetof(struct lab, pipeline)))->said;
}

static bool feed(void *ctx, us_time fed_at, struct slice code)
{
	struct buf *said = said_of(ctx);
	struct arena arena;
	struct event event;
	struct err err;

	arena_init(&arena);
	CHECK_OK(event_decode(code, &arena, &event, &err), &err);
	buf_append_format(said, "%d:%s", (int)((fed_at - at(0)) / US_PER_SECOND),
			  event_kind_word(event.kind));
	if (event.kind == EVENT_EXTENSION)
		buf_append_format(said, "-%d-%u", (int)event.extension.stage,
				  (unsigned)event.extension.sequence);
	if (event.kind == EVENT_CLOUD_KEY)
		buf_append_text(said, event.cloud_key.is_gone ? "-gone" : "-there");
	buf_append_byte(said, ' ');
	arena_release(&arena);
	return true;
}

/* What a restart is told of before the stored events. */
static const char *restarted(struct lab *lab)
{
	struct err err;

	commit(lab->store);
	buf_clear(&lab->said);
	memset(lab->pipeline.kept, 0, sizeof(lab->pipeline.kept));
	CHECK_OK(pipeline_feed_kept(&lab->pipeline, feed, &err), &err);
	commit(lab->store);
	return buf_text(&lab->said);
}

static void keep(struct lab *lab, const struct event *event, int64_t seconds)
{
	pipeline_keep_event(&lab->pipeline, event, at(seconds));
	commit(lab->store);
}

static void keep_number(struct lab *lab, enum extension_stage stage, const char *handler,
			uint64_t number, enum trust trust, int64_t seconds)
{
	struct event event = {
		.kind = EVENT_EXTENSION,
		.happened_at = at(seconds),
		.trust = trust,
		.source = HOST_SOURCE_AZURE_AGENT,
		.extension = { .stage = stage,
			       .handler = slice_text(handler),
			       .sequence = number,
			       .has_sequence = stage != EXTENSION_REMOVED,
			       .created_at = US_TIME_NONE },
	};

	keep(lab, &event, seconds);
}

static void keep_key(struct lab *lab, bool is_gone, int64_t seconds)
{
	struct event event = {
		.kind = EVENT_CLOUD_KEY,
		.happened_at = at(seconds),
		.trust = TRUST_ROOT_FILE,
		.source = HOST_SOURCE_KEYS,
		.cloud_key = { .user = SLICE("amy"),
			       .fingerprint = SLICE("SHA256:x"),
			       .is_gone = is_gone },
	};

	keep(lab, &event, seconds);
}

/* An event that is stored: what was kept before it outlives it. */
static void put_event(struct lab *lab, int64_t seconds)
{
	struct event event = { .kind = EVENT_BOOT, .happened_at = at(seconds) };
	AUTO_BUF struct buf code = BUF_LIMIT(LIMIT_FIELD_BYTES);

	event_encode(&event, &code);
	store_put_event(lab->store, at(seconds), buf_slice(&code), SLICE(""));
	commit(lab->store);
}

/* KNOWN is stage 6, REMOVED 5. */
static void test_numbers(void)
{
	AUTO_LAB struct lab lab;

	lab_init(&lab);
	keep_number(&lab, EXTENSION_SETTINGS, "A.B", 1, TRUST_ROOT_FILE, 10);
	keep_number(&lab, EXTENSION_EXECUTED, "a.b", 1, TRUST_ROOT_FILE, 11);
	keep_number(&lab, EXTENSION_SETTINGS, "A.B", 2, TRUST_ROOT_FILE, 20);
	keep_number(&lab, EXTENSION_SETTINGS, "A.B", 9, TRUST_UNVERIFIED, 21);
	keep_number(&lab, EXTENSION_STATE, "A.B", 7, TRUST_ROOT_FILE, 22);
	keep_number(&lab, EXTENSION_SETTINGS, "C.D", 1, TRUST_ROOT_FILE, 25);
	keep_number(&lab, EXTENSION_EXECUTED, "A.B", 30, TRUST_ROOT_FILE, 30);
	put_event(&lab, 30);
	/* 30 is among the stored; 2 stands for 1, which is dropped */
	CHECK_TEXT(restarted(&lab),
		   "10:extension-6-1 20:extension-6-2 25:extension-6-1 ");
	CHECK_TEXT(restarted(&lab), "20:extension-6-2 25:extension-6-1 ");
}

static void test_numbers_begin_anew(void)
{
	AUTO_LAB struct lab lab;

	lab_init(&lab);
	keep_number(&lab, EXTENSION_REMOVED, "A.B", 0, TRUST_ROOT_FILE, 5);
	keep_number(&lab, EXTENSION_SETTINGS, "A.B", 8, TRUST_ROOT_FILE, 10);
	keep_number(&lab, EXTENSION_REMOVED, "A.B", 0, TRUST_ROOT_FILE, 20);
	keep_number(&lab, EXTENSION_SETTINGS, "A.B", 0, TRUST_ROOT_FILE, 30);
	keep_number(&lab, EXTENSION_SETTINGS, "A.B", 1, TRUST_ROOT_FILE, 40);
	(void)restarted(&lab);
	CHECK_TEXT(restarted(&lab),
		   "10:extension-6-8 20:extension-5-0 40:extension-6-1 ");
}

static void test_keys(void)
{
	AUTO_LAB struct lab lab;

	lab_init(&lab);
	keep_key(&lab, false, 10);
	CHECK_TEXT(restarted(&lab), "10:cloud-key-there ");
	keep_key(&lab, true, 20);
	CHECK_TEXT(restarted(&lab), "10:cloud-key-there 20:cloud-key-gone ");
	keep_key(&lab, false, 30);
	CHECK_TEXT(restarted(&lab), "20:cloud-key-gone 30:cloud-key-there ");
}

static void keep_call(struct lab *lab, enum api_action action, const char *instance,
		      enum api_outcome outcome, int64_t seconds)
{
	struct slice instances[] = { slice_text(instance) };
	struct event event = {
		.kind = EVENT_API_CALL,
		.happened_at = at(seconds),
		.api_call = { .id = SLICE("c"),
			      .action = action,
			      .name = SLICE("v1.compute.instances.setMetadata"),
			      .outcome = outcome,
			      .metadata_keys = METADATA_STARTUP_SCRIPT,
			      .instances = instances,
			      .instance_count = 1 },
	};

	keep(lab, &event, seconds);
}

/* The latest call that set a script of this host stays known. */
static void test_scripts(void)
{
	AUTO_LAB struct lab lab;

	lab_init(&lab);
	lab.pipeline.identity.instance = SLICE("42");
	lab.pipeline.identity.account = SLICE("p");
	keep_call(&lab, API_GCP_SET_METADATA, "42", API_ADMITTED, 10);
	keep_call(&lab, API_GCP_SET_PROJECT_METADATA, "projects/p", API_ADMITTED, 20);
	keep_call(&lab, API_GCP_SET_METADATA, "43", API_ADMITTED, 30);
	keep_call(&lab, API_GCP_SET_PROJECT_METADATA, "projects/q", API_ADMITTED, 31);
	keep_call(&lab, API_GCP_SET_METADATA, "42", API_DENIED, 32);
	keep_call(&lab, API_GCP_START_INSTANCE, "42", API_ADMITTED, 33);
	(void)restarted(&lab);
	CHECK_TEXT(restarted(&lab), "20:api-call ");
	keep_call(&lab, API_MODIFY_INSTANCE_ATTRIBUTE, "42", API_ADMITTED, 40);
	put_event(&lab, 40);
	/* 40 is among the stored, and does not stand for 20 before it is not any more */
	(void)restarted(&lab);
	CHECK_TEXT(restarted(&lab), "20:api-call ");
}

/* What surpasses others makes room for more. */
static void test_ceiling(void)
{
	AUTO_LAB struct lab lab;
	uint64_t count = LIMIT_KEPT_EVENTS + 10;

	lab_init(&lab);
	for (uint64_t i = 0; i < count; i++) {
		struct event event = {
			.kind = EVENT_EXTENSION,
			.happened_at = at(1),
			.trust = TRUST_ROOT_FILE,
			.extension = { .stage = EXTENSION_EXECUTED,
				       .handler = SLICE("A.B"),
				       .sequence = i,
				       .has_sequence = true,
				       .created_at = US_TIME_NONE },
		};

		pipeline_keep_event(&lab.pipeline, &event, at((int64_t)i));
		if (i % 512 == 0)
			commit(lab.store);
	}
	(void)restarted(&lab);
	CHECK_TEXT(restarted(&lab), "4105:extension-6-4105 ");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "numbers", test_numbers },
		{ "numbers that begin anew", test_numbers_begin_anew },
		{ "keys", test_keys },
		{ "scripts", test_scripts },
		{ "ceiling", test_ceiling },
		{ NULL, NULL },
	};

	return check_run("pipeline_kept", tests);
}
