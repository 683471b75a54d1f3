/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <errno.h>

#include "agent/follow/tail_live.h"
#include "agent/follow/tail_open.h"

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
