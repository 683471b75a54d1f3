/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE 1 /* NOLINT: O_PATH is Linux' */
#include "base/trusted_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"

/* As many as the kernel follows. */
#define LINKS_MAX 40
#define WAY_BYTES_MAX ((size_t)4 * PATH_MAX)

/* A walk from the root, folder by folder: each is looked at as it was opened, and the
 * next opened in it, so that none can be exchanged in between. */
struct walk {
	struct buf ahead; /* of the path, what is still to be gone */
	struct buf gone;  /* for messages: where it is */
	int fd;		  /* the folder that was reached */
	unsigned links_left;
	bool may_end_shared;
	bool is_within; /* it began in a folder that was open, not at the root */
};

static bool is_ours(const struct stat *status)
{
	return status->st_uid == 0 || status->st_uid == geteuid();
}

static bool is_at_end(const struct walk *walk)
{
	struct slice ahead = buf_slice(&walk->ahead);

	while (slice_take_prefix(&ahead, SLICE("/")))
		;
	return ahead.len == 0;
}

static int check_folder(const struct walk *walk, const struct stat *status,
			struct err *err)
{
	const char *path = walk->gone.len ? buf_text(&walk->gone) : "/";
	bool may_be_shared = walk->may_end_shared || !is_at_end(walk);

	if (!is_ours(status))
		return err_set(err, ERR_SYSTEM,
			       "the folder '%s' is not safe: it belongs to user %u: "
			       "allowed are root and user %u",
			       path, (unsigned)status->st_uid, (unsigned)geteuid());
	if ((status->st_mode & (S_IWGRP | S_IWOTH)) &&
	    !(may_be_shared && (status->st_mode & S_ISVTX)))
		return err_set(err, ERR_SYSTEM,
			       "the folder '%s' is not safe: others than its owner may "
			       "write it (mode %04o): chmod go-w",
			       path, (unsigned)status->st_mode & 07777);
	return 0;
}

static int start_at_root(struct walk *walk, struct err *err)
{
	struct stat status;

	if (walk->fd >= 0)
		close(walk->fd);
	buf_clear(&walk->gone);
	walk->is_within = false;
	walk->fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (walk->fd < 0 || fstat(walk->fd, &status) < 0)
		return err_system(err, errno, "cannot open the folder '/'");
	return check_folder(walk, &status, err);
}

/* A link stands for the words that it holds. Whoever made it chose them. */
static int follow(struct walk *walk, int link, const struct stat *status, struct err *err)
{
	AUTO_BUF struct buf ahead = BUF_LIMIT(WAY_BYTES_MAX);
	char target[PATH_MAX];
	ssize_t len = readlinkat(link, "", target, sizeof(target));

	if (!is_ours(status))
		return err_set(err, ERR_SYSTEM,
			       "the link '%s' is not safe: it belongs to user %u",
			       buf_text(&walk->gone), (unsigned)status->st_uid);
	if (len <= 0 || len >= (ssize_t)sizeof(target) || walk->links_left-- == 0)
		return err_set(err, ERR_SYSTEM, "cannot follow the link '%s'",
			       buf_text(&walk->gone));
	buf_append(&ahead, slice_of(target, (size_t)len));
	buf_append_byte(&ahead, '/');
	buf_append(&ahead, buf_slice(&walk->ahead));
	buf_clear(&walk->ahead);
	if (buf_overflowed(&ahead) || !buf_append(&walk->ahead, buf_slice(&ahead)))
		return err_set(err, ERR_LIMIT, "'%s' leads too far",
			       buf_text(&walk->gone));
	return target[0] == '/' ? start_at_root(walk, err) : 0;
}

/* A relative link's words begin where it lies; an absolute one's at the root. */
static void go_back(struct walk *walk, size_t len)
{
	if (walk->gone.len > len) {
		walk->gone.len = len;
		walk->gone.ptr[len] = '\0';
	}
}

