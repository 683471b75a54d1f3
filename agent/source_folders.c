/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SSM agent's folders as a source: a session's folder says that the session began,
 * also where its log is silenced. A command's folder may be an association's run, which
 * no SendCommand vouches for: it adds what it knows and makes no login.
 */
#include <stdlib.h>

#include "agent/follow/ssm_folders.h"
#include "agent/safe_path.h"
#include "agent/source.h"
#include "base/limits.h"
#include "base/memory.h"

/* Folders given to the pipeline in one step. */
#define STEP_FOLDERS 64

struct folders_source {
	struct source source;
	struct ssm_folders *folders;
	struct source_wait wait;
	struct buf cursor;
	us_time last_at;
	uint64_t events;
};

static void wait_for_more(struct folders_source *folders)
{
	us_span every = 0;
	int fd = ssm_folders_fd(folders->folders, &every);

	source_wait_for(&folders->source, &folders->wait, fd, every);
}

static void take(struct folders_source *folders, const struct ssm_folder *folder)
{
	bool is_session = folder->kind == SSM_FOLDER_SESSION;
	/* The tree looks from its root down; who owns what is above could change it. */
	bool is_trusted = folder->is_trusted && path_is_safe(folders->source.name);
	struct store_text text = {
		.at = folder->appeared_at,
		.source = slice_text(folders->source.name),
		.cursor = folder->instance,
		.line = folder->id,
	};
	struct event event = {
		.kind = EVENT_RUN,
		.happened_at = folder->appeared_at,
		.trust = is_trusted ? TRUST_ROOT_FILE : TRUST_UNVERIFIED,
		.source = HOST_SOURCE_SSM,
		.run = { .kind = is_session ? RUN_SESSION : RUN_COMMAND,
			 .stage = is_session ? RUN_STARTED : RUN_DESCRIBED,
			 .id = folder->id,
			 .instance = folder->instance },
	};

	event.evidence = pipeline_keep_text(folders->source.world->pipeline, &text);
	folders->events++;
	if (folder->appeared_at > folders->last_at)
		folders->last_at = folder->appeared_at;
	pipeline_feed(folders->source.world->pipeline, &event);
}

static void put_cursor(struct folders_source *folders)
{
	buf_clear(&folders->cursor);
	ssm_folders_cursor(folders->folders, &folders->cursor);
	cursor_put(&folders->source, buf_slice(&folders->cursor));
}

static bool pump(struct source *source)
{
	struct folders_source *folders = (struct folders_source *)source;
	struct ssm_folder folder;
	int count = 0;

	while (count < STEP_FOLDERS && ssm_folders_next(folders->folders, &folder)) {
		take(folders, &folder);
		count++;
	}
	/* Also at a first start: from here on nothing is lost. */
	if (count || folders->cursor.len == 0)
		put_cursor(folders);
	if (count == STEP_FOLDERS)
		return true;
	wait_for_more(folders);
	return false;
}

static void state(const struct source *source, struct source_state *ret_state)
{
	const struct folders_source *folders = (const struct folders_source *)source;
	struct ssm_folders_state now = ssm_folders_state(folders->folders);

	*ret_state = (struct source_state){
		.kind = "ssm",
		.condition = SOURCE_FOLLOWING,
		.last_at = folders->last_at,
		.events = folders->events,
		.gaps = now.passed_over,
		.problem = "",
	};
	if (now.is_denied) {
		ret_state->condition = SOURCE_DENIED;
		ret_state->problem = "it, or a folder in it, may not be read";
	} else if (now.is_absent) {
		/* No SSM agent has ever to be there. */
		ret_state->condition = SOURCE_ABSENT;
		ret_state->problem = "there is no such folder";
		ret_state->is_quiet = !now.was_there;
	}
}

static void folders_free(struct source *source)
{
	struct folders_source *folders = (struct folders_source *)source;

	source_wait_release(&folders->wait);
	ssm_folders_free(folders->folders);
	buf_release(&folders->cursor);
	free(source->name);
	free(folders);
}

static const struct source_ops folders_ops = {
	.pump = pump,
	.state = state,
	.free = folders_free,
};

struct source *source_folders_new(const struct source_world *world, const char *path)
{
	struct folders_source *folders = memory_new(1, sizeof(*folders));

	folders->source = (struct source){ &folders_ops, world,
					   memory_copy_text(slice_text(path)), true };
	folders->cursor = (struct buf)BUF_LIMIT(LIMIT_FIELD_BYTES);
	folders->last_at = US_TIME_NONE;
	cursor_load(&folders->source, &folders->cursor);
	folders->folders = ssm_folders_new(path, buf_slice(&folders->cursor));
	return &folders->source;
}
