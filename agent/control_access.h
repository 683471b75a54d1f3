/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Control access: who is at the other end of a unix socket and whether they may see
 * logins. Only the kernel is asked, for a lookup of users may hang.
 */
#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct control_access {
	uid_t own_uid;
	bool has_group;
	gid_t group;
};

/* Looks the group up, once; one that does not exist has no members. */
void control_access_init(struct control_access *access, const char *group);

/* Who the peer was when it connected. Privileged: root, the agent's own user, a member of
 * the group. */
int control_access_check(const struct control_access *access, int fd, uid_t *ret_uid,
			 bool *ret_is_privileged, struct err *err)
	__attribute__((warn_unused_result));
