/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE 1 /* NOLINT: struct ucred is Linux's */
#include "agent/control_access.h"

#include <errno.h>
#include <grp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/memory.h"

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59 /* Linux 4.13; missing from older C libraries */
#endif

/* As many as nearly every process has at most. */
#define COMMON_GROUPS 64

void control_access_init(struct control_access *access, const char *group)
{
	const struct group *found = *group ? getgrnam(group) : NULL;

	*access = (struct control_access){
		.own_uid = geteuid(),
		.has_group = found != NULL,
		.group = found ? found->gr_gid : 0,
	};
}

static bool is_among(const gid_t *groups, size_t count, gid_t wanted)
{
	for (size_t i = 0; i < count; i++) {
		if (groups[i] == wanted)
			return true;
	}
	return false;
}

/* False also where the kernel does not say. */
static bool has_supplementary(int fd, gid_t wanted)
{
	gid_t few[COMMON_GROUPS];
	AUTO_FREE gid_t *many = NULL;
	socklen_t len = sizeof(few);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, few, &len) == 0)
		return is_among(few, len / sizeof(few[0]), wanted);
	/* `len` is now what it takes. */
	if (errno != ERANGE || len > LIMIT_PEER_GROUPS * sizeof(gid_t))
		return false;
	many = memory_new(len / sizeof(gid_t), sizeof(gid_t));
	return getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, many, &len) == 0 &&
	       is_among(many, len / sizeof(gid_t), wanted);
}

int control_access_check(const struct control_access *access, int fd, uid_t *ret_uid,
			 bool *ret_is_privileged, struct err *err)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return err_system(err, errno, "cannot tell who a peer is");
	*ret_uid = peer.uid;
	*ret_is_privileged =
		peer.uid == 0 || peer.uid == access->own_uid ||
		(access->has_group &&
		 (peer.gid == access->group || has_supplementary(fd, access->group)));
	return 0;
}
