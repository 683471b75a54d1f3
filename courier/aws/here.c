/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/here.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/slice.h"

static const struct {
	const char *path;
	struct slice begins;
} signs[] = {
	{ "/sys/class/dmi/id/sys_vendor", { "Amazon EC2", 10 } },
	{ "/sys/class/dmi/id/board_vendor", { "Amazon EC2", 10 } },
	{ "/sys/class/dmi/id/board_asset_tag", { "i-", 2 } },
	{ "/sys/hypervisor/uuid", { "ec2", 3 } },
};

static bool begins(const char *root, const char *path, struct slice text)
{
	AUTO_CLOSE int fd = -1;
	char whole[PATH_MAX], bytes[64];
	ssize_t len;
	int written = snprintf(whole, sizeof(whole), "%s%s", root, path);

	if (written < 0 || (size_t)written >= sizeof(whole))
		return false;
	fd = open(whole, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return false;
	len = read(fd, bytes, sizeof(bytes));
	return len > 0 && slice_starts_with(slice_of(bytes, (size_t)len), text);
}

bool aws_is_here(const char *root)
{
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (begins(root, signs[i].path, signs[i].begins))
			return true;
	}
	return false;
}
