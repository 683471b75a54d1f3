/* SPDX-License-Identifier: Apache-2.0 */
#include "base/exact_mode.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define ALL_BITS ((mode_t)07777)

int open_exact(const char *path, int flags, mode_t mode)
{
	mode_t before = umask(~mode & ALL_BITS);
	int fd = open(path, flags, mode);
	int failure = errno;

	umask(before);
	errno = failure;
	return fd;
}

int mkdir_exact(const char *path, mode_t mode)
{
	mode_t before = umask(~mode & ALL_BITS);
	int result = mkdir(path, mode);
	int failure = errno;

	umask(before);
	errno = failure;
	return result;
}
