/* SPDX-License-Identifier: Apache-2.0 */
#include "config/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/trusted_folder.h"

/* Who may have written it? */
static int check_owner(const struct stat *status, struct err *err)
{
	if (status->st_uid != 0 && status->st_uid != geteuid())
		return err_set(err, ERR_SYSTEM,
			       "it belongs to user %u: allowed are root and user %u",
			       (unsigned)status->st_uid, (unsigned)geteuid());
	if (status->st_mode & (S_IWGRP | S_IWOTH))
		return err_set(
			err, ERR_SYSTEM,
			"others than its owner may write it (mode %04o): chmod go-w",
			(unsigned)status->st_mode & 07777);
	return 0;
}

int config_folder_open(const char *path, int *ret_fd, const char **ret_name,
		       struct err *err)
{
	const char *slash = strrchr(path, '/');
	AUTO_FREE char *folder = NULL;

	if (!slash)
		folder = memory_copy_text(SLICE("."));
	else if (slash == path)
		folder = memory_copy_text(SLICE("/"));
	else
		folder = memory_copy_text(slice_of(path, (size_t)(slash - path)));
	if (trusted_folder_open(&(struct trusted_folder){ folder, .may_be_shared = true },
				ret_fd, err) < 0)
		return -1;
	*ret_name = slash ? slash + 1 : path;
	return 0;
}

int config_folder_open_at(int at, const char *name, int *ret_fd, struct err *err)
{
	return trusted_folder_open_in(at, name, ret_fd, err);
}

/* ---- names
 * ------------------------------------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_wanted(const char *name)
{
	return name[0] != '.' && slice_ends_with(slice_text(name), SLICE(".conf"));
}

static void cleanup_closedir(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

int config_folder_list(int folder, struct config_names *ret_names, struct err *err)
{
	AUTO_CLOSE int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	__attribute__((cleanup(cleanup_closedir))) DIR *directory = NULL;
	__attribute__((cleanup(config_names_release))) struct config_names names = { 0 };
	const struct dirent *entry;

	directory = fd < 0 ? NULL : fdopendir(fd);
	if (!directory)
		return err_system(err, errno, "cannot list the folder");
	(void)take_fd(&fd);
	names.names = memory_new(LIMIT_CONFIG_FILES, sizeof(*names.names));
	while (errno = 0, (entry = readdir(directory))) {
		if (!is_wanted(entry->d_name))
			continue;
		if (names.count == LIMIT_CONFIG_FILES)
			return err_set(err, ERR_LIMIT, "more than %d files in the folder",
				       LIMIT_CONFIG_FILES);
		names.names[names.count++] = memory_copy_text(slice_text(entry->d_name));
	}
	if (errno)
		return err_system(err, errno, "cannot list the folder");
	qsort(names.names, names.count, sizeof(*names.names), compare_names);
	*ret_names = names;
	names = (struct config_names){ 0 };
	return 0;
}

void config_names_release(struct config_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->names[i]);
	free(names->names);
	*names = (struct config_names){ 0 };
}

/* ---- content
 * ----------------------------------------------------------------------------- */

static int read_all(int fd, struct buf *buf, struct err *err)
{
	char piece[16384];
	ssize_t got;

	while ((got = read(fd, piece, sizeof(piece))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_system(err, errno, "cannot read it");
		if (!buf_append(buf, slice_of(piece, (size_t)got)))
			return err_set(err, ERR_LIMIT, "it is longer than %zu bytes",
				       buf->limit_bytes);
	}
	return 0;
}

int config_file_read(int folder, const char *name, struct buf *buf, bool *ret_found,
		     struct err *err)
{
	AUTO_CLOSE int fd =
		openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;

	if (fd < 0 && errno == ENOENT) {
		*ret_found = false;
		return 0;
	}
	if (fd < 0 || fstat(fd, &status) < 0)
		return err_system(err, errno, "cannot open it");
	if (!S_ISREG(status.st_mode))
		return err_set(err, ERR_SYSTEM, "it is not a plain file");
	if (check_owner(&status, err) < 0 || read_all(fd, buf, err) < 0)
		return -1;
	*ret_found = true;
	return 0;
}

int config_text_check(struct slice text, struct err *err)
{
	unsigned line = 1;

	slice_take_prefix(&text, SLICE("\xef\xbb\xbf"));
	while (text.len) {
		uint32_t code_point = 0;
		size_t len = utf8_take(text, &code_point);

		if (len == 0)
			return err_set(err, ERR_FORMAT, "line %u: not UTF-8", line);
		if (code_point == '\n')
			line++;
		else if (code_point == '\r' && text.len > 1 && text.ptr[1] == '\n')
			;
		else if (code_point != '\t' && escape_needed(code_point))
			return err_set(err, ERR_FORMAT,
				       "line %u: a character that does not show: U+%04X",
				       line, (unsigned)code_point);
		text = slice_skip(text, len);
	}
	return 0;
}
