/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The SSM agent's folders as a tree that comes, goes and is replaced: lists the folders
 * of sessions and commands in it, and tells by inotify which ones come. A name that is
 * none of an instance, a session or a command is refused, and symbolic links are not
 * followed.
 *
 *   data dir / instance / session | document / orchestration / run
 *
 * A change above the runs is answered by listing everything anew; a new run is told of by
 * itself.
 */
#include "agent/follow/ssm_folders.h"
#include "base/limits.h"

/* Longer than any id: a session's has at most 96 bytes. */
#define SSM_NAME_BYTES 128

/* A folder of one session or command. */
struct ssm_run {
	enum ssm_folder_kind kind;
	char instance[SSM_NAME_BYTES], id[SSM_NAME_BYTES];
	us_time appeared_at;
	bool is_trusted;
};

typedef void ssm_run_fn(void *ctx, const struct ssm_run *run);

/* A folder that is watched. */
struct ssm_watch {
	int wd;
	bool of_runs; /* an orchestration folder; the others below are its */
	enum ssm_folder_kind kind;
	char instance[SSM_NAME_BYTES];
	char *path; /* owned */
};

struct ssm_tree {
	char *data_dir; /* owned */
	int fd;		/* inotify, -1 = none */
	bool is_blind;	/* something cannot be watched: ask by the clock */
	bool has_runs;	/* an orchestration folder is watched */
	bool is_absent; /* the data dir is not there, or no folder */
	bool was_there; /* it was, since this was made */
	bool is_denied; /* it, or a folder in it, may not be read */
	struct ssm_watch watches[LIMIT_SSM_WATCHES];
	size_t watch_count;
	uint64_t refused, passed_over;
};

/* Never fails. */
void ssm_tree_init(struct ssm_tree *tree, const char *data_dir);
void ssm_tree_release(struct ssm_tree *tree);

/* Watches everything anew and visits every run that is there, in no order. */
void ssm_tree_list(struct ssm_tree *tree, ssm_run_fn *visit, void *ctx);

/* Visits the runs that came since the last call; does not block. False when more changed
 * than that, or it cannot be known: everything is to be listed. */
bool ssm_tree_changes(struct ssm_tree *tree, ssm_run_fn *visit, void *ctx);
