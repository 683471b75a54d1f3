/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <errno.h>

#include "agent/follow/tail_live.h"
#include "agent/follow/tail_open.h"
#include "base/limits.h"

void tail_live_release(struct tail_live *live)
{
	tail_file_free(live->file);
}

struct tail_live tail_live_open(struct tail *tail, struct tail_step *step)
{
	struct tail_live live = { .file = NULL };
	int fd;

	if (tail_open(tail->path, &fd, &live.status, &live.errno_value, &step->problem) <
	    0)
		return live;
	live.file = tail_file_new(fd, tail->path, &live.status);
	if (live.file)
		tail->owner = live.file->owner;
	else
		err_system(&step->problem, errno, "cannot open '%s'", tail->path);
	return live;
}

static bool is_same_list(const struct tail_siblings *a, const struct tail_siblings *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->items[i].inode != b->items[i].inode ||
		    a->items[i].device != b->items[i].device ||
		    a->items[i].born_ns != b->items[i].born_ns ||
		    strcmp(a->items[i].path, b->items[i].path) != 0)
			return false;
	return true;
}

bool tail_is_still(struct tail *tail, const struct stat *live,
		   const struct tail_siblings *siblings, uint64_t inode)
{
	AUTO_TAIL_SIBLINGS struct tail_siblings now = TAIL_SIBLINGS_NONE;
	struct stat status;
	bool is_still;

	tail_siblings_list(tail->path, live, inode, &now);
	is_still = is_same_list(siblings, &now) &&
		   (!live ||
		    (stat(tail->path, &status) == 0 && status.st_ino == live->st_ino &&
		     status.st_dev == live->st_dev));
	if (!is_still && tail->restless_looks++ < LIMIT_TAIL_RESTLESS_LOOKS)
		return false;
	tail->restless_looks = 0;
	return true;
}
