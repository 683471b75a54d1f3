/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Posture tree: the files of a host, read below a folder that is taken for its "/": the
 * host's own, or an image of another. Links are followed as they are from inside it, so
 * that none leads out. Only plain files are read, and only to a ceiling; nothing waits
 * and nothing is changed.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct posture_tree {
	int fd;	       /* owned */
	bool is_whole; /* it is this system's "/" */
};

/* Opens the folder. The caller closes the tree. */
int posture_tree_open(const char *path, struct posture_tree *ret_tree, struct err *err)
	__attribute__((warn_unused_result));
void posture_tree_close(struct posture_tree *tree);

#define AUTO_POSTURE_TREE __attribute__((cleanup(posture_tree_close)))

/* Whether anything is at the path, a link that leads nowhere too. */
int posture_tree_has(const struct posture_tree *tree, const char *path, bool *ret_found,
		     struct err *err) __attribute__((warn_unused_result));

/* Appends where the link at the path leads; `*ret_found` is false, and nothing appended,
 * where there is no link. */
int posture_tree_link(const struct posture_tree *tree, const char *path, struct buf *buf,
		      bool *ret_found, struct err *err)
	__attribute__((warn_unused_result));

/* Appends the whole file; one that does not fit the buf's limit is refused. `*ret_found`
 * is false, and nothing appended, when there is none. */
int posture_tree_read(const struct posture_tree *tree, const char *path, struct buf *buf,
		      bool *ret_found, struct err *err)
	__attribute__((warn_unused_result));

struct posture_names {
	struct slice *names; /* terminated, in the arena, in order of their bytes */
	size_t count;
};

/* What is in the folder but "." and "..". None when it is not there. */
int posture_tree_list(const struct posture_tree *tree, const char *path,
		      struct arena *arena, struct posture_names *ret_names,
		      struct err *err) __attribute__((warn_unused_result));
