/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/store/reserve.h"

#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fault.h"

/* Twice what the write-ahead log grows to before it is written back. */
#define RESERVE_BYTES ((off_t)4 * 1024 * 1024)

/* What must be free before space is put by: not what was just given back. */
#define FREE_BYTES_NEEDED (3 * (uint64_t)RESERVE_BYTES)

static void append_path(struct buf *buf, const char *folder)
{
	buf_append_format(buf, "%s/countersign.reserve", folder);
}

static bool has_room(const char *folder)
{
	struct statvfs status;

	return statvfs(folder, &status) == 0 &&
	       (uint64_t)status.f_bavail * status.f_frsize >= FREE_BYTES_NEEDED;
}

void reserve_keep(const char *folder)
{
	AUTO_BUF struct buf path = BUF_LIMIT(PATH_MAX);
	AUTO_CLOSE int fd = -1;
	struct stat status;

	append_path(&path, folder);
	if (lstat(buf_text(&path), &status) == 0 && status.st_size == RESERVE_BYTES)
		return;
	if (!has_room(folder))
		return;
	fd = open(buf_text(&path), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	FAULT_POINT("store-reserve-made");
	/* Not posix_fallocate(), which would write where there is no other way. */
	if (fallocate(fd, 0, 0, RESERVE_BYTES) < 0)
		(void)unlink(buf_text(&path));
}

bool reserve_release(const char *folder)
{
	AUTO_BUF struct buf path = BUF_LIMIT(PATH_MAX);
	bool is_released;

	append_path(&path, folder);
	is_released = unlink(buf_text(&path)) == 0;
	FAULT_POINT("store-reserve-released");
	return is_released;
}
