/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/trusted_folder.h"
#include "courier/wipe.h"

#define PATH_BYTES_MAX ((size_t)8192)

static bool is_credential(const char *where)
{
	return slice_starts_with(slice_text(where), SLICE("credential:"));
}

/* The file that `where` means. */
static int find_path(const char *where, struct buf *ret_path, struct err *err)
{
	struct slice name = slice_text(where);
	const char *folder = getenv("CREDENTIALS_DIRECTORY");

	if (!slice_take_prefix(&name, SLICE("credential:"))) {
		if (where[0] != '/' || !buf_append(ret_path, name))
			return err_set(err, ERR_USAGE, "'%s' is no absolute path", where);
		return 0;
	}
	if (!folder || folder[0] != '/')
		return err_set(err, ERR_MISSING,
			       "'%s' is not there: systemd has given this service no "
			       "credentials",
			       where);
	if (name.len == 0 || name.ptr[0] == '.' || memchr(name.ptr, '/', name.len))
		return err_set(err, ERR_USAGE, "'%s' is no credential's name", where);
	if (!buf_append_format(ret_path, "%s/%s", folder, name.ptr))
		return err_set(err, ERR_LIMIT, "'%s' is too long", where);
	return 0;
}

/* systemd lets the service's user read its credentials by an access list, which shows as
 * rights of the group; nobody else gets into their folder. */
static int check_status(const char *where, const struct stat *status, struct err *err)
{
	mode_t others = is_credential(where) ? S_IRWXO : S_IRWXG | S_IRWXO;

	if (!S_ISREG(status->st_mode))
		return err_set(err, ERR_FORMAT, "'%s' is no file", where);
	if (status->st_uid != 0 && status->st_uid != geteuid())
		return err_set(err, ERR_FORMAT,
			       "'%s' belongs to uid %u: a secret is root's or this "
			       "service's",
			       where, (unsigned)status->st_uid);
	if (status->st_mode & others)
		return err_set(err, ERR_FORMAT,
			       "'%s' has mode %04o: a secret is for its owner alone",
			       where, (unsigned)(status->st_mode & 07777));
	return 0;
}

/* Opens the folder of `path`, in which nobody else can have put a file; -1 = it is not
 * there. */
static int open_folder(const char *path, const char **ret_name, int *ret_fd,
		       struct err *err)
{
	const char *slash = strrchr(path, '/');
	AUTO_FREE char *folder = NULL;

	if (!slash)
		return err_set(err, ERR_USAGE, "it is no absolute path");
	folder = memory_copy_text(
		slice_of(path, slash == path ? 1 : (size_t)(slash - path)));
	*ret_name = slash + 1;
	return trusted_folder_open(&(struct trusted_folder){ .path = folder }, ret_fd,
				   err);
}

static int open_secret(const char *where, int *ret_fd, struct err *err)
{
	AUTO_BUF struct buf path = BUF_LIMIT(PATH_BYTES_MAX);
	AUTO_CLOSE int fd = -1, folder = -1;
	struct stat status;
	const char *name = NULL;

	if (find_path(where, &path, err) < 0)
		return -1;
	if (open_folder(buf_text(&path), &name, &folder, err) < 0)
		return err_add(err, "'%s'", where);
	if (folder < 0)
		return err_system(err, ENOENT, "cannot open '%s'", where);
	fd = openat(folder, name,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return err_system(err, errno, "cannot open '%s'", where);
	if (fstat(fd, &status) < 0)
		return err_system(err, errno, "cannot look at '%s'", where);
	if (check_status(where, &status, err) < 0)
		return -1;
	*ret_fd = take_fd(&fd);
	return 0;
}

int secret_check(const char *where, struct err *err)
{
	AUTO_CLOSE int fd = -1;

	return open_secret(where, &fd, err);
}

static int read_whole(const char *where, int fd, char *bytes, size_t *ret_len,
		      struct err *err)
{
	size_t len = 0;

	for (;;) {
		ssize_t got = read(fd, bytes + len, LIMIT_SECRET_BYTES + 1 - len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_system(err, errno, "cannot read '%s'", where);
		if (got == 0)
			break;
		len += (size_t)got;
		if (len > LIMIT_SECRET_BYTES)
			return err_set(err, ERR_LIMIT,
				       "'%s' is longer than the %zu bytes of a secret",
				       where, LIMIT_SECRET_BYTES);
	}
	*ret_len = len;
	return 0;
}

int secret_read(const char *where, struct buf *buf, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	char bytes[LIMIT_SECRET_BYTES + 1];
	struct slice secret;
	size_t len = 0;
	int result;

	if (open_secret(where, &fd, err) < 0)
		return -1;
	result = read_whole(where, fd, bytes, &len, err);
	secret = slice_of(bytes, len);
	if (slice_take_suffix(&secret, SLICE("\n")))
		slice_take_suffix(&secret, SLICE("\r"));
	if (result == 0 && secret.len == 0)
		result = err_set(err, ERR_FORMAT, "'%s' is empty", where);
	if (result == 0 && !wipe_buf_append(buf, secret))
		result = err_set(err, ERR_LIMIT, "'%s' is too long", where);
	explicit_bzero(bytes, sizeof(bytes));
	return result;
}

static bool is_visible(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		bool is_inner = i > 0 && i + 1 < text.len;

		if (text.ptr[i] > '~' || text.ptr[i] < ' ' ||
		    (text.ptr[i] == ' ' && !is_inner))
			return false;
	}
	return true;
}

int secret_read_text(const char *where, struct buf *buf, struct err *err)
{
	size_t before = buf->len;

	if (secret_read(where, buf, err) < 0)
		return -1;
	if (is_visible(slice_skip(buf_slice(buf), before)))
		return 0;
	return err_set(err, ERR_FORMAT,
		       "'%s' holds bytes that no token or URL has: it should be one line "
		       "of visible characters",
		       where);
}
