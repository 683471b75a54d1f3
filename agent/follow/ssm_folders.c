/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/follow/ssm_folders.h"

#include <inttypes.h>
#include <stdlib.h>

#include "agent/follow/ssm_tree.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/memory.h"

#define FIRST_WORD SLICE("ssm1 ")

/* Folders given out that are remembered, so that none is given twice when it is both
 * told of and listed. */
#define GIVEN_MAX ((size_t)1024)

/* Without inotify. */
#define ASK_AGAIN (5 * US_PER_SECOND)

struct found {
	enum ssm_folder_kind kind;
	char instance[SSM_NAME_BYTES], id[SSM_NAME_BYTES];
	us_time appeared_at;
	bool is_trusted;
};

struct ssm_folders {
	struct ssm_tree tree;
	bool is_begun;	/* a first start is over */
	us_time newest; /* of those given out or, at a first start, there */
	bool is_listed;
	struct found *found; /* owned; to be given out, oldest first */
	size_t found_count, found_room, next;
	struct hash_key key;
	uint64_t *given; /* owned; hashes, a ring */
	size_t given_count;
	struct ssm_folders_state state;
};

static bool read_cursor(struct slice text, us_time *ret_newest)
{
	uint64_t number;

	if (!slice_take_prefix(&text, FIRST_WORD) ||
	    !slice_number(text, (uint64_t)US_TIME_MAX, &number))
		return false;
	*ret_newest = (us_time)number;
	return true;
}

struct ssm_folders *ssm_folders_new(const char *data_dir, struct slice cursor)
{
	struct ssm_folders *folders = memory_new(1, sizeof(*folders));

	folders->is_begun = read_cursor(cursor, &folders->newest);
	folders->key = hash_key_random();
	folders->given = memory_new(GIVEN_MAX, sizeof(*folders->given));
	ssm_tree_init(&folders->tree, data_dir);
	return folders;
}

void ssm_folders_free(struct ssm_folders *folders)
{
	if (!folders)
		return;
	ssm_tree_release(&folders->tree);
	free(folders->found);
	free(folders->given);
	free(folders);
}

/* ---- found */

static uint64_t hash_of(const struct ssm_folders *folders, enum ssm_folder_kind kind,
			const char *instance, const char *id)
{
	uint64_t hash = hash_bytes(&folders->key, slice_text(id));

	hash = hash_mix(hash, hash_bytes(&folders->key, slice_text(instance)));
	return hash_mix(hash, (uint64_t)kind + 1);
}

static bool was_given(const struct ssm_folders *folders, uint64_t hash)
{
	size_t count =
		folders->given_count < GIVEN_MAX ? folders->given_count : GIVEN_MAX;

	for (size_t i = 0; i < count; i++)
		if (folders->given[i] == hash)
			return true;
	return false;
}

static void remember(struct ssm_folders *folders, uint64_t hash)
{
	folders->given[folders->given_count++ % GIVEN_MAX] = hash;
}

static void keep(struct ssm_folders *folders, const struct ssm_run *run)
{
	struct found *found;

	if (folders->found_count == LIMIT_SSM_FOUND) {
		folders->state.passed_over++;
		return;
	}
	if (folders->found_count == folders->found_room) {
		folders->found_room = folders->found_room ? 2 * folders->found_room : 16;
		folders->found = memory_resize(folders->found, folders->found_room,
					       sizeof(*folders->found));
	}
	found = &folders->found[folders->found_count++];
	*found = (struct found){ .kind = run->kind,
				 .appeared_at = run->appeared_at,
				 .is_trusted = run->is_trusted };
	memcpy(found->instance, run->instance, sizeof(found->instance));
	memcpy(found->id, run->id, sizeof(found->id));
}

/* A folder that is there: new when it is not older than what was given out. */
static void visit_listed(void *ctx, const struct ssm_run *run)
{
	struct ssm_folders *folders = ctx;

	if (!folders->is_begun) {
		remember(folders, hash_of(folders, run->kind, run->instance, run->id));
		if (run->appeared_at > folders->newest)
			folders->newest = run->appeared_at;
	} else if (run->appeared_at >= folders->newest) {
		keep(folders, run);
	}
}

/* A folder that has come just now. */
static void visit_new(void *ctx, const struct ssm_run *run)
{
	keep(ctx, run);
}

static int by_time(const void *left, const void *right)
{
	const struct found *a = left, *b = right;

	if (a->appeared_at != b->appeared_at)
		return a->appeared_at < b->appeared_at ? -1 : 1;
	return strcmp(a->id, b->id);
}

static void look(struct ssm_folders *folders)
{
	folders->next = 0;
	folders->found_count = 0;
	if (folders->is_listed && !ssm_tree_changes(&folders->tree, visit_new, folders))
		folders->is_listed = false;
	if (!folders->is_listed) {
		ssm_tree_list(&folders->tree, visit_listed, folders);
		folders->is_listed = !folders->tree.is_blind;
		folders->is_begun = true;
	}
	if (folders->found_count > 1)
		qsort(folders->found, folders->found_count, sizeof(*folders->found),
		      by_time);
}

/* ---- */

static void give(struct ssm_folders *folders, const struct found *found,
		 struct ssm_folder *ret_folder)
{
	*ret_folder = (struct ssm_folder){
		.kind = found->kind,
		.instance = slice_text(found->instance),
		.id = slice_text(found->id),
		.appeared_at = found->appeared_at,
		.is_trusted = found->is_trusted,
	};
	if (found->appeared_at > folders->newest)
		folders->newest = found->appeared_at;
	folders->state.given++;
}

bool ssm_folders_next(struct ssm_folders *folders, struct ssm_folder *ret_folder)
{
	if (folders->next == folders->found_count)
		look(folders);
	while (folders->next < folders->found_count) {
		const struct found *found = &folders->found[folders->next++];
		uint64_t hash = hash_of(folders, found->kind, found->instance, found->id);

		if (was_given(folders, hash))
			continue;
		remember(folders, hash);
		give(folders, found, ret_folder);
		return true;
	}
	return false;
}

void ssm_folders_cursor(const struct ssm_folders *folders, struct buf *buf)
{
	if (folders->is_begun)
		buf_append_format(buf, "ssm1 %" PRId64, folders->newest);
}

int ssm_folders_fd(struct ssm_folders *folders, us_span *ret_every)
{
	*ret_every = folders->tree.is_blind ? ASK_AGAIN : 0;
	return folders->tree.is_blind ? -1 : folders->tree.fd;
}

struct ssm_folders_state ssm_folders_state(const struct ssm_folders *folders)
{
	struct ssm_folders_state state = folders->state;

	state.is_there = folders->tree.has_runs;
	state.was_there = folders->tree.was_there;
	state.is_denied = folders->tree.is_denied;
	state.is_absent = folders->tree.is_absent;
	state.refused = folders->tree.refused;
	state.passed_over += folders->tree.passed_over;
	return state;
}
