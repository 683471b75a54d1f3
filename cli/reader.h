/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Reader: what the agent's process may read, worked out from outside: by its user, groups
 * and capabilities and the modes of files and folders.
 */
#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

#define READER_GROUPS_MAX 256

struct reader {
	uid_t uid;
	gid_t groups[READER_GROUPS_MAX];
	size_t group_count;
	bool overrides; /* file modes do not bind it: root, CAP_DAC_READ_SEARCH */
};

/* Of a running process. Fails where the system does not tell. */
int reader_of_process(unsigned pid, struct reader *ret_reader, struct err *err)
	__attribute__((warn_unused_result));

/* Of a user by name, with the groups that the agent's unit adds ("adm",
 * "systemd-journal"). Fails when there is no such user. */
int reader_of_user(const char *name, struct reader *ret_reader, struct err *err)
	__attribute__((warn_unused_result));

enum reader_answer {
	READER_MAY,
	READER_MAY_NOT, /* by the mode of `path`, or of a folder above it */
	READER_ABSENT,	/* there is no such file */
	READER_UNKNOWN, /* this user cannot see it, or an access list decides */
};

/* Whether it may read the file; `why` says what stands in the way, "" when nothing. */
enum reader_answer reader_may_read(const struct reader *reader, const char *path,
				   struct err *why);
