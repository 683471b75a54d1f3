/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/sink/file_place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/limits.h"
#include "base/memory.h"

#define CHECK_BYTES ((size_t)256)
#define FIELD_COUNT 4

void file_place_append(const struct file_place *place, struct buf *buf)
{
	if (place->is_set)
		buf_append_format(buf, "1 %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64,
				  place->device, place->inode, place->offset,
				  place->check);
}

bool file_place_parse(struct slice text, struct file_place *ret_place)
{
	struct file_place place = { .is_set = true };
	uint64_t *const fields[FIELD_COUNT] = { &place.device, &place.inode,
						&place.offset, &place.check };

	if (!slice_take_prefix(&text, SLICE("1")))
		return false;
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (!slice_take_prefix(&text, SLICE(" ")) ||
		    !slice_take_number(&text, UINT64_MAX, fields[i]))
			return false;
	if (text.len > 0 || place.offset > INT64_MAX)
		return false;
	*ret_place = place;
	return true;
}

/* Of the bytes before `offset`; 0 at the start of the file. */
static int take_check(int fd, uint64_t offset, uint64_t *ret_check, struct err *err)
{
	size_t wanted = offset < CHECK_BYTES ? (size_t)offset : CHECK_BYTES;
	uint8_t digest[SHA256_BYTES];
	char bytes[CHECK_BYTES];
	struct sha256 sha256;
	ssize_t len = pread(fd, bytes, wanted, (off_t)(offset - wanted));

	if (len < 0)
		return err_system(err, errno, "cannot read what was written");
	if ((size_t)len < wanted)
		return err_set(err, ERR_FORMAT, "what was written is gone");
	sha256_init(&sha256);
	sha256_add(&sha256, slice_of(bytes, wanted));
	sha256_finish(&sha256, digest);
	memcpy(ret_check, digest, sizeof(*ret_check));
	return 0;
}

int file_place_take(int fd, uint64_t offset, struct file_place *ret_place,
		    struct err *err)
{
	struct file_place place = { .is_set = true, .offset = offset };
	struct stat status;

	if (fstat(fd, &status) < 0)
		return err_system(err, errno, "cannot read what was written");
	place.device = (uint64_t)status.st_dev;
	place.inode = (uint64_t)status.st_ino;
	if (take_check(fd, offset, &place.check, err) < 0)
		return -1;
	*ret_place = place;
	return 0;
}

/* Whether it has what was before the place, whatever file it is. */
static bool has_bytes(const struct file_place *place, int fd)
{
	uint64_t check;
	struct err err;

	return take_check(fd, place->offset, &check, &err) == 0 && check == place->check;
}

bool file_place_holds(const struct file_place *place, int fd)
{
	struct stat status;

	return place->is_set && fstat(fd, &status) == 0 &&
	       (uint64_t)status.st_dev == place->device &&
	       (uint64_t)status.st_ino == place->inode && has_bytes(place, fd);
}

uint64_t file_place_in(const struct file_place *place, int fd, bool *ret_is_it)
{
	bool may_be_copy = place->is_set && place->offset >= CHECK_BYTES;

	*ret_is_it = file_place_holds(place, fd);
	return *ret_is_it || (may_be_copy && has_bytes(place, fd)) ? place->offset : 0;
}

/* -1 when it is no file. */
static int open_regular(int folder_fd, const char *name)
{
	struct stat status;

	if (fstatat(folder_fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(status.st_mode))
		return -1;
	return openat(folder_fd, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

int file_place_each_other(const char *path, int (*take)(void *ctx, int fd), void *ctx)
{
	AUTO_FREE char *folder_copy = memory_copy_text(slice_text(path));
	AUTO_FREE char *name_copy = memory_copy_text(slice_text(path));
	struct slice name = slice_text(basename(name_copy));
	DIR *folder = opendir(dirname(folder_copy));
	unsigned files = 0;
	int result = 0;

	for (unsigned i = 0; folder && i < LIMIT_WALK_FILES && result == 0; i++) {
		const struct dirent *entry = readdir(folder);
		AUTO_CLOSE int fd = -1;

		if (!entry || files == LIMIT_SINK_SCAN_FILES)
			break;
		if (!slice_starts_with(slice_text(entry->d_name), name) ||
		    slice_equal(slice_text(entry->d_name), name))
			continue;
		fd = open_regular(dirfd(folder), entry->d_name);
		if (fd >= 0) {
			files++;
			result = take(ctx, fd);
		}
	}
	if (folder)
		(void)closedir(folder);
	return result;
}