/* The next word of what is ahead; false at the end. */
static bool take_name(struct walk *walk, struct buf *name)
{
	struct slice ahead = buf_slice(&walk->ahead), word;

	buf_clear(name);
	while (slice_take_prefix(&ahead, SLICE("/")))
		;
	if (!slice_take_until(&ahead, '/', &word)) {
		word = ahead;
		ahead = SLICE("");
	}
	buf_append(name, word);
	buf_consume(&walk->ahead, walk->ahead.len - ahead.len);
	return word.len > 0;
}

/* One name further. `*ret_found` is false when there is none of that name. */
static int step(struct walk *walk, const char *name, bool *ret_found, struct err *err)
{
	size_t before = walk->gone.len;
	AUTO_CLOSE int next = openat(walk->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	int failure = next < 0 ? errno : 0;
	struct stat status;

	buf_append_format(&walk->gone, "%s%s", walk->is_within && before == 0 ? "" : "/",
			  name);
	*ret_found = next >= 0;
	if (failure == ENOENT)
		return 0;
	if (failure == 0 && fstat(next, &status) < 0)
		failure = errno;
	if (failure)
		return err_system(err, failure, "cannot open the folder '%s'",
				  buf_text(&walk->gone));
	if (S_ISLNK(status.st_mode)) {
		if (follow(walk, next, &status, err) < 0)
			return -1;
		go_back(walk, before);
		return 0;
	}
	if (!S_ISDIR(status.st_mode))
		return err_set(err, ERR_SYSTEM, "cannot open the folder '%s': it is none",
			       buf_text(&walk->gone));
	close(walk->fd);
	walk->fd = take_fd(&next);
	return check_folder(walk, &status, err);
}

/* The whole way, as from the root. */
static int put_ahead(struct walk *walk, const char *path, struct err *err)
{
	char folder[PATH_MAX];

	if (path[0] != '/') {
		if (!getcwd(folder, sizeof(folder)))
			return err_system(err, errno, "cannot tell the current folder");
		buf_append_text(&walk->ahead, folder);
		buf_append_byte(&walk->ahead, '/');
	}
	buf_append_text(&walk->ahead, path);
	if (buf_overflowed(&walk->ahead))
		return err_set(err, ERR_LIMIT, "'%.200s' is too long", path);
	return 0;
}

static int go(struct walk *walk, struct err *err)
{
	AUTO_BUF struct buf name = BUF_LIMIT(WAY_BYTES_MAX);
	bool is_found = true;

	while (is_found && take_name(walk, &name)) {
		if (step(walk, buf_text(&name), &is_found, err) < 0)
			return -1;
	}
	if (!is_found) {
		close(walk->fd);
		walk->fd = -1;
	}
	return 0;
}

/* Takes the walk from where it begins to its end, and all that it held. */
static int finish(struct walk *walk, int result, int *ret_fd, struct err *err)
{
	if (result == 0)
		result = go(walk, err);
	if (result < 0 && walk->fd >= 0)
		close(walk->fd);
	buf_release(&walk->ahead);
	buf_release(&walk->gone);
	if (result == 0)
		*ret_fd = walk->fd;
	return result;
}

int trusted_folder_open(const struct trusted_folder *folder, int *ret_fd, struct err *err)
{
	struct walk walk = {
		.ahead = BUF_LIMIT(WAY_BYTES_MAX),
		.gone = BUF_LIMIT(WAY_BYTES_MAX),
		.fd = -1,
		.links_left = LINKS_MAX,
		.may_end_shared = folder->may_be_shared,
	};
	int result = put_ahead(&walk, folder->path, err);

	if (result == 0)
		result = start_at_root(&walk, err);
	return finish(&walk, result, ret_fd, err);
}

int trusted_folder_open_in(int folder, const char *name, int *ret_fd, struct err *err)
{
	struct walk walk = {
		.ahead = BUF_LIMIT(WAY_BYTES_MAX),
		.gone = BUF_LIMIT(WAY_BYTES_MAX),
		.fd = fcntl(folder, F_DUPFD_CLOEXEC, 0),
		.links_left = LINKS_MAX,
		.is_within = true,
	};
	int result = 0;

	if (walk.fd < 0 || !buf_append_text(&walk.ahead, name))
		result =
			err_set(err, ERR_SYSTEM, "cannot open the folder '%.200s'", name);
	return finish(&walk, result, ret_fd, err);
}
